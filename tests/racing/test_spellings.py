"""What is certain is read however it is spelt; what may be two things is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.age import years
from velo.racing.beaten import lengths
from velo.racing.distance import METRES_PER_FURLONG, metres
from velo.racing.finish import Finish, finish
from velo.racing.going import going_group
from velo.racing.numerals import mixed, number, whole
from velo.racing.odds import decimal_odds
from velo.racing.prize import amount
from velo.racing.race_time import seconds
from velo.racing.saddlecloth import coupled_races, saddlecloth
from velo.racing.stall import stall
from velo.racing.typography import plain_text
from velo.racing.weight import pounds

CERTAIN: list[tuple[Callable[[str], Any], str, Any]] = [
    (decimal_odds, "5/2 fav", 3.5),
    (decimal_odds, "5/2f", 3.5),
    (decimal_odds, "11-4", 3.75),
    (decimal_odds, "1,000/1", 1001.0),
    (decimal_odds, "evens fav", 2.0),
    (decimal_odds, "Evens Fav", 2.0),
    (decimal_odds, "even money", 2.0),
    (decimal_odds, "5/2 jt-fav", 3.5),
    (decimal_odds, "5/2 (co fav of 3)", 3.5),
    (decimal_odds, "100-30F", 1 + 100 / 30),
    (decimal_odds, "12/1\u00a0", 13.0),
    (decimal_odds, "１２／１", 13.0),
    (decimal_odds, "5⁄2", 3.5),
    (decimal_odds, "11‑4", 3.75),
    (decimal_odds, "11 / 4", 3.75),
    (decimal_odds, "5 to 2", 3.5),
    (decimal_odds, "4.5 F", 4.5),
    (pounds, "9st 4lb", 130.0),
    (pounds, "9st4", 130.0),
    (pounds, "9-4", 130.0),
    (pounds, "9 st 4 lb", 130.0),
    (pounds, "9st", 126.0),
    (pounds, "9–4", 130.0),
    (pounds, "130lb", 130.0),
    (pounds, "130 lbs", 130.0),
    (pounds, "57.5kg", 126.7657999),
    (pounds, "57,5 kg", 126.7657999),
    (pounds, "8st 13", 125.0),
    (going_group, "Gd-Fm", "good to firm"),
    (going_group, "GF", "good to firm"),
    (going_group, "gd/sft", "good to soft"),
    (going_group, "G/S", "good to soft"),
    (going_group, "g-f", "good to firm"),
    (going_group, "Gd/Fm", "good to firm"),
    (going_group, "Sft", "soft"),
    (going_group, "Hvy", "heavy"),
    (going_group, "Std", "standard"),
    (going_group, "Std/Slw", "slow"),
    (going_group, "Yld", "good to soft"),
    (going_group, "Sft-Hvy", "heavy"),
    (going_group, "S/H", "heavy"),
    (going_group, "Good - Firm", "good to firm"),
    (going_group, "G4", "good"),
    (going_group, "S7", "soft"),
    (going_group, "Gd. to Sft.", "good to soft"),
    (metres, "7Â½f", 7.5 * METRES_PER_FURLONG),
    (metres, "7Ã‚Â½f", 7.5 * METRES_PER_FURLONG),
    (metres, "7 1/2f", 7.5 * METRES_PER_FURLONG),
    (metres, "1m2f", 10 * METRES_PER_FURLONG),
    (metres, "7½ furlongs", 7.5 * METRES_PER_FURLONG),
    (metres, "1 mile", 1609.344),
    (metres, "1 1/16 Miles", 8.5 * METRES_PER_FURLONG),
    (metres, "6 Furlongs", 1207.008),
    (metres, "1m Â½f", 8.5 * METRES_PER_FURLONG),
    (metres, "1,600m", 1600.0),
    (metres, "1600 metres", 1600.0),
    (metres, "1.6km", 1600.0),
    (metres, "1mile 2f 42yds", 2050.0848),
    (metres, "5⅛f", 5.125 * METRES_PER_FURLONG),
    (seconds, "1:40.00", 100.0),
    (seconds, "1m40.00s", 100.0),
    (seconds, "1m 40s", 100.0),
    (seconds, "1:40,00", 100.0),
    (seconds, "100.0", 100.0),
    (seconds, "00:01:40.00", 100.0),
    (seconds, "0:59.67", 59.67),
    (seconds, "2:6.81", 126.81),
    (amount, "£4,187", 4187.0),
    (amount, "Â£4,187", 4187.0),
    (amount, "4.187,00", 4187.0),
    (amount, "1.234.567", 1234567.0),
    (amount, "â‚¬7590", 7590.0),
    (amount, "7 590,00 €", 7590.0),
    (amount, "US$25,000", 25000.0),
    (amount, "AUD 25,000", 25000.0),
    (lengths, "2¾", 2.75),
    (lengths, "2-3/4", 2.75),
    (lengths, "2 3/4", 2.75),
    (lengths, "½", 0.5),
    (lengths, "nk", 0.3),
    (lengths, "shd", 0.1),
    (lengths, "Hd", 0.2),
    (lengths, "3L", 3.0),
    (lengths, ".75", 0.75),
    (lengths, "1Â½", 1.5),
    (years, "4", 4),
    (years, "4.0", 4),
    (years, "4yo", 4),
    (years, "10 years old", 10),
    (stall, "5", 5),
    (stall, "(5)", 5),
    (stall, "5.0", 5),
    (stall, "0", 0),
    (saddlecloth, "7", (7, None)),
    (saddlecloth, "7.0", (7, None)),
    (saddlecloth, "1A", (1, "A")),
    (saddlecloth, "2b", (2, "B")),
    (saddlecloth, "1 X", (1, "X")),
    (finish, "1st", Finish("finished", 1, False)),
    (finish, "2nd", Finish("finished", 2, False)),
    (finish, "Pulled Up", Finish("non-finisher", None, False)),
]

NEVER: list[tuple[Callable[[str], Any], str]] = [
    *(
        (decimal_odds, text)
        for text in (
            "07-Feb",
            "11-Apr",
            "Feb-07",
            "07/02",
            "07-02",
            "2019-02-07",
            "7/2/2019",
            "44621",
            "1002",
            "1001/1",
            "1,5/2",
            "5/2/1",
            "SP",
            "0",
            "1",
        )
    ),
    *(
        (pounds, text)
        for text in (
            "09-Apr",
            "Apr-09",
            "09-04",
            "08-10",
            "57.5",
            "9-14",
            "9.4",
            "44621",
            "2019-04-09",
            "20st",
            "20-0",
            "20st 0lb",
            "35kg",
            "120kg",
        )
    ),
    *(
        (metres, text)
        for text in (
            "1600",
            "7",
            "6.0",
            "1.600m",
            "7?f",
            "71/2f",
            "50km",
            "50000m",
            "1m 2f 42",
            "44621",
            "Feb-07",
            "7Âf",
        )
    ),
    *((going_group, text) for text in ("F", "S", "SF", "Frozen", "44621", "GFS")),
    *((seconds, text) for text in ("0.5", "0:00.50", "1:40:00", "1.40", "1:75.2", "2000", "44621")),
    *((amount, text) for text in ("4.187", "1,23", "1e12", "10K", "-5", "12,34")),
    *((lengths, text) for text in ("dist", "11/4", "3/2", "1,5", "44621/2")),
    *((years, text) for text in ("4yo+", "3-5yo", "4.5", "four")),
    *((whole, text) for text in ("1.5", "", "x", "1,23", "٣")),
    *((saddlecloth, text) for text in ("A1", "1AB", "", "1.5")),
    *((number, text) for text in ("1,5", "1e3", "nan", "inf", "1.2.3")),
    *((mixed, text) for text in ("11/4", "4/4", "1 5/4")),
]


@pytest.mark.parametrize(("rule", "text", "value"), CERTAIN)
def test_what_is_certain_is_read(rule: Callable[[str], Any], text: str, value: Any) -> None:
    read = rule(text)
    assert read == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(("rule", "text"), NEVER)
def test_what_may_be_two_things_or_cannot_be_is_not_read(
    rule: Callable[[str], Any], text: str
) -> None:
    assert rule(text) is None


@pytest.mark.parametrize("text", ["5/2 fav", "5/2 jt fav", "5/2 co-fav", "5/2"])
def test_a_favourites_price_is_read_with_its_mark_in_words_too(text: str) -> None:
    assert decimal_odds(text) == 3.5


FRACTIONS = st.tuples(st.integers(1, 500), st.integers(1, 100))


@given(FRACTIONS, st.sampled_from(["/", "-", " / ", "⁄", "／"]), st.sampled_from(["", " fav", "F"]))
def test_odds_are_one_price_by_every_sign(fraction: tuple[int, int], sign: str, mark: str) -> None:
    won, staked = fraction
    assert decimal_odds(f"{won}{sign}{staked}{mark}") == pytest.approx(1 + won / staked)


@given(st.integers(6, 14), st.integers(0, 13))
def test_a_weight_is_one_by_every_spelling(stones: int, over: int) -> None:
    texts = (f"{stones}-{over}", f"{stones}st {over}lb", f"{stones}st{over}", f"{stones}–{over}")
    assert {pounds(text) for text in texts} == {float(14 * stones + over)}


@given(st.integers(1, 3), st.integers(1, 7), st.sampled_from(["½", "Â½", "Ã‚Â½", " 1/2", ".5"]))
def test_a_half_furlong_is_one_by_every_spelling(miles: int, furlongs: int, half: str) -> None:
    assert metres(f"{miles}m{furlongs}{half}f") == pytest.approx(
        (8 * miles + furlongs + 0.5) * METRES_PER_FURLONG
    )


@given(st.dates())
def test_a_spreadsheets_day_is_never_a_price_a_weight_or_a_distance(day: date) -> None:
    for form in ("%d-%b", "%b-%d", "%d %b", "%d/%m/%Y", "%Y-%m-%d"):
        text = day.strftime(form)
        assert decimal_odds(text) is pounds(text) is metres(text) is lengths(text) is None


@given(st.integers(20_000, 80_000))
def test_a_spreadsheets_day_number_is_no_figure_of_a_race(day: int) -> None:
    text = str(day)
    assert decimal_odds(text) is pounds(text) is metres(text) is seconds(text) is None


@given(st.text("½¼¾£€0123456789fmé", max_size=20))
def test_a_text_read_in_the_wrong_encoding_and_saved_is_the_text_again(text: str) -> None:
    misread = text.encode().decode("latin-1")
    assert plain_text(misread) == plain_text(text)


@given(st.text(max_size=30))
def test_no_text_makes_a_rule_fail(text: str) -> None:
    for rule in {rule for rule, _, _ in CERTAIN} | {number, mixed, whole}:
        rule(text)


@pytest.mark.parametrize(
    "text", ["9" * 500_000, " " * 500_000 + "x", "Â" * 200_000, "1 " * 200_000]
)
def test_a_cell_of_half_a_megabyte_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()
    for rule in {rule for rule, _, _ in CERTAIN}:
        rule(text)
    assert time.process_time() - started < 5


def test_a_race_is_coupled_where_a_number_runs_with_two_letters() -> None:
    runners = [(1, 1, None), (1, 1, "A"), (1, 2, None), (2, 1, None), (2, None, None), (3, 4, "B")]
    assert coupled_races(runners) == {1}
