"""A run's predictions of its holdout, kept as parquet beside the model.

With it a report can be made, or a question asked, without the features, and of the very
probabilities that were judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from training.data.closing_values import CLOSING
from training.model.explanation import EXPLAINED
from velo.disk.whole_file import draft_of
from velo.errors import ModelError
from velo.racing.running_style import STYLE

FILE = "holdout_predictions.parquet"
COLUMNS = (
    "race_id",
    "horse_id",
    "date",
    "course",
    "horse",
    "win_share",
    "decision_odds",
    "settlement_odds",
    "p",
    "p_model",
    "p_market",
    "p_market_power",
    *EXPLAINED,
)
SCORE = "score"
"""What `Model.at` takes beside prices; files of before it was kept have none."""
LATER = (STYLE, *CLOSING)
"""Running styles and closing values."""


def write_holdout(folder: Path, predictions: pd.DataFrame) -> Path:
    """Keep the predictions, as `explained` gives them; returns the file.

    Args:
        folder: the run's artifacts.
        predictions: one row a starter, whole races, sorted by race.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with draft_of(path) as draft:
        kept = [*COLUMNS, SCORE, *_later(predictions.columns)]
        predictions[kept].to_parquet(draft, index=False, compression="zstd")
    return path


def _later(columns: Iterable[str]) -> list[str]:
    """Of the columns that files of before they were kept lack, those that there are."""
    there = set(columns)
    return [name for name in LATER if name in there]


def read_holdout(folder: Path) -> pd.DataFrame:
    """Read what `write_holdout` wrote, in its order; an older file lacks some of `LATER`.

    Raises:
        ModelError: the run has no such file, or it is not one.
    """
    path = folder / FILE
    if not path.is_file():
        raise ModelError(f"the run kept no {FILE}; train again")
    try:
        own = [*COLUMNS, *_later(pq.read_schema(path).names)]
        return pd.read_parquet(path, columns=own)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path} cannot be read: {reason}; restore it or train again") from None
