from __future__ import annotations

import pytest

from velo.racing.prize import amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("312.65", 312.65),
        ("1251.25", 1251.25),
        ("€7590", 7590.0),
        ("£1,251.25", 1251.25),
        ("€ 2,000,000", 2e6),
        ("1725000.0", 1_725_000.0),
        ("0", 0.0),
        ("", None),
        (None, None),
        ("–", None),
        ("12,34", None),
        ("9" * 400, None),
        ("9" + ",999" * 200, None),
    ],
)
def test_a_prize_is_an_amount_whatever_its_currency(text: str | None, value: float | None) -> None:
    assert amount(text) == value
