"""The state of the ground, folded into the few groups that horses tell apart."""

from __future__ import annotations

import re

from velo.racing.typography import plain_text

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

# 'Good (Good To Soft in places)' and 'Good, Soft in places' are first of all good.
_ELSEWHERE = re.compile(r"[(,;].*| - .*| with .*| in places?\b.*", re.DOTALL)
_LONGEST = 300
_JOINED = re.compile(r"\s*[-/]\s*")
_AUSTRALIAN = re.compile(r"([a-z]+) ?(?:10|[1-9])")
# `Good - Firm` is a going; `Good - Good To Firm in places` is good, and something else elsewhere.
_DASHED = re.compile(r"([a-z]+) - ([a-z]+)")

_SHORT = {
    "firm": "fm|frm|fir",
    "good": "gd|g",
    "soft": "sft",
    "heavy": "hvy|hv|hy",
    "yielding": "yld|yldg|yl|yield",
    "standard": "std|stnd|stan|st",
    "fast": "fst|ft",
    "slow": "slw|sl",
    "hard": "hrd|hd",
    "muddy": "my|mdy",
    "sloppy": "sly|slpy",
    "holding": "hld|hldg",
    "dead": "dd",
}
_WORD_OF = {short: word for word, shorts in _SHORT.items() for short in shorts.split("|")}

# A letter alone may be firm or fast, soft or slow; within a pair the other letter tells.
_PAIRS = {
    "gf": "good to firm",
    "fg": "good to firm",
    "gs": "good to soft",
    "sg": "good to soft",
    "gy": "good to yielding",
    "yg": "good to yielding",
    "ys": "yielding to soft",
    "sh": "soft to heavy",
    "hs": "soft to heavy",
    "yh": "yielding to heavy",
}
_RATED = {"f": "firm", "g": "good", "s": "soft", "h": "heavy", "d": "dead"}


def going_group(text: str | None) -> str | None:
    """The group of :data:`GOING_GROUPS` that a description of the going belongs to.

    The usual abbreviations are read (``'Gd-Fm'``, ``'GF'``, ``'gd/sft'``, ``'Std-Slow'``); a letter
    that may be two things (``'F'``, ``'S'``) is not. Australian ratings keep their word
    (``'Dead5'``), except that turf rated slow there (``'Slow6'``) is soft: a bare ``'Slow'`` is an
    all-weather track's.
    """
    plain = " ".join(plain_text(text).lower().split())
    if len(plain) > _LONGEST:
        return None
    if _DASHED.fullmatch(plain):
        plain = plain.replace(" - ", " to ")
    words = _JOINED.sub(" to ", _ELSEWHERE.sub("", plain)).strip(" .")
    if rated := _AUSTRALIAN.fullmatch(words):
        word = _RATED.get(rated[1], rated[1])
        words = "soft" if word == "slow" else _WORD_OF.get(word, word)
    return _GROUP_OF.get(words) or _GROUP_OF.get(_in_full(words))


def _in_full(words: str) -> str:
    """Abbreviations written out: ``'gd to fm'``, ``'g to f'`` and ``'gf'`` are good to firm."""
    if (pair := _PAIRS.get(words.replace(" to ", ""))) is not None:
        return pair
    return " ".join(_WORD_OF.get(word.rstrip("."), word.rstrip(".")) for word in words.split())
