"""Files that a user names: plain ones, for a pipe is waited for and a device has no end."""

from __future__ import annotations

import stat
from pathlib import Path

from velo.errors import InputError

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def require_plain(path: Path) -> None:
    """See that a file can be read to its end, before anything opens it; a link to one can.

    Raises:
        InputError: there is none, or it is of another kind.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: no such file ({why})") from None
    if stat.S_ISREG(mode):
        return
    kind = next((called for is_one, called in _KINDS if is_one(mode)), "of another kind")
    raise InputError(f"{path} is {kind}: name a plain file")
