"""An SQLite file that a long-lived process keeps open, and that may be moved away meanwhile.

What is written through an open file reaches that file wherever it has been moved to, so a service
would go on writing to one that nobody will look at again. Before each use, and after each writing,
the open file is held against the one at its path. Another file that was put there is not opened
either: what SQLite keeps beside the path is still the old one's, and would be written into it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from velo.errors import HomeError

Identity = tuple[int, int]
"""Device and inode."""


class KeptOpen:
    """One file, opened at its first use, and usable while it is the one at its path."""

    def __init__(
        self, path: Path, opens: Callable[[Path], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        """Take the path; nothing is opened yet.

        Args:
            path: of the file.
            opens: opens it for writing, and makes it where it is not there.
        """
        self.path = path
        self._opens = opens
        self._ends = ExitStack()
        self._con: sqlite3.Connection | None = None
        self._held: Identity | None = None

    def connection(self) -> sqlite3.Connection:
        """The connection to it.

        Raises:
            HomeError: it was moved away or replaced since it was first opened, or it cannot be
                opened.
        """
        self.require_in_place()
        if self._con is None:
            self._con = self._ends.enter_context(self._opens(self.path))
            self._con.execute("PRAGMA schema_version").fetchone()
            self._held = self._at_path()
        return self._con

    def require_in_place(self) -> None:
        """See that the file that was opened is the one at its path; any thread may ask.

        Raises:
            HomeError: it was moved away, or another one is in its place.
        """
        if self._held is not None and self._at_path() != self._held:
            raise HomeError(
                f"{self.path} was moved away while it was in use, and nothing can be kept in it: "
                "put it back, or stop the service before you put another one there"
            )

    def close(self) -> None:
        """Close it; the next use opens it again, if it is still in its place."""
        self._con = None
        self._ends.close()

    def _at_path(self) -> Identity | None:
        try:
            facts = os.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return facts.st_dev, facts.st_ino
