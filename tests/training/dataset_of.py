"""A data set of rows in memory, as if they had been retrieved."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from training.data.dataset import Dataset
from training.data.feature_file import FeatureFile
from training.data.feature_retrieval import FINISH, LABELS, MARKS
from training.data.folds import Plan
from training.data.inputs import Inputs
from training.data.service_features import Declared
from velo.settings import Priors


def dataset_of(
    rows: pd.DataFrame,
    declared: Declared,
    plan: Plan,
    inputs: Inputs,
    fingerprint: Mapping[str, str] | None = None,
) -> Dataset:
    """Judged and settled at SP, with nothing missing and no race left out.

    Args:
        rows: marks, features and labels, sorted by day; without a finish nobody has one.
        declared, plan, inputs: the data set's.
        fingerprint: what the rows were made of.
    """
    table = pa.Table.from_pandas(
        rows.assign(finish=rows.get(FINISH, np.nan))[[*MARKS, *declared.features, *LABELS, FINISH]],
        preserve_index=False,
    )
    file = FeatureFile([table], Path(tempfile.gettempdir()))
    return Dataset(
        file.frame((*MARKS, *LABELS, FINISH)),
        file.matrix(inputs),
        file,
        declared,
        plan,
        Priors(),
        {},
        {},
        "sp",
        "sp",
        dict(fingerprint or {}),
        inputs,
    )
