"""How much of the scores each feature makes: SHAP values within the race.

Only differences between the runners of a race move a probability, so each feature's share is
taken less its mean over the race: what is the same for the whole field counts for nothing. The
sample is of out-of-fold days, never of the holdout, because what is learnt here will be acted on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.model.model import Fundamental
from training.model.ranker import FittedRanker
from training.statistics.races import Races
from velo.arrays import Floats

MOST_RACES = 1_000


@dataclass(frozen=True, eq=False)
class Attribution:
    """Shares of the scores over a sample of whole races.

    Attributes:
        features: names, in the columns' order.
        shares: [rows, features], on the scale of the raw score, centred within each race.
        inputs: [rows, features], the features themselves, a category by its code; NaN missing.
    """

    features: tuple[str, ...]
    shares: Floats
    inputs: Floats

    @property
    def importance(self) -> dict[str, float]:
        """Feature -> mean size of its share, largest first."""
        means = np.abs(self.shares).mean(axis=0)
        order = np.argsort(-means, kind="stable")
        return {self.features[column]: float(means[column]) for column in order}


def attribute(
    fundamental: Fundamental, frame: pd.DataFrame, seed: int, most_races: int = MOST_RACES
) -> Attribution | None:
    """Attribute the scores of some races to the features; None for a linear model.

    Args:
        fundamental: fitted on earlier days than the frame's.
        frame: whole races, a race's rows together: `race_id` and the features.
        seed: draws the sample.
        most_races: a longer frame is sampled down to so many.
    """
    if not isinstance(fundamental.scorer, FittedRanker):
        return None
    races = Races.of(frame["race_id"].to_numpy())
    chosen = np.zeros(len(races), dtype=np.bool_)
    some = min(most_races, len(races))
    chosen[np.random.default_rng(seed).choice(len(races), some, replace=False)] = True
    rows, kept = races.keep(chosen)
    matrix = fundamental.inputs.matrix(frame[rows], kept)
    features = fundamental.features
    return Attribution(
        features,
        fundamental.shares(matrix, kept),
        matrix[:, : len(features)].astype(np.float64),
    )
