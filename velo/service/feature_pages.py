"""Feast's own pages of the features, read only: `python -m velo.service.feature_pages HOST PORT`.

Feast's server changes and deletes whatever it shows for whoever asks, and asks nobody who he is.
"""

from __future__ import annotations

import sys
from typing import Any

from velo.service.own_machine import OwnMachineReads, is_loopback


def pages() -> Any:
    """The ASGI application: Feast's, for the registry of the home that is in force."""
    from feast.ui_server import get_app

    from training.data.dataset import feature_store

    store = feature_store()
    return OwnMachineReads(get_app(store, store.config.project))


def main(host: str, port: int) -> None:
    """Serve them until SIGTERM or Ctrl-C."""
    import uvicorn

    from velo.service.open_connections import OpenConnections
    from velo.service.protocol import bounded_protocol
    from velo.settings import Serve

    assert is_loopback(host), "the command has seen to it"
    bounds = Serve()
    held = OpenConnections.bounded(bounds)
    uvicorn.run(
        pages(),
        host=host,
        port=port,
        http=bounded_protocol(bounds, held),
        ws="none",
        proxy_headers=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
