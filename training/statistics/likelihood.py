"""How likely the results were: log loss, R², and the gain over the market (evaluation.md, Metrics).

R² is Benter's (1994): 1 - LL / LL(uniform), with LL the summed log-likelihood of the races.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy.typing as npt

from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from training.statistics.races import Races
from velo.arrays import Floats


def log_loss_race(p: Floats, win_share: Floats, races: Races) -> float:
    """Mean of -ln P(winner) per race, in nats; NaN of no race."""
    if not len(races):
        return float("nan")
    return float(-races.log_likelihood(p, win_share).mean())


def r2(p: Floats, win_share: Floats, races: Races) -> float:
    """1 - LL/LL(uniform): 0 says nothing, 1 knows every winner."""
    uniform = log_loss_race(races.uniform(), win_share, races)
    return 1.0 - log_loss_race(p, win_share, races) / uniform


def delta_r2(blended: Floats, opponent: Floats, win_share: Floats, races: Races) -> float:
    """R² of the blend minus that of the power-calibrated market."""
    return r2(blended, win_share, races) - r2(opponent, win_share, races)


def delta_ll(
    blended: Floats,
    opponent: Floats,
    win_share: Floats,
    races: Races,
    race_dates: npt.NDArray[Any],
    resampling: Resampling,
    earlier_looks: int = 0,
) -> Estimate:
    """Mean gain of race log-likelihood over the opponent, with `delta_ll_ci`, nats per race.

    With L earlier looks at the same holdout days the level is 1 - .05/(L+1) (Bonferroni), and the
    draws grow with it so that the interval's ends stay well inside them.

    Args:
        race_dates: [races].
        earlier_looks: L.
    """
    gain = races.log_likelihood(blended, win_share) - races.log_likelihood(opponent, win_share)
    return bootstrap.mean(gain, Days.of(race_dates), *widened(resampling, earlier_looks))


def widened(resampling: Resampling, earlier_looks: int) -> tuple[Resampling, float]:
    """The draws and the level of an interval on days that were looked at before."""
    enough = min(resampling.draws * (earlier_looks + 1), MOST_DRAWS)
    draws = max(resampling.draws, enough)
    return replace(resampling, draws=draws), 1 - 0.05 / (earlier_looks + 1)


MOST_DRAWS = 50_000
