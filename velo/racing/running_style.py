"""How a horse likes to run, in a word for people: front, prominent, mid or held up.

The word says where it lay early in its last starts (feature-rules.md, Against the price); it
is no feature.
"""

from __future__ import annotations

import numpy as np

from velo.arrays import Floats

STYLE = "running_style"
"""What the word is called beside features."""
SEEN_BY = ("own_early", "own_lead")
"""The ingredients of pace that say it."""
STYLES = ("front", "prominent", "mid", "held up")
BELOW = (0.25, 0.45, 0.65)
"""Early positions, 0 the leader to 1 the last, under which a style is the first, second, third."""
UNSEEN = (0.5, 0.08)
"""Early position and rate of leading of a horse of which no position is known.

No horse of which one is known has both: with a start that was led or not the rate leaves its prior.
"""


def running_styles(early: Floats, lead: Floats) -> list[str]:
    """The style of each horse, empty where no early position is known.

    Args:
        early: mean early position of the last starts, [horses].
        lead: share of them that it led, shrunk, [horses].
    """
    known = ~(
        np.isclose(early, UNSEEN[0], rtol=0, atol=1e-12)
        & np.isclose(lead, UNSEEN[1], rtol=0, atol=1e-12)
    )
    places = np.searchsorted(BELOW, early, side="right")
    return [
        STYLES[place] if is_known and value == value else ""
        for place, is_known, value in zip(
            places.tolist(), known.tolist(), early.tolist(), strict=True
        )
    ]
