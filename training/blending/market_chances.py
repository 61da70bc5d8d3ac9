"""The market's probabilities at the decision price (evaluation.md, Market)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from training.blending import blend
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import DataError
from velo.racing import market as books

Method = Literal["shin", "power", "proportional"]
METHODS: tuple[Method, ...] = ("shin", "power", "proportional")
BLOCKS = 4


def probabilities(odds: Floats, races: Races, method: Method) -> Floats:
    """De-vigged probabilities, [rows]: they sum to 1, or the race is NaN for want of a price.

    Args:
        odds: decimal decision prices, NaN where there is none.
        races: which rows make a race.
        method: how the margin is taken out.
    """
    p: Floats = books.DEVIG[method](odds, races.offsets)
    sums = races.sum(p)
    assert np.all(np.isnan(sums) | (np.abs(sums - 1) < 1e-9)), "probabilities must sum to 1"
    return p


def choose(odds: Floats, win_share: Floats, races: Races) -> Method:
    """The method under which the power-calibrated market is likeliest (`devig = auto`).

    Judged as it is used and out of fold: over four blocks of races, each but the first with the
    exponent of the blocks before it. Races without a complete book are passed over.

    Args:
        odds, win_share: [rows], of days inside the training period.
        races: in the order of their days.

    Raises:
        DataError: no race has a complete book.
    """
    rows, priced = races.keep(races.all(np.isfinite(odds) & (odds > 1)))
    if not len(priced):
        raise DataError("no race has a complete book; choose another decision price")
    return max(METHODS, key=lambda method: _likelihood(odds[rows], win_share[rows], priced, method))


def _likelihood(odds: Floats, win_share: Floats, races: Races, method: Method) -> float:
    """Log-likelihood of the races of all blocks but the first, in nats."""
    p = probabilities(odds, races, method)
    block = np.arange(len(races)) * BLOCKS // len(races)
    total = 0.0
    for number in np.unique(block)[1:]:
        before, known = races.keep(block < number)
        inside, judged = races.keep(block == number)
        exponent = blend.power_market(p[before], win_share[before], known)
        calibrated = exponent.probabilities(None, p[inside], judged)
        total += float(judged.log_likelihood(calibrated, win_share[inside]).sum())
    return total
