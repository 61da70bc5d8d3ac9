"""Whoever asked to wait waits for another process, and no longer than they said."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from velo.disk.file_lock import held_alone
from velo.disk.patience import patiently
from velo.errors import InUse


def test_what_is_in_use_is_tried_again_until_it_is_free(tmp_path: Path) -> None:
    announcements: list[str] = []
    holder = held_alone(tmp_path, "build", tmp_path)
    holder.__enter__()

    def waiting(why: str) -> None:
        announcements.append(why)
        holder.__exit__(None, None, None)

    def mine() -> str:
        with held_alone(tmp_path, "build", tmp_path):
            return "done"

    assert patiently(mine, 30, waiting) == "done"
    assert announcements == [f"waiting: another build is under way in {tmp_path}"]


def test_without_a_wait_and_after_one_the_other_process_is_named(tmp_path: Path) -> None:
    tries = []

    def busy() -> None:
        tries.append(time.monotonic())
        raise InUse("the warehouse is in use by pid 1: wait until it is done")

    with pytest.raises(InUse, match="by pid 1"):
        patiently(busy, 0)
    assert len(tries) == 1
    with pytest.raises(InUse):
        patiently(busy, 0.3)
    assert 3 <= len(tries) <= 4
