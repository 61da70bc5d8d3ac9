"""Beside the market no fold sees itself, and what is stored scores as what was fitted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.training.test_gate import CLEAN, EDGE, FAMILIES, TARGETS
from tests.training.test_walk_forward import dataset, garbled
from training.blending import blend, blend_choice
from training.blending.blend import Blend
from training.blending.blend_choice import BlendTrial
from training.blending.calibration import Uncalibrated
from training.blending.calibration_choice import Trials
from training.blending.price_scale import PriceScale
from training.data.dataset import Dataset
from training.judging.gate import Verdict, judge
from training.model import artifact, beside
from training.model.artifact import Artifact
from training.model.explanation import pushes
from training.model.model import Model
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races
from training.walk import beside_market, evaluation
from training.walk.beside_market import LineFitter
from training.walk.recipe import FittedModel, Recipe
from training.walk.stage_timer import StageTimer
from velo import settings
from velo.errors import DataError, ModelError
from velo.settings import Settings


def chosen(mode: str = "beside", **line: float) -> Settings:
    return Settings(
        training=settings.Training(blend=mode, folds=2, history_days=30, bootstrap_draws=100),
        ranker=settings.Ranker(rounds=12, early_stopping=4, min_data_in_leaf=40, threads=1),
        beside=settings.Beside(**{"shrinkage": 300.0, **line}),
        prices=settings.PriceTerms(devig="proportional"),
    )


@pytest.fixture(scope="module")
def data() -> Dataset:
    """`form` decides half of it, which the market does not know; the places follow the winners."""
    made = dataset(relative="none")
    frame = made.rows(slice(None))
    run = frame["form"] + frame["public"] + np.random.default_rng(9).gumbel(size=len(frame))
    by_race = run.where(frame["win_share"] == 0, np.inf).groupby(frame["race_id"])
    finish = by_race.rank(ascending=False, method="first")
    finish = finish.where(finish < 9)
    odds = frame["decision_odds"].mask(frame["race_id"] % 50 == 7)
    priced = frame["race_id"] % 50 != 7
    return replace(made, frame=made.frame.assign(finish=finish, decision_odds=odds, priced=priced))


@pytest.fixture(scope="module")
def fitted(data: Dataset) -> FittedModel:
    return Recipe.of(data, chosen()).fit(data, StageTimer(lambda stage: None))


def test_the_line_is_fitted_beside_the_market(fitted: FittedModel) -> None:
    model, weights = fitted.model, fitted.model.fundamental.scorer.importance()
    assert fitted.recipe.objective == "beside"
    assert weights["form"] > 5 * max(weights["public"], weights["rate"])
    assert (model.blend.mode, model.blend.scale) == ("beside", PriceScale(0.45))
    assert 0 < model.blend.exponent <= 1
    assert model.blend.alpha_share is None
    assert fitted.walk.folds[1]["delta_r2"] > 0


@pytest.mark.parametrize("number", [0, 1])
def test_results_from_a_folds_test_days_on_do_not_move_its_scores(
    data: Dataset, number: int
) -> None:
    fold = data.plan.folds[number]
    other = garbled(data, fold.test_start, data.plan.holdout_end)
    before, after = (
        beside_market.out_of_fold(each, chosen(), "proportional").frame for each in (data, other)
    )
    known = before["fold"] <= fold.number
    np.testing.assert_array_equal(before.loc[known, "column"], after.loc[known, "column"])
    if not known.all():
        assert (before.loc[~known, "column"] != after.loc[~known, "column"]).any()


def test_deviations_and_powers_are_those_of_the_days_before_the_first_test(data: Dataset) -> None:
    first = data.plan.folds[0].test_start
    louder = data.matrix.copy()
    louder[data.span(first, data.plan.holdout_end), data.features.index("form")] = 9.0
    models = [
        beside_market.fit_last(each, chosen(), "proportional")
        for each in (data, replace(data, matrix=louder))
    ]
    np.testing.assert_array_equal(*(each.standard.deviation for each in models))


def test_the_days_are_cut_at_folds_embargoes_refit_and_new_year() -> None:
    plan = dataset(embargo=10).plan
    cuts = beside_market.edges(plan)
    folds = {day for each in plan.folds for day in (each.train_end, each.test_start, each.test_end)}
    assert set(cuts) == folds | {plan.history_end, plan.train_end} | (
        {date(2019, 1, 1)} if plan.train_end > date(2019, 1, 1) else set()
    )
    assert list(cuts) == sorted(cuts)


def test_a_fold_by_blocks_is_a_fold_at_once(data: Dataset) -> None:
    """Its weights are those of one sum over all of its training days."""
    fitter = LineFitter(data, chosen(), "proportional")
    fold = data.plan.folds[1]
    line = fitter.fit(fold.train_start, fold.train_end)
    whole = fitter.sum(fold.train_start, fold.train_end)
    at_once = beside.weights(whole.tasks(float(fitter.powers[0])), 300.0)
    assert line.scorer.weights == pytest.approx(at_once, rel=1e-9)


def stored(model: Model) -> Model:
    content = json.loads(artifact._json(model.to_dict()))
    return Model.of(Artifact(content, model.ranker_text, ""))


def test_what_is_stored_scores_explains_and_answers_at_any_odds(
    data: Dataset, fitted: FittedModel
) -> None:
    model = stored(fitted.model)
    days = data.between(*data.plan.holdout)
    races = Races.of(days["race_id"].to_numpy())
    predicted = model.predict(days)
    assert predicted["p"].to_numpy() == pytest.approx(
        fitted.model.predict(days)["p"].to_numpy(), abs=1e-9, nan_ok=True
    )
    unpriced = ~days["priced"].to_numpy()
    assert predicted["p"].isna().to_numpy().tolist() == unpriced.tolist()
    score = predicted["score"].to_numpy()
    half = days["decision_odds"].to_numpy() / 2 + 1
    moved = model.predict(days.assign(decision_odds=half))
    np.testing.assert_array_equal(model.at(half, score, races)["p"], moved["p"])
    np.testing.assert_array_equal(model.score(days.assign(decision_odds=np.nan)), score)
    scale = model.blend.scale.of(predicted["p_market"].to_numpy())
    by_hand = model.blend.exponent * scale * score + model.blend.beta * np.log(
        predicted["p_market"].to_numpy()
    )
    bare = replace(model, calibrator=Uncalibrated()).predict(days)["p"].to_numpy()
    assert races.softmax(by_hand)[~unpriced] == pytest.approx(bare[~unpriced])
    whole = pushes(model, days).sum(axis=1) + model.blend.beta * np.log(predicted["p_market"])
    assert races.softmax(whole.to_numpy())[~unpriced] == pytest.approx(bare[~unpriced])
    assert np.isfinite(pushes(model, days)).all()


def test_a_runner_alone_on_a_card_scores_as_among_thousands(
    data: Dataset, fitted: FittedModel
) -> None:
    days = data.between(*data.plan.holdout)
    card = days[days["race_id"] == days["race_id"].iloc[0]]
    alone = fitted.model.score(card)
    np.testing.assert_array_equal(alone, fitted.model.score(days)[: len(card)])


def test_a_blend_without_its_price_scale_is_refused() -> None:
    plain = Blend("beside", 0.8, 1.0, PriceScale()).to_dict()
    assert Blend.from_dict(plain).scale == PriceScale()
    with pytest.raises(ModelError, match="train again"):
        Blend.from_dict({name: each for name, each in plain.items() if name != "scale"})


def test_gamma_is_never_above_one_and_beta_is_the_likeliest_beside_it(data: Dataset) -> None:
    rows = data.rows(slice(None))
    frame = rows[rows["priced"]]
    races = Races.of(frame["race_id"].to_numpy())
    won = frame["win_share"].to_numpy()
    fair = races.softmax(-np.log(frame["decision_odds"].to_numpy()))
    weak = 0.05 * frame["form"].to_numpy()
    made = blend.beside(weak, fair, won, races, PriceScale())
    assert made.exponent == 1.0
    likelihoods = [
        races.log_likelihood(
            Blend("beside", 1.0, made.beta + step, PriceScale()).probabilities(weak, fair, races),
            won,
        ).sum()
        for step in (-0.01, 0.0, 0.01)
    ]
    assert np.argmax(likelihoods) == 1
    dates = races.first(frame["date"].to_numpy())
    few = Resampling(200, 1)
    spread = blend.intervals(made, weak, fair, won, races, dates, few)
    assert spread.beta.low < made.beta < spread.beta.high
    slope = blend.slope(made, weak, fair, won, races, dates, few)
    assert slope.low > 1


def test_the_settings_shrink_the_line_and_scale_it_by_price(data: Dataset) -> None:
    loose, tight = (
        beside_market.fit_last(data, chosen(shrinkage=each), "proportional").importance()["form"]
        for each in (300.0, 3e5)
    )
    assert tight < loose / 3
    flat = Recipe.of(data, chosen(price_exponent=0.0)).walk(data, StageTimer(lambda stage: None))
    made = evaluation.fit_blend(flat.oof.frame, flat.recipe.settings, Trials()).blend
    assert made.scale == PriceScale(0.0)


def test_without_a_whole_book_there_is_no_line(data: Dataset) -> None:
    with pytest.raises(DataError, match="import its prices"):
        beside_market.out_of_fold(
            replace(data, frame=data.frame.assign(priced=False)), chosen(), "proportional"
        )


@pytest.fixture(scope="module")
def left_open(data: Dataset) -> FittedModel:
    return Recipe.of(data, chosen("auto")).fit(data, StageTimer(lambda stage: None))


def test_a_blend_that_is_left_open_is_the_likeliest_out_of_fold(left_open: FittedModel) -> None:
    choice = left_open.walk.choice
    assert choice is not None
    assert set(choice.gains) == set(blend_choice.MODES)
    best = max(choice.gains, key=lambda mode: choice.gains[mode].value)
    assert choice.kind == left_open.model.blend.mode == best
    assert left_open.settings.training.blend == choice.kind
    assert choice.gains["benter"].value == 0
    # No fold has judged before the second, so its figures are the first blend's.
    assert [row["blend"] for row in left_open.walk.folds] == ["benter", "benter"]


def trial(fold: int, *nats: float) -> BlendTrial:
    dates = np.datetime64("2020-01-01") + np.arange(len(nats))
    return BlendTrial(fold, dates, np.array(nats))


def test_what_is_kept_for_a_fold_was_chosen_by_the_folds_before_it() -> None:
    trials = {
        "benter": [trial(2, -2.0, -2.0), trial(3, -1.0, -1.0)],
        "beside": [trial(2, -1.9, -1.9), trial(3, -9.0, -9.0)],
    }
    kept = [blend_choice.kept(trials, before=fold) for fold in (2, 3, 4)]
    assert kept == ["benter", "beside", "benter"]
    assert blend_choice.kept(trials) == "benter"


def test_the_gate_asks_the_line_for_a_slope_on_the_holdout() -> None:
    metrics = EDGE | {"alpha_share": None, "score_slope": 0.7, "score_slope_low": 0.1}

    def verdict(low: float) -> Verdict:
        return judge(metrics | {"score_slope_low": low}, CLEAN, FAMILIES, TARGETS, "beside")

    assert verdict(0.01).promoted
    refused = verdict(0.0)
    assert [each.name for each in refused.refused_by] == ["score_slope"]


def test_the_slope_on_the_holdout_is_wider_for_each_earlier_look(
    data: Dataset, fitted: FittedModel
) -> None:
    predictions = fitted.model.predict(data.between(*data.plan.holdout))
    first, tenth = (
        evaluation.slope_figures(predictions, fitted.model.blend, fitted.settings, looks)
        for looks in (0, 9)
    )
    assert first["score_slope"] == tenth["score_slope"] > 0.5
    assert tenth["score_slope_low"] < first["score_slope_low"]
