"""What the holdout's selections made: profit by race day, and A/E and ROI by odds band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.judging import selection
from training.judging.betting import ae_ratio, roi
from training.judging.diagnosis import odds_bands
from training.judging.metrics import Predictions
from training.statistics import bootstrap
from training.statistics.bootstrap import FEWEST_DAYS, Estimate, Resampling
from velo.arrays import Flags, Floats
from velo.settings import OddsBand

STEPS = 60


@dataclass(frozen=True)
class Terms:
    """On what terms the holdout was bet.

    Attributes:
        band: decision prices at which bets are struck.
        cutoffs: least expected value of `top10`, `top20`, `top30`.
        commission: share of a market's net winnings.
        resampling: of the race days.
    """

    band: OddsBand
    cutoffs: Mapping[str, float]
    commission: float
    resampling: Resampling

    def selections(self, given: Predictions) -> dict[str, Flags]:
        """The runners that each bucket backs, bool[rows]."""
        value = selection.expected_value(given.p, given.decision_odds)
        chosen = {
            name: selection.select(value, given.decision_odds, self.band, cutoff)
            for name, cutoff in self.cutoffs.items()
        }
        chosen["all"] = selection.select_all(given.p, given.decision_odds, self.band)
        return chosen


def paths(given: Predictions, terms: Terms) -> dict[str, dict[str, Any]]:
    """Each bucket's profit so far at the end of each race day with a bet, points.

    Returns:
        Bucket -> `bets`, `days`, `profit`, and the band: at `band_days`, `low` and `high` hold
        95% of what the days up to then make when they are drawn again with replacement.
    """
    curves = {}
    for name, flags in terms.selections(given).items():
        bets = given.bets(flags)
        days, index = np.unique(bets.dates, return_inverse=True)
        profit = bets.profit(terms.commission)
        by_day = np.bincount(index.reshape(-1), profit, len(days)).astype(np.float64)
        places, low, high = _band(by_day, terms)
        curves[name] = {
            "bets": len(bets),
            "days": [str(day)[:10] for day in days],
            "profit": np.cumsum(by_day),
            "band_days": [str(days[place])[:10] for place in places],
            "low": low,
            "high": high,
        }
    return curves


def by_odds(given: Predictions, terms: Terms) -> list[dict[str, Any]]:
    """A/E and ROI of the Top20% bets by odds band, and of every runner there, 95% by race day."""
    place, names = odds_bands(given.decision_odds)
    backed = terms.selections(given)["top20"]
    rows = []
    for number, name in enumerate(names):
        inside = place == number
        if inside.any():
            rows.append(
                {
                    "name": name,
                    "runners": int(inside.sum()),
                    "top20": _statement(given, backed & inside, terms),
                    "every runner": _statement(given, inside, terms),
                }
            )
    return rows


def _statement(given: Predictions, flags: Flags, terms: Terms) -> dict[str, Any]:
    bets = given.bets(flags)
    ratio = ae_ratio(bets, terms.resampling)
    returned = roi(bets, terms.commission, terms.resampling)
    return {
        "bets": len(bets),
        "days": ratio.days,
        "winners": float(bets.win_share.sum()),
        "ae_ratio": ratio.value,
        "ae_ratio_ci": [ratio.low, ratio.high],
        "roi": returned.value,
        "roi_ci": [returned.low, returned.high],
    }


def _band(by_day: Floats, terms: Terms) -> tuple[list[int], list[float], list[float]]:
    """At some of the days, the interval of the profit so far."""
    if len(by_day) < FEWEST_DAYS:
        return [], [], []
    places = np.unique(np.linspace(FEWEST_DAYS - 1, len(by_day) - 1, STEPS).astype(int)).tolist()
    ends: list[Estimate] = []
    for place in places:
        drawn = bootstrap.resample(by_day[: place + 1, None], terms.resampling)[:, 0]
        band = bootstrap.interval(drawn, place + 1)
        ends.append(Estimate(float(by_day[: place + 1].sum()), *band))
    return places, [each.low for each in ends], [each.high for each in ends]
