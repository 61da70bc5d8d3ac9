"""Figures of order, for orientation: AUC, NDCG at 3, top-1 hit rate (evaluation.md, Metrics)."""

from __future__ import annotations

import numpy as np

from training.statistics.races import Races
from velo.arrays import Flags, Floats


def auc(p: Floats, win_share: Floats) -> float:
    """Area under the ROC curve over all runners; a dead-heater has won. NaN without winners."""
    from sklearn.metrics import roc_auc_score

    won = win_share > 0
    if won.all() or not won.any():
        return float("nan")
    return float(roc_auc_score(won, p))


def ndcg_at_3(p: Floats, win_share: Floats, races: Races) -> float:
    """Mean over races of the discounted gain of the first three, against the best possible.

    The gain is the win share. Runners tied in probability share the discounts of their places.
    """
    gain = races.sum(win_share * _discounts(p, races))
    ideal = races.sum(win_share * _discounts(win_share, races))
    return float((gain / ideal).mean())


def top1_hit(p: Floats, win_share: Floats, races: Races) -> float:
    """Share of races won by the runner with the highest probability; ties split the pick."""
    return _hit(p == races.broadcast(races.max(p)), win_share, races)


def favourite_hit(decision_odds: Floats, win_share: Floats, races: Races) -> float:
    """Share of races won by the favourite at the decision price; joint favourites split."""
    return _hit(decision_odds == races.broadcast(-races.max(-decision_odds)), win_share, races)


def _hit(picked: Flags, win_share: Floats, races: Races) -> float:
    return float((races.sum(win_share * picked) / races.sum(picked)).mean())


def _discounts(value: Floats, races: Races) -> Floats:
    """1/log2(place + 1) down to the third place, 0 below, averaged over ties; [rows]."""
    order = np.lexsort((-value, races.index))
    place = np.arange(races.n) - races.broadcast(races.offsets)
    discount = np.where(place < 3, 1.0 / np.log2(place + 2.0), 0.0)
    sorted_value, race = value[order], races.index
    new = np.ones(races.n, dtype=bool)
    new[1:] = (sorted_value[1:] != sorted_value[:-1]) | (race[1:] != race[:-1])
    tie = np.cumsum(new) - 1
    shared = (np.bincount(tie, discount) / np.bincount(tie))[tie]
    result = np.empty(races.n)
    result[order] = shared
    return result
