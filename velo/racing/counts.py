"""Counts of wins, starts and expected wins, as the features take them from joined rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from velo.arrays import Floats


def counts_of(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, Floats]:
    """Columns by name as float64[n], all in one step; what was never counted is 0."""
    known = np.nan_to_num(rows[list(names)].to_numpy(dtype=np.float64))
    return dict(zip(names, known.T, strict=True))
