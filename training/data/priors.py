"""Prior parameters, fitted once a training run on the days before the first fold's test days.

No fold and no holdout sees itself (feature-rules.md, Prior parameters). The offline tables hold
counts only, so nothing that is fitted here can move them.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np

from velo.arrays import Floats
from velo.errors import DataError
from velo.offline.spine import Spine
from velo.racing.prior_fit import fit_gamma_poisson, fit_strength
from velo.settings import Priors

BLOCK_DAYS = 30
"""Length of the disjoint spells over which a current rate strays from the career's."""


def fit(spine: Spine, before: date, unfitted: Priors) -> Priors:
    """Fit the strengths by marginal likelihood on starts dated before a day.

    `form_k` stays the settings': percentiles are nearly uniform, so their variances differ less
    than a normal model's and no likelihood of that kind can weigh them.

    Args:
        spine: the build's entries and outcomes.
        before: the first fold's first test day; it and everything after it is not read.
        unfitted: the settings', for `form_k` and for what those days say nothing of.

    Returns:
        The priors, to be stored in the artifact and sent as request columns.

    Raises:
        DataError: there are no starts before that day.
    """
    con = spine.connect()
    con.execute(_STARTS, {"before": before})
    # Threads add up in the order in which they end, and the last digits of a sum with them.
    con.execute("SET threads = 1")
    (wins, starts) = _columns(con, "SELECT sum(win_share), count(*) FROM starts")
    if not starts[0]:
        raise DataError(f"there are no starts before {before}: ingest earlier results first")
    p0 = float(wins[0] / starts[0])
    strengths = {"p0": p0}
    for who in ("trainer", "jockey"):
        wins, starts = _columns(con, _CAREERS.format(who=who))
        strengths[f"{who}_k0"] = fit_strength(wins, starts, np.full(len(wins), p0))
        w, r, career_w, career_r = _columns(con, _BLOCKS.format(who=who, days=BLOCK_DAYS))
        k0 = strengths[f"{who}_k0"]
        means = (career_w + k0 * p0) / (career_r + k0)
        strengths[f"{who}_k1"] = fit_strength(w, r, means)
    wins, starts, expected = _columns(
        con, _PAIRS, {"tk": strengths["trainer_k0"], "jk": strengths["jockey_k0"], "p0": p0}
    )
    strengths["pair_k2"] = fit_strength(wins, starts, expected)
    strengths["horse_k"] = fit_gamma_poisson(*_columns(con, _HORSE_CELLS))
    for strength, wider, cell in _DRAW_LEVELS:
        wins, exp_wins, base = _columns(con, _DRAW_CELLS.format(wider=wider, cell=cell))
        if len(wins):
            strengths[strength] = fit_gamma_poisson(wins, exp_wins, base)
    (spread,) = _columns(con, _FORM)
    if spread.size and spread[0] > 0:
        strengths["form_v0"] = float(spread[0])
    return Priors(**(unfitted.model_dump() | strengths))


def _columns(
    con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, float] | None = None
) -> tuple[Floats, ...]:
    columns = con.execute(sql, values or {}).fetchnumpy()
    return tuple(np.asarray(column, dtype=np.float64) for column in columns.values())


_STARTS = """
CREATE TEMP TABLE starts AS
SELECT entries.*, outcomes.win_share, outcomes.finish,
    CAST(outcomes.event_timestamp AS DATE) AS day
FROM entries
JOIN outcomes USING (race_id, horse_id)
WHERE outcomes.event_timestamp < CAST($before AS TIMESTAMPTZ)
ORDER BY outcomes.event_timestamp, race_id, horse_id
"""

_CAREERS = """
SELECT sum(win_share), count(*)
FROM starts WHERE {who}_id IS NOT NULL GROUP BY {who}_id ORDER BY {who}_id
"""

_BLOCKS = """
WITH blocks AS (
    SELECT {who}_id, (day - DATE '1900-01-01') // {days} AS block,
        sum(win_share) AS wins, count(*) AS starts
    FROM starts
    WHERE {who}_id IS NOT NULL
    GROUP BY ALL
), careers AS (
    SELECT *, sum(wins) OVER before AS career_wins, sum(starts) OVER before AS career_starts
    FROM blocks
    WINDOW before AS (
        PARTITION BY {who}_id ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT wins, starts, career_wins, career_starts
FROM careers WHERE career_starts > 0 ORDER BY {who}_id, block
"""

_PAIRS = """
WITH trainers AS (
    SELECT trainer_id, (sum(win_share) + $tk * $p0) / (count(*) + $tk) AS rate
    FROM starts GROUP BY trainer_id
), jockeys AS (
    SELECT jockey_id, (sum(win_share) + $jk * $p0) / (count(*) + $jk) AS rate
    FROM starts GROUP BY jockey_id
)
SELECT sum(win_share), count(*), any_value((trainers.rate + jockeys.rate) / 2)
FROM starts
JOIN trainers USING (trainer_id)
JOIN jockeys USING (jockey_id)
GROUP BY trainer_id, jockey_id
ORDER BY trainer_id, jockey_id
"""

_HORSE_CELLS = """
SELECT sum(win_share) AS wins, sum(1.0 / field_size) AS expected
FROM (
    SELECT horse_id, 'course ' || course_id AS cell, win_share, field_size FROM starts
    UNION ALL
    SELECT horse_id, 'going ' || going_group, win_share, field_size FROM starts
    WHERE going_group IS NOT NULL
)
GROUP BY horse_id, cell
ORDER BY horse_id, cell
"""

_DRAW_LEVELS = (
    ("draw_course_k", "draw_third * 0", "course_id, draw_third"),
    ("draw_distance_k", "course_id, draw_third", "course_id, surface, distance_band, draw_third"),
    (
        "draw_k",
        "course_id, surface, distance_band, draw_third",
        "course_id, surface, distance_band, going_group, draw_third",
    ),
)
"""Strength, the cells that are shrunk to, the cells that are shrunk (feature-rules.md, draw_iv)."""

_DRAW_CELLS = """
WITH stalled AS (
    SELECT * FROM starts
    WHERE draw_third IS NOT NULL AND surface IS NOT NULL AND distance_band IS NOT NULL
        AND going_group IS NOT NULL
), bases AS (
    SELECT *, sum(win_share) OVER (PARTITION BY {wider})
        / sum(1.0 / field_size) OVER (PARTITION BY {wider}) AS base
    FROM stalled
)
SELECT sum(win_share) AS wins, sum(1.0 / field_size) AS expected,
    greatest(any_value(base), 0.05) AS base
FROM bases
GROUP BY {cell}
ORDER BY {cell}
"""

_FORM = """
WITH runs AS (
    SELECT horse_id,
        CASE WHEN finish IS NULL THEN 0.0 WHEN field_size = 1 THEN 1.0
            ELSE greatest(0.0, 1.0 - (finish - 1.0) / (field_size - 1.0)) END AS percentile,
        (row_number() OVER (PARTITION BY horse_id ORDER BY day, race_id) - 1) // 5 AS spell
    FROM starts
)
SELECT sum(spread * freedom) / sum(freedom)
FROM (
    SELECT var_samp(percentile) AS spread, count(*) - 1 AS freedom
    FROM runs GROUP BY horse_id, spell HAVING count(*) > 1
)
"""
