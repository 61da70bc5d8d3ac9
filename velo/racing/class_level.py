"""How good a race is, as one number: 1 the best class .. 7, pattern races below 1.

feature-rules.md, Class level: from the pattern, else the class, the rating band or the prize.
"""

from __future__ import annotations

import math
import re

_CLASS = re.compile(r"\(?(?:class\s*)?([1-7])(?:\.0)?\)?(?:\s*\(.*\))?")
_PATTERN = re.compile(
    r"(?:hong kong\s+)?(?:group|grade|g|jpn)\s*(1|2|3|one|two|three|iii|ii|i|a|b|c)"
)
_BAND = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3})|\s*(\+))")

_GRADES: dict[str, float] = {
    **dict.fromkeys(("1", "one", "i"), -3.0),
    **dict.fromkeys(("2", "two", "ii"), -2.0),
    **dict.fromkeys(("3", "three", "iii"), -1.0),
    # Ireland's lettered grades are handicaps, not pattern races.
    "a": 1.0,
    "b": 2.0,
    "c": 3.0,
}
_NAMED: dict[str, float] = {
    "listed": 0.0,
    "listed race": 0.0,
    "premier handicap": 1.0,
    # Hong Kong's Classic Mile, Classic Cup and Derby; newcomers start on a Class 4 mark.
    "4 year olds": 0.0,
    "griffin race": 4.0,
}

# Hong Kong's races for horses that have won little.
_LEVELLESS = frozenset(("restricted race",))

# (a band's upper rating is above this, its level), as British classes are framed
_FLAT_LADDER = ((95, 2.0), (85, 3.0), (75, 4.0), (65, 5.0), (50, 6.0), (0, 7.0))
_JUMPS_LADDER = ((140, 2.0), (120, 3.0), (100, 4.0), (0, 5.0))
_JUMPS = ("hurdle", "chase", "nh flat")


def declared_level(
    class_: str | None, pattern: str | None, rating_band: str | None, race_type: str | None
) -> float | None:
    """The level that a race declares: Group 1 -3, 2 -2, 3 -1, Listed 0, Class 1 to 7.

    A pattern comes before the class, because every pattern race in Britain is also Class 1 and
    Group 1 must be lowest. Files without a pattern column write the pattern as the class. A rating
    band goes by its upper bound (``'60-40'`` is 60; ``'90+'`` has none), on another ladder over
    jumps.
    """
    for text in (pattern, class_):
        if (level := _pattern_level(text)) is not None:
            return level
    if (level := _class_level(class_)) is not None:
        return level
    return _band_level(rating_band, race_type)


def has_no_level(class_: str | None) -> bool:
    """Whether a class is known, and says nothing of how good the race is."""
    return _words(class_) in _LEVELLESS


def _words(text: str | None) -> str:
    return " ".join(text.lower().split()) if text else ""


def _pattern_level(text: str | None) -> float | None:
    words = _words(text)
    if graded := _PATTERN.fullmatch(words):
        return _GRADES[graded[1]]
    return _NAMED.get(words)


def _class_level(text: str | None) -> float | None:
    read = _CLASS.fullmatch(_words(text))
    return float(read[1]) if read else None


def _band_level(text: str | None, race_type: str | None) -> float | None:
    read = _BAND.fullmatch(_words(text))
    if read is None:
        return None
    upper = math.inf if read[3] else max(int(read[1]), int(read[2]))
    ladder = _JUMPS_LADDER if _words(race_type) in _JUMPS else _FLAT_LADDER
    return next((level for bound, level in ladder if upper > bound), None)
