from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.distance import DISTANCE_BANDS, METRES_PER_FURLONG, distance_band, metres


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1m", 1609.344),
        ("5f", 1005.84),
        ("½f", 100.584),
        ("5½f", 1106.424),
        ("1m2½f", 2112.264),
        ("1m2.5f", 2112.264),
        ("2m½f", 3319.272),
        ("2m3½f", 3922.776),
        ("4m1f", 6638.544),
        ("1m 2f 42y", 2050.0848),
        ("1m2f42yds", 2050.0848),
        ("1m1f", 1810.512),
        ("1650M", 1650.0),
        ("2400m", 2400.0),
    ],
)
def test_a_distance_is_read_in_metres(text: str, expected: float) -> None:
    assert metres(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", [None, "", "-", "–", "m", "f", "0f", "12", "five furlongs"])
def test_what_is_no_distance_is_none(text: str | None) -> None:
    assert metres(text) is None


def test_one_m_is_a_mile_and_a_thousand_are_metres() -> None:
    assert metres("1m") == pytest.approx(1609.344)
    assert metres("1000M") == 1000.0


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("5f", "5f"),
        ("1000M", "5f"),
        ("1200M", "6f"),
        ("6½f", "6f"),
        ("1400M", "7f"),
        ("1600M", "8f"),
        ("1650M", "8f"),
        ("1m½f", "8f"),
        ("1800M", "9f-10f"),
        ("1m2½f", "9f-10f"),
        ("2200M", "11f-12f"),
        ("1m4½f", "11f-12f"),
        ("1m6f", "13f-16f"),
        ("2m½f", "13f-16f"),
        ("2m2½f", "17f+"),
        ("4m1f", "17f+"),
    ],
)
def test_trips_with_comparable_draws_share_a_band(text: str, band: str) -> None:
    assert distance_band(metres(text)) == band


@pytest.mark.parametrize("length", [None, math.nan, 0.0, -5.0])
def test_no_distance_has_no_band(length: float | None) -> None:
    assert distance_band(length) is None


@given(st.floats(0.1, 10_000), st.floats(0.1, 10_000))
def test_a_longer_race_is_never_in_a_shorter_band(one: float, other: float) -> None:
    first, second = distance_band(min(one, other)), distance_band(max(one, other))
    assert first is not None
    assert second is not None
    assert DISTANCE_BANDS.index(first) <= DISTANCE_BANDS.index(second)


@given(st.integers(1, 4), st.integers(0, 7))
def test_miles_and_furlongs_add_up(miles: int, furlongs: int) -> None:
    text = f"{miles}m{furlongs}f" if furlongs else f"{miles}m"
    assert metres(text) == pytest.approx((8 * miles + furlongs) * METRES_PER_FURLONG)


@given(st.text(max_size=12))
def test_no_text_makes_a_distance_fail(text: str) -> None:
    length = metres(text)
    assert length is None or length > 0
