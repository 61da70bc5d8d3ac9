"""What a card's runners and courses say of the card itself, before anybody believes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STRANGERS = 3
"""So many horses without a result are worth a word,"""
SHARE = 1 / 3
"""if they are so much of the card: on most days about a tenth of the runners are new."""


def strangers(runners: Sequence[Mapping[str, Any]]) -> str | None:
    """A line where many horses of a card were never seen in a result.

    Args:
        runners: with `seen_horse`, as `velo.live.entries` gives them.
    """
    unseen = sum(not runner["seen_horse"] for runner in runners)
    if unseen < STRANGERS or unseen < SHARE * len(runners):
        return None
    return (
        f"{unseen} of {len(runners)} were never seen: no result names these horses; does the card "
        "write names and countries as your results do?"
    )


def unknown_courses(runners: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each course that no result names.

    Args:
        runners: with `course` and `seen_course`, as `velo.live.entries` gives them.
    """
    unseen = dict.fromkeys(runner["course"] for runner in runners if not runner["seen_course"])
    return [
        f"the course {course} was never seen: no result names it; if your results write it "
        "otherwise, correct the card, or its results will not find it"
        for course in unseen
    ]
