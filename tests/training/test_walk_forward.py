"""A fold is judged on days that nothing of it has seen, whatever the recipe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.dataset_of import dataset_of
from tests.training.simulated_races import simulate
from training.data.dataset import Dataset
from training.data.folds import plan
from training.data.inputs import Inputs
from training.data.service_features import Declared
from training.walk import evaluation, walk_forward
from training.walk.walk_forward import OutOfFold
from velo import settings
from velo.settings import Settings

FEATURES = ("form", "rate", "public")
RECIPES = [
    ("conditional_logit", "benter"),
    ("rank_xendcg", "benter"),
    ("linear", "benter"),
    ("conditional_logit", "residual"),
    ("linear", "residual"),
]


def chosen(blend: str, **training: Any) -> Settings:
    return Settings(
        training=settings.Training(
            blend=blend, folds=2, history_days=30, bootstrap_draws=100, **training
        ),
        ranker=settings.Ranker(rounds=30, early_stopping=5, min_data_in_leaf=40, threads=1),
    )


def dataset(embargo: int = 0, relative: Any = "both") -> Dataset:
    """Two features decide, of which the market knows only `public`, and a third is noise."""
    world = simulate(3200, [0.7, 0.0, 0.7], seed=61)
    races, known = world.races, world.features[:, 2]
    frame = pd.DataFrame(world.features, columns=list(FEATURES)).assign(
        race_id=races.index,
        horse_id=np.arange(races.n),
        course="york",
        horse="a horse",
        date=races.broadcast(world.race_dates).astype("datetime64[us]"),
        win_share=world.win_share,
        decision_odds=0.9 / races.softmax(0.7 * known),
        priced=True,
    )
    frame["settlement_odds"] = frame["decision_odds"]
    first, last = (day.date() for day in (frame["date"].min(), frame["date"].max()))
    training = settings.Training(folds=2, history_days=30, embargo_days=embargo)
    service = Declared("s", FEATURES, {"family": FEATURES}, {}, {})
    days = plan(first, last, training, holdout_days=60)
    return dataset_of(frame, service, days, Inputs(FEATURES, relative))


def walked(data: Dataset, objective: str, blend: str, **training: Any) -> OutOfFold:
    return walk_forward.out_of_fold(data, chosen(blend, **training), "proportional", objective)


def garbled(data: Dataset, first: date, end: date) -> Dataset:
    """The same races with other winners in [first, end)."""
    days = data.frame["date"]
    rows = days.between(pd.Timestamp(first), pd.Timestamp(end), inclusive="left")
    won = data.frame["win_share"].copy()
    # A race's shares stay in its rows: its last runner wins.
    last = ~data.frame["race_id"].duplicated(keep="last")
    won[rows] = last[rows].astype(float)
    return replace(data, frame=data.frame.assign(win_share=won))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("objective", "blend"), RECIPES)
def test_results_from_a_folds_test_days_on_do_not_move_its_predictions(
    objective: str, blend: str, number: int
) -> None:
    data = dataset()
    fold = data.plan.folds[number]
    before = walked(data, objective, blend).frame
    after = walked(garbled(data, fold.test_start, data.plan.holdout_end), objective, blend).frame
    known = before["fold"] <= fold.number
    for column in ("column", "column_linear"):
        np.testing.assert_array_equal(before.loc[known, column], after.loc[known, column])
        if not known.all():
            assert (before.loc[~known, column] != after.loc[~known, column]).any()


def test_a_fold_is_sized_by_the_days_before_it_and_the_last_model_by_every_fold() -> None:
    data = dataset()
    oof = walked(data, "conditional_logit", "benter")
    first, second = oof.fits
    slice_of_the_first = 2 * second.rounds - (int(np.argmax(first.curve)) + 1)
    assert abs(slice_of_the_first - first.rounds) <= 1  # the median of two is their mean
    rounds = [first.rounds, *(int(np.argmax(fit.curve)) + 1 for fit in oof.fits)]
    assert oof.size.rounds == sorted(rounds)[1]
    assert all(len(fit.curve) >= fit.rounds for fit in oof.fits)


def test_results_of_the_embargo_do_not_move_a_folds_predictions() -> None:
    data = dataset(embargo=10)
    fold = data.plan.folds[0]
    assert (fold.test_start - fold.train_end).days == 10
    before = walked(data, "conditional_logit", "benter", embargo_days=10).frame
    other = garbled(data, fold.train_end, fold.test_start)
    after = walked(other, "conditional_logit", "benter", embargo_days=10).frame
    own = before["fold"] == fold.number
    np.testing.assert_array_equal(before.loc[own, "column"], after.loc[own, "column"])


@pytest.mark.parametrize("objective", ["conditional_logit", "linear"])
def test_in_residual_mode_every_recipe_learns_only_what_the_market_missed(objective: str) -> None:
    data = dataset()
    alone = walked(data, objective, "benter").frame
    beside = walked(data, objective, "residual").frame
    public = data.rows(slice(None)).set_index("horse_id")["public"]

    def slope(frame: pd.DataFrame) -> float:
        return float(np.polyfit(public.reindex(frame["horse_id"]), frame["column"], 1)[0])

    assert slope(alone) > 0.3
    assert abs(slope(beside)) < 0.12


def test_a_linear_recipe_is_its_own_baseline() -> None:
    frame = walked(dataset(), "linear", "benter").frame
    np.testing.assert_array_equal(frame["column"], frame["column_linear"])
    assert not evaluation.linear_is_better(frame, "benter")


@pytest.mark.parametrize("blend", ["benter", "residual"])
def test_on_a_world_of_straight_lines_the_linear_model_is_said_to_be_better(blend: str) -> None:
    frame = walked(dataset(relative="none"), "conditional_logit", blend).frame
    assert evaluation.linear_is_better(frame, blend)


@pytest.mark.parametrize(("objective", "blend"), RECIPES)
def test_the_model_that_is_kept_sees_the_same_inputs(objective: str, blend: str) -> None:
    data = dataset()
    oof = walked(data, objective, blend)
    last = walk_forward.fit_last(data, chosen(blend), "proportional", objective, oof.size)
    assert last.inputs == data.inputs
    assert (last.scorer.objective, last.starts_from_market) == (objective, blend == "residual")
    assert np.isfinite(last.scorer.scores(data.matrix)).all()


def test_the_first_fold_is_sized_by_the_share_of_its_days_that_is_set() -> None:
    """Its temperature is that of the days which say when to stop."""
    data = dataset()
    heats = [
        walked(data, "conditional_logit", "benter", stopping_share=share)
        .fits[0]
        .boosted.temperature
        for share in (0.15, 0.15, 0.4)
    ]
    assert heats[0] == heats[1] != heats[2]


def test_a_pause_in_racing_before_the_first_test_moves_the_days_that_size_it() -> None:
    data = dataset()
    fold = data.plan.folds[0]
    days = data.frame["date"]
    paused = days.between(
        pd.Timestamp(fold.stopping_start(0.15)), pd.Timestamp(fold.train_end), inclusive="left"
    )
    kept = ~paused.to_numpy()
    assert 0 < kept.sum() < len(kept)
    rest = replace(data, frame=data.frame[kept].reset_index(drop=True), matrix=data.matrix[kept])
    first = walked(rest, "conditional_logit", "benter").fits[0]
    assert first.boosted.scorer.rounds > 0
    assert np.isfinite(first.boosted.temperature)


def test_the_margin_is_taken_out_by_the_method_that_is_set() -> None:
    data = dataset()
    for method in ("shin", "power", "proportional"):
        own = Settings(prices=settings.PriceTerms(devig=method))
        assert walk_forward.choose_devig(data, own) == method
