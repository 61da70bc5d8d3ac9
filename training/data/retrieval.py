"""From entity rows to a file of features, a few races in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from training.data.declared import Declared
from training.data.feature_file import FeatureFile
from training.data.nulls import NullCount, NullTally

MARKS = ("race_id", "horse_id", "date", "course", "horse")
TEXTS = ("course", "horse")
"""Those of `MARKS` that are categories in a data set's frame."""
LABELS = ("win_share", "decision_odds", "settlement_odds", "priced")
FINISH = "finish"
"""The official rank, NaN of a runner without one: a label of those who train by it."""
BATCH = 50_000
"""Rows that are in memory with all that the views counted."""


def retrieve_to_disk(
    store: Any, service: Declared, rows: str, folder: Path
) -> tuple[FeatureFile, dict[str, NullCount]]:
    """Marks, features, labels and flag of entity rows on disk, and what is missing.

    What the views counted is in memory for some rows at a time, whole races; so are the steps of
    the join where the store is the platform's.

    Args:
        store: the `feast.FeatureStore`.
        service: what is asked for.
        rows: as `entity_sql` makes them.
        folder: on whose disk the file lies.

    Returns:
        The file of `MARKS`, features, `LABELS`, `FINISH` and `market_flag`, and feature -> its
        missing values.

    Raises:
        HomeError: the disk is full.
    """
    job = store.get_historical_features(
        entity_df=rows, features=store.get_feature_service(service.service)
    )
    tally = NullTally(service)

    def narrow() -> Iterator[pa.Table]:
        for batch in _batches(job):
            named = [name for name in tally.columns if name in batch.column_names]
            tally.add(batch.select(named).to_pandas())
            day = batch.column("event_timestamp").cast(pa.timestamp("us"))
            batch = batch.append_column("date", day)
            for name in service.numbers:
                place = batch.column_names.index(name)
                batch = batch.set_column(place, name, batch.column(name).cast(pa.float64()))
            yield batch.select([*MARKS, *service.features, *LABELS, FINISH, "market_flag"])

    return FeatureFile(narrow(), folder), tally.counts()


def _batches(job: Any) -> Iterator[pa.Table]:
    """A retrieval in tables of whole races; from another store than the platform's in one."""
    from velo.store.job import AsofRetrievalJob

    if isinstance(job, AsofRetrievalJob):
        yield from job.to_batches(BATCH, "race_id")
    else:
        yield job.to_arrow()


def plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with their `TEXTS` as Python's strings, None where there is none."""
    texts = {name: frame[name].astype(object) for name in TEXTS}
    return frame.assign(**{name: text.where(text.notna(), None) for name, text in texts.items()})
