"""VÉLØ: a feature store, an honestly judged model and the daily loop for horse racing.

    import velo

    racing = velo.open("~/racing")
    racing.ingest("results/")

`velo.open` gives a `Workspace`, whose methods are the steps of the commands. The names of `__all__`
are the whole face; each is loaded when it is first used. See docs/python.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from velo.unchecked_feast import load_feast_unchecked

if TYPE_CHECKING:
    from backtest.run import BacktestReport as BacktestReport
    from training.promotion.promote import Promotion as Promotion
    from training.run import Trained as Trained
    from velo.api.results import Applied as Applied
    from velo.api.results import Ingested as Ingested
    from velo.api.workspace import Workspace as Workspace
    from velo.api.workspace import open as open
    from velo.audit.differences import Audit as Audit
    from velo.errors import VeloError as VeloError
    from velo.live.predict import Predicted as Predicted
    from velo.live.settling import Settled as Settled
    from velo.monitoring.drift import Drift as Drift
    from velo.monitoring.proven_ledger import Ledger as Ledger
    from velo.monitoring.status import Status as Status
    from velo.offline.build import Build as Build
    from velo.report.pages import Page as Page
    from velo.result import Result as Result
    from velo.settings import Settings as Settings
    from velo.store.online.materialize import Materialized as Materialized

__version__ = "0.2.0"

_HOMES = {
    "Applied": "velo.api.results",
    "Audit": "velo.audit.differences",
    "BacktestReport": "backtest.run",
    "Build": "velo.offline.build",
    "Drift": "velo.monitoring.drift",
    "Ingested": "velo.api.results",
    "Ledger": "velo.monitoring.proven_ledger",
    "Materialized": "velo.store.online.materialize",
    "Page": "velo.report.pages",
    "Predicted": "velo.live.predict",
    "Promotion": "training.promotion.promote",
    "Result": "velo.result",
    "Settings": "velo.settings",
    "Settled": "velo.live.settling",
    "Status": "velo.monitoring.status",
    "Trained": "training.run",
    "VeloError": "velo.errors",
    "Workspace": "velo.api.workspace",
    "open": "velo.api.workspace",
}
"""Name of the face -> the module that it is loaded from."""

__all__ = ["__version__", *_HOMES]

load_feast_unchecked()


def __getattr__(name: str) -> Any:
    """Load a name of the face when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'velo' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
