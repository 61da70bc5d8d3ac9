from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.odds import decimal_odds, opening_and_touched


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("2/1F", 3.0),
        ("11/4F", 3.75),
        ("7/2J", 4.5),
        ("3/1C", 4.0),
        ("EvensF", 2.0),
        ("Evs", 2.0),
        ("evens", 2.0),
        ("133/10", 14.3),
        ("100/30F", 1 + 100 / 30),
        ("30/100F", 1.3),
        ("1/10F", 1.1),
        ("85/40F", 3.125),
        ("600/1", 601.0),
        ("5.5", 5.5),
        ("99", 99.0),
        ("13.00", 13.0),
        ("5/2 JF", 3.5),
    ],
)
def test_a_price_is_read_as_it_is_written(text: str, decimal: float) -> None:
    assert decimal_odds(text) == pytest.approx(decimal)


@pytest.mark.parametrize("text", [None, "", "-", "--", "---", "–", "SP", "F", "0", "1.0", "1/0"])
def test_what_is_no_price_is_none(text: str | None) -> None:
    assert decimal_odds(text) is None


def test_a_decimal_price_that_returns_only_the_stake_is_no_price() -> None:
    assert decimal_odds("1.00") is None
    assert decimal_odds("0.95") is None
    assert decimal_odds("1.01") == 1.01


@pytest.mark.parametrize(
    "text",
    [
        "9" * 400,
        f"{'9' * 400}/1",
        f"{'9' * 400}/{'9' * 400}",
        f"1/{'9' * 400}",
        "1/99999999999999999999",
        "1.00000000000000000000001",
    ],
)
def test_a_price_that_no_float_tells_from_none_or_from_all_is_no_price(text: str) -> None:
    assert decimal_odds(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "9" * 1_000_000,
        "5" + " " * 1_000_000 + "x",
        "(op " + "9" * 1_000_000,
        "(op " + "9 " * 500_000,
        "(op " + " " * 1_000_000,
        "( " * 500_000,
    ],
    ids=lambda text: text[:6],
)
def test_a_field_of_a_megabyte_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()
    decimal_odds(text)
    opening_and_touched(text)
    assert time.process_time() - started < 5


@given(
    st.integers(1, 1000), st.integers(1, 100), st.sampled_from(["", "F", "J", "C", " F", "f", "CF"])
)
def test_the_favourites_mark_never_changes_the_price(won: int, staked: int, mark: str) -> None:
    assert decimal_odds(f"{won}/{staked}{mark}") == pytest.approx(1 + won / staked)


@pytest.mark.parametrize(
    ("comment", "opening", "touched"),
    [
        ("Held up - kept on(op 6/1 tchd 11/2)", [7.0], [6.5]),
        ("Led(tchd 22/1)", [], [23.0]),
        ("Led(op 10/1)", [11.0], []),
        ("Led(op Evs)", [2.0], []),
        ("Led(op 10/11 tchd Evens)", [1 + 10 / 11], [2.0]),
        ("Led(op 5/1 tchd 11/2 and 13/2)", [6.0], [6.5, 7.5]),
        ("Led(tchd 5/2 and tchd 10/3)", [], [3.5, 1 + 10 / 3]),
        ("Led(op 7/2 tchd 4/1 in places)", [4.5], [5.0]),
        ("Led(op 7/2 - tchd 4/1 in a place)", [4.5], [5.0]),
        ("Led(op 7/2 tchd 3/1 - 4/1 in a place & 9/2 in a place)", [4.5], [4.0, 5.0, 5.5]),
        ("Led (jockey said gelding hung left)(op 10/1)", [11.0], []),
        ("Faded (jockey said the stalls opened 5/1 late)", [], []),
        ("Led(op 6/1 tchd 11/2", [7.0], [6.5]),
        ("Led(op 2.5 tchd 13.75)", [2.5], [13.75]),
        ("Always towards rear", [], []),
        (None, [], []),
    ],
)
def test_a_comment_ends_in_the_moves_of_the_on_course_price(
    comment: str | None, opening: list[float], touched: list[float]
) -> None:
    moves = opening_and_touched(comment)
    assert moves.opening == pytest.approx(opening)
    assert moves.touched == pytest.approx(touched)


@given(st.text(max_size=40))
def test_no_text_makes_the_price_rules_fail(text: str) -> None:
    price = decimal_odds(text)
    assert price is None or price > 1
    opening_and_touched(text)
    opening_and_touched(f"({text}op {text})")
