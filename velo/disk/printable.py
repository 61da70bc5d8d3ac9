"""Text of files that others wrote, as a terminal may show it."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of control, format, surrogate, line and paragraph characters."""


def printable(text: str) -> str:
    r"""The text with each character that steers a terminal written out, as ``\x1b``.

    Control characters move the cursor, recolour or rename a window, and a line break makes one
    name look like two lines; marks of direction show letters in another order than they are in;
    half a surrogate pair cannot be written at all. Nothing else changes.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each.encode("unicode_escape").decode("ascii")
        if unicodedata.category(each) in _HIDDEN
        else each
        for each in text
    )
