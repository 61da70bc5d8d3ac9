"""What this user may not read or write, by whatever library that is met."""

from __future__ import annotations

import errno
import os
import pwd
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
DENIED_TEXTS = (
    "Permission denied",
    "attempt to write a readonly database",
    "unable to open database file",
)
"""What DuckDB, MLflow and SQLAlchemy make of it."""
_SQLITE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def is_denied(error: BaseException) -> bool:
    """Whether an error, or one that it came of, says that a file may not be used."""
    return any(_denies(each) for each in _causes(error))


def denied(error: BaseException, home: Callable[[], Path]) -> str:
    """One line: what may not be used, whose it is, and the mend.

    Args:
        error: of which `is_denied`.
        home: where the file is looked for if no error names it.
    """
    named = (
        Path(os.fsdecode(each.filename))
        for each in _causes(error)
        if isinstance(each, OSError) and isinstance(each.filename, str | bytes)
    )
    return line_of(next(named, None) or _out_of_reach(home()))


def line_of(path: Path) -> str:
    """The same, of a path."""
    path = path.absolute()
    while not _seen(path) and path != path.parent:
        path = path.parent
    able = "written to" if os.access(path, os.R_OK) else "read"
    owner, user = _name(path.stat().st_uid), _name(os.geteuid())
    if owner == user:
        return f"{path} cannot be {able}: its mode or its file system forbids it, change that"
    return (
        f"{path} cannot be {able} by {user}: it belongs to {owner}; run velo as {owner}, or let "
        f"{user} read and write it"
    )


def _out_of_reach(home: Path) -> Path:
    """The first of a home's files that may not be written to, else the home."""
    files = sorted(home.iterdir()) if os.access(home, os.R_OK | os.X_OK) else []
    return next((each for each in files if not os.access(each, os.R_OK | os.W_OK)), home)


def _seen(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _denies(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in DENIED
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE
    return any(text in str(error) for text in DENIED_TEXTS)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
