"""Every distinct value of the real files is understood, or is here as rightly not."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from velo.racing.class_level import declared_level
from velo.racing.courses import course, course_key
from velo.racing.distance import distance_band, metres
from velo.racing.finish import finish
from velo.racing.going import going_group
from velo.racing.names import horse_name, person_name
from velo.racing.odds import decimal_odds, opening_and_touched
from velo.racing.off_time import off_time
from velo.racing.surface import surface
from velo.racing.weight import pounds

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HONG_KONG = "hk_2008_2022.parquet"
BRITAIN = "gb_aw_2019_2020.parquet"
RACEFORM = "raw/raceform_kaggle_sample_5k.csv"
RPSCRAPE = "raw/rpscrape_gb_2020_06_03.csv"
OLD_RPSCRAPE = "raw/rpscrape_old_fr-2018.csv"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
)


@functools.cache
def distinct(file: str, *columns: str) -> list[tuple[str | None, ...]]:
    path = str(DATA / file)
    source = "read_parquet(?)" if file.endswith("parquet") else "read_csv(?, all_varchar=true)"
    texts = ", ".join(f'CAST("{column}" AS VARCHAR)' for column in columns)
    return duckdb.execute(f"SELECT DISTINCT {texts} FROM {source}", [path]).fetchall()


def values(file: str, column: str) -> set[str | None]:
    return {row[0] for row in distinct(file, column)}


def misunderstood(
    rule: Callable[[Any], Any], file: str, column: str, nothing: object = None
) -> set[str | None]:
    return {value for value in values(file, column) if rule(value) == nothing}


UNDERSTOOD = [
    # rule, file, column, what is rightly not understood
    # a tote favourite at 1.0 returns the stake and no more
    (decimal_odds, HONG_KONG, "sp", {"---", "1", "1.0"}),
    (decimal_odds, HONG_KONG, "sp_dec", {None}),
    (decimal_odds, RACEFORM, "sp", {None}),
    (decimal_odds, RPSCRAPE, "SP", set()),
    (decimal_odds, RPSCRAPE, "Dec", set()),
    (decimal_odds, OLD_RPSCRAPE, "sp", {None}),
    (decimal_odds, BRITAIN, "bsp", set()),
    (going_group, HONG_KONG, "going", set()),
    (going_group, BRITAIN, "going", set()),
    (going_group, RACEFORM, "going", {None}),
    (going_group, RPSCRAPE, "Going", set()),
    (going_group, OLD_RPSCRAPE, "going", set()),
    (metres, HONG_KONG, "dist", {None}),
    (metres, BRITAIN, "dist", set()),
    (metres, RACEFORM, "dist", set()),
    (metres, RPSCRAPE, "Dist", set()),
    (metres, OLD_RPSCRAPE, "distance", set()),
    (pounds, HONG_KONG, "wgt", set()),
    (pounds, BRITAIN, "wgt", set()),
    (pounds, RACEFORM, "wgt", set()),
    (pounds, RPSCRAPE, "Wgt", set()),
    (pounds, RPSCRAPE, "Lbs", set()),
    (pounds, OLD_RPSCRAPE, "weight", set()),
    (course, HONG_KONG, "course", set()),
    (course, BRITAIN, "course", set()),
    (course, RACEFORM, "course", set()),
    (course, RPSCRAPE, "Course", set()),
    (course, OLD_RPSCRAPE, "course", set()),
]


@pytest.mark.parametrize(("rule", "file", "column", "rightly"), UNDERSTOOD)
def test_every_value_is_understood(
    rule: Callable[[Any], Any], file: str, column: str, rightly: set[str | None]
) -> None:
    assert misunderstood(rule, file, column) == rightly


POSITIONS = [
    (HONG_KONG, "pos", {"finished", "non-finisher", "withdrawn"}),
    (BRITAIN, "pos", {"finished", "non-finisher"}),
    (RACEFORM, "pos", {"finished", "non-finisher"}),
    (RPSCRAPE, "Pos", {"finished"}),
    (OLD_RPSCRAPE, "pos", {"finished", "non-finisher"}),
]


@pytest.mark.parametrize(("file", "column", "statuses"), POSITIONS)
def test_every_position_is_understood(file: str, column: str, statuses: set[str]) -> None:
    assert {finish(value).status for value in values(file, column)} == statuses


@pytest.mark.parametrize(
    ("file", "column"),
    [(BRITAIN, "off"), (RACEFORM, "off"), (RPSCRAPE, "Off"), (OLD_RPSCRAPE, "time")],
)
def test_every_off_is_a_time_of_day(file: str, column: str) -> None:
    assert [text for text in values(file, column) if text and off_time(text) is None] == []


def test_every_hong_kong_class_has_a_level_but_restricted_and_unnamed_races() -> None:
    races = distinct(HONG_KONG, "class", "rating_band", "type")
    without = {
        class_ for class_, band, kind in races if declared_level(class_, None, band, kind) is None
    }
    assert without == {"Restricted Race", None}


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        (BRITAIN, ("class", "pattern", "rating_band", "type")),
        (RACEFORM, ("class", "pattern", "rating_band", "type")),
        (RPSCRAPE, ("Class", "Pattern", "Rating_Band", "Type")),
    ],
)
def test_only_a_race_that_declares_nothing_has_no_level(
    file: str, columns: tuple[str, ...]
) -> None:
    for class_, pattern, band, kind in distinct(file, *columns):
        level = declared_level(class_, pattern, band, kind)
        assert (level is None) == (class_ is None and pattern is None and band is None)


def test_the_old_files_class_is_a_pattern_or_not_found() -> None:
    levels = {
        text: declared_level(text, None, None, None) for text in values(OLD_RPSCRAPE, "class")
    }
    assert levels == {
        "Group 1": -3.0,
        "Group 2": -2.0,
        "Group 3": -1.0,
        "Listed": 0.0,
        "not found": None,
    }


def test_british_rating_bands_lie_on_the_ladder_of_their_class() -> None:
    rows = distinct(RACEFORM, "class", "rating_band", "type", "course")
    rows += [
        (class_, band, "Flat", where)
        for class_, band, where in distinct(RPSCRAPE, "Class", "Rating_Band", "Course")
    ]
    off_by = [
        abs(by_class - by_band)
        for class_, band, kind, _ in rows
        if (by_class := declared_level(class_, None, None, kind)) is not None
        and (by_band := declared_level(None, None, band, kind)) is not None
    ]
    assert len(off_by) > 50
    assert max(off_by) <= 1
    assert sum(off_by) <= 0.05 * len(off_by)


def test_every_distance_falls_into_the_band_of_its_length() -> None:
    """Hong Kong's trips by hand; of those in whole furlongs the band's name says which it holds."""
    trips = {text: distance_band(metres(text)) for text in values(HONG_KONG, "dist") - {None}}
    assert trips == {
        "1000M": "5f",
        "1200M": "6f",
        "1400M": "7f",
        "1600M": "8f",
        "1650M": "8f",
        "1800M": "9f-10f",
        "2000M": "9f-10f",
        "2200M": "11f-12f",
        "2400M": "11f-12f",
    }
    texts = [text for file in (BRITAIN, RACEFORM) for text in values(file, "dist") - {None}]
    assert None not in {distance_band(metres(text)) for text in texts}
    whole = {
        text: match for text in texts if (match := re.fullmatch(r"(?:(\d)m)?(?:(\d+)f)?", text))
    }
    assert len(whole) > 15
    for text, match in whole.items():
        furlongs = 8 * int(match[1] or 0) + int(match[2] or 0)
        least, *more = map(int, re.findall(r"\d+", distance_band(metres(text)) or ""))
        assert least <= furlongs <= (more[0] if more else 99 if furlongs >= 17 else least), text


def test_one_course_has_one_key_in_every_file() -> None:
    def keys(file: str, column: str) -> set[str]:
        return {course_key(place) for text in values(file, column) if (place := course(text))}

    assert keys(RPSCRAPE, "Course") <= keys(BRITAIN, "course") | {"yarmouth"}
    shared = keys(BRITAIN, "course") & keys(RACEFORM, "course")
    assert {"kempton aw", "chelmsford aw", "lingfield aw", "southwell aw"} <= shared
    assert {"kempton", "newcastle", "newcastle aus"} <= keys(RACEFORM, "course")
    # no two courses of one file are folded into one
    for file, column in ((RACEFORM, "course"), (BRITAIN, "course"), (OLD_RPSCRAPE, "course")):
        assert len(keys(file, column)) == len(values(file, column))


def test_every_race_has_a_surface_but_one_abroad_without_going() -> None:
    without = {
        where
        for where, going, kind, name in distinct(RACEFORM, "course", "going", "type", "race_name")
        if surface(None, where, going, kind, name) is None
    }
    assert without == set()
    hong_kong = distinct(HONG_KONG, "surface", "course", "going", "type")
    assert {surface(*row) for row in hong_kong} == {"turf", "aw"}
    assert {surface(None, *row) for row in distinct(BRITAIN, "course", "going", "type")} == {"aw"}


def test_every_horse_and_person_has_a_name() -> None:
    for file, horse, people in (
        (HONG_KONG, "horse", ("jockey", "trainer")),
        (BRITAIN, "horse", ("jockey", "trainer")),
        (RACEFORM, "horse", ("jockey", "trainer")),
        (RPSCRAPE, "Horse", ("Jockey", "Trainer")),
        (OLD_RPSCRAPE, "name", ("jockey", "trainer")),
    ):
        assert misunderstood(lambda text: horse_name(text).name, file, horse, "") == set()
        for column in people:
            assert misunderstood(person_name, file, column, "") <= {None, "---"}


def test_folding_names_merges_no_two_horses_of_a_file() -> None:
    for file, horse in ((BRITAIN, "horse"), (RACEFORM, "horse"), (RPSCRAPE, "Horse")):
        names = values(file, horse)
        assert len({horse_name(text) for text in names}) == len(names)


def test_every_price_move_in_a_comment_is_read() -> None:
    for file, column in ((RACEFORM, "comment"), (RPSCRAPE, "Comment")):
        comments = values(file, column) - {None}
        comments_with_moves = [
            text for text in comments if text and ("(op " in text or "(tchd " in text)
        ]
        assert len(comments_with_moves) > 100
        for text in comments_with_moves:
            moves = opening_and_touched(text)
            end = text[max(text.rfind("(op "), text.rfind("(tchd ")) :]
            assert bool(moves.opening) == ("op " in end)
            assert bool(moves.touched) == ("tchd" in end or " - " in end)
            assert len(moves.opening) + len(moves.touched) == end.count("/") + end.count("Ev")
