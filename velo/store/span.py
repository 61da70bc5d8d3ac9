"""Entity rows that nobody named: every key and time that the views themselves hold."""

from __future__ import annotations

from collections.abc import Sequence

from velo.store.query import ViewJoin


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
