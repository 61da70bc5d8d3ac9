"""The missing values of a frame that is one batch."""

from __future__ import annotations

import pandas as pd

from training.data.nulls import NullCount, NullTally
from training.data.service_features import Declared


def null_counts(frame: pd.DataFrame, service: Declared) -> dict[str, NullCount]:
    """Feature -> its missing values among the frame's rows."""
    tally = NullTally(service)
    tally.add(frame)
    return tally.counts()
