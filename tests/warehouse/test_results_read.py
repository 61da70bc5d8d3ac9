"""What a result says: who started, who won, at which price, at what time of day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, prices, race, row, statuses
from velo.home import Home


def test_a_withdrawn_horse_has_a_row_and_no_start(home: Home, tmp_path: Path) -> None:
    codes = ["WV", "WV-A", "WX", "WX-A", "WXNR", "NR"]
    rows = [row(f"Horse {code}", code) for code in codes]
    load(home, file_of(tmp_path, [*race(), *rows]))
    status_of = statuses(home)
    assert {status_of[f"Horse {code}"] for code in codes} == {("withdrawn", None)}
    assert ask(
        home, "SELECT count(*) FROM results WHERE status IN ('finished', 'non-finisher')"
    ) == [(3,)]


def test_a_non_finisher_is_a_start_without_a_place(home: Home, tmp_path: Path) -> None:
    codes = [
        "PU",
        "F",
        "UR",
        "U",
        "SU",
        "RR",
        "R",
        "REF",
        "BD",
        "RO",
        "CO",
        "LFT",
        "DSQ",
        "DISQ",
        "DNF",
        "FE",
        "TNP",
        "NC",
    ]
    load(home, file_of(tmp_path, [row(f"Horse {code}", code) for code in codes]))
    status_of = statuses(home)
    assert len(status_of) == len(codes)
    assert set(status_of.values()) == {("non-finisher", None)}


def test_a_void_race_is_neither(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "VOI")]))
    assert statuses(home) == {"Alpha": ("void", None)}


def test_dead_heaters_share_a_place(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1 DH"),
        row("Bravo", "1="),
        row("Charlie", "3.0"),
        row("Delta", "4"),
        row("Echo", "4"),
    ]
    load(home, file_of(tmp_path, rows))
    assert {horse: finish for horse, (_, finish) in statuses(home).items()} == {
        "Alpha": 1,
        "Bravo": 1,
        "Charlie": 3,
        "Delta": 4,
        "Echo": 4,
    }


@pytest.mark.few(1)
@pytest.mark.parametrize("missing", ["", "–", "-", "--", "---"])
def test_what_files_write_for_nothing_is_null(home: Home, tmp_path: Path, missing: str) -> None:
    blank = dict.fromkeys(
        ("class", "rpr", "ts", "or", "jockey", "hg", "draw", "sp", "time", "going"), missing
    )
    load(home, file_of(tmp_path, [row("Alpha", "1") | blank]))
    assert ask(
        home,
        "SELECT class, rpr, ts, official_rating, jockey, jockey_id, headgear, draw, seconds, "
        "going, going_group FROM runners JOIN races USING (race_id) "
        "JOIN results USING (race_id, horse_id)",
    ) == [(None,) * 11]
    assert prices(home) == {}


def test_starting_prices_are_read_with_their_suffixes(home: Home, tmp_path: Path) -> None:
    price_of = {
        "2/1F": 3.0,
        "7/2J": 4.5,
        "3/1C": 4.0,
        "EvensF": 2.0,
        "Evs": 2.0,
        "133/10": 14.3,
        "11/4F": 3.75,
        "5.5": 5.5,
    }
    rows = [row(f"Horse {place}", str(place), sp=sp) for place, sp in enumerate(price_of, 1)]
    load(home, file_of(tmp_path, [*rows, row("Unpriced", "9", sp=""), row("Unsold", "10", sp="1")]))
    assert prices(home) == {
        f"Horse {place}": pytest.approx(price) for place, price in enumerate(price_of.values(), 1)
    }


def test_a_twelve_hour_off_is_the_afternoon(home: Home, tmp_path: Path) -> None:
    rows = [row("Alpha", "1", off="5:45"), row("Bravo", "1", off="11:45")]
    load(home, file_of(tmp_path, rows))
    assert ask(home, "SELECT off FROM races ORDER BY off") == [("11:45",), ("17:45",)]


@pytest.mark.slow
def test_a_twelve_and_a_twenty_four_hour_file_tell_of_one_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race(off="5:45")))
    batch = load(home, file_of(tmp_path, race(off="17:45"), "later.csv"))
    assert batch.unchanged == 3
    assert ask(home, "SELECT off FROM races") == [("17:45",)]


@pytest.mark.slow
def test_kempton_is_one_course_however_it_is_written(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race(course="kempton-aw")))
    load(home, file_of(tmp_path, race(course="Kempton (AW)"), "other.csv"))
    assert ask(home, "SELECT count(*), min(surface) FROM races") == [(1, "aw")]


def test_figures_that_are_no_numbers_are_null(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", age="99999999999", draw="1e300", rpr="nan", ts="inf", or_="seventy"),
        row("Bravo", "2", age="-2147483648", num="2.0", prize="€1,251.25"),
    ]
    load(home, file_of(tmp_path, rows))
    assert ask(
        home,
        "SELECT horse, draw, number, rpr, ts, official_rating, prize_won "
        "FROM runners JOIN results USING (race_id, horse_id) ORDER BY horse",
    ) == [
        ("Alpha", None, 1, None, None, None, None),
        ("Bravo", 1, 2, 72.0, 60.0, 70.0, 1251.25),
    ]
    assert ask(home, "SELECT foaled FROM horses") == [(None,), (None,)]


def test_the_race_has_its_highest_prize_and_level(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    assert ask(
        home, "SELECT prize, declared_level, distance_m, distance_band, going_group FROM races"
    ) == [(4000.0, 4.0, pytest.approx(1207.008), "6f", "good")]


def test_racing_data_is_the_flat_format_again(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    assert ask(
        home,
        "SELECT date::VARCHAR, course, race_id, off, num, pos, horse, wgt, sp, prize "
        "FROM racing_data ORDER BY num",
    ) == [
        ("2015-04-26", "Ripon", "624581", "14:30", 1, "1", "Alpha (IRE)", 130.0, 3.0, 4000.0),
        ("2015-04-26", "Ripon", "624581", "14:30", 2, "2", "Bravo", 130.0, 6.0, 1200.0),
        ("2015-04-26", "Ripon", "624581", "14:30", 3, "3", "Charlie (FR)", 130.0, 2.0, None),
    ]
