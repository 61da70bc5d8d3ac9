"""Which runners are one horse where sources give ids: an id is one horse's, and who shares it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.exchange_file import exchange_file
from tests.warehouse.raceform_file import ask, file_of, horses, load, row
from velo.home import Home


@pytest.mark.few(1)
@pytest.mark.parametrize("results_first", [True, False])
def test_two_sources_tell_of_one_horse_in_one_race(
    home: Home, tmp_path: Path, results_first: bool
) -> None:
    rows = [row("Alpha (IRE)", "1"), row("Bravo", "2", age="5")]
    files = [
        file_of(tmp_path, rows),
        exchange_file(tmp_path, [rows[0], rows[1] | {"horse": "Bravo (GB )"}], ["7", "8"]),
    ]
    for path in files if results_first else reversed(files):
        load(home, path)
    load(home, file_of(tmp_path, [row("Alpha (IRE)", "1", date="2015-05-20")], "next.csv"))
    assert horses(home) == [1, 2]
    assert ask(home, "SELECT count(*) FROM horses") == [(2,)]
    assert ask(
        home,
        "SELECT kind, count(*) FROM prices_history WHERE kind <> 'open' "
        "GROUP BY kind ORDER BY kind",
    ) == [("breakfast", 2), ("bsp", 2), ("evening", 2), ("morning", 2), ("sp", 3)]


@pytest.mark.slow
def test_two_ids_of_one_source_are_two_horses_whatever_they_are_called(
    home: Home, tmp_path: Path
) -> None:
    rows = [row("Alpha", "1"), row("Alpha", "2", date="2015-05-20")]
    load(home, exchange_file(tmp_path, rows[:1], ["7"]))
    load(home, exchange_file(tmp_path, rows[1:], ["8"]))
    assert horses(home) == [1, 1]


@pytest.mark.few(1)
@pytest.mark.parametrize("results_first", [True, False])
@pytest.mark.parametrize("files", [1, 2])
def test_two_ids_of_a_source_are_never_one_horse_of_another_source(
    home: Home, tmp_path: Path, results_first: bool, files: int
) -> None:
    load_results = file_of(tmp_path, [row("Alpha", "1")])
    runners = [row("Alpha", "1", date="2015-05-20"), row("Alpha", "1", date="2015-06-20")]
    if results_first:
        load(home, load_results)
    if files == 1:
        load(home, exchange_file(tmp_path, runners, ["7", "8"]))
    else:
        load(home, exchange_file(tmp_path, runners[:1], ["7"]))
        load(home, exchange_file(tmp_path, runners[1:], ["8"]))
    if not results_first:
        load(home, load_results)
    assert horses(home) == [1, 2]


@pytest.mark.slow
def test_an_id_met_in_a_known_race_is_the_horses_from_then_on(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1")]))
    load(home, exchange_file(tmp_path, [row("Alpha", "1", age="")], ["7"]))
    renamed = row("Alpha Again", "1", age="", date="2015-05-20")
    load(home, exchange_file(tmp_path, [renamed], ["7"]))
    assert horses(home) == [2]
    assert ask(home, "SELECT source, id FROM horse_ids") == [("gb_all_weather", "7")]
    assert ask(home, "SELECT count(*) FROM horse_ids JOIN horses USING (horse_id)") == [(1,)]


@pytest.mark.slow
def test_an_id_and_its_decimal_spelling_are_one_id(home: Home, tmp_path: Path) -> None:
    load(home, exchange_file(tmp_path, [row("Alpha", "1", age="")], ["7"]))
    later = row("Alpha", "1", age="", date="2015-05-20")
    load(home, exchange_file(tmp_path, [later], ["7.0"]))
    assert horses(home) == [2]
    assert ask(home, "SELECT id FROM horse_ids") == [("7",)]


@pytest.mark.few(1)
@pytest.mark.parametrize("unknown", ["99", "0", "0.0", "-1"])
def test_an_id_that_horses_of_one_day_share_is_no_id(
    home: Home, tmp_path: Path, unknown: str
) -> None:
    runners = [
        row("Alpha", "1", num="1"),
        row("Bravo", "2", num="2"),
        row("Charlie", "1", off="4:30", race_id="9"),
        row("Delta", "3", num="3"),
    ]
    load(home, exchange_file(tmp_path, runners, [unknown, unknown, unknown, "7"]))
    assert horses(home) == [1, 1, 1, 1]
    assert ask(home, "SELECT id FROM horse_ids") == [("7",)]


@pytest.mark.few(1)
@pytest.mark.parametrize("unknown", ["0", "0.0", "-1"])
def test_an_id_of_nought_is_no_id_though_one_horse_has_it(
    home: Home, tmp_path: Path, unknown: str
) -> None:
    load(home, exchange_file(tmp_path, [row("Alpha", "1")], [unknown]))
    load(home, exchange_file(tmp_path, [row("Bravo", "1", date="2015-05-20")], [unknown]))
    assert horses(home) == [1, 1]
    assert ask(home, "SELECT known_as FROM horses ORDER BY 1") == [("alpha|GB",), ("bravo|GB",)]


def test_a_horse_renamed_between_two_days_keeps_its_id(home: Home, tmp_path: Path) -> None:
    runners = [row("Alpha", "1"), row("Bravo", "1", date="2015-05-20")]
    load(home, exchange_file(tmp_path, runners, ["7", "7"]))
    assert horses(home) == [2]


def test_a_run_without_the_sources_id_is_the_horse_of_its_name_in_the_file(
    home: Home, tmp_path: Path
) -> None:
    runners = [
        row("Alpha", "1", date="2015-04-26"),
        row("Alpha", "1", date="2015-05-26"),
        row("Bravo", "1", date="2015-05-26", off="3:00"),
    ]
    load(home, exchange_file(tmp_path, runners, ["7", "", ""]))
    assert horses(home) == [1, 2]
