"""The lengths of the sections that a race is timed over."""

from __future__ import annotations

import math

SECTION_M = 400.0
_SHORTEST_FIRST_M = 200.0
_LONGEST_FIRST_M = 599.0


def section_lengths(distance_m: float | None, sections: int) -> list[float]:
    """Metres of each of ``sections`` sections, the first one first, as Hong Kong times them.

    Sections are 400 m back from the winning post and the first takes what is left: 1650 m in four
    are 450, 400, 400 and 400. The list is empty where the distance cannot be cut so: the first
    section would be under 200 m, or long enough to have been two.
    """
    if distance_m is None or not math.isfinite(distance_m) or sections < 1:
        return []
    first = distance_m - SECTION_M * (sections - 1)
    if not _SHORTEST_FIRST_M <= first <= _LONGEST_FIRST_M:
        return []
    return [first, *[SECTION_M] * (sections - 1)]
