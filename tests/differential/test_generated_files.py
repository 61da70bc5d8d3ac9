"""Files of every format-year with oddities planted: each value right, each oddity read or reported.

`VELO_DIFFERENTIAL` is how many files the slow test tries; `VELO_DIFFERENTIAL_SHARD`, as `2/4`,
takes a part of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.differential.trial import FORMAT_YEARS, trial

FILES = int(os.environ.get("VELO_DIFFERENTIAL", "2000"))
SHARD = tuple(int(part) for part in os.environ.get("VELO_DIFFERENTIAL_SHARD", "1/1").split("/"))
QUICK = 1


def tried(folder: Path, name: str, seeds: range) -> Iterator[str]:
    rows = oddities = 0
    for seed in seeds:
        one = trial(folder, name, seed)
        rows, oddities = rows + one.rows, oddities + one.oddities
        yield from (f"{one.path.name}: {fault}" for fault in one.faults)
    print(f"{name}: {len(seeds)} files, {rows} rows, {oddities} oddities")


@pytest.mark.few(5)
@pytest.mark.parametrize("name", FORMAT_YEARS)
def test_a_file_of_each_format_year_is_read_right(name: str, tmp_path: Path) -> None:
    assert list(tried(tmp_path, name, range(QUICK))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMAT_YEARS)
def test_two_thousand_files_are_read_right(name: str, tmp_path: Path) -> None:
    each = -(-FILES // len(FORMAT_YEARS))
    part, parts = SHARD
    assert list(tried(tmp_path, name, range(QUICK + part - 1, QUICK + each, parts))) == []
