"""A data set as training reads it, simulated: races, features, a market, a walk-forward plan."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from tests.training.dataset_of import dataset_of
from tests.training.simulated_races import simulate
from training.data.dataset import Dataset
from training.data.folds import plan
from training.data.inputs import Inputs
from training.data.service_features import Declared
from velo.settings import Ranker, SearchRange, Settings, Training, Tuning

FEATURES = ("form", "draw", "noise")
SETTINGS = Settings(
    ranker=Ranker(rounds=12, early_stopping=4, min_data_in_leaf=20, threads=1),
    training=Training(history_days=0, folds=2, holdout_days=30, bootstrap_draws=200),
    tuning=Tuning(space={"learning_rate": SearchRange(low=0.02, high=0.3, log=True)}),
)


def simulated_dataset(races: int = 1200, seed: int = 3, settings: Settings = SETTINGS) -> Dataset:
    """Strength is form and draw; the market knows form alone. Eight races a day from 2018."""
    world = simulate(races, [0.8, 0.4, 0.0], seed)
    form = 0.8 * world.features[:, 0]
    odds = 1 / world.races.softmax(form)
    frame = pd.DataFrame(
        {
            "race_id": world.races.index,
            "horse_id": np.arange(world.races.n),
            "date": pd.to_datetime(world.race_dates[world.races.index]).astype("datetime64[us]"),
            "course": "ascot",
            "horse": "Arkle",
            **dict(zip(FEATURES, world.features.T, strict=True)),
            "win_share": world.win_share,
            "decision_odds": odds,
            "settlement_odds": odds,
            "priced": True,
        }
    )
    last = date(2018, 1, 1) + timedelta(days=(races - 1) // 8)
    return dataset_of(
        frame,
        Declared("toy", FEATURES, {"toy": FEATURES}, {}, {}),
        plan(date(2018, 1, 1), last, settings.training),
        Inputs(FEATURES),
        {"build": f"{races} {seed}", "starts": str(world.races.n), "corrections": "always so"},
    )
