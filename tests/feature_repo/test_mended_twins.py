"""The mended twins of some of the 21, against what the oracle says of those and of the counts."""

from __future__ import annotations

import math

import pytest

from tests.offline.built_world import (
    ORACLE_PRIORS,
    Applied,
    LittleWorld,
    build_tables,
    entity_rows,
    record,
)
from tests.oracle.features import Oracle, impact_value
from tests.oracle.starts import Run, Start
from training.data.dataset import retrieve
from training.data.service_features import declared
from velo.racing.names import stable_id

pytestmark = pytest.mark.slow

SERVICE = "velo_v1_1_1"
P = ORACLE_PRIORS


def odds(rate: float) -> float:
    return rate / (1 - rate)


def same_stall(run: Run, start: Start) -> bool:
    then = run.start
    return (
        None not in (start.surface, start.distance_key, start.draw)
        and (then.surface, then.draw) == (start.surface, start.draw)
        and then.distance_key is not None
        and round(then.distance_key) == round(start.distance_key or 0.0)
    )


def twins(judge: Oracle, start: Start, page: dict[str, float | None]) -> dict[str, float | None]:
    """What the page's values and plain counts of earlier runs come to."""
    before = [run for race in judge.races.values() for run in race if run.start.date < start.date]
    rates = [page[f"{who}_sr_90d"] or 0.0 for who in ("trainer", "jockey")]
    both = odds(rates[0]) * odds(rates[1]) / odds(P.p0)
    expected = both / (1 + both)
    pair = [
        run
        for run in before
        if None not in (start.trainer, start.jockey)
        and (run.start.trainer, run.start.jockey) == (start.trainer, start.jockey)
        and (start.date - run.start.date).days <= 365
    ]
    uplift = (sum(run.win for run in pair) + P.k2 * expected) / (len(pair) + P.k2) - expected
    course = [run for run in before if run.start.course == start.course]
    delta, drop = page["weight_delta"], page["class_drop"]
    raced = page["layoff_days"] is not None
    return {
        "trainer_log_odds_90d": math.log(odds(rates[0])),
        "jockey_log_odds_90d": math.log(odds(rates[1])),
        "pair_uplift": max(-0.3, min(0.3, uplift)),
        "weight_delta_same": delta if drop == 0 else 0.0 if raced else None,
        "weight_delta_changed": (0.0 if drop == 0 else delta) if raced else None,
        "course_iv": impact_value([r for r in course if r.start.horse == start.horse], 0.25, 1.0),
        "draw_stall_iv": impact_value(
            [run for run in course if same_stall(run, start)], P.k_draw, page["draw_iv"] or 0.0
        ),
    }


def test_a_twin_says_what_its_page_makes_of_the_same_counts(
    applied: Applied, little_world: LittleWorld
) -> None:
    record(applied.home, little_world.starts)
    build_tables(applied.home)
    known = declared(applied.store, SERVICE)
    rows = retrieve(applied.store, known, entity_rows(applied.home)).set_index(
        ["race_id", "horse_id"]
    )
    judge = Oracle(little_world.starts, P)
    moved = set()
    for start in [s for s in little_world.starts if s.started][::5]:
        page = little_world.features[start.race_id, start.horse]
        row = rows.loc[(stable_id("race", start.race_id), stable_id("horse", start.horse))]
        for name, value in twins(judge, start, page).items():
            ours = float(row[name])
            assert (value is None and math.isnan(ours)) or ours == pytest.approx(value), name
            moved |= {name} if value else set()
        for name in set(known.features) & set(page):
            value = page[name]
            assert (value is None and math.isnan(row[name])) or row[name] == pytest.approx(value)
    assert len(moved) == 7
