"""One at a time where a store of the home is opened: whoever comes first makes its tables."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from velo.home import Home


@contextmanager
def opening(home: Home) -> Iterator[None]:
    """Wait for the home's stores to be nobody else's to make.

    MLflow and optuna look for their tables and then make them; two processes that look at once
    would both make them, and one would fail.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / ".stores.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
