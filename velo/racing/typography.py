"""The signs that a figure is written with, made the plain ones that were meant.

A cell that passed through a word processor, a web page or a wrong encoding still says what it
says: `7Â½f` is `7½f` whose UTF-8 was read as Latin-1, `12／1` is `12/1` in full width.
"""

from __future__ import annotations

import re

_ROUNDS = 3
"""How often a text may have been read in the wrong encoding and saved again."""

_MISREAD = re.compile("[ÂÃâ]")
_LONGEST = 200
"""No figure is longer, and undoing an encoding takes time."""

_SPACES = dict.fromkeys(
    (0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x0009, 0x000A, 0x000D), " "
)
_NOTHINGS = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), "")
_HYPHENS = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63), "-")
_SLASHES = dict.fromkeys((0x2044, 0x2215), "/")
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_PLAIN = _FULL_WIDTH | _SPACES | _NOTHINGS | _HYPHENS | _SLASHES


def plain_text(text: str | None) -> str:
    """The text in plain signs, blanks around it dropped; empty for none.

    Encodings read wrongly are undone where the result is sound UTF-8; no-break and other blanks
    become blanks, hyphens and minus signs `-`, fraction slashes `/`, full-width signs plain ones.
    """
    if text is None:
        return ""
    if text.isascii():
        return text.strip()
    return _sound(text).translate(_PLAIN).strip()


def _sound(text: str) -> str:
    """The text as it was before its UTF-8 was read as Latin-1, perhaps more than once."""
    for _ in range(_ROUNDS):
        if len(text) > _LONGEST or not _MISREAD.search(text):
            return text
        for encoding in ("cp1252", "latin-1"):
            try:
                text = text.encode(encoding).decode("utf-8")
                break
            except UnicodeError:
                continue
        else:
            return text
    return text
