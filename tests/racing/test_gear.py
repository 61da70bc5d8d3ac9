"""What a horse wears, and what was taken off."""

from __future__ import annotations

import pytest

from velo.racing.gear import taken_off, worn


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("B1/TT", {"b", "tt"}),
        ("B-/TT2", {"tt"}),
        ("--", set()),
        ("PC/BO1", {"pc", "bo"}),
        ("tp", {"t", "p"}),
        ("e/s", {"es"}),
        ("b1", {"b"}),
        ("cheekpieces", {"cheekpieces"}),
        ("", set()),
        (None, set()),
    ],
)
def test_gear_is_read_as_the_pieces_that_are_worn(text: str | None, pieces: set[str]) -> None:
    assert worn(text) == pieces


@pytest.mark.parametrize(
    ("last", "today", "off"),
    [
        ("B/TT", "B-/TT", True),
        ("B/TT", "TT", True),
        ("B1", "B", False),
        ("TT", "B1/TT", False),
        ("tp", "t", True),
        (None, "B1", False),
        ("B", None, True),
    ],
)
def test_something_is_off_that_was_worn_at_the_last_start(
    last: str | None, today: str | None, off: bool
) -> None:
    assert taken_off(last, today) is off
