"""The SQL of a point-in-time join: entity rows, and for each view an ASOF LEFT JOIN.

Below the sources nothing has a name of the user's: columns of the entity rows are `c0..`, of a
view `k0..`, `happened`, `seen` and `f0..`. So no name that somebody chose can mean ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from velo.sql_text import identifier
from velo.store.keys import check, match
from velo.store.moments import moment
from velo.store.view_rows import ViewJoin

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class EntityRows:
    """The relation `entity_rows`, whose columns are `c0..`.

    Attributes:
        names: what the columns are called by whoever asks.
        types: DuckDB's.
        timestamp: which of the names says when.
    """

    names: list[str]
    types: list[str]
    timestamp: str

    @property
    def moment(self) -> str:
        """The column that says when."""
        return self.column(self.timestamp)

    def column(self, name: str) -> str:
        """SQL's name of a column."""
        return f"c{self.names.index(name)}"

    def type(self, name: str) -> str:
        """A column's type."""
        return self.types[self.names.index(name)]


@dataclass(frozen=True)
class PointInTime:
    """A point-in-time join in narrow steps over the relation `entity_rows`.

    Each view is joined by itself, and only keys and time go into its join. All steps give the
    entity rows in their order, so their columns stand side by side: no wide join, no wide sort.

    Attributes:
        entity: SELECT of the entity rows, for a table `entity`; its `rowid` is their order.
        features: for each view that features are wanted of, SELECT of those from `entity` and the
            view's rows, one row an entity row, in their order.
        names: of all columns: the entity rows', then those of each view.
        checks: SELECTs over `entity` that must find nothing, and what is wrong where they do.
        whole: the same join as a single statement, for reading.
    """

    entity: str
    features: list[str]
    names: list[str]
    checks: list[tuple[str, str]]
    whole: str


def point_in_time(rows: EntityRows, joins: Sequence[ViewJoin]) -> PointInTime:
    """Plan the join.

    Args:
        rows: the entity rows, all columns of which come back.
        joins: the views.

    Raises:
        InputError: a key has another type in the entity rows than in a view.
    """
    columns = [f"c{i}" for i in range(len(rows.names))]
    at = columns.index(rows.moment)
    chosen = list(columns)
    chosen[at] = f"{moment(rows.moment, rows.types[at])} AS {rows.moment}"
    entity = f"SELECT {', '.join(chosen)}"
    wanted = [join for join in joins if join.outputs]
    names = [*rows.names, *(output for join in wanted for output in join.outputs)]
    outputs = [f"entity.{column}" for column in columns]
    clauses, checks = [], []
    for number, join in enumerate(wanted):
        known = f"known_{number}"
        outputs += _features(join, known, rows.moment)
        clauses.append(_asof_join(join, known, rows))
        checks += _checks(join, rows)
    select_list = [
        f"{output} AS {identifier(name or f'c{i}')}"
        for i, (output, name) in enumerate(zip(outputs, names, strict=True))
    ]
    return PointInTime(
        f"{entity} FROM entity_rows",
        [_features_sql(join, rows) for join in wanted],
        names,
        checks,
        f"WITH entity AS ({entity}, row_number() OVER () AS entity_row_number FROM entity_rows) "
        f"SELECT {', '.join(select_list)} FROM entity {' '.join(clauses)} "
        "ORDER BY entity.entity_row_number",
    )


def _features_sql(join: ViewJoin, rows: EntityRows) -> str:
    """One view's features for each row of the table `entity`, in its order.

    An ASOF join sorts both its sides, so only the row's number, keys and time go into it; of the
    view, only rows that an entity row can see.
    """
    columns = ", ".join(dict.fromkeys([*map(rows.column, join.entity_keys), rows.moment]))
    seen = replace(
        join,
        rows=f"SELECT * FROM ({join.rows}) WHERE seen <= (SELECT max({rows.moment}) FROM entity)",
    )
    features = [f"{value} AS f{i}" for i, value in enumerate(_features(join, "known", rows.moment))]
    return (
        f"SELECT {', '.join(features)} "
        f"FROM (SELECT rowid AS entity_row_number, {columns} FROM entity) AS entity "
        f"{_asof_join(seen, 'known', rows)} ORDER BY entity.entity_row_number"
    )


def _features(join: ViewJoin, known: str, at: str) -> list[str]:
    """A view's wanted features, null where they are no longer valid."""
    values = [f"{known}.f{i}" for i in range(len(join.outputs))]
    if join.ttl <= timedelta(0):
        return values
    lasting = f"to_microseconds({join.ttl // _MICROSECOND})"
    return [
        f"CASE WHEN {known}.happened + {lasting} >= entity.{at} THEN {value} END"
        for value in values
    ]


def _asof_join(join: ViewJoin, known: str, rows: EntityRows) -> str:
    matches = []
    for i, (key, type_) in enumerate(zip(join.entity_keys, join.key_types, strict=True)):
        how = match(key, rows.type(key), type_, join.floating[i])
        entity, view = f"entity.{rows.column(key)}", f"{known}.k{i}"
        matches.append(f"{how.entity.format(entity)} = {how.view.format(view)}")
    matches.append(f"entity.{rows.moment} >= {known}.seen")
    return f"ASOF LEFT JOIN ({join.rows}) AS {known} ON {' AND '.join(matches)}"


def _checks(join: ViewJoin, rows: EntityRows) -> list[tuple[str, str]]:
    checks = []
    for i, (key, type_) in enumerate(zip(join.entity_keys, join.key_types, strict=True)):
        how = match(key, rows.type(key), type_, join.floating[i])
        if how.entity_below is not None:
            checks.append(check(key, rows.column(key), "entity", how.entity_below))
        if how.view_below is not None:
            checks.append(check(key, f"k{i}", f"({join.rows})", how.view_below))
    return checks


def span_sql(joins: Sequence[ViewJoin], start: str, end: str) -> tuple[list[str], str]:
    """Entity rows made of every key and time that the views hold between two moments (SQL).

    Returns:
        Their columns' names, and the SELECT, whose columns are `c0..`.
    """
    keys = sorted({key for join in joins for key in join.entity_keys})
    parts = []
    for join in joins:
        own = {key: f"k{i}" for i, key in enumerate(join.entity_keys)}
        chosen = [f"{own.get(key, 'NULL')} AS c{i}" for i, key in enumerate(keys)]
        parts.append(
            f"SELECT DISTINCT {', '.join([*chosen, f'happened AS c{len(keys)}'])} "
            f"FROM ({join.rows}) WHERE happened BETWEEN {start} AND {end}"
        )
    return [*keys, "event_timestamp"], " UNION ".join(parts)
