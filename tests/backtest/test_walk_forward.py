"""The spans of a walk, and the recipe that it fits."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtest.periods import Period, walked_period
from backtest.walk_forward import recipe_of, spans, with_a_price
from tests.training.cards import CARD
from tests.training.test_nearly_flat import stored
from training.blending.blend import Blend
from training.blending.price_scale import PriceScale
from training.model.beside import LineBeside
from training.model.model_card import PriceKinds
from velo.errors import DataError, ModelError
from velo.settings import Layoff, OddsBand, Settings, Windows


def test_three_months_at_a_time_from_the_fifteenth() -> None:
    assert list(spans(Period(date(2020, 1, 15), date(2020, 8, 1)), 3)) == [
        Period(date(2020, 1, 15), date(2020, 4, 14)),
        Period(date(2020, 4, 15), date(2020, 7, 14)),
        Period(date(2020, 7, 15), date(2020, 8, 1)),
    ]


def test_months_without_a_thirty_first_do_not_move_the_later_ones() -> None:
    quarters = list(spans(Period(date(2020, 1, 31), date(2020, 4, 29)), 1))
    assert [span.first for span in quarters] == [
        date(2020, 1, 31),
        date(2020, 2, 29),
        date(2020, 3, 31),
    ]


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 2000), st.integers(1, 24))
def test_the_spans_tile_the_period(first: date, days: int, months: int) -> None:
    period = Period(first, first + timedelta(days=days))
    tiles = list(spans(period, months))
    assert tiles[0].first == period.first
    assert tiles[-1].last == period.last
    for before, after in itertools.pairwise(tiles):
        assert after.first == before.last + timedelta(days=1)
    assert all(span.first <= span.last for span in tiles)


def test_a_walk_may_begin_before_the_models_own_training_ended() -> None:
    period = walked_period(date(2020, 6, 1), date(2020, 12, 31), first=date(2020, 1, 1))
    assert period == Period(date(2020, 1, 1), date(2020, 12, 31))
    with pytest.raises(DataError, match="the data end"):
        walked_period(date(2021, 6, 1), date(2020, 12, 31))


def test_a_race_that_lacks_one_price_stays_whole_and_one_without_any_goes() -> None:
    frame = pd.DataFrame(
        {"race_id": [1, 1, 2, 2, 3, 3], "decision_odds": [3.0, None, None, None, 2.0, 2.0]}
    )
    assert with_a_price(frame)["race_id"].tolist() == [1, 1, 3, 3]


def test_the_recipe_of_a_line_beside_the_market_has_its_shrinkage_and_price_scale() -> None:
    made = stored(1.0)
    line = LineBeside(("form",), (0,), np.array([0.1]), 800.0)
    model = replace(
        made.model,
        fundamental=replace(made.model.fundamental, scorer=line),
        blend=Blend("beside", 0.7, 1.0, PriceScale(0.3)),
    )
    recipe = recipe_of(replace(made, model=model), Settings())
    assert recipe.training.blend == "beside"
    assert (recipe.beside.shrinkage, recipe.beside.price_exponent) == (800.0, 0.3)
    assert recipe.ranker == Settings().ranker


def test_the_recipe_is_the_models_and_the_rest_the_settings() -> None:
    card = replace(
        CARD,
        service="mine",
        seed=7,
        prices=PriceKinds("morning", "bsp"),
        odds_band=OddsBand(low=4.0, high=12.0),
        layoff=Layoff(sweet_spot=(20, 40)),
        windows=Windows(par_races=3),
    )
    made = stored(1.0)
    model = replace(made.model, devig="power", blend=replace(made.model.blend, mode="residual"))
    settings = Settings(home="unused")
    recipe = recipe_of(replace(made, card=card, model=model), settings)
    assert (recipe.training.blend, recipe.training.service) == ("residual", "mine")
    assert (recipe.prices.decision, recipe.prices.devig) == ("morning", "power")
    assert recipe.ranker.objective == "linear"
    assert recipe.odds_band.high == 12.0
    assert recipe.layoff.sweet_spot == (20, 40)
    assert recipe.windows.par_races == 3
    assert recipe.ranker.rounds == settings.ranker.rounds
    assert recipe.training.folds == settings.training.folds


def test_a_recipe_that_is_refused_now_is_not_walked_forward() -> None:
    made = stored(1.0)
    card = replace(CARD, prices=PriceKinds("bsp", "evening"))
    with pytest.raises(ModelError, match=r"prices.settlement evening is quoted before .*train"):
        recipe_of(replace(made, card=card), Settings())
