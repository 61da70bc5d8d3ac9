"""A printed world has the spellings, the gaps and the accidents of the real thing."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.synth.conftest import Printed
from tests.synth.test_world import race_keys
from velo.synth.raceform import COLUMNS
from velo.synth.spelling import clock, distance_text, time_text

FALLEN = ("PU", "F", "UR", "BD", "RR", "REF", "SU", "RO", "CO", "LFT", "DSQ")


def test_the_header_is_raceforms(planted: Printed) -> None:
    header = planted.path.read_text(encoding="utf-8").split("\n", 1)[0]
    assert header == (
        "date,course,race_id,off,race_name,type,class,pattern,rating_band,age_band,sex_rest,dist,"
        "going,ran,num,pos,draw,ovr_btn,btn,horse,age,sex,wgt,hg,time,sp,jockey,trainer,prize,or,"
        "rpr,ts,sire,dam,damsire,owner,comment"
    )
    assert len(COLUMNS) == 37


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("date", r"20\d\d-\d\d-\d\d"),
        ("off", r"(1[0-2]|[1-9]):[0-5]\d"),
        ("type", r"Flat|Hurdle|Chase|NH Flat|"),
        ("class", r"Class [1-6]|"),
        ("rating_band", r"(\d+-\d+)?"),
        ("dist", r"(\dm)?(\d?½?f)?"),
        ("num", r"(\d+\.0)?"),
        ("draw", r"(\d+\.0)?"),
        ("pos", r"\d+|WV|NR|VOI|" + "|".join(FALLEN)),
        ("wgt", r"\d+-(\d|1[0-3])"),
        ("time", r"\d:\d{1,2}\.\d\d|-"),
        ("btn", r"\d+(\.\d+)?|-"),
        ("sp", r"(\d+/\d+|Evens)[FJC]?|"),
        ("prize", r"(€?\d+(\.\d+)?)?"),
        ("or", r"\d+|–"),
        ("rpr", r"\d+|–"),
        ("ts", r"\d+|–"),
        ("horse", r"[A-Z][A-Za-z ]+ \((IRE|GB|FR|USA|GER)\)"),
    ],
)
def test_each_column_is_spelt_as_raceform_spells_it(
    planted: Printed, column: str, pattern: str
) -> None:
    spelt = re.compile(pattern)
    odd = [text for text in set(planted.columns[column]) if not spelt.fullmatch(text)]
    assert odd == []


def test_irish_and_french_races_have_no_class_and_pay_in_euros(planted: Printed) -> None:
    c = planted.columns
    abroad = np.char.endswith(c["course"], "(IRE)") | np.char.endswith(c["course"], "(FR)")
    assert 0.1 < abroad.mean() < 0.5
    assert (c["class"][abroad] == "").all()
    assert (c["class"][~abroad] != "").all()
    paid = c["prize"] != ""
    assert (np.char.startswith(c["prize"], "€") == abroad)[paid].all()


def test_favourites_are_marked_once_jointly_or_together(planted: Printed) -> None:
    c = planted.columns
    _, race = np.unique(race_keys(c), return_inverse=True)
    marks = {m: np.bincount(race, np.char.endswith(c["sp"], m)) for m in "FJC"}
    assert set(marks["F"]) <= {0.0, 1.0}
    assert set(marks["J"]) <= {0.0, 2.0}
    assert (marks["C"][marks["C"] > 0] >= 3).all()
    assert all(counts.sum() > 0 for counts in marks.values())
    priced = np.bincount(race, c["sp"] != "") > 0
    assert (sum(counts > 0 for counts in marks.values())[priced] == 1).all()


def test_the_withdrawn_have_no_price_no_comment_and_do_not_count_as_runners(
    planted: Printed,
) -> None:
    c = planted.columns
    gone = np.isin(c["pos"], ("WV", "NR"))
    assert 0.001 < gone.mean() < 0.006
    for name in ("sp", "comment", "prize"):
        moot = np.isin(c[name], ("", "withdrawn"))
        assert moot[gone].all(), name
    _, race = np.unique(race_keys(c), return_inverse=True)
    starters = np.bincount(race, ~gone)
    short = (c["ran"].astype(int) != starters[race]).mean()
    # A source loses the row of a beaten runner now and then.
    assert short < 0.004


def test_stalls_run_on_above_the_number_of_runners_after_a_withdrawal(planted: Printed) -> None:
    """And nowhere else; the withdrawn keep theirs, so no stall is given twice."""
    c = planted.columns
    _, race = np.unique(race_keys(c), return_inverse=True)
    withdrawn = np.bincount(race, np.isin(c["pos"], ("WV", "NR")))[race]
    stalled = c["draw"] != ""
    stall = np.where(stalled, c["draw"], "0").astype(float)
    above = stalled & (stall > c["ran"].astype(int))
    assert above.any()
    assert (stall - c["ran"].astype(int) <= withdrawn)[above].all()
    given = np.stack([race[stalled], stall[stalled]])
    assert np.unique(given, axis=1).shape == given.shape


def test_there_are_no_stalls_over_jumps(planted: Printed) -> None:
    c = planted.columns
    assert (c["draw"][np.isin(c["type"], ("Hurdle", "Chase", "NH Flat"))] == "").all()


def test_jumpers_fail_to_complete_and_flat_horses_seldom_do(planted: Printed) -> None:
    c = planted.columns
    fallen = np.isin(c["pos"], FALLEN)
    over_jumps = np.isin(c["type"], ("Hurdle", "Chase"))
    assert 0.08 < fallen[over_jumps].mean() < 0.16
    assert fallen[c["type"] == "Flat"].mean() < 0.01
    assert (c["time"][fallen] == "-").all()
    assert (c["rpr"][fallen] == "–").all()


def test_price_moves_end_over_half_the_comments(planted: Printed) -> None:
    moves = re.compile(
        r"\((op (\d+/\d+|Evens))?( ?tchd (\d+/\d+|Evens)( and (\d+/\d+|Evens))?)?\)$"
    )
    ended = [text for text in planted.columns["comment"] if text.endswith(")")]
    assert all(moves.search(text) for text in ended)
    assert 0.5 < len(ended) / len(planted.columns["comment"]) < 0.8


def test_the_prize_is_what_the_runner_itself_won(planted: Printed) -> None:
    c = planted.columns
    first, second = c["pos"] == "1", c["pos"] == "2"
    won = np.array([float(text.lstrip("€") or 0) for text in c["prize"]])
    assert (won[first] > 0).all()
    assert np.median(won[second]) < 0.5 * np.median(won[first])
    assert (won[np.isin(c["pos"], FALLEN)] == 0).all()


def test_the_top_earned_rating_wins_far_oftener_than_the_top_official_rating(
    planted: Printed,
) -> None:
    c = planted.columns

    def top_wins(column: str) -> float:
        rating = np.array([int(text) if text.isdigit() else -1 for text in c[column]])
        _, race = np.unique(race_keys(c), return_inverse=True)
        best = np.full(race.max() + 1, -1)
        np.maximum.at(best, race, rating)
        top = (rating == best[race]) & (rating >= 0)
        return float((c["pos"] == "1")[top].mean())

    assert top_wins("rpr") > 0.55
    assert top_wins("or") < 0.3


def test_sources_share_a_race_id_between_two_courses_now_and_then(planted: Printed) -> None:
    c = planted.columns
    pairs = set(zip(c["race_id"], race_keys(c), strict=True))
    ids = [race_id for race_id, _ in pairs]
    assert len(set(ids)) >= 0.995 * len(ids)
    assert len(set(race_keys(c))) == len(ids), "date, course and off name a race"


@given(st.integers(min_value=1, max_value=63))
def test_a_distance_reads_back_as_the_half_furlongs_it_was(half_furlongs: int) -> None:
    text = distance_text(half_furlongs)
    miles, furlongs = re.fullmatch(r"(?:(\d)m)?(?:(\d?)(½)?f)?", text).group(1, 2)
    half = "½" in text
    assert int(miles or 0) * 16 + int(furlongs or 0) * 2 + half == half_furlongs


@given(st.integers(min_value=0, max_value=59_999))
def test_a_time_reads_back_as_the_hundredths_it_was(hundredths: int) -> None:
    minutes, seconds = time_text(hundredths).split(":")
    assert round((int(minutes) * 60 + float(seconds)) * 100) == hundredths


@given(st.integers(min_value=12 * 60, max_value=21 * 60 + 59))
def test_an_off_time_reads_back_as_the_afternoon(minutes: int) -> None:
    hour, minute = map(int, clock(minutes).split(":"))
    assert (hour % 12 + 12) * 60 + minute == minutes
