"""What time it is, of a clock that may be wrong.

A clock that is hours behind would let a race be predicted after its off, and nobody could tell
from the journal. Two things are known better than by the clock: a race with a result is over, and
it is no earlier than when the last fair prediction was made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from velo.live.journal import last_made


def never_back(journal: Path, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that shows at least the time of the journal's last fair prediction.

    A fair prediction was made before its race's off, so a clock that once ran ahead holds nobody up
    for longer than until that off.

    Args:
        journal: the home's.
        clock: gives the time, with its zone.
    """
    least = last_made(journal)
    return lambda: max(clock(), least) if least else clock()
