"""A model card for tests."""

from __future__ import annotations

from datetime import date

from training.data.folds import plan
from training.model.model_card import ModelCard, PriceKinds
from velo.settings import Layoff, OddsBand, Priors, Training, Windows

CARD = ModelCard(
    service="velo_v1_1_0",
    priors=Priors(),
    layoff=Layoff(),
    windows=Windows(),
    prices=PriceKinds("sp", "sp"),
    odds_band=OddsBand(),
    cutoffs={"top10": 0.3, "top20": 0.2, "top30": 0.1},
    cutoff_curve=(0.4, 0.39),
    plan=plan(date(2016, 1, 1), date(2019, 12, 31), Training(), date(2019, 1, 1)),
    seed=1,
    code="0.2.0",
)
