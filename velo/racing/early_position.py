"""Where a horse lay early in its race, on one scale: 0 the leader, 1 the last.

Three kinds of source tell it: positions at the calls of the race, letters of its style, and
comments (`velo.racing.comment_position`).
"""

from __future__ import annotations

from velo.racing.numerals import whole
from velo.racing.typography import plain_text

BY_LETTER = {"L": 0.0, "P": 0.3, "H": 0.75}
"""Led, prominent and held up: the mean early position of such runners."""


def running_positions(text: str | None) -> tuple[int, ...] | None:
    """Positions at the calls, from the first to the finish: ``'3 3 1'`` is (3, 3, 1).

    ``None`` for a text that is anything else.
    """
    calls = [whole(each) for each in plain_text(text).split()]
    known = tuple(each for each in calls if each is not None and each > 0)
    return known if known and len(known) == len(calls) else None


def first_call(calls: tuple[int, ...]) -> int | None:
    """The position early in the race; ``None`` where the only call is the finish.

    Args:
        calls: positions, as `running_positions` reads them.
    """
    return calls[0] if len(calls) > 1 else None


def share_of_field(position: int, starters: int) -> float | None:
    """A position as a share of the field: (position - 1)/(starters - 1).

    A position beyond the field is the last. A horse that ran alone has none.
    """
    if starters < 2:
        return None
    return min(position - 1, starters - 1) / (starters - 1)


def letter_position(text: str | None) -> float | None:
    """The early position that a letter stands for; ``None`` for no letter of `BY_LETTER`."""
    return BY_LETTER.get(plain_text(text).upper())
