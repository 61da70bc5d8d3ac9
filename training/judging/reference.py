"""What a model was trained and judged on, in little: what later days are held against.

It is stored beside the model as `reference.json` and hashed with it. Features are described over
the last year before the holdout, so that every season is in it, and with each the largest shift
that a window of that very year showed: what is usual is no drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.judging.distribution import Distribution, share_variance
from training.judging.metrics import Predictions
from training.statistics import calibration_curve, likelihood
from training.statistics.bootstrap import Days, Resampling
from velo.errors import ModelError

FORMAT = 1
YEAR = 364
"""Whole weeks, so that as many Saturdays are in it as other days."""
JUDGED = (
    "races",
    "runners",
    "calibration_error",
    "calibration_slope",
    "calibration_slope_low",
    "calibration_slope_high",
)
"""What is kept of the holdout's figures, beside the gain over the market."""


@dataclass(frozen=True)
class Usual:
    """The largest that any window of the reference's own days showed, over what chance gives."""

    psi: float
    distance: float
    nulls: float


@dataclass(frozen=True)
class FeatureReference:
    """A feature over the reference's days.

    Attributes:
        spread: of its values where it is not missing.
        nulls, nulls_sd: share of runners without a value, and its standard deviation by race day.
        usual: over windows of `Reference.window_days`.
    """

    spread: Distribution
    nulls: float
    nulls_sd: float
    usual: Usual

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "spread": self.spread.to_dict(),
            "nulls": self.nulls,
            "nulls_sd": self.nulls_sd,
            "usual": vars(self.usual),
        }


@dataclass(frozen=True)
class Reference:
    """What later days are held against.

    Attributes:
        first, last: race days that the features are described over.
        runners: of those days.
        window_days: length of the windows that set what is usual.
        features: by name.
        families: family -> its features.
        judged: figures of the holdout (`JUDGED` and `calibration_noise`, the calibration error
            that chance alone would have made there); empty where nothing judged.
    """

    first: str
    last: str
    runners: int
    window_days: int
    features: dict[str, FeatureReference]
    families: dict[str, tuple[str, ...]]
    judged: dict[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "format": FORMAT,
            "first": self.first,
            "last": self.last,
            "runners": self.runners,
            "window_days": self.window_days,
            "features": {name: each.to_dict() for name, each in self.features.items()},
            "families": {name: list(each) for name, each in self.families.items()},
            "judged": self.judged,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Reference:
        """Read what `to_dict` wrote.

        Raises:
            ModelError: it is of another format.
        """
        if plain.get("format") != FORMAT:
            raise ModelError(f"the model's reference is not of format {FORMAT}; train again")
        features = {
            name: FeatureReference(
                Distribution.from_dict(each["spread"]),
                each["nulls"],
                each["nulls_sd"],
                Usual(**each["usual"]),
            )
            for name, each in plain["features"].items()
        }
        families = {name: tuple(each) for name, each in plain["families"].items()}
        return cls(
            plain["first"],
            plain["last"],
            plain["runners"],
            plain["window_days"],
            features,
            families,
            plain["judged"],
        )


def reference(data: Dataset, window_days: int, judged: Mapping[str, Any]) -> Reference:
    """Describe the last year of the training days.

    Args:
        data: what was trained on.
        window_days: length of the windows that live days will be looked at in.
        judged: as `judged_figures` gives them, empty where nothing was held back.
    """
    end = data.plan.train_end
    rows = data.rows(data.span(end - _days(YEAR), end))
    return described(rows, data.features, data.families, window_days, judged)


def described(
    rows: pd.DataFrame,
    features: tuple[str, ...],
    families: Mapping[str, tuple[str, ...]],
    window_days: int,
    judged: Mapping[str, Any],
) -> Reference:
    """Describe rows: `date` and the features, one row a runner."""
    dates = rows["date"]
    last = dates.max()
    windows = []
    until = last
    while until - _days(window_days) >= dates.min() - _days(1):
        inside = dates.gt(until - _days(window_days)) & dates.le(until)
        windows.append(inside.to_numpy(dtype=bool))
        until -= _days(window_days)
    days = Days.of(dates.to_numpy())
    within = [(each, Days.of(dates.to_numpy()[each])) for each in windows if each.any()]
    return Reference(
        dates.min().date().isoformat(),
        last.date().isoformat(),
        len(rows),
        window_days,
        {name: _feature(rows[name], days, within) for name in features},
        {name: tuple(each) for name, each in families.items()},
        dict(judged),
    )


def judged_figures(
    figures: Mapping[str, Any], given: Predictions, resampling: Resampling
) -> dict[str, float | None]:
    """What is kept of a holdout, which is the same however often its days were looked at.

    The gate widens the gain's interval for each earlier look; here it is the plain 95%.

    Args:
        figures: as `evaluation.judge_holdout` gives them.
        given: the predictions that they are of.
        resampling: of the race days.
    """
    kept = {name: _plain(figures.get(name)) for name in JUDGED}
    races = given.races
    gain = likelihood.delta_ll(
        given.p, given.p_market_power, given.win_share, races, races.first(given.dates), resampling
    )
    return kept | {
        "delta_ll": _plain(gain.value),
        "delta_ll_low": _plain(gain.low),
        "delta_ll_high": _plain(gain.high),
        "calibration_noise": _plain(calibration_curve.error_by_chance(given.p)),
    }


def null_share(column: pd.Series, days: Days) -> tuple[float, float]:
    """Share of missing values, and its standard deviation by race day."""
    null = column.isna().to_numpy(dtype=np.float64)
    parts = days.totals(null, 1 - null)
    return float(null.mean()), float(np.sqrt(share_variance(parts)[0]))


def _feature(column: pd.Series, days: Days, windows: list[tuple[Any, Days]]) -> FeatureReference:
    values = Distribution.of(column, days)
    nulls, sd = null_share(column, days)
    psi = distance = missing = 0.0
    for inside, within in windows:
        part = column[inside]
        shift = values.shift(part, within)
        if shift is not None:
            psi, distance = max(psi, shift.psi_excess), max(distance, shift.distance_excess)
        missing = max(missing, abs(null_share(part, within)[0] - nulls))
    return FeatureReference(values, nulls, sd, Usual(psi, distance, missing))


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _plain(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
