"""Where a view's counts come from: the offline table of the same name in the current build."""

from datetime import timedelta

from feast import Entity, FeatureView, Field, FileSource
from feast.data_format import ParquetFormat
from feast.types import Float64

from velo.home import Home

LASTING = timedelta(days=36_500)
"""Counts stay true until the next change: the views' time to live."""


def offline_table(name: str) -> FileSource:
    """The parquet folder of an offline table; its rows become known at `event_timestamp`."""
    return FileSource(
        name=name,
        path=str(Home.current().current_build / name),
        timestamp_field="event_timestamp",
        file_format=ParquetFormat(),
    )


def numbers(table: str, keys: list[Entity], columns: list[str]) -> FeatureView:
    """The view of an offline table of numbers."""
    return FeatureView(
        name=table,
        entities=keys,
        ttl=LASTING,
        source=offline_table(table),
        schema=[Field(name=column, dtype=Float64) for column in columns],
    )
