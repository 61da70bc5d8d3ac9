"""Names of horses and people, and the lasting numbers made of names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any, NamedTuple

SEPARATOR = "\x1f"

_SUFFIX = re.compile(r"^(.*?)\s*\(\s*([A-Za-z]{2,3})\s*\)$")
_CLAIM = re.compile(r"\s*\([^()]*\)\s*$|\s+-?\d+$")
_DROPPED = re.compile(r"['’‘`´.]")
_SPACED = re.compile(r"[\s\-‐‑–_]+")


class HorseName(NamedTuple):
    """A horse's name, folded for comparison, and its country suffix in capitals."""

    name: str
    suffix: str | None


def folded(text: str) -> str:
    """A name as it is compared: no case, accents, apostrophes or full stops, single spaces.

    One source writes ``O'Meara`` and another ``OMeara``, one ``Bangor-on-Dee`` and another
    ``bangor on dee``.
    """
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    return _SPACED.sub(" ", _DROPPED.sub("", plain)).strip().casefold()


def horse_name(text: str | None) -> HorseName:
    """Name and suffix: ``'Gala Casino Star (IRE)'`` is ``('gala casino star', 'IRE')``.

    No text is ``('', None)``.
    """
    name = (text or "").strip()
    if named := _SUFFIX.match(name):
        return HorseName(folded(named[1]), named[2].upper())
    return HorseName(folded(name), None)


def person_name(text: str | None) -> str:
    """A jockey's or trainer's name without the claim: ``'J Smith(5)'`` is ``'j smith'``."""
    return folded(_CLAIM.sub("", (text or "").strip()))


def stable_id(kind: str, *parts: object) -> int:
    """A positive 63-bit number that names ``parts`` among things of one ``kind``, for ever.

    The first eight bytes, big-endian and without their top bit, of the MD5 of ``kind`` and the
    parts' texts joined by U+001F. A missing part (``None``, NaN) is empty; a whole float is
    written as its integer, so that draw 8.0 and draw 8 are one.
    """
    return _hashed(SEPARATOR.join((kind, *(_text(part) for part in parts))))


def _hashed(text: str) -> int:
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF or 1


def _text(part: Any) -> str:
    if part is None or part != part:
        return ""
    if isinstance(part, float) and part.is_integer():
        return str(int(part))
    return str(part)
