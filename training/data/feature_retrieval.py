"""From entity rows to a file of features, a few races in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from training.data.feature_file import FeatureFile
from training.data.nulls import NullCount, NullTally
from training.data.service_features import Declared
from velo.errors import InputError
from velo.racing.field_wide import field_wide
from velo.racing.running_style import SEEN_BY, STYLE, running_styles
from velo.store.joined_services import features_of

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
        The file of `MARKS`, features, `LABELS`, `FINISH` and `market_flag`, with `running_style`
        where the service knows it, and feature -> its missing values.

    Raises:
        HomeError: the disk is full.
    """
    job = store.get_historical_features(
        entity_df=rows, features=features_of(store, service.service)
    )
    tally = NullTally(service)

    def narrow() -> Iterator[pa.Table]:
        for batch in _batches(job):
            needed = {*tally.columns, *service.ingredients}
            frame = batch.select([n for n in batch.column_names if n in needed]).to_pandas()
            add_field_wide(frame, service, batch)
            tally.add(frame)
            columns = {name: batch.column(name) for name in (*LABELS, FINISH, "market_flag")}
            columns |= {name: batch.column(name) for name in MARKS if name != "date"}
            columns["date"] = batch.column("event_timestamp").cast(pa.timestamp("us"))
            columns |= {name: batch.column(name) for name in service.texts}
            for name in service.numbers:
                wide = name in service.field_wide
                values = pa.array(frame[name].to_numpy()) if wide else batch.column(name)
                columns[name] = values.cast(pa.float64())
            if set(SEEN_BY) <= set(service.ingredients):
                early, lead = (frame[name].to_numpy(np.float64) for name in SEEN_BY)
                columns[STYLE] = pa.array(running_styles(early, lead))
            yield pa.table(columns)

    return FeatureFile(narrow(), folder), tally.counts()


def _batches(job: Any) -> Iterator[pa.Table]:
    """A retrieval in tables of whole races; from another store than the platform's in one."""
    from velo.store.job import AsofRetrievalJob

    if isinstance(job, AsofRetrievalJob):
        yield from job.to_batches(BATCH, "race_id")
    else:
        yield job.to_arrow()


def add_field_wide(features: pd.DataFrame, service: Declared, entries: Any) -> None:
    """Add the features that are computed over whole races to a frame with their ingredients.

    Args:
        features: one row a runner; it is added to.
        service: which features, and what they are made of.
        entries: `race_id` and `field_size` of the same rows, a frame or an Arrow table.

    Raises:
        InputError: it is not said how large the fields are.
        DataError: a race is not whole.
    """
    if service.field_wide:
        if "field_size" not in list(getattr(entries, "column_names", entries)):
            raise InputError(
                f"the rows have no 'field_size', which {service.field_wide[0]} needs: take those "
                "that entities() gives"
            )
        features[list(service.field_wide)] = pd.DataFrame(
            field_wide(
                service.field_wide,
                np.asarray(entries["race_id"], dtype=np.int64),
                np.asarray(entries["field_size"], dtype=np.int64),
                {name: features[name].to_numpy() for name in service.ingredients},
            ),
            index=features.index,
        )


def plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with their `TEXTS` as Python's strings, None where there is none."""
    texts = {name: frame[name].astype(object) for name in TEXTS}
    return frame.assign(**{name: text.where(text.notna(), None) for name, text in texts.items()})
