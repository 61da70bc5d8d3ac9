from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulated_races import simulate
from training.blending import calibration_choice
from training.blending.calibration_choice import CalibrationTrial, Forecast, Sides, Trials
from training.statistics.bootstrap import Resampling
from velo.arrays import Floats

DAY = np.datetime64("2020-01-01", "D")


def forecast(races: int, seed: int, kink: bool) -> Forecast:
    world = simulate(races, [1.0, 0.6], seed)
    p = world.races.softmax(world.strength)
    if kink:
        low = np.log(0.08) + 0.25 * np.log(p / 0.08)
        p = world.races.softmax(np.where(p < 0.08, low, np.log(p)))
    return Forecast(p, world.win_share, world.races, world.race_dates)


def trial(fold: int, **gains: list[float]) -> CalibrationTrial:
    by_kind: dict[str, Floats] = {kind: np.array(values) for kind, values in gains.items()}
    return CalibrationTrial(fold, DAY + np.arange(len(next(iter(by_kind.values())))), by_kind)  # type: ignore[arg-type]


def test_the_kind_that_gains_most_over_all_judged_races_is_kept() -> None:
    trials = [
        trial(3, isotonic=[0.3, 0.3], beta=[0.0, 0.1]),
        trial(4, isotonic=[-0.9, 0.0, 0.0], beta=[0.1, 0.0, 0.0]),
    ]
    assert calibration_choice.kept(trials, "auto") == "beta"
    assert calibration_choice.kept(trials[:1], "auto") == "isotonic"


def test_a_folds_own_gains_are_those_of_its_trial_on_each_side() -> None:
    blend = tuple(trial(fold, beta=[fold / 10, fold / 10]) for fold in (3, 4, 5))
    market = tuple(trial(fold, beta=[fold, fold + 1]) for fold in (3, 4, 5))
    assert Trials(blend, market).last_gains() == {"gain_beta": 0.5, "gain_market_beta": 5.5}


def test_nothing_is_kept_where_nothing_gains_or_no_fold_could_judge() -> None:
    losing = [trial(3, isotonic=[-0.1, 0.05], beta=[-0.1, 0.1])]
    assert calibration_choice.kept(losing, "auto") == "none"
    assert calibration_choice.kept([], "auto") == "none"
    nothing = calibration_choice.choose([], "auto", Resampling(200, 1))
    assert (nothing.kind, nothing.races, nothing.gains) == ("none", 0, {})


@pytest.mark.parametrize("wanted", ["none", "isotonic", "beta"])
def test_a_kind_that_is_set_is_kept_whatever_it_gains(wanted: calibration_choice.Wanted) -> None:
    losing = [trial(3, isotonic=[-0.1], beta=[-0.1])]
    assert calibration_choice.kept(losing, wanted) == wanted


def test_what_is_set_to_none_is_not_tried() -> None:
    side = forecast(50, 1, kink=False)
    assert calibration_choice.trial(3, side, side, "none").gains == {}
    assert list(calibration_choice.trial(3, side, side, "beta").gains) == ["beta"]


def test_a_kink_is_worth_a_calibrator_and_its_gain_is_sure() -> None:
    trials = [
        calibration_choice.trial(
            fold, forecast(3000, 10 + fold, kink=True), forecast(3000, 20 + fold, kink=True), "auto"
        )
        for fold in (3, 4)
    ]
    choice = calibration_choice.choose(trials, "auto", Resampling(500, 1))
    assert choice.kind in ("isotonic", "beta")
    assert choice.gains[choice.kind].low > 0
    assert choice.races == 6000


def test_true_chances_lose_nothing_worth_speaking_of() -> None:
    """Of true chances no calibrator gains but by luck, and luck lets through next to nothing."""
    trials = [
        calibration_choice.trial(
            fold,
            forecast(3000, 30 + fold, kink=False),
            forecast(3000, 40 + fold, kink=False),
            "auto",
        )
        for fold in (3, 4, 5)
    ]
    choice = calibration_choice.choose(trials, "auto", Resampling(500, 1))
    assert all(gain.low < 0 for gain in choice.gains.values())
    assert all(abs(gain.value) < 0.003 for gain in choice.gains.values())


def test_the_opponent_chooses_for_itself_by_the_same_procedure() -> None:
    bent, straight = ([forecast(2000, seed, kink) for seed in (51, 52)] for kink in (True, False))
    here = Trials().tried_on(3, Sides(bent[0], straight[0]), Sides(bent[1], straight[1]), "auto")
    there = Trials().tried_on(3, Sides(straight[0], bent[0]), Sides(straight[1], bent[1]), "auto")
    for kind in ("isotonic", "beta"):
        np.testing.assert_array_equal(here.blend[0].gains[kind], there.market[0].gains[kind])
        np.testing.assert_array_equal(here.market[0].gains[kind], there.blend[0].gains[kind])
    assert (
        here.choices("auto", Resampling(200, 1))["blend"]
        == there.choices("auto", Resampling(200, 1))["market"]
    )


def test_a_fold_is_shown_with_what_the_folds_before_it_chose() -> None:
    trials = Trials(
        (trial(3, beta=[-0.1]), trial(4, beta=[0.5])), (trial(3, beta=[0.1]), trial(4, beta=[0.1]))
    )
    assert calibration_choice.kept(trials.before(4).blend, "auto") == "none"
    assert calibration_choice.kept(trials.before(5).blend, "auto") == "beta"
    assert trials.before(3) == Trials()
    assert trials.last_gains() == {"gain_beta": 0.5, "gain_market_beta": 0.1}
