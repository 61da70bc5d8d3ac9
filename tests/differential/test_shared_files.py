"""Every value that the warehouse takes from the shared files is the independent reader's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.home_rows import differences, taken
from tests.differential.layouts import LAYOUTS
from tests.differential.shared import CARDS, CASES, DATA, RESULTS, needs_data, read_parquet
from tests.differential.trial import read
from velo.home import Home

pytestmark = needs_data


@pytest.mark.few(2)
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_taken_as_it_is_read(name: str, tmp_path: Path) -> None:
    path = DATA / "cases" / name
    home = Home(tmp_path)
    reading = read(path, LAYOUTS[CASES[name]])
    assert differences(home, reading, taken(home, path)) == []


@pytest.mark.few(1)
@pytest.mark.parametrize("name", [*RESULTS, *CARDS])
def test_a_real_file_is_taken_as_it_is_read(name: str, tmp_path: Path) -> None:
    path = DATA / name
    home = Home(tmp_path)
    reading = read(path, LAYOUTS[{**RESULTS, **CARDS}[name]])
    assert differences(home, reading, taken(home, path)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "name"),
    [("hk_2008_2022.parquet", "hong_kong"), ("gb_aw_2019_2020.parquet", "gb_all_weather")],
)
def test_a_parquet_file_is_taken_as_it_is_read(file: str, name: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    reading = read_parquet(DATA / file, name)
    assert differences(home, reading, taken(home, DATA / file)) == []
