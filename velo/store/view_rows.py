"""A view's part of a point-in-time join: its rows as SQL, each with when it becomes visible.

Nothing in them has a name of the user's: they are `k0..`, `happened`, `seen` and `f0..`. So no
name that somebody chose can mean ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from feast.feature_view import DUMMY_ENTITY_ID, DUMMY_ENTITY_VAL, FeatureView

from velo.errors import InputError
from velo.sql_text import literal
from velo.store.moments import moment
from velo.store.relation import Relation


@dataclass(frozen=True)
class ViewJoin:
    """One view, ready to be joined.

    Attributes:
        rows: SELECT of the view's rows: `k0..` join keys, `seen` when a row becomes visible,
            `happened` its event time, `f0..` the wanted features.
        entity_keys: the entity rows' columns that `k0..` are matched with.
        key_types: DuckDB's types of `k0..`.
        floating: which of them are declared to be floats.
        outputs: name of each feature in the result.
        feature_types: DuckDB's types of `f0..`.
        ttl: how long a row stays valid; zero is for ever.
        alike: SELECT of a number for each row, the same for rows of one key and the same times.
            Where there are such rows, the view is to be joined as `settled`.
    """

    rows: str
    entity_keys: list[str]
    key_types: list[str]
    floating: list[bool]
    outputs: list[str]
    feature_types: list[str]
    ttl: timedelta
    alike: str


def view_join(
    view: FeatureView,
    source: Relation,
    features: list[str],
    *,
    full_feature_names: bool,
    visible_when_created: bool,
    settled: bool = False,
) -> ViewJoin:
    """Describe a view's part of the join.

    Args:
        view: the feature view, with the projection under which it was asked for.
        source: its rows.
        features: the features that are wanted of it.
        full_feature_names: whether results are called `view__feature`.
        visible_when_created: whether a row counts only from its created timestamp on.
        settled: whether of rows with one key and all times alike the one with the greatest
            features counts, in the order in which the view declares them, a missing one last.

    Raises:
        InputError: the view has no batch source, or the source lacks a column.
    """
    batch = view.batch_source
    if batch is None:
        raise InputError(f"feature view {view.name!r} has no batch source to join")
    keys = [column.name for column in view.entity_columns]
    columns = _Columns(view.name, batch, source)
    selected = [f"{columns.key(key)} AS k{i}" for i, key in enumerate(keys)]
    selected.append(f"{columns.moment(batch.timestamp_field)} AS happened")
    created = batch.created_timestamp_column
    if created:
        selected.append(f"{columns.moment(created)} AS created")
    selected += [f"{columns.sql(feature)} AS f{i}" for i, feature in enumerate(features)]
    order = []
    if settled:
        order = [f"t{i} DESC NULLS LAST" for i in range(len(view.features))]
        selected += [
            f"{columns.sortable(feature.name)} AS t{i}" for i, feature in enumerate(view.features)
        ]
    rows = (
        f"SELECT {', '.join(selected)} FROM {source.rows} AS {source.alias} "
        f"WHERE {columns.sql(batch.timestamp_field)} IS NOT NULL"
    )
    key_list = [f"k{i}" for i in range(len(keys))]
    same = [*key_list, "happened", *(["created"] if created else [])]
    known = "".join(f" AND {key} IS NOT NULL" for key in key_list)
    numbers = f"SELECT hash({', '.join(same)}) AS alike FROM ({rows}) WHERE true{known}"
    if created and visible_when_created:
        rows = _once_created(rows, key_list, order)
    elif created:
        rows = _newest(rows, key_list, ["created DESC NULLS LAST", *order])
    elif settled:
        rows = _newest(rows, key_list, order)
    else:
        rows = f"SELECT *, happened AS seen FROM ({rows})"
    mapped = view.projection.join_key_map or {}
    label = view.projection.name_alias or view.name
    return ViewJoin(
        rows,
        [mapped.get(key, key) for key in keys],
        [columns.key_type(key) for key in keys],
        [key.dtype.to_value_type().name in ("FLOAT", "DOUBLE") for key in view.entity_columns],
        [f"{label}__{name}" if full_feature_names else name for name in features],
        [columns.type(name) for name in features],
        view.ttl or timedelta(0),
        numbers,
    )


class _Columns:
    """A view's columns in its source."""

    def __init__(self, view: str, batch: Any, source: Relation) -> None:
        self._view, self._source = view, source
        self._in_file: dict[str, str] = {
            ours: theirs for theirs, ours in batch.field_mapping.items() if theirs in source.columns
        }

    def _theirs(self, name: str) -> str:
        theirs = self._in_file.get(name, name)
        if theirs not in self._source.columns:
            there = ", ".join(map(repr, self._source.columns))
            raise InputError(
                f"the source of view {self._view!r} has no column {theirs!r}: it has {there}"
            )
        return theirs

    def _is_dummy(self, name: str) -> bool:
        return name == DUMMY_ENTITY_ID and name not in self._source.columns

    def sql(self, name: str) -> str:
        return self._source.column(self._theirs(name))

    def type(self, name: str) -> str:
        return self._source.types[self._theirs(name)]

    def moment(self, name: str) -> str:
        return moment(self.sql(name), self.type(name))

    def key(self, name: str) -> str:
        return literal(DUMMY_ENTITY_VAL) if self._is_dummy(name) else self.sql(name)

    def key_type(self, name: str) -> str:
        return "VARCHAR" if self._is_dummy(name) else self.type(name)

    def sortable(self, name: str) -> str:
        floating = self.type(name) in ("FLOAT", "DOUBLE")
        return f"nullif({self.sql(name)}, 'NaN')" if floating else self.sql(name)


def _newest(rows: str, keys: list[str], order: list[str]) -> str:
    """One row a key and event time: the first of this order."""
    return (
        f"SELECT *, happened AS seen FROM ({rows}) QUALIFY row_number() OVER "
        f"(PARTITION BY {', '.join([*keys, 'happened'])}{_order(order)}) = 1"
    )


def _once_created(rows: str, keys: list[str], order: list[str]) -> str:
    """Rows by when they become visible, less those that a newer row already overtook then.

    A row is seen from the later of its event and created times. What an ASOF join on `seen` finds
    is then also the newest by (event, created) among the rows that are visible.
    """
    visible = (
        f"SELECT *, greatest(happened, created) AS seen FROM ({rows}) WHERE created IS NOT NULL"
    )
    key_part = f"PARTITION BY {', '.join(keys)} " if keys else ""
    moment_part = f"PARTITION BY {', '.join([*keys, 'seen'])}"
    newest = _order(["happened DESC", "created DESC", *order])
    return (
        f"SELECT * FROM ({visible}) QUALIFY row(happened, created) >= max(row(happened, created)) "
        f"OVER ({key_part}ORDER BY seen RANGE UNBOUNDED PRECEDING) "
        f"AND row_number() OVER ({moment_part}{newest}) = 1"
    )


def _order(by: list[str]) -> str:
    return f" ORDER BY {', '.join(by)}" if by else ""
