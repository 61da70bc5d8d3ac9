"""Features that a fold chooses are those of the days before it; a choice that saw more flatters."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.test_beside_market import chosen as settings_of
from tests.training.test_walk_forward import FEATURES, dataset, garbled
from training.data import constraints
from training.data.dataset import Dataset
from training.data.some_features import with_features
from training.model.model_card import ChosenFeatures
from training.walk import beside_market, feature_choice
from training.walk.beside_market import LineFitter
from training.walk.feature_choice import strongest
from training.walk.feature_strength import columns_of
from training.walk.out_of_fold_gain import choice_gains
from training.walk.recipe import Recipe
from training.walk.stage_timer import StageTimer
from training.walk.stored_form import card
from velo import settings
from velo.errors import SettingsError
from velo.settings import Settings

BLENDS = ("benter", "residual", "beside")
NOISE = 24


def choosing(count: int, mode: str = "beside") -> Settings:
    base = settings_of(mode)
    training = base.training.model_copy(update={"select": count})
    return base.model_copy(update={"training": training})


@pytest.fixture(scope="module")
def data() -> Dataset:
    """`form` and `public` decide, of which the market knows `public`; `rate` is noise."""
    return dataset(relative="none")


@pytest.fixture(scope="module")
def noisy() -> Dataset:
    """Nothing but noise beside what the market knows."""
    made = dataset(relative="none")
    rng = np.random.default_rng(4)
    noise = {f"noise_{k}": rng.normal(size=len(made.frame)) for k in range(NOISE)}
    return columns_of(made, noise)


def silent() -> StageTimer:
    return StageTimer(lambda stage: None)


def test_the_strongest_beside_the_market_is_what_it_does_not_know(data: Dataset) -> None:
    choice = feature_choice.choose(data, choosing(1), "proportional")
    assert choice.last == ("form",)
    assert set(choice.by_fold.values()) == {("form",)}
    assert choice.among == len(FEATURES)
    assert choice.strengths["form"] > 4 > choice.strengths["rate"]


def test_of_equals_the_first_is_taken_and_the_services_order_stays() -> None:
    strength = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 3.0}
    assert strongest(strength, 3) == ("a", "b", "d")
    assert strongest(strength, 2) == ("b", "d")


@pytest.mark.parametrize("mode", BLENDS)
def test_what_happens_from_a_folds_test_days_on_moves_neither_its_choice_nor_its_scores(
    noisy: Dataset, mode: str
) -> None:
    fold = noisy.plan.folds[1]
    other = garbled(noisy, fold.test_start, noisy.plan.holdout_end)
    before, after = (
        Recipe.of(each, choosing(3, mode)).walk(each, silent()) for each in (noisy, other)
    )
    assert before.features is not None
    assert after.features is not None
    assert before.features.by_fold == after.features.by_fold
    assert before.features.last != after.features.last
    np.testing.assert_array_equal(before.oof.frame["column"], after.oof.frame["column"])
    for fit in before.oof.fits:
        assert fit.boosted.features == before.features.by_fold[fit.fold.number]


def test_a_choice_on_all_days_flatters_and_one_in_each_fold_does_not(noisy: Dataset) -> None:
    recipe = Recipe.of(noisy, choosing(4))
    gains = choice_gains(recipe.walk(noisy, silent()), silent())
    assert gains is not None
    assert gains.nested is not None
    assert gains.once is not None
    assert gains.once.value > gains.nested.value
    assert gains.nested.low < 0
    assert choice_gains(Recipe.of(noisy, choosing(0)).walk(noisy, silent()), silent()) is None


def test_a_line_of_some_features_is_the_same_from_the_sums_of_all(data: Dataset) -> None:
    fold = data.plan.folds[1]
    some = ("form", "public")
    ours, alone = (
        LineFitter(each, choosing(2), "proportional").fit(fold.train_start, fold.train_end, some)
        for each in (data, with_features(data, some))
    )
    assert ours.features == alone.features == some
    assert ours.scorer.importance() == pytest.approx(alone.scorer.importance(), rel=1e-9)
    np.testing.assert_array_equal(ours.standard.deviation, alone.standard.deviation)
    whole = LineFitter(data, choosing(2), "proportional")
    np.testing.assert_array_equal(
        whole.fit(fold.train_start, fold.train_end).scorer.weights,
        whole.fit(fold.train_start, fold.train_end, FEATURES).scorer.weights,
    )


def test_the_last_model_has_what_all_training_days_chose_and_its_card_says_so(
    data: Dataset,
) -> None:
    fitted = Recipe.of(data, choosing(2)).fit(data, silent())
    assert fitted.model.fundamental.features == fitted.data.features
    assert len(fitted.data.features) == 2
    assert fitted.chosen is not None
    kept = card(fitted.data, fitted.settings, fitted.cutoffs, "c", fitted.chosen)
    read = type(kept).from_dict(kept.to_dict())
    assert read.chosen == fitted.chosen
    assert read.chosen == ChosenFeatures(2, 3, fitted.chosen.by_fold)
    again = beside_market.fit_last(
        with_features(data, fitted.data.features), choosing(2), "proportional"
    )
    assert again.importance() == fitted.model.fundamental.importance()
    assert "chosen" not in card(data, choosing(0), fitted.cutoffs, "c").to_dict()


def test_a_choice_of_all_there_are_is_refused(data: Dataset) -> None:
    with pytest.raises(SettingsError, match="--select 3: the data have 3 features"):
        feature_choice.choose(data, choosing(3), "proportional")


def test_a_constraint_on_what_was_not_chosen_holds_nothing(data: Dataset) -> None:
    ranker = settings.Ranker(monotone={"form": 1, "rate": -1}, interactions=(("form", "rate"),))
    left = constraints.among(ranker, ("form",))
    assert (left.monotone, left.interactions) == ({"form": 1}, (("form",),))
    tight = choosing(1, "benter").model_copy(
        update={"ranker": replace_ranker(choosing(1, "benter"), ranker)}
    )
    walk = Recipe.of(data, tight).walk(data, silent())
    assert {fit.boosted.features for fit in walk.oof.fits} == {("form",)}


def replace_ranker(base: Settings, ranker: settings.Ranker) -> settings.Ranker:
    """The base's sizes with other constraints."""
    return base.ranker.model_copy(
        update={"monotone": ranker.monotone, "interactions": ranker.interactions}
    )
