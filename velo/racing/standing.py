"""Whether a horse on a card is to run: it may have been taken out, or wait in reserve."""

from __future__ import annotations

import re
from typing import Literal

Standing = Literal["non-runner", "reserve"]

NON_RUNNER: Standing = "non-runner"
RESERVE: Standing = "reserve"

_OUT = re.compile(r"non[\s_-]*runners?\.?|n\.?r\.?|withdrawn|scratched", re.IGNORECASE)
_WAITING = re.compile(r"res(erves?|\.)?", re.IGNORECASE)
_NOBODY = re.compile(r"non[\s_-]*runners?\.?", re.IGNORECASE)
_YES = frozenset({"true", "yes", "y", "t", "1", "1.0"})


def is_yes(text: str | None) -> bool:
    """Whether a cell of a yes-or-no column says yes: `true`, `yes`, `1`."""
    return text is not None and text.strip().lower() in _YES


def rides_nobody(jockey: str | None) -> bool:
    """Whether a jockey's cell says that the horse does not run, as `Non-Runner`."""
    return jockey is not None and _NOBODY.fullmatch(jockey.strip()) is not None


def standing(text: str | None, jockey: str | None = None) -> Standing | None:
    """The standing of a horse on a card; None if it is to run.

    Args:
        text: what the card says of it: `non-runner`, `NR`, `Reserve`, or nothing.
        jockey: cards also write `Non-Runner` in place of a jockey.
    """
    said = (text or "").strip()
    if rides_nobody(jockey) or _OUT.fullmatch(said):
        return NON_RUNNER
    return RESERVE if _WAITING.fullmatch(said) else None
