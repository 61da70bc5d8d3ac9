"""On-demand features of rows that are joined already, by Feast's own computing, slice by slice."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from feast.base_feature_view import BaseFeatureView
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.types import from_feast_to_pyarrow_type

SLICE = 100_000
"""Rows that a view is given at once."""


class Joined(RetrievalJob):
    """Rows in memory as a retrieval, for what Feast does with one: compute and validate."""

    def __init__(
        self,
        rows: pa.Table,
        views: list[OnDemandFeatureView],
        full_feature_names: bool,
        metadata: RetrievalMetadata,
    ) -> None:
        """Hold the rows; the views are computed when they are asked for."""
        super().__init__()
        self._rows = rows
        self._views = views
        self._full_feature_names = full_feature_names
        self._metadata = metadata

    @property
    def full_feature_names(self) -> bool:
        """Whether features are called `view__feature`."""
        return self._full_feature_names

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        """The views to compute."""
        return self._views

    @property
    def metadata(self) -> RetrievalMetadata:
        """Which features were asked for."""
        return self._metadata

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        return self._rows

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        frame: pd.DataFrame = self._rows.to_pandas()
        return frame


def on_demand_features(
    rows: pa.Table,
    view: OnDemandFeatureView,
    full_feature_names: bool,
    metadata: RetrievalMetadata,
) -> pa.Table:
    """One view's wanted features for joined rows, and nothing but them.

    An on-demand view looks at one row at a time and at the columns that it declares, as online, so
    it is given slices of those: Feast would turn all rows and columns into pandas for each view.

    Args:
        rows: entity rows with what was joined to them.
        view: an on-demand view whose features are among those that were asked for.
        full_feature_names: whether the columns of `rows` and of the result are `view__feature`.
        metadata: the retrieval's.
    """
    declared = declared_inputs(view)
    narrow = rows.select([name for name in rows.column_names if name in declared])
    pieces = []
    for first in range(0, max(len(rows), 1), SLICE):
        job = Joined(narrow.slice(first, SLICE), [view], full_feature_names, metadata)
        computed = job.to_arrow()
        pieces.append(computed.select(range(narrow.num_columns, computed.num_columns)))
    # A slice of whole numbers is integer where one with a gap is floating, or has no type at all.
    return pa.concat_tables(pieces, promote_options="permissive")


def as_declared(features: pa.Table, view: OnDemandFeatureView) -> pa.Table:
    """A view's features as the types that it declares, whatever its function made of one slice."""
    declared = {
        name: from_feast_to_pyarrow_type(feature.dtype)
        for feature in view.features
        for name in (feature.name, f"{requested_name(view)}__{feature.name}")
    }
    return features.cast(
        pa.schema([(each.name, declared.get(each.name, each.type)) for each in features.schema])
    )


def requested_name(view: BaseFeatureView) -> str:
    """What a retrieval calls a view: its alias or name, with the version that was asked for."""
    name: str = view.projection.name_to_use()  # type: ignore[no-untyped-call]  # Feast's is untyped
    return name


def declared_inputs(view: OnDemandFeatureView) -> set[str]:
    """Columns that a view's declaration names, under both names that a joined one may have."""
    return {
        *view.get_request_data_schema(),
        *(
            name
            for source in view.source_feature_view_projections.values()
            for feature in source.features
            for name in (feature.name, f"{source.name}__{feature.name}")
        ),
    }
