"""What one feature says alone, where the answer is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.training.dataset_of import dataset_of
from tests.training.simulated_races import fields, winners
from training.data.dataset import Dataset, before_the_holdout
from training.data.folds import plan
from training.data.inputs import Inputs
from training.data.service_features import Declared
from training.statistics.races import Races
from training.walk.feature_strength import FeatureStrength, filled, measure, ranks
from velo.settings import Ranker, Settings, Training

if TYPE_CHECKING:
    from tests.offline.built_world import Applied

FEATURES = ("priced_in", "overlooked", "reversed", "best_in_the_middle", "debut", "noise")
SETTINGS = Settings(
    ranker=Ranker(rounds=40, early_stopping=10, min_data_in_leaf=50, threads=1),
    training=Training(
        history_days=0, folds=2, first_test_share=0.6, holdout_days=1, bootstrap_draws=300
    ),
)


@pytest.fixture(scope="module")
def season() -> Dataset:
    """2,400 races of 300 days, eight a day; the market knows all but `overlooked`.

    `reversed` is a weakness, `best_in_the_middle` has no direction, `debut` is missing for a fifth
    of the runners, who are weak, and says nothing of the others.
    """
    races = fields(2400, seed=31)
    values = np.random.default_rng(32).standard_normal((races.n, len(FEATURES)))
    frame = pd.DataFrame(values, columns=list(FEATURES))
    debut = frame["debut"] < -0.84
    frame.loc[debut, "debut"] = np.nan
    priced_in = (
        0.7 * frame["priced_in"]
        - 0.5 * frame["reversed"]
        - 0.8 * frame["best_in_the_middle"].abs()
        - 1.0 * debut
    )
    strength = (priced_in + 0.5 * frame["overlooked"]).to_numpy()
    day = np.datetime64("2020-01-01") + races.index // 8
    frame = frame.assign(
        race_id=races.index,
        horse_id=np.arange(races.n),
        date=day.astype("datetime64[us]"),
        course="Ascot",
        horse="Arkle",
        win_share=winners(strength, races, seed=33),
        decision_odds=1 + 0.85 * (1 / races.softmax(priced_in.to_numpy()) - 1),
        settlement_odds=2.0,
        priced=True,
    )
    days = plan(date(2020, 1, 1), date(2020, 10, 26), SETTINGS.training)
    declared = Declared("known", FEATURES, {"known": FEATURES}, {}, {})
    return dataset_of(frame, declared, days, Inputs(FEATURES))


@pytest.fixture(scope="module")
def strengths(season: Dataset) -> dict[str, FeatureStrength]:
    return {name: measure(season, name, SETTINGS, "proportional") for name in FEATURES}


def test_what_drives_the_result_is_strong_and_noise_is_not(
    strengths: dict[str, FeatureStrength],
) -> None:
    strong, noise = strengths["priced_in"], strengths["noise"]
    for gain in (strong.line, strong.rank, strong.curve):
        assert gain.low > 0.02
    for gain in (noise.line, noise.rank, noise.curve, noise.flag):
        assert abs(gain.value) < 0.004
    assert noise.line.low < 0 < noise.line.high


def test_the_sign_is_the_features_own(strengths: dict[str, FeatureStrength]) -> None:
    assert strengths["priced_in"].weight > 0.3
    assert strengths["reversed"].weight < -0.2
    assert strengths["priced_in"].agreeing == strengths["reversed"].agreeing == 2


def test_only_a_curve_finds_what_has_no_direction(strengths: dict[str, FeatureStrength]) -> None:
    middle = strengths["best_in_the_middle"]
    assert middle.line.value < 0.004
    assert middle.curve.low > 0.02


def test_the_market_leaves_only_what_it_overlooks(strengths: dict[str, FeatureStrength]) -> None:
    known, overlooked = strengths["priced_in"], strengths["overlooked"]
    assert known.line_over_market.value < 0.004
    assert known.curve_over_market.value < 0.004
    assert known.weight_over_market.low < 0 < known.weight_over_market.high
    assert overlooked.line_over_market.low > 0.02
    assert overlooked.curve_over_market.low > 0.02
    assert overlooked.weight_over_market.low > 0.2


def test_what_is_known_of_a_missing_value_is_told_apart(
    strengths: dict[str, FeatureStrength],
) -> None:
    debut = strengths["debut"]
    assert debut.flag.low > 0.01
    assert debut.line.value == pytest.approx(debut.flag.value, abs=0.002)


def test_a_missing_value_is_its_races_mean() -> None:
    races = Races.of(np.array([1, 1, 1, 2, 2]))
    values = np.array([2.0, np.nan, 6.0, np.nan, np.nan])
    columns = filled(values, races)
    assert columns["value"].tolist() == [2, 4, 6, 0, 0]
    assert columns["missing"].tolist() == [0, 1, 0, 1, 1]


def test_ranks_run_from_0_to_1_within_the_race_and_ties_share() -> None:
    races = Races.of(np.array([1, 1, 1, 1, 2, 2, 3]))
    values = np.array([9.0, 1.0, 1.0, np.nan, 4.0, np.nan, 7.0])
    nan = float("nan")
    np.testing.assert_array_equal(ranks(values, races), [1, 0.25, 0.25, nan, 0.5, nan, 0.5])


@pytest.mark.slow
def test_no_row_of_the_holdout_is_looked_at(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.offline.built_world import SETTINGS, build_tables, record
    from tests.oracle.random_world import random_starts

    monkeypatch.setenv("VELO_HOME", str(applied.home.root))
    starts = random_starts(seed=7, races=80)
    record(applied.home, starts)
    build_tables(applied.home)
    training = Training(history_days=0, folds=2, holdout_days=1)
    days = [start.date for start in starts]
    held = (max(days) - min(days)).days // 4
    data = before_the_holdout(
        applied.home, Settings(training=training, windows=SETTINGS.windows), held
    )
    assert data.plan.holdout_days == held
    assert data.frame["date"].max() < pd.Timestamp(data.plan.holdout_start)
    assert {count.rows for count in data.nulls.values()} == {len(data.frame)}
