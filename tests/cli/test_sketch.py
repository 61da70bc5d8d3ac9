"""A line in characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from velo.cli.sketch import EIGHTHS, sketch

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


@given(VALUES, st.integers(1, 80), st.integers(1, 12))
def test_the_last_value_is_the_last_column_and_no_line_is_wider(
    values: list[float], width: int, height: int
) -> None:
    lines = sketch(values, width, height)
    assert len(lines) == height
    columns = min(width, len(values))
    filled = [
        sum(EIGHTHS.index(line[-columns:][place]) for line in lines) for place in range(columns)
    ]
    assert all(1 <= each <= 8 * height for each in filled)
    if values[-1] == max(values) != min(values[-columns:]):
        assert filled[-1] == max(filled)


def test_more_is_higher() -> None:
    assert sketch([0, 1, 2, 3], height=1) == ["+3.0 ▁▃▆█"]


def test_of_nothing_there_is_no_line() -> None:
    assert sketch([]) == []
