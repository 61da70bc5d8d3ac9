"""Ratings: the worked example, the page's rule by plain loops, and days that follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.ratings import Run, ratings_by_hand
from velo.racing.rating_filter import KINDS, RatingFilter

ORDER = RatingFilter(prior=(1.0, 0.08, 0.03), drift=(0.0012, 0.0002, 0.0001), noise=0.85)
FIRST = pd.Timestamp("2024-03-01")
NOTHING = pd.DataFrame({name: [] for name in ("known", *KINDS, "mean", "variance")})


def runs_of(rows: Iterable[Run]) -> pd.DataFrame:
    """The filter's input."""
    ordered = sorted(rows, key=lambda run: (run["day"], run["race"], run["horse"]))
    columns = {
        "known": pd.to_datetime([FIRST + pd.Timedelta(run["day"], "D") for run in ordered]),
        "race_id": pd.array([run["race"] for run in ordered], dtype="int64"),
        "nth_of_day": pd.array([run.get("nth", 1) for run in ordered], dtype="int64"),
        "performance": pd.array([run["y"] for run in ordered], dtype="float64"),
    }
    for kind in KINDS:
        name = kind.removesuffix("_id")
        columns[kind] = pd.array([run.get(name) for run in ordered], dtype="Int64")
    return pd.DataFrame(columns)


def state_of(*mean_and_variance: tuple[float, float]) -> pd.DataFrame:
    """Horses 1, 2 ... that ran on the day before the first."""
    return pd.DataFrame(
        {
            "known": FIRST,
            "horse_id": pd.array(range(1, len(mean_and_variance) + 1), dtype="Int64"),
            "jockey_id": pd.array([None] * len(mean_and_variance), dtype="Int64"),
            "trainer_id": pd.array([None] * len(mean_and_variance), dtype="Int64"),
            "mean": [mean for mean, _ in mean_and_variance],
            "variance": [variance for _, variance in mean_and_variance],
        }
    )


def newest(rated: pd.DataFrame, before: pd.Timestamp) -> pd.DataFrame:
    """The newest row of each key before a day."""
    return rated[rated["known"] < before].groupby(list(KINDS), dropna=False).tail(1)


def random_runs(seed: int, races: int) -> list[Run]:
    """Small fields over a few days: newcomers, the unnamed, unknown performances, two starts."""
    rng = Random(seed)
    rows: list[Run] = []
    for race in range(races):
        day = rng.randrange(1, 3 + races // 2) * rng.choice((1, 1, 40))
        for horse in rng.sample(range(1, 15), rng.randint(1, 7)):
            rows.append(
                {
                    "day": day,
                    "race": race,
                    "horse": horse,
                    "jockey": rng.choice((None, 1, 2, 3, 4)),
                    "trainer": rng.choice((None, 7, 8, 9)),
                    "y": rng.choice((None, rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1))),
                }
            )
    ran: dict[tuple[int, int], int] = {}
    for run in rows:
        ran[run["day"], run["horse"]] = ran.get((run["day"], run["horse"]), 0) + 1
        run["nth"] = ran[run["day"], run["horse"]]
    return rows


def test_the_worked_example_of_three_horses() -> None:
    """A .5 (.2), B .1 (.3), C new: B beats A beats C."""
    rule = RatingFilter(prior=(1.0, 0.08, 0.03), drift=(0.0, 0.0, 0.0), noise=0.85)
    runs = runs_of(
        {"day": 1, "race": 1, "horse": horse, "y": y}
        for horse, y in ((1, 0.0), (2, 0.967), (3, -0.967))
    )
    rated = rule.advance(runs, state_of((0.5, 0.2), (0.1, 0.3)))
    assert rated["mean"].round(3).tolist() == [0.438, 0.371, -0.292]
    assert rated["variance"].round(3).tolist() == [0.162, 0.222, 0.459]


def test_a_rested_rating_is_less_sure_but_never_less_than_nothing_known() -> None:
    runs = runs_of({"day": 100, "race": 1, "horse": horse, "y": None} for horse in (1, 2))
    rated = ORDER.advance(runs, state_of((0.5, 0.2), (0.1, 0.95)))
    assert rated["mean"].tolist() == [0.5, 0.1]
    assert rated["variance"].tolist() == pytest.approx([0.2 + 100 * 0.0012, 1.0])


def test_a_newcomer_is_taken_to_be_as_its_field() -> None:
    runs = runs_of({"day": 1, "race": 1, "horse": horse, "y": None} for horse in (1, 2, 9))
    rated = ORDER.advance(runs, state_of((0.5, 0.2), (0.1, 0.3)))
    assert rated["mean"].tolist() == [0.5, 0.1, 0.3]


def test_the_people_of_a_horse_stand_in_its_row_as_they_were_before_its_last_start() -> None:
    first = [
        {"day": 1, "race": 1, "horse": 1, "jockey": 5, "trainer": 7, "y": 1.0},
        {"day": 1, "race": 1, "horse": 2, "jockey": 6, "trainer": 8, "y": -1.0},
    ]
    twice = [
        {"day": 2, "race": 2, "horse": 1, "jockey": 6, "nth": 2, "trainer": None, "y": 0.5},
        {"day": 2, "race": 3, "horse": 1, "jockey": 5, "nth": 1, "trainer": 7, "y": 0.5},
    ]
    rated = ORDER.advance(runs_of(first + twice), NOTHING)
    stood = rated[rated["known"] == FIRST + pd.Timedelta(1, "D")].set_index("jockey_id")["mean"]
    horse = rated[rated["horse_id"] == 1].set_index("known")
    assert horse["jockey_before"].tolist() == [0.0, stood[6]]
    assert horse["trainer_before"].tolist() == [0.0, 0.0]
    assert stood[6] < 0 < stood[5]


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 30))
def test_the_rule_by_loops_gives_the_same(seed: int, races: int) -> None:
    rows = random_runs(seed, races)
    rated = ORDER.advance(runs_of(rows), NOTHING)
    hand = ratings_by_hand(rows, ORDER.prior, ORDER.drift, ORDER.noise)
    assert len(rated) == len(hand)
    for kind in KINDS:
        name = kind.removesuffix("_id")
        for row in rated[rated[kind].notna()].itertuples():
            mean, variance, _ = hand[name, getattr(row, kind), (row.known - FIRST).days]
            assert row.mean == pytest.approx(mean, abs=1e-9)
            assert row.variance == pytest.approx(variance, abs=1e-12)


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 30), st.floats(0, 1))
def test_a_filter_that_goes_on_from_any_day_ends_as_one_that_never_stopped(
    seed: int, races: int, share: float
) -> None:
    """To the last bit: days can be added, and corrected from their own day on."""
    runs = runs_of(random_runs(seed, races))
    whole = ORDER.advance(runs, NOTHING)
    day = runs["known"].iloc[int(share * (len(runs) - 1))]
    later = ORDER.advance(runs[runs["known"] >= day].reset_index(drop=True), newest(whole, day))
    expected = whole[whole["known"] >= day].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, expected, check_exact=True)
    assert later["mean"].to_numpy().tobytes() == expected["mean"].to_numpy().tobytes()
