"""SQL of entity rows: keys, request columns and labels of the starters of usable races."""

from __future__ import annotations

from datetime import date

from training.data.excluded import TWO_WINNERS
from training.data.feature_retrieval import FINISH
from velo.offline.spine import Spine
from velo.racing.layoff import knots_text
from velo.settings import Layoff, Priors
from velo.sql_text import literal
from velo.store.online.entity_rows import ServiceColumns

ENTRY = ("race_id", "horse_id", "event_timestamp", "region", "course", "horse", "field_size")
"""Columns of the entries that every retrieval carries."""


def entity_sql(
    spine: Spine,
    priors: Priors,
    layoff: Layoff,
    start: date,
    end: date,
    decision: str,
    settlement: str,
    asked: ServiceColumns,
    *,
    only: str = "",
    paths: str | None = None,
) -> str:
    """SQL of the starters of usable races in [start, end): keys, request columns and labels.

    A race flagged as no market has no decision price; `market_flag` says why.

    Args:
        spine: the build's entries and outcomes.
        priors, layoff: sent with every row, as far as they are asked for.
        start, end: race days.
        decision, settlement: kinds of price.
        asked: the keys and request columns of the features; the entries' other facts stay behind.
        only: a condition on entries that is true of whole races; without one all are taken.
        paths: a relation of today's price paths, where they are asked for.
    """
    needed = {*ENTRY, *asked.keys, *asked.requested}
    columns = ", ".join(literal(name) for name in sorted(needed))
    entries = f"SELECT COLUMNS(lambda name: name IN ({columns})) FROM {spine.entries}"
    entries += f" WHERE {only}" if only else ""
    constants = requests_sql(priors, layoff, asked)
    prices = "" if paths is None else "paths.* EXCLUDE (race_id, horse_id),"
    path = "paths.race_id = entries.race_id AND paths.horse_id = entries.horse_id"
    joined = "" if paths is None else f"LEFT JOIN {paths} AS paths ON {path}"
    # The constants are the same in every row, so they are added to rows that are sorted.
    return f"""
        SELECT starters.*{"".join(f", {each}" for each in constants)} FROM (
            SELECT entries.*, {prices}
                outcomes.win_share, CAST(outcomes.finish AS DOUBLE) AS {FINISH},
                outcomes.market_flag,
                CASE WHEN outcomes.market_flag IS NULL THEN outcomes."{decision}" END
                    AS decision_odds,
                outcomes."{settlement}" AS settlement_odds,
                outcomes.market_flag IS NULL AND count(outcomes."{decision}") OVER race
                    = entries.field_size AS priced
            FROM ({entries}) AS entries
            JOIN {spine.outcomes} AS outcomes
                ON outcomes.race_id = entries.race_id AND outcomes.horse_id = entries.horse_id
            {joined}
            WHERE outcomes.market_flag IS DISTINCT FROM '{TWO_WINNERS}'
                AND entries.event_timestamp >= TIMESTAMPTZ '{start} 00:00:00+00'
                AND entries.event_timestamp < TIMESTAMPTZ '{end} 00:00:00+00'
            WINDOW race AS (PARTITION BY entries.race_id)
            QUALIFY sum(outcomes.win_share) OVER race > 0.5 AND entries.field_size > 1
            ORDER BY entries.event_timestamp, entries.race_id, entries.horse_id
        ) AS starters
    """


def request_values(priors: Priors, layoff: Layoff) -> dict[str, float | str]:
    """Request columns that are the same in every row: priors and the layoff curve."""
    return {
        **{name: float(value) for name, value in priors.model_dump().items()},
        "sweet_spot_from": float(layoff.sweet_spot[0]),
        "sweet_spot_to": float(layoff.sweet_spot[1]),
        "layoff_knots": knots_text(layoff.knots),
    }


def requests_sql(priors: Priors, layoff: Layoff, asked: ServiceColumns) -> list[str]:
    """Those that are asked for, as SQL columns."""
    return [
        f"{literal(value)} AS {name}" if isinstance(value, str) else f"{value!r}::DOUBLE AS {name}"
        for name, value in request_values(priors, layoff).items()
        if name in asked.requested
    ]
