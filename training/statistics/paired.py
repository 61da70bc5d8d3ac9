"""Two models on the same races: which of them was likelier, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.statistics import bootstrap
from training.statistics.bootstrap import LEVEL, Days, Estimate, Resampling
from training.statistics.races import Races
from velo.errors import DataError

RUNNER = ["race_id", "horse_id"]


@dataclass(frozen=True)
class Paired:
    """The challenger's gain over the champion.

    Attributes:
        gain: mean of ln P(winner) of the challenger less the champion's, nats a race, with its
            interval by race day.
        races: that both have priced whole.
        left_out: races that only one of them has, or has with other starters or without a price.
    """

    gain: Estimate
    races: int
    left_out: int

    @property
    def wholly_worse(self) -> bool:
        """Whether the whole interval lies below 0 (evaluation.md, Promotion gate)."""
        return self.gain.high < 0


def paired_gain(
    challenger: pd.DataFrame,
    champion: pd.DataFrame,
    resampling: Resampling,
    level: float = LEVEL,
) -> Paired:
    """The challenger against the champion on the races that both predicted whole.

    A race counts where both have the same starters, each with a probability: part of a race has
    no likelihood, and a race that one model was spared is no comparison.

    Args:
        challenger, champion: predictions as `Model.predict` gives them: `race_id`, `horse_id`,
            `date`, `win_share` and `p`, a row a starter. The results are the challenger's.
        resampling: of the race days.
        level: of the interval.

    Raises:
        DataError: there is no such race.
    """
    own = challenger[[*RUNNER, "date", "win_share", "p"]]
    other = champion[[*RUNNER, "p"]]
    both = own.merge(other, on=RUNNER, how="outer", suffixes=("", "_champion"), validate="1:1")
    whole = both[["p", "p_champion"]].notna().all(axis=1).groupby(both["race_id"]).all()
    met = both[both["race_id"].map(whole)].sort_values(RUNNER)
    if met.empty:
        raise DataError(
            "no race has a probability from both models for the same starters; "
            "score both on one period at prices that both have"
        )
    races = Races.of(met["race_id"].to_numpy())
    won = met["win_share"].to_numpy(dtype=np.float64)
    ours, theirs = (
        races.log_likelihood(met[name].to_numpy(dtype=np.float64), won)
        for name in ("p", "p_champion")
    )
    days = Days.of(races.first(met["date"].to_numpy()))
    gain = bootstrap.mean(ours - theirs, days, resampling, level)
    return Paired(gain, len(races), len(whole) - len(races))
