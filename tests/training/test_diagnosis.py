"""Where a model does worst, and which features it could do without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.judging.diagnosis import Slice, contributions, slices, worst
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.races import Races
from velo.settings import OddsBand

RACES, FIELD = 1500, 8


@pytest.fixture(scope="module")
def season() -> pd.DataFrame:
    """Two courses over 300 days. `good` drives the result, `idle` nothing, `wrong` misleads."""
    generator = np.random.default_rng(4)
    n = RACES * FIELD
    race = np.repeat(np.arange(RACES), FIELD)
    good, idle, wrong = generator.normal(size=(3, n))
    p = Races.of(race).softmax(good)
    draw = generator.random(RACES)[race]
    upto = np.concatenate([np.cumsum(chunk) for chunk in np.split(p, RACES)])
    won = ((draw < upto) & (draw >= upto - p)).astype(float)
    return pd.DataFrame(
        {
            "race_id": race,
            "date": pd.Timestamp("2021-01-01") + pd.to_timedelta(race // 5, unit="D"),
            "course": np.where(race % 2 == 0, "Ascot", "York"),
            "win_share": won,
            "decision_odds": 1 / (p + 0.01),
            "settlement_odds": 1 / (p + 0.01),
            "p": p,
            "p_market": p,
            "p_market_power": p,
            "good": good,
            "idle": idle,
            "wrong": wrong,
        }
    )


def score(frame: pd.DataFrame) -> np.ndarray:
    """A model that follows `good` and has let itself be misled by `wrong`."""
    return Races.of(frame["race_id"].to_numpy()).softmax(
        (frame["good"] + 0.5 * frame["wrong"] * (frame["good"] < 0)).to_numpy()
    )


def test_a_feature_that_drives_the_result_helps_and_one_that_is_not_used_adds_nothing(season):
    by_feature = {
        item.feature: item
        for item in contributions(season, ["good", "idle"], score, Resampling(500, 1))
    }
    assert by_feature["good"].judgement == "helps"
    assert by_feature["idle"].judgement == "adds nothing"
    assert by_feature["idle"].loss == Estimate(0.0, 0.0, 0.0)


def test_a_feature_that_misleads_hurts_and_comes_first(season):
    flipped = season.assign(against=-season["good"])

    def misled(frame: pd.DataFrame) -> np.ndarray:
        races = Races.of(frame["race_id"].to_numpy())
        return races.softmax((frame["good"] + 1.6 * frame["against"]).to_numpy())

    ordered = contributions(flipped, ["good", "against"], misled, Resampling(500, 1))
    assert [(item.feature, item.judgement) for item in ordered] == [
        ("against", "hurts"),
        ("good", "helps"),
    ]


def test_shuffling_stays_within_the_race(season):
    seen = []

    def watch(frame: pd.DataFrame) -> np.ndarray:
        seen.append(frame.groupby("race_id")["good"].sum().to_numpy())
        return score(frame)

    contributions(season, ["good"], watch, Resampling(100, 1))
    np.testing.assert_allclose(seen[0], seen[1])


def test_the_same_seed_shuffles_alike_however_long_it_takes(season):
    once, again = (
        contributions(season, ["good", "idle"], score, Resampling(100, 1)) for _ in range(2)
    )
    assert [(each.feature, each.loss.value) for each in once] == [
        (each.feature, each.loss.value) for each in again
    ]


def test_a_large_fold_is_sampled_by_whole_races(season):
    sizes = []

    def watch(frame: pd.DataFrame) -> np.ndarray:
        sizes.append(frame["race_id"].value_counts())
        return score(frame)

    contributions(season, ["good"], watch, Resampling(100, 1), most_races=50)
    assert len(sizes[0]) == 50
    assert set(sizes[0]) == {FIELD}


def test_a_course_where_the_model_errs_is_the_worst(season):
    uniform = np.full(len(season), 1 / FIELD)
    lost_at_york = season.assign(p=np.where(season["course"] == "York", uniform, season["p"]))
    cut = slices(lost_at_york, 0.0, OddsBand(), Resampling(300, 1))
    first = worst(cut["course"])[0]
    assert first.name == "York"
    assert first.gain.high < 0
    assert first.races == RACES // 2


def test_slices_of_a_kind_tile_the_runners_and_the_bets(season):
    cut = slices(season, -1.0, OddsBand(), Resampling(100, 1))
    banded = int(season["decision_odds"].between(5, 21).sum())
    for pieces in cut.values():
        assert sum(piece.runners for piece in pieces) == len(season)
        assert sum(piece.bets for piece in pieces) == banded
    assert [piece.name for piece in cut["month"]][:2] == ["2021-01", "2021-02"]


def test_twenty_to_one_is_the_last_price_of_its_band(season):
    priced = season.assign(decision_odds=21.0, settlement_odds=21.0)
    (band,) = slices(priced, -1.0, OddsBand(), Resampling(100, 1))["odds_band"]
    assert band.name == "15 to 21"


def test_the_worst_are_the_most_surely_bad_and_not_the_smallest():
    unknown = Estimate(float("nan"), float("nan"), float("nan"))

    def course(name: str, gain: Estimate) -> Slice:
        return Slice("course", name, 10, 100, 10, gain, unknown, 0, 0, unknown)

    small = course("Small", Estimate(-0.5, -1.5, 0.5))
    large = course("Large", Estimate(-0.1, -0.12, -0.08))
    silent = course("Silent", unknown)
    assert [piece.name for piece in worst([small, large, silent])] == ["Large", "Small"]


def test_a_course_of_a_few_days_is_not_the_worst_by_its_narrow_interval(season):
    """Its nine days all lose; York loses less, on days enough to be sure."""
    uniform = np.full(len(season), 1 / FIELD)
    dates = np.unique(season["date"].to_numpy())
    few = season["date"].isin(dates[:9]) & (season["course"] != "York")
    named = season.assign(
        course=np.where(few, "Small", season["course"]),
        p=np.where(few, 1e-3, np.where(season["course"] == "York", uniform, season["p"])),
    )
    cut = slices(named, 0.0, OddsBand(), Resampling(300, 1))["course"]
    small = next(piece for piece in cut if piece.name == "Small")
    assert small.days < 10
    assert np.isnan([small.gain.low, small.gain.high]).all()
    assert worst(cut)[0].name == "York"
