"""One at a time where a store of the home is opened: whoever comes first makes its tables."""

from __future__ import annotations

from contextlib import AbstractContextManager

from velo.disk.file_lock import in_turn
from velo.home import Home


def opening(home: Home) -> AbstractContextManager[None]:
    """Wait for the home's stores to be nobody else's to make.

    MLflow and optuna look for their tables and then make them; two processes that look at once
    would both make them, and one would fail.
    """
    return in_turn(home.root / ".stores.lock")
