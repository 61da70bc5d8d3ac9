"""Races that cannot be used, and why."""

from __future__ import annotations

from datetime import date

from velo.offline.spine import Spine

TWO_WINNERS = "two-winners"
"""Why a race is nothing to fit on: it may be two races in one."""
MARKET_FLAGS = ("runners-missing", "coupled", "book-low", "book-high")
"""Why a race whose starters all have a price is still no market, as ingest flags it."""


def excluded_races(spine: Spine, start: date, end: date, decision: str) -> dict[str, int]:
    """Races of the period that cannot be used, each by its first reason.

    Those of the first three cannot be fitted on; the rest can, but make no market.

    Returns:
        Races by reason, 0 where there are none: `no winner`, `fewer than two starters`,
        `two-winners`, the flags of `MARKET_FLAGS`, and of the others `a starter without <price>`.
    """
    whole = f"flag IS DISTINCT FROM '{TWO_WINNERS}'"
    usable = f"wins > 0.5 AND starters > 1 AND {whole}"
    flags = ", ".join(f"count(*) FILTER ({usable} AND flag = '{name}')" for name in MARKET_FLAGS)
    counts = (
        spine.connect()
        .execute(
            f"""
        SELECT count(*) FILTER (wins < 0.5), count(*) FILTER (wins > 0.5 AND starters < 2),
            count(*) FILTER (wins > 0.5 AND starters > 1 AND NOT {whole}), {flags},
            count(*) FILTER ({usable} AND flag IS NULL AND prices < starters)
        FROM (
            SELECT sum(win_share) AS wins, count(*) AS starters, count("{decision}") AS prices,
                any_value(market_flag) AS flag
            FROM outcomes
            WHERE event_timestamp >= CAST($start AS TIMESTAMPTZ)
                AND event_timestamp < CAST($end AS TIMESTAMPTZ)
            GROUP BY race_id
        )
        """,
            {"start": start, "end": end},
        )
        .fetchall()[0]
    )
    reasons = (
        "no winner",
        "fewer than two starters",
        TWO_WINNERS,
        *MARKET_FLAGS,
        f"a starter without {decision}",
    )
    return dict(zip(reasons, map(int, counts), strict=True))
