"""The rows a run read, as MLflow's dataset entries: named, counted, and known by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.data.feature_retrieval import LABELS

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

KEYS = ("race_id", "horse_id", "date")


def entries(data: Dataset) -> list[DatasetInput]:
    """The training days and the holdout, each with its context, schema and digest."""
    plan = data.plan
    spans = {
        "training": (plan.history_end, plan.train_end),
        "holdout": (plan.holdout_start, plan.holdout_end),
    }
    return [_entry(data, context, *span) for context, span in spans.items()]


def digest(names: Sequence[str], batches: Iterable[pd.DataFrame]) -> str:
    """32 hex signs of a SHA-256 over every value of some rows, their columns' names and order.

    Args:
        names: of the columns.
        batches: the rows, in whatever portions.
    """
    sha256 = hashlib.sha256(json.dumps(list(names)).encode())
    for batch in batches:
        rows = pd.util.hash_pandas_object(batch[list(names)], index=False)
        sha256.update(rows.to_numpy(dtype=np.uint64).tobytes())
    return sha256.hexdigest()[:32]


def _entry(data: Dataset, context: str, first: date, end: date) -> DatasetInput:
    from mlflow.entities import Dataset as Entry
    from mlflow.entities import DatasetInput, InputTag

    columns = [*KEYS, *data.features, *LABELS]
    span = data.span(first, end)
    races = data.frame["race_id"].iloc[span]
    profile = {
        "num_rows": len(races),
        "num_races": int(races.nunique()),
        "first_day": str(first),
        "end_excluded": str(end),
    }
    return DatasetInput(
        Entry(
            name=f"{context} {first} to {end}",
            digest=digest(columns, data.file.batches(columns, span)),
            source_type="offline build",
            source=json.dumps({"service": data.declared.service, **data.fingerprint}),
            schema=_schema(data.file.frame(columns, slice(0))),
            profile=json.dumps(profile),
        ),
        [InputTag("mlflow.data.context", context)],
    )


def _schema(rows: pd.DataFrame) -> str:
    kinds: Mapping[str, str] = {"b": "boolean", "i": "long", "f": "double", "M": "datetime"}
    columns = [
        {"name": name, "type": kinds.get(rows[name].dtype.kind, "string"), "required": True}
        for name in rows.columns
    ]
    return json.dumps({"mlflow_colspec": columns})
