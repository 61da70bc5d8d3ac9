"""The state of the ground, folded into the few groups that horses tell apart."""

from __future__ import annotations

import re

GOING_GROUPS: tuple[str, ...] = (
    # turf, firmest to heaviest
    "firm",
    "good to firm",
    "good",
    "good to soft",
    "soft",
    "heavy",
    # all-weather and dirt, fastest to slowest
    "fast",
    "standard",
    "slow",
    "wet",
)
"""Ordered firmest to heaviest on turf, then fastest to slowest on all-weather and dirt."""

TURF_GROUPS = GOING_GROUPS[:6]

_DESCRIPTIONS = {
    "firm": "firm|hard|firm to hard|hard to firm",
    "good to firm": "good to firm|firm to good",
    "good": "good",
    # Ireland and Hong Kong say yielding, Australia and New Zealand said dead and easy.
    "good to soft": "good to soft|good to yielding|yielding|yielding to good|soft to good"
    "|dead|easy|good to dead|holding to good",
    # France's very soft (tres souple) lies between soft and holding.
    "soft": "soft|yielding to soft|soft to yielding|very soft|dead to soft",
    "heavy": "heavy|soft to heavy|heavy to soft|holding|very heavy|yielding to heavy",
    "fast": "fast|standard to fast|fast to standard",
    "standard": "standard|synthetic",
    "slow": "slow|standard to slow|slow to standard",
    "wet": "wet|wet fast|wet slow|muddy|sloppy|slop|mud|sealed",
}
_GROUP_OF = {text: group for group, texts in _DESCRIPTIONS.items() for text in texts.split("|")}
_RANKS = {group: rank for rank, group in enumerate(GOING_GROUPS)}

# 'Good (Good To Soft in places)' and 'Good, Soft in places' are first of all good.
_ELSEWHERE = re.compile(r"[(,;].*| - .*| with .*| in places?\b.*", re.DOTALL)
_JOINED = re.compile(r"\s*[-/]\s*")
_AUSTRALIAN = re.compile(r"([a-z]+) ?(?:10|[1-9])")


def going_group(text: str | None) -> str | None:
    """The group of :data:`GOING_GROUPS` that a description of the going belongs to.

    Australian ratings keep their word (``'Dead5'``), except that turf rated slow there
    (``'Slow6'``) is soft: a bare ``'Slow'`` is an all-weather track's.
    """
    if text is None:
        return None
    said = _JOINED.sub(" to ", _ELSEWHERE.sub("", " ".join(text.lower().split()))).strip()
    if rated := _AUSTRALIAN.fullmatch(said):
        said = "soft" if rated[1] == "slow" else rated[1]
    return _GROUP_OF.get(said)


def going_rank(group: str | None) -> int | None:
    """Place of a group in :data:`GOING_GROUPS`, 0 the firmest turf.

    Ranks compare within turf (0 to 5) and within all-weather and dirt (6 to 9), not across.
    """
    return _RANKS.get(group) if group is not None else None
