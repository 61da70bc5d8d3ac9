"""A backup on a disk that fills up while it is written."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backup.forged import STORE
from tests.live.predicted import race, runner
from velo.backup.backup import backup
from velo.errors import HomeError
from velo.home import Home
from velo.live.journal import record


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk, for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 60_000])
def test_a_backup_without_room_is_one_line_and_leaves_neither_archive_nor_copy(
    home: Home, tmp_path: Path, room: int
) -> None:
    """It does not tell anybody to restore a home that is in order."""
    record(home.ledger, [race(number, [runner(1), runner(2)]) for number in range(200)])
    before = home.ledger.read_bytes()
    assert len(before) > 60_000
    with no_file_larger_than(room), pytest.raises(HomeError) as refusal:
        backup(home, STORE, tmp_path / "archive.tar.gz")
    assert str(refusal.value) == (
        f"the disk of {home.root} is full: no archive was written; make room and run the command "
        "again"
    )
    assert home.ledger.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
    backup(home, STORE, tmp_path / "archive.tar.gz")
