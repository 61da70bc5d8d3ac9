"""The features of a card: from the online store, or as training retrieves them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from training.data.dataset import retrieve
from training.data.entity_sql import requests_sql
from training.data.feature_retrieval import add_field_wide
from training.data.service_features import Declared, declared
from velo.disk.pattern import as_pattern
from velo.racing.running_style import SEEN_BY, STYLE, running_styles
from velo.settings import Layoff, Priors
from velo.sql_text import literal
from velo.store.joined_services import features_of
from velo.store.online.entity_rows import ServiceColumns


@dataclass(frozen=True)
class Source:
    """A feature service, looked up once: Feast reads its whole registry to find one by name.

    Attributes:
        store: the `feast.FeatureStore`.
        declared: what the registry declares of the service.
        service: what Feast is asked for: its own object, or the references of several services.
        asked: what it needs to be asked for.
    """

    store: Any
    declared: Declared
    service: Any
    asked: ServiceColumns

    @classmethod
    def of(cls, store: Any, service: str) -> Source:
        """Look a service up.

        Raises:
            HomeError: the registry does not hold it.
        """
        known = declared(store, service)
        return cls(store, known, features_of(store, service), ServiceColumns.by(store, service))


def online(source: Source, entries: pa.Table, values: Mapping[str, Any]) -> pd.DataFrame:
    """Features from the online store, a row an entry, in their order.

    Args:
        source: whose store is at the morning of the entries' day.
        entries: keys and facts known before the off, one row a runner.
        values: request column -> its value in every row.

    Returns:
        Numbers as float64 (NaN missing), texts as categories; and, where the service knows early
        positions, `running_style`, empty of a horse without one.
    """
    columns: dict[str, Any] = source.store.get_online_features(
        features=source.service, entity_rows=source.asked.entity_rows(entries, values)
    ).to_dict()
    known = source.declared
    frame = pd.DataFrame(
        {
            name: pd.Categorical(columns[name])
            if name in known.texts
            else np.array(
                columns[name], dtype=np.int64 if name in known.whole_numbers else np.float64
            )
            for name in (*known.features, *known.ingredients)
            if name not in known.field_wide
        },
        copy=False,
    )
    add_field_wide(frame, known, entries)
    return _for_people(frame, known)


def offline(source: Source, entries: pa.Table, priors: Priors, layoff: Layoff) -> pd.DataFrame:
    """The same features through the as-of join over the current build."""
    keyed = entries.append_column("entry", pa.array(range(len(entries)), pa.int64()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entries.parquet"
        pq.write_table(keyed, path)
        asked = literal(as_pattern(path))
        columns = ["*", *requests_sql(priors, layoff, source.asked)]
        frame = retrieve(
            source.store,
            source.declared,
            f"SELECT {', '.join(columns)} FROM read_parquet({asked}) ORDER BY entry",
        )
    return _for_people(frame.sort_values("entry").reset_index(drop=True), source.declared)


def _for_people(frame: pd.DataFrame, known: Declared) -> pd.DataFrame:
    """The features, and each horse's style where the service knows it."""
    features = frame[list(known.features)]
    if not set(SEEN_BY) <= set(known.ingredients):
        return features
    early, lead = (frame[name].to_numpy(np.float64) for name in SEEN_BY)
    return features.assign(**{STYLE: running_styles(early, lead)})
