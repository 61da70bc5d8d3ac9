"""The betting: what the market believes, its margin, and the price it returns.

The market knows every runner's strength less the share ``edge`` of the signals, blurred a
little, and is recalibrated on what it knows: given its knowledge its fair prices are right.
The margin is mostly additive, which is what makes long shots poor value (Shin 1993 derives such
a margin from insiders); prices are snapped to the fractional ladder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from velo.synth.simulation import World
from velo.synth.truth import win_probability

NOISE = 0.10  # of log-strength; more of it would itself be an edge
MARGIN_A_RUNNER = 0.0180
ADDITIVE_SHARE = 0.86
_LONGSHOT_EASE = 0.08  # how far the additive margin shrinks for the least fancied
_BOOK_SPREAD = 0.12

_TEXT = (
    "1/20 1/16 1/14 1/12 1/10 1/9 1/8 1/7 2/13 1/6 2/11 1/5 2/9 1/4 2/7 3/10 1/3 4/11 2/5 4/9 "
    "1/2 8/15 4/7 8/13 4/6 8/11 4/5 5/6 10/11 Evens 11/10 6/5 5/4 11/8 6/4 13/8 7/4 15/8 2/1 "
    "85/40 9/4 5/2 11/4 3/1 10/3 7/2 4/1 9/2 5/1 11/2 6/1 13/2 7/1 15/2 8/1 17/2 9/1 10/1 11/1 "
    "12/1 14/1 16/1 18/1 20/1 22/1 25/1 28/1 33/1 40/1 50/1 66/1 80/1 100/1 125/1 150/1 200/1 "
    "250/1"
)
LADDER: tuple[str, ...] = tuple(_TEXT.split())


def _decimal(text: str) -> float:
    if text == "Evens":
        return 2.0
    top, bottom = text.split("/")
    return 1.0 + int(top) / int(bottom)


LADDER_DECIMAL: NDArray[np.float64] = np.array([_decimal(t) for t in LADDER])
# Prices that are quoted now and then, where the ladder's neighbour is the usual one.
_RARE = np.isin(LADDER, ("85/40", "17/2", "2/13", "2/11", "1/16", "80/1", "125/1"))


@dataclass(frozen=True)
class BookPrices:
    """Starting prices of every row; -1 on the ladder for those who did not start."""

    truth: NDArray[np.float64]  # chance of winning just before the off
    fair: NDArray[np.float64]  # what the market believes
    step: NDArray[np.int16]  # index of LADDER
    mark: NDArray[np.int8]  # 0 none, 1 favourite, 2 joint, 3 co
    opening: NDArray[np.int16]  # first show, index of LADDER
    longest: NDArray[np.int16]  # the longest price touched
    shortest: NDArray[np.int16]


def make_market(
    world: World, edge: float, win: NDArray[np.float64], rng: np.random.Generator
) -> BookPrices:
    """Prices of the world under a market that misses the share ``edge`` of the signals."""
    runners = world.runners
    on = np.flatnonzero(runners["started"])
    race = runners["race"][on].astype(np.int64)
    starts = np.flatnonzero(np.diff(race, prepend=-1))
    index = np.cumsum(np.diff(race, prepend=-1) != 0) - 1
    strength = runners["strength"][on].astype(np.float64)
    truth = win_probability(strength, starts, index)
    known = strength - edge * runners["signal"][on] + NOISE * rng.standard_normal(len(on))
    fair = win_probability(recalibration(known, starts, index, win[on]) * known, starts, index)

    size = np.diff(np.append(starts, len(on)))
    spread = np.exp(_BOOK_SPREAD * rng.standard_normal(len(size)))
    margin = (MARGIN_A_RUNNER * size * spread)[index]
    weight = fair**_LONGSHOT_EASE
    weight /= np.add.reduceat(weight, starts)[index]
    quoted = fair * (1 + (1 - ADDITIVE_SHARE) * margin) + ADDITIVE_SHARE * margin * weight
    step = _snap(1 / quoted.clip(None, 0.95), rng)
    mark = _marks(step, starts, index)
    opening, longest, shortest = _shows(step, rng)

    def spread_out(value: NDArray[Any], blank: float) -> NDArray[np.float64]:
        out = np.full(len(runners["race"]), blank)
        out[on] = value
        return out

    return BookPrices(
        truth=spread_out(truth, 0.0),
        fair=spread_out(fair, 0.0),
        step=spread_out(step, -1).astype(np.int16),
        mark=spread_out(mark, 0).astype(np.int8),
        opening=spread_out(opening, -1).astype(np.int16),
        longest=spread_out(longest, -1).astype(np.int16),
        shortest=spread_out(shortest, -1).astype(np.int16),
    )


def recalibration(
    known: NDArray[np.float64],
    starts: NDArray[np.int64],
    race: NDArray[np.int64],
    win: NDArray[np.float64],
) -> float:
    """The power b for which softmax(b * known) is most likely, by Newton's method."""
    power = 1.0
    decided = np.add.reduceat(win, starts)[race]
    for _ in range(30):
        chance = win_probability(power * known, starts, race) * decided
        mean = np.add.reduceat(chance * known, starts)[race]
        slope = float(((win - chance) * known).sum())
        curve = float((chance * (known - mean) ** 2).sum())
        move = slope / max(curve, 1e-9)
        power += float(np.clip(move, -0.5, 0.5))
        if abs(move) < 1e-9:
            break
    return power


def _snap(odds: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The nearest rung of the ladder in log odds-to-one, rare rungs seldom."""
    usual = np.flatnonzero(~_RARE)
    target = np.log(odds - 1)
    step = np.empty(len(odds), dtype=np.int64)
    rare = rng.random(len(odds)) < 0.12
    for choice, rungs in ((rare, np.arange(len(LADDER))), (~rare, usual)):
        log_rungs = np.log(LADDER_DECIMAL[rungs] - 1)
        cuts = (log_rungs[1:] + log_rungs[:-1]) / 2
        step[choice] = rungs[np.searchsorted(cuts, target[choice])]
    return step


def _marks(
    step: NDArray[np.int64], starts: NDArray[np.int64], race: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Favourite, joint and co-favourites: those at the shortest price of their race."""
    short = step == np.minimum.reduceat(step, starts)[race]
    count = np.add.reduceat(short.astype(np.int64), starts)[race]
    return np.where(short, np.minimum(count, 3), 0)


def _shows(
    step: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Opening, longest and shortest price on course, around the starting price."""
    last = len(LADDER) - 1
    opening = step + np.round(rng.normal(0, 1.2, len(step))).astype(np.int64)
    opening = np.where((step > 12) & (step < last - 3), opening, step)
    out = (rng.random(len(step)) < 0.3).astype(np.int64) * rng.integers(1, 3, len(step))
    inwards = (rng.random(len(step)) < 0.25).astype(np.int64)
    longest = np.minimum(np.maximum(opening, step) + out, last)
    shortest = np.maximum(np.minimum(opening, step) - inwards, 0)
    return opening.clip(0, last), longest, shortest
