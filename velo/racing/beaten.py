"""Distances between horses, in lengths."""

from __future__ import annotations

from velo.racing.numerals import mixed
from velo.racing.typography import plain_text

# As results pages count them when they add the distances up.
_NAMED = {
    "dht": 0.0,
    "dh": 0.0,
    "dead heat": 0.0,
    "nse": 0.05,
    "ns": 0.05,
    "nose": 0.05,
    "shd": 0.1,
    "sh": 0.1,
    "sh hd": 0.1,
    "shthd": 0.1,
    "sht hd": 0.1,
    "short head": 0.1,
    "hd": 0.2,
    "head": 0.2,
    "snk": 0.25,
    "s nk": 0.25,
    "short neck": 0.25,
    "nk": 0.3,
    "neck": 0.3,
}


def lengths(text: str | None) -> float | None:
    """Lengths: ``'2.75'``, ``'2¾'``, ``'2-3/4'``, ``'nk'``, ``'shd'``, ``'3L'``.

    A distance (`dist`) is no number of lengths: ``None``.
    """
    plain = plain_text(text).lower().rstrip(".")
    if (named := _NAMED.get(" ".join(plain.split()))) is not None:
        return named
    return mixed(plain.removesuffix("l").rstrip())
