"""Who is backed, and with how much (evaluation.md, Selections and Backtest).

Strategies are masks over runners; a stake is in points. Every rule looks at the decision price and
at cut-offs that were stored before the period began.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from training import selection
from training.races import Flags, Floats, Races
from velo.settings import OddsBand

STRATEGIES = ("top10", "top20", "top30", "all")
BUCKETED = "top20"
INNER_EDGES = (8.0, 15.0)


def selections(
    p: Floats, decision_odds: Floats, band: OddsBand, cutoffs: Mapping[str, float]
) -> dict[str, Flags]:
    """The runners that each strategy backs with a point, strategy -> bool[rows].

    Args:
        p: blended probability.
        decision_odds: the price that decides.
        band: where bets are struck.
        cutoffs: the least expected value of `top10`, `top20`, `top30`, from the artifact.
    """
    value = selection.expected_value(p, decision_odds)
    chosen = {
        name: selection.select(value, decision_odds, band, cutoffs[name])
        for name in selection.SHARES
    }
    return {**chosen, "all": selection.select_all(p, decision_odds, band)}


def price_buckets(decision_odds: Floats, band: OddsBand) -> dict[str, Flags]:
    """The band cut at 8 and 15: [5, 8), [8, 15), [15, 21] by default; bucket -> bool[rows]."""
    edges = [band.low, *(edge for edge in INNER_EDGES if band.low < edge < band.high), band.high]
    buckets = {}
    for low, high in pairwise(edges):
        last = high == band.high
        below = decision_odds <= high if last else decision_odds < high
        name = f"[{low:g},{high:g}{']' if last else ')'}"
        buckets[name] = (decision_odds >= low) & below
    return buckets


def favourite_stakes(decision_odds: Floats, races: Races) -> Floats:
    """One point on each race's favourite; joint favourites share it. Points, [rows]."""
    shortest = decision_odds == races.broadcast(-races.max(-decision_odds))
    return np.where(shortest, 1.0 / races.broadcast(races.sum(shortest)), 0.0)
