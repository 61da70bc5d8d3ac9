"""One criterion of the promotion gate, and the kinds of criterion there are.

A criterion is made of a metric's value and how far it lies beyond its target. A metric that is
absent, None or not finite never holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Metrics = Mapping[str, float | None]


@dataclass(frozen=True)
class Criterion:
    """One row of the gate's table.

    `missed_by` is the distance to the target in the criterion's own unit; None where it holds or
    could not be measured, and the note then says which.
    """

    name: str
    target: str
    value: float | None
    low: float | None
    high: float | None
    bets: int | None
    holds: bool
    missed_by: float | None
    note: str = ""

    def words(self) -> str:
        """The criterion as a person would say it: name, value, target, and by how much."""
        if self.value is None:
            return f"{self.name} was not measured (target {self.target})"
        figure = f"{self.name} {number_text(self.value)}"
        if self.low is not None and self.high is not None:
            figure += f" [{number_text(self.low)}, {number_text(self.high)}]"
        verb = "meets" if self.holds else "misses"
        by = f" by {number_text(self.missed_by)}" if self.missed_by is not None else ""
        note = f" ({self.note})" if self.note else ""
        return f"{figure} {verb} {self.target}{by}{note}"


def at_most(metrics: Metrics, name: str, bound: float) -> Criterion:
    """The value is `bound` or lower."""
    value = finite(metrics, name)
    return _criterion(
        metrics, name, f"<= {number_text(bound)}", None if value is None else value - bound
    )


def at_least(metrics: Metrics, name: str, bound: float, strictly: bool = False) -> Criterion:
    """The value is `bound` or higher; strictly: higher."""
    value = finite(metrics, name)
    excess = None if value is None else bound - value
    sign = ">" if strictly else ">="
    return _criterion(metrics, name, f"{sign} {number_text(bound)}", excess, strictly)


def between(metrics: Metrics, name: str, low: float, high: float) -> Criterion:
    """The value lies within [low, high]."""
    value = finite(metrics, name)
    excess = None if value is None else max(low - value, value - high)
    return _criterion(metrics, name, f"{number_text(low)} to {number_text(high)}", excess)


def interval_contains(metrics: Metrics, name: str, point: float) -> Criterion:
    """The figure's interval contains `point`."""
    value, low, high = (finite(metrics, name + end) for end in ("", "_low", "_high"))
    known = value is not None and low is not None and high is not None
    excess = max(low - point, point - high) if known else None  # type: ignore[operator]
    return _criterion(metrics, name, f"interval contains {number_text(point)}", excess)


def interval_above(metrics: Metrics, name: str, bound: float, below: str = "") -> Criterion:
    """The lower bound of the figure's interval lies above `bound`.

    Args:
        below: the note if the whole interval lies below it.
    """
    value, low, high = (finite(metrics, name + end) for end in ("", "_low", "_high"))
    excess = None if value is None or low is None else bound - low
    note = below if high is not None and high < bound else ""
    target = f"lower bound > {number_text(bound)}"
    return _criterion(metrics, name, target, excess, strictly=True, note=note)


def at_most_the_market(metrics: Metrics, margin: float) -> Criterion:
    """The calibration error inside the odds band is the market's + `margin` or lower."""
    name = "band_calibration_error"
    value, market = finite(metrics, name), finite(metrics, name + "_market")
    target = f"<= the market's + {number_text(margin)}"
    excess = None if value is None or market is None else value - market - margin
    note = "" if market is None else f"the market's is {number_text(market)}"
    return _criterion(metrics, name, target, excess, note=note)


def _criterion(
    metrics: Metrics,
    name: str,
    target: str,
    excess: float | None,
    strictly: bool = False,
    note: str = "",
) -> Criterion:
    """A criterion from how far its value lies beyond the target (None: not measured)."""
    holds = excess is not None and (excess < 0 if strictly else excess <= 0)
    bets = finite(metrics, name + "_bets")
    return Criterion(
        name=name,
        target=target,
        value=finite(metrics, name),
        low=finite(metrics, name + "_low"),
        high=finite(metrics, name + "_high"),
        bets=None if bets is None else int(bets),
        holds=holds,
        missed_by=None if holds else excess,
        note="not measured" if excess is None else note,
    )


def finite(metrics: Metrics, name: str) -> float | None:
    """The metric as a number, or None where it is absent, None or not finite."""
    value = metrics.get(name)
    return float(value) if value is not None and math.isfinite(value) else None


def number_text(value: float | None) -> str:
    """A number for a person: four significant digits, thousands with commas."""
    if value is None:
        return "not measured"
    if value == int(value) and abs(value) >= 1000:
        return f"{int(value):,}"
    return f"{value:.4g}"
