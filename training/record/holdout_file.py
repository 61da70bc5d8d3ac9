"""A run's predictions of its holdout, kept as parquet beside the model.

With it a report can be made, or a question asked, without the features, and of the very
probabilities that were judged.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from training.data.closing_values import CLOSING
from training.model.explanation import EXPLAINED
from velo.disk.whole_file import draft_of
from velo.errors import ModelError

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


def write_holdout(folder: Path, predictions: pd.DataFrame) -> Path:
    """Keep the predictions, as `explained` gives them; returns the file.

    Args:
        folder: the run's artifacts.
        predictions: one row a starter, whole races, sorted by race.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with draft_of(path) as draft:
        kept = [*COLUMNS, SCORE, *(name for name in CLOSING if name in predictions)]
        predictions[kept].to_parquet(draft, index=False, compression="zstd")
    return path


def read_holdout(folder: Path) -> pd.DataFrame:
    """Read what `write_holdout` wrote, in its order; an older file has no closing values.

    Raises:
        ModelError: the run has no such file, or it is not one.
    """
    path = folder / FILE
    if not path.is_file():
        raise ModelError(f"the run kept no {FILE}; train again")
    try:
        known = set(pq.read_schema(path).names)
        later = [name for name in CLOSING if name in known]
        return pd.read_parquet(path, columns=[*COLUMNS, *later])
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path} cannot be read: {reason}; restore it or train again") from None
