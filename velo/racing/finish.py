"""What the position column of a result says about a runner."""

from __future__ import annotations

import re
from typing import NamedTuple

from velo.racing.typography import plain_text

_POSITION = re.compile(
    r"(=?)\s*0*([1-9]\d{0,5})(?:\.0+|st|nd|rd|th)?\s*(=|dh)?", re.IGNORECASE | re.ASCII
)

# fmt: off
NON_FINISHERS = frozenset((
    "PU", "P",  # pulled up
    "F", "FE",  # fell
    "UR", "U",  # unseated rider
    "BD", "B",  # brought down
    "SU",  # slipped up
    "RR", "R", "REF",  # refused to race, refused
    "RO", "CO",  # ran out, carried out
    "LFT", "TNP",  # left at the start, took no part
    "DSQ", "DISQ", "DQ",  # disqualified
    "DNF", "NC",  # did not finish, not completed
))
WITHDRAWN = frozenset(("WV", "WV-A", "WX", "WX-A", "WXNR", "WD", "W", "NR", "SCR"))
VOID = frozenset(("VOI", "VOID"))

_IN_WORDS = {
    "PULLED UP": "PU", "FELL": "F", "UNSEATED RIDER": "UR", "UNSEATED": "UR",
    "BROUGHT DOWN": "BD", "SLIPPED UP": "SU", "REFUSED": "REF", "REFUSED TO RACE": "RR",
    "RAN OUT": "RO", "CARRIED OUT": "CO", "LEFT AT START": "LFT", "DISQUALIFIED": "DSQ",
    "DID NOT FINISH": "DNF", "WITHDRAWN": "WD", "NON RUNNER": "NR", "NON-RUNNER": "NR",
    "SCRATCHED": "SCR",
}
# fmt: on


class Finish(NamedTuple):
    """How a runner's race ended.

    ``status`` is ``'finished'``, ``'non-finisher'``, ``'withdrawn'``, ``'void'`` or ``'unknown'``;
    ``position`` is 1 for the winner and ``None`` unless finished; ``dead_heat`` is true where the
    text itself says so (a source may also just give one position twice).
    """

    status: str
    position: int | None
    dead_heat: bool


def finish(text: str | None) -> Finish:
    """Read a position: ``'1'``, ``'6.0'``, ``'4 DH'``, ``'1='``, ``'2nd'``, ``'PU'``, ``'WV-A'``.

    Finishers and non-finishers have a start, the withdrawn have none (feature-rules.md, Words):
    a horse that took no part or refused to race had come under orders.
    """
    code = " ".join(plain_text(text).split()).upper()
    code = _IN_WORDS.get(code, code)
    if match := _POSITION.fullmatch(code):
        return Finish("finished", int(match[2]), bool(match[1] or match[3]))
    if code in NON_FINISHERS:
        return Finish("non-finisher", None, False)
    if code in WITHDRAWN:
        return Finish("withdrawn", None, False)
    if code in VOID:
        return Finish("void", None, False)
    return Finish("unknown", None, False)
