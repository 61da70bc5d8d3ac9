"""What one race is: date, course and off, not the source's id."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, race, row
from velo.home import Home


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "other",
    [{"off": "3:00"}, {"course": "Redcar"}, {"date": "2015-04-27"}],
)
def test_a_race_id_used_twice_is_two_races(
    home: Home, tmp_path: Path, other: dict[str, str]
) -> None:
    again = [row("Delta", "1", **other), row("Echo", "2", **other)]
    load(home, file_of(tmp_path, [*race(), *again]))
    assert ask(
        home,
        "SELECT count(*), min(n), max(n) FROM "
        "(SELECT race_id, count(*) AS n FROM runners GROUP BY race_id)",
    ) == [(2, 2, 3)]
    assert ask(home, "SELECT DISTINCT source_race_id FROM races") == [("624581",)]


def test_a_race_without_an_off_goes_by_its_name(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", off="", race_name="Sun Stakes"),
        row("Bravo", "2", off="", race_name="Sun Stakes"),
        row("Charlie", "1", off="", race_name="Moon Stakes"),
    ]
    assert load(home, file_of(tmp_path, rows)).accepted == 3
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]


def test_a_race_keeps_its_id_in_another_home(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, race())
    load(home, path)
    ours = ask(home, "SELECT race_id, horse_id FROM runners ORDER BY ALL")
    other = Home(tmp_path / "other")
    other.root.mkdir()
    load(other, path)
    assert ask(other, "SELECT race_id, horse_id FROM runners ORDER BY ALL") == ours


def test_newcastle_in_australia_is_another_course(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", course="Newcastle", off="14:30"),
        row("Bravo", "1", course="Newcastle (AUS)", off="14:30"),
    ]
    load(home, file_of(tmp_path, rows))
    assert ask(home, "SELECT region FROM races ORDER BY region") == [("AUS",), ("GB",)]
