"""Speed figures: the page's rule by plain loops, and days that follow each other."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.ratings import Run, figures_by_hand
from velo.racing.speed_figures import CELL, SpeedFigures

RULE = SpeedFigures()
FIRST = pd.Timestamp("2024-03-01")
STATE = ("known", "horse_id", *CELL, *RULE.state)
NOTHING = pd.DataFrame({name: [] for name in STATE})


def runs_of(rows: list[Run]) -> pd.DataFrame:
    """The engine's input."""
    ordered = sorted(rows, key=lambda run: (run["day"], run["race"], run["horse"]))

    def column(name: str, dtype: str) -> Any:
        return pd.array([run[name] for run in ordered], dtype=dtype)

    return pd.DataFrame(
        {
            "known": pd.to_datetime([FIRST + pd.Timedelta(run["day"], "D") for run in ordered]),
            "race_id": column("race", "Int64"),
            "horse_id": column("horse", "Int64"),
            "nth_of_day": column("nth", "Int64"),
            "course_id": column("course", "Int64"),
            "race_code": [run["code"] for run in ordered],
            "surface": [run["surface"] for run in ordered],
            "distance_m": column("metres", "float64"),
            "finish": column("finish", "Int64"),
            "field_size": column("n", "Int64"),
            "seconds": column("seconds", "float64"),
        }
    )


def random_runs(seed: int, races: int) -> list[Run]:
    """A few cells over a few days; times, surfaces and finishes that are missing."""
    rng = Random(seed)
    rows: list[Run] = []
    ran: dict[tuple[int, int], int] = {}
    for race in range(races):
        day = rng.randrange(1, 3 + races // 2)
        metres = rng.choice((1000.0, 1200.0, None))
        cell = {
            "course": rng.choice((1, 2)),
            "code": "flat",
            "surface": rng.choice(("turf", "turf", "dirt", None)),
            "metres": metres,
        }
        field = rng.sample(range(1, 30), rng.randint(1, 12))
        for place, horse in enumerate(field, 1):
            ran[day, horse] = ran.get((day, horse), 0) + 1
            fell = rng.random() < 0.1
            rows.append(
                {
                    **cell,
                    "day": day,
                    "race": race,
                    "horse": horse,
                    "nth": ran[day, horse],
                    "n": len(field),
                    "finish": None if fell else place,
                    "seconds": rng.choice((None, 60 + 5 * rng.random(), 60 + 0.2 * place)),
                }
            )
    return rows


def state_before(rated: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The newest row of each horse and cell before a day."""
    return rated[rated["known"] < day].groupby(["horse_id", *CELL], dropna=False).tail(1)


def test_a_race_half_a_second_faster_than_par_on_an_even_day() -> None:
    """Par 60 seconds; one race of the day, so its track is taken to be fast by most of it."""
    first = [
        {"day": 1, "race": 1, "horse": horse, "nth": 1, "finish": 1, "seconds": 60.0, "n": 1}
        for horse in (1,)
    ]
    second = [{**first[0], "day": 2, "race": 2, "horse": 2, "seconds": 59.5}]
    place = {"course": 1, "code": "flat", "surface": "turf", "metres": 1000.0}
    rated = RULE.advance(runs_of([{**run, **place} for run in first + second]), NOTHING)
    figures = rated["figure"].dropna().tolist()
    fast = 1000 * math.log(60 / 59.5)
    assert figures == pytest.approx([fast - fast / 1.3])
    assert rated["par"].dropna().tolist() == pytest.approx(
        [1000 * math.log(60), 1000 * math.log(60) + (-fast + fast / 1.3) / 2]
    )


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(1, 30))
def test_the_rule_by_loops_gives_the_same(seed: int, races: int) -> None:
    rows = random_runs(seed, races)
    rated = RULE.advance(runs_of(rows), NOTHING)
    figures, ability = figures_by_hand(rows)
    ordered = sorted(rows, key=lambda run: (run["day"], run["race"], run["horse"]))
    expected = [figures[run["race"], run["horse"]] for run in ordered]
    starts = rated[rated["horse_id"].notna()]
    np.testing.assert_allclose(
        starts["figure"].to_numpy(float), np.array(expected, dtype=float), atol=1e-8
    )
    last = starts.groupby("horse_id")["ability"].last()
    for horse, value in ability.items():
        assert last[horse] == pytest.approx(value, abs=1e-8)


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(1, 30), st.floats(0, 1))
def test_figures_that_go_on_from_any_day_end_as_those_that_never_stopped(
    seed: int, races: int, share: float
) -> None:
    runs = runs_of(random_runs(seed, races))
    whole = RULE.advance(runs, NOTHING)
    day = runs["known"].iloc[int(share * (len(runs) - 1))]
    state = state_before(whole, day)[list(STATE)]
    later = RULE.advance(runs[runs["known"] >= day].reset_index(drop=True), state)
    expected = whole[whole["known"] >= day].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, expected, check_exact=True, check_dtype=False)
