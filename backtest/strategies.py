"""Who is backed (evaluation.md, Selections and Backtest).

A strategy is a set of eligible runners (odds band, courses, race types, classes) and, among them,
those that are chosen by their value. Every rule looks at the decision price and at cut-offs that
were learned before the period began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from backtest import python_strategy
from backtest.cutoffs import Learned
from backtest.runners import Runners, track_of
from training.judging import selection
from training.statistics.races import Races
from velo.arrays import Flags, Floats
from velo.errors import SettingsError
from velo.settings import OddsBand, Stake, Strategy

STRATEGIES = ("top10", "top20", "top30", "all")
BUCKETED = "top20"
INNER_EDGES = (8.0, 15.0)


@dataclass(frozen=True, eq=False)
class Selection:
    """A strategy on a period's runners.

    Attributes:
        chosen: those it backs, bool[rows].
        eligible: those it could have backed, whatever their value.
        stake: the plan.
        each_way: whether half of a stake is on the place.
    """

    chosen: Flags
    eligible: Flags
    stake: Stake
    each_way: bool

    def within(self, part: Flags) -> Selection:
        """The same on some of the runners."""
        return Selection(self.chosen & part, self.eligible & part, self.stake, self.each_way)


def selections(
    runners: Runners,
    band: OddsBand,
    learned: Sequence[Learned],
    declared: Mapping[str, Strategy],
    project: Path | None = None,
) -> dict[str, Selection]:
    """Every strategy's selection: the built-in ones at a flat point, then the declared.

    Args:
        runners: of the period.
        band: where bets are struck.
        learned: cut-offs by the day from which they are used, in order.
        declared: name -> strategy, from the settings.
        project: the project folder, where strategies in Python are.

    Raises:
        SettingsError: a declared strategy's odds leave no band, or the project folder lacks its
            class.
        InputError: its class fails.
        ModelError: a model brings no cut-off for a declared share.
    """
    codes = python_strategy.codes(declared, project)
    given = runners.given
    value = selection.expected_value(given.p, given.decision_odds)
    inside = selection.in_band(given.decision_odds, band)
    bets = {
        name: Selection(inside & (value > runners.cutoff(learned, share)), inside, Stake(), False)
        for name, share in selection.SHARES.items()
    }
    bets["all"] = Selection(inside & (value > 0.0), inside, Stake(), False)
    for name, strategy in declared.items():
        eligible = _eligible(name, strategy, runners, band)
        chosen = eligible
        if strategy.min_edge is not None:
            chosen = chosen & (value > strategy.min_edge)
        if strategy.top_share is not None:
            chosen = chosen & (value > runners.cutoff(learned, strategy.top_share))
        if name in codes:
            chosen = chosen & python_strategy.backed(name, codes[name], runners, learned, chosen)
        bets[name] = Selection(chosen, eligible, strategy.stake, strategy.each_way)
    return bets


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


def _eligible(name: str, strategy: Strategy, runners: Runners, band: OddsBand) -> Flags:
    low, high = strategy.odds_low or band.low, strategy.odds_high or band.high
    if low >= high:
        raise SettingsError(
            f"strategies.{name}: no price lies from {low:g} to {high:g}; set both odds_low and "
            "odds_high"
        )
    eligible = selection.in_band(runners.given.decision_odds, OddsBand(low=low, high=high))
    if strategy.courses:
        wanted = {track_of(each) for each in strategy.courses}
        eligible = eligible & np.isin(runners.courses, [each for each in wanted if each])
    if strategy.race_types:
        wanted_types = [each.casefold() for each in strategy.race_types]
        of_type = runners.facts["race_type"].str.casefold().isin(wanted_types)
        eligible = eligible & of_type.to_numpy(dtype=np.bool_)
    if strategy.classes:
        levels = runners.facts["class_level"].to_numpy(dtype=np.float64)
        eligible = eligible & np.isin(levels, strategy.classes)
    return eligible
