from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.weight import pounds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9-4", 130.0), ("130", 130.0), ("7-7", 105.0), ("12-7", 175.0), ("128.5", 128.5)],
)
def test_stones_and_pounds_and_bare_pounds_are_one_scale(text: str, expected: float) -> None:
    assert pounds(text) == expected


@pytest.mark.parametrize("text", [None, "", "-", "--", "9-14", "0-4", "57.5", "1100", "nine"])
def test_what_no_horse_carries_is_no_weight(text: str | None) -> None:
    assert pounds(text) is None


@given(st.integers(6, 14), st.integers(0, 13))
def test_a_stone_is_fourteen_pounds(stones: int, over: int) -> None:
    assert pounds(f"{stones}-{over}") == 14 * stones + over == pounds(str(14 * stones + over))
