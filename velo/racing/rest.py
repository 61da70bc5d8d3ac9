"""Rest and experience: the cell that a start is counted in.

Bands of rest: debut, up to 10, 21, 35 and 60 days, longer; of earlier starts: none, up to 3, 10 and
25, more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from velo.arrays import Integers

REST_DAYS = (10.0, 21.0, 35.0, 60.0)
STARTS = (0.0, 3.0, 10.0, 25.0)
CELLS = (len(REST_DAYS) + 2) * (len(STARTS) + 1)


def cell_of(rest: npt.ArrayLike, starts: npt.ArrayLike) -> Integers:
    """The number of each start's cell, 0 to 29: 5 times the band of rest, and that of starts.

    Args:
        rest: days since the last start; any number on debut.
        starts: earlier starts, 0 on debut.
    """
    days, earlier = (np.asarray(each, dtype=np.float64) for each in (rest, starts))
    banded = 5 * (1 + np.searchsorted(REST_DAYS, days)) + np.searchsorted(STARTS, earlier)
    return np.where(earlier > 0, banded, 0).astype(np.int64)
