"""A disk that is full, by whatever library it is met."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from velo.errors import HomeError, VeloError

FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
FULL_TEXTS = (
    "No space left",
    "File too large",
    "Disk quota exceeded",
    "database or disk is full",
)
"""What DuckDB, Arrow, MLflow and SQLAlchemy make of it."""


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that it came of, says that a disk is full."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno in FULL:
            return True
        # SQLite writes past its file's bound, or a quota, as to a broken disk.
        code = getattr(cause, "sqlite_errorcode", None)
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
            return True
        if any(text in str(cause) for text in FULL_TEXTS):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


@contextmanager
def room_on(folder: Path, kept: str) -> Iterator[None]:
    """Name a full disk and what is left of the work, whichever library met it.

    Args:
        folder: that was being written to.
        kept: what is there now, as `the earlier morning is still served`.

    Raises:
        HomeError: the disk is full.
    """
    try:
        yield
    except VeloError:
        raise
    except Exception as error:
        if not is_full(error):
            raise
        raise HomeError(
            f"the disk of {folder} is full: {kept}; make room and run the command again"
        ) from error
