"""The features of a card: from the online store, or as training retrieves them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from training.dataset import requests_sql, retrieve
from training.declared import Declared
from velo.settings import Layoff, Priors
from velo.store.online.entity_rows import Asked


def online(
    store: Any, service: Declared, entries: pa.Table, values: Mapping[str, Any]
) -> pd.DataFrame:
    """Features from the online store, a row an entry, in their order.

    Args:
        store: the `feast.FeatureStore`, at the morning of the entries' day.
        service: whose features.
        entries: keys and facts known before the off, one row a runner.
        values: request column -> its value in every row.

    Returns:
        Numbers as float64 (NaN missing), texts as categories.
    """
    rows = Asked.by(store, service.service).entity_rows(entries, values)
    served: pd.DataFrame = store.get_online_features(
        features=store.get_feature_service(service.service), entity_rows=rows
    ).to_df()
    found = served[list(service.features)].copy()
    found[list(service.numbers)] = found[list(service.numbers)].astype(np.float64)
    for name in service.texts:
        found[name] = found[name].astype("category")
    return found


def offline(
    store: Any, service: Declared, entries: pa.Table, priors: Priors, layoff: Layoff
) -> pd.DataFrame:
    """The same features through the as-of join over the current build."""
    keyed = entries.append_column("entry", pa.array(range(len(entries)), pa.int64()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entries.parquet"
        pq.write_table(keyed, path)
        asked = str(path).replace("'", "''")
        frame = retrieve(
            store, service,
            f"SELECT *, {requests_sql(priors, layoff)} FROM read_parquet('{asked}') ORDER BY entry",
        )  # fmt: skip
    return frame.sort_values("entry")[list(service.features)].reset_index(drop=True)
