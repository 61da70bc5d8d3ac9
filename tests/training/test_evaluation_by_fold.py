from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.simulated_races import simulate
from training.blending.calibration_choice import Trials
from training.data.folds import Fold
from training.statistics.bootstrap import Resampling
from training.walk import evaluation
from training.walk.walk_forward import OutOfFold, Size
from velo.settings import Settings, Training

FOLDS = 5
DRAWS = Training(bootstrap_draws=100)


def settings(**changes: Any) -> Settings:
    return Settings(training=DRAWS.model_copy(update=changes))


def walked(seed: int, kink: float = 1.0, signal: float = 0.6, races: int = 6000) -> OutOfFold:
    """Out-of-fold predictions whose market gives outsiders under 8% too much, a kink of `kink`."""
    world = simulate(races, [signal, 0.9], seed)
    structure, x = world.races, world.features
    seen = structure.softmax(0.9 * x[:, 1])
    bent = np.where(seen < 0.08, np.log(0.08) + kink * np.log(seen / 0.08), np.log(seen))
    frame = pd.DataFrame(
        {
            "race_id": structure.index,
            "date": world.race_dates[structure.index],
            "win_share": world.win_share,
            "priced": True,
            "fold": 1 + structure.index * FOLDS // races,
            "column": structure.log_softmax(signal * x[:, 0]),
            "column_linear": structure.log_softmax(signal * x[:, 0]),
            "p_market": structure.softmax(bent),
        }
    )
    day = world.race_dates[0].astype(object)
    fits = [
        SimpleNamespace(fold=Fold(number, day, day, day, day), rounds=1)
        for number in range(1, FOLDS + 1)
    ]
    return OutOfFold(frame, tuple(fits), Size(1, 1.0))  # type: ignore[arg-type]


KINKED = walked(91, kink=0.25)


def test_a_kinked_market_is_mended_on_both_sides_and_only_once_a_fold_has_shown_it() -> None:
    figures, trials = evaluation.fold_figures(KINKED, settings())
    kinds = [(row.get("calibrator"), row.get("market_calibrator")) for row in figures]
    assert kinds[:3] == [(None, None), ("none", "none"), ("none", "none")]
    assert all(kind != "none" for pair in kinds[3:] for kind in pair)
    assert [trial.fold for trial in trials.blend] == [3, 4, 5]
    choices = trials.choices("auto", Resampling(200, 1))
    assert choices["blend"].gains[choices["blend"].kind].value > 0
    assert choices["market"].gains[choices["market"].kind].low > 0


def test_calibrated_folds_are_likelier_than_uncalibrated_ones_for_model_and_market() -> None:
    with_it, _ = evaluation.fold_figures(KINKED, settings())
    without, _ = evaluation.fold_figures(KINKED, settings(calibration="none"))
    for name in ("r2", "r2_market_power"):
        assert sum(row[name] for row in with_it[3:]) > sum(row[name] for row in without[3:])


@pytest.mark.slow
def test_a_fold_s_results_change_no_figure_of_the_folds_before_it() -> None:
    """Neither blend nor calibrator nor the choice of it may know what it is shown on."""
    frame = KINKED.frame
    rng = np.random.default_rng(3)
    last = frame["fold"] == FOLDS
    other = (
        frame[last]
        .groupby("race_id")["win_share"]
        .transform(lambda won: rng.permutation(won.to_numpy()))
    )
    turned = frame.assign(win_share=frame["win_share"].where(~last, other))
    one, _ = evaluation.fold_figures(KINKED, settings())
    two, _ = evaluation.fold_figures(replace(KINKED, frame=turned), settings())
    assert one[: FOLDS - 1] == two[: FOLDS - 1]
    assert one[FOLDS - 1]["beta"] == two[FOLDS - 1]["beta"]
    assert one[FOLDS - 1]["calibrator"] == two[FOLDS - 1]["calibrator"]
    assert one[FOLDS - 1]["r2"] != two[FOLDS - 1]["r2"]


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["isotonic", "beta"])
def test_a_kind_that_is_set_is_given_to_both_sides_from_the_first_blend_on(kind: str) -> None:
    figures, trials = evaluation.fold_figures(KINKED, settings(calibration=kind))
    assert {row["calibrator"] for row in figures[1:]} == {kind}
    blended = evaluation.fit_blend(KINKED.frame, settings(calibration=kind), trials)
    assert blended.calibrator.kind == blended.market_calibrator.kind == kind


def test_with_two_folds_nothing_can_judge_and_nothing_is_calibrated() -> None:
    short = replace(KINKED, frame=KINKED.frame[KINKED.frame["fold"] <= 2], fits=KINKED.fits[:2])
    figures, trials = evaluation.fold_figures(short, settings())
    assert trials.blend == trials.market == ()
    assert evaluation.fit_blend(short.frame, settings(), trials).calibrator.kind == "none"
    assert figures[1]["calibrator"] == "none"


def test_an_interval_is_of_as_many_draws_and_of_the_seed_that_are_set() -> None:
    frame = walked(92, races=300).frame

    def figures(draws: int, seed: int) -> Any:
        own = settings(bootstrap_draws=draws, seed=seed, calibration="none")
        return evaluation.blend_figures(evaluation.fit_blend(frame, own, Trials()))

    once = figures(100, 1)
    assert once["alpha_low"] < once["alpha"] < once["alpha_high"]
    assert figures(100, 1) == once
    assert figures(200, 1) != once
    assert figures(100, 2) != once
