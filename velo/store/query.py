"""The SQL of a point-in-time join: entity rows, and for each view an ASOF LEFT JOIN."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from feast.feature_view import FeatureView

from velo.errors import InputError

_MICROSECOND = timedelta(microseconds=1)


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class ViewJoin:
    """One view, ready to be joined.

    Attributes:
        rows: SELECT of the view's rows: `k0..` join keys, `seen` when a row becomes visible,
            `happened` its event time, `f0..` the wanted features.
        entity_keys: the entity rows' columns that `k0..` are matched with.
        outputs: name of each feature in the result.
        ttl: how long a row stays valid; zero is for ever.
    """

    rows: str
    entity_keys: list[str]
    outputs: list[str]
    ttl: timedelta


def view_join(
    view: FeatureView,
    source: str,
    features: list[str],
    *,
    full_feature_names: bool,
    visible_when_created: bool,
) -> ViewJoin:
    """Describe a view's part of the join.

    Args:
        view: the feature view, with the projection under which it was asked for.
        source: SQL that reads its rows.
        features: the features that are wanted of it.
        full_feature_names: whether results are called `view__feature`.
        visible_when_created: whether a row counts only from its created timestamp on.

    Raises:
        InputError: the view has no batch source.
    """
    batch = view.batch_source
    if batch is None:
        raise InputError(f"feature view {view.name!r} has no batch source to join")
    in_file = {ours: theirs for theirs, ours in batch.field_mapping.items()}
    mapped = view.projection.join_key_map or {}
    keys = [column.name for column in view.entity_columns]

    def column(name: str) -> str:
        return identifier(in_file.get(name, name))

    selected = [f"{column(key)} AS k{i}" for i, key in enumerate(keys)]
    selected.append(f"{column(batch.timestamp_field)}::TIMESTAMPTZ AS happened")
    created = batch.created_timestamp_column
    if created:
        selected.append(f"{column(created)}::TIMESTAMPTZ AS created")
    selected += [f"{column(feature)} AS f{i}" for i, feature in enumerate(features)]
    rows = f"SELECT {', '.join(selected)} FROM {source} WHERE happened IS NOT NULL"
    key_list = [f"k{i}" for i in range(len(keys))]
    if created and visible_when_created:
        rows = _once_created(rows, key_list)
    elif created:
        rows = _newest_created(rows, key_list)
    else:
        rows = f"SELECT *, happened AS seen FROM ({rows})"
    shown = view.projection.name_alias or view.name
    return ViewJoin(
        rows,
        [mapped.get(key, key) for key in keys],
        [f"{shown}__{name}" if full_feature_names else name for name in features],
        view.ttl or timedelta(0),
    )


@dataclass(frozen=True)
class PointInTime:
    """A point-in-time join in narrow steps over the relation `entity_rows`.

    Each view is joined by itself, and only keys and time go into its join. All steps give the
    entity rows in their order, so their columns stand side by side: no wide join, no wide sort.

    Attributes:
        entity: SELECT of the entity rows, for a table `entity`; its `rowid` is their order.
        found: for each view that features are wanted of, SELECT of those from `entity` and the
            view's rows, one row an entity row, in their order.
        whole: the same join as a single statement, for reading.
    """

    entity: str
    found: list[str]
    whole: str


def point_in_time(columns: list[str], timestamp: str, joins: list[ViewJoin]) -> PointInTime:
    """Plan the join.

    Args:
        columns: the entity rows' columns, all of which come back.
        timestamp: which of them says when.
        joins: the views.
    """
    moment = identifier(timestamp)
    entity = f"SELECT * REPLACE ({moment}::TIMESTAMPTZ AS {moment})"
    wanted = [join for join in joins if join.outputs]
    outputs = [f"entity.{identifier(column)}" for column in columns]
    clauses = []
    for number, join in enumerate(wanted):
        outputs += _features(join, f"known_{number}", moment)
        clauses.append(_asof_join(join, f"known_{number}", moment))
    return PointInTime(
        f"{entity} FROM entity_rows",
        [_found_sql(join, moment) for join in wanted],
        f"WITH entity AS ({entity}, row_number() OVER () AS entity_row_number FROM entity_rows) "
        f"SELECT {', '.join(outputs)} FROM entity {' '.join(clauses)} ORDER BY entity_row_number",
    )


def _found_sql(join: ViewJoin, moment: str) -> str:
    """One view's features for each row of the table `entity`, in its order.

    An ASOF join sorts both its sides, so only the row's number, keys and time go into it; of the
    view, only rows that an entity row can see.
    """
    columns = ", ".join([*dict.fromkeys(map(identifier, join.entity_keys)), moment])
    seen = replace(
        join, rows=f"SELECT * FROM ({join.rows}) WHERE seen <= (SELECT max({moment}) FROM entity)"
    )
    return (
        f"SELECT {', '.join(_features(join, 'known', moment))} "
        f"FROM (SELECT rowid AS entity_row_number, {columns} FROM entity) AS entity "
        f"{_asof_join(seen, 'known', moment)} ORDER BY entity_row_number"
    )


def _features(join: ViewJoin, known: str, moment: str) -> list[str]:
    """A view's wanted features, null where they are no longer valid."""
    features = []
    for i, name in enumerate(join.outputs):
        value = f"{known}.f{i}"
        if join.ttl > timedelta(0):
            lasting = f"to_microseconds({join.ttl // _MICROSECOND})"
            value = f"CASE WHEN {known}.happened + {lasting} >= entity.{moment} THEN {value} END"
        features.append(f"{value} AS {identifier(name)}")
    return features


