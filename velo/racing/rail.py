"""Where the running rail stands, which decides how wide a turf track is and who has the short way.

Hong Kong moves the rail from meeting to meeting and names each place: `A` is the inmost, `C+3` the
third one and three metres beyond.
"""

from __future__ import annotations

import re

from velo.racing.typography import plain_text

# `TURF - "C+3" Course`; the all-weather track has no other rail, and is named as it is.
_COURSE = re.compile(r'(?:TURF\s*-\s*)?"([^"]+)"(?:\s*COURSE)?')
_LONGEST = 60
"""Signs that are kept of a rail that is written out: `Out 4 yards on the home bend`."""


def rail(text: str | None) -> str | None:
    """The place of the rail in capitals: ``'TURF - "C+3" Course'`` is ``'C+3'``.

    What else a source writes is kept, in capitals and with single blanks. ``None`` where it writes
    nothing.
    """
    words = " ".join(plain_text(text).upper().split())
    if course := _COURSE.fullmatch(words):
        words = course[1].strip()
    return words[:_LONGEST].rstrip() or None