def _asof_join(join: ViewJoin, known: str, moment: str) -> str:
    matches = [f"entity.{identifier(key)} = {known}.k{i}" for i, key in enumerate(join.entity_keys)]
    matches.append(f"entity.{moment} >= {known}.seen")
    return f"ASOF LEFT JOIN ({join.rows}) AS {known} ON {' AND '.join(matches)}"


def span_sql(joins: list[ViewJoin], start: str, end: str) -> str:
    """Entity rows made of every key and time that the views hold between two moments (SQL)."""
    keys = sorted({key for join in joins for key in join.entity_keys})
    parts = []
    for join in joins:
        own = {key: f"k{i}" for i, key in enumerate(join.entity_keys)}
        chosen = [f"{own.get(key, 'NULL')} AS {identifier(key)}" for key in keys]
        parts.append(
            f"SELECT DISTINCT {', '.join([*chosen, 'happened AS event_timestamp'])} "
            f"FROM ({join.rows}) WHERE happened BETWEEN {start} AND {end}"
        )
    return " UNION ".join(parts)


def _newest_created(rows: str, keys: list[str]) -> str:
    """One row a key and event time: the one created last."""
    return (
        f"SELECT *, happened AS seen FROM ({rows}) QUALIFY row_number() OVER "
        f"(PARTITION BY {', '.join([*keys, 'happened'])} ORDER BY created DESC NULLS LAST) = 1"
    )


def _once_created(rows: str, keys: list[str]) -> str:
    """Rows by when they become visible, less those that a newer row already overtook then.

    A row is seen from the later of its event and created times. What an ASOF join on `seen` finds
    is then also the newest by (event, created) among the rows that are visible.
    """
    visible = (
        f"SELECT *, greatest(happened, created) AS seen FROM ({rows}) WHERE created IS NOT NULL"
    )
    key_part = f"PARTITION BY {', '.join(keys)} " if keys else ""
    moment_part = f"PARTITION BY {', '.join([*keys, 'seen'])}"
    return (
        f"SELECT * FROM ({visible}) QUALIFY row(happened, created) >= max(row(happened, created)) "
        f"OVER ({key_part}ORDER BY seen RANGE UNBOUNDED PRECEDING) "
        f"AND row_number() OVER ({moment_part} ORDER BY happened DESC, created DESC) = 1"
    )
