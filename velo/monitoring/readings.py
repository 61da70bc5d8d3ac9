"""A window's readings against a champion's reference: a pure function of the two.

Chance is taken off each figure before its limit is asked (training/judging/distribution.py), by
race day. Where chance alone would give over a quarter of an index's limit, or half of a distance's
(the index scatters the wider), the figure says nothing yet.
"""

from __future__ import annotations

from math import ceil, hypot

import numpy as np
import pandas as pd

from training.judging.distribution import Shift, share_variance
from training.judging.reference import FeatureReference, Reference
from training.statistics import calibration_curve, likelihood
from training.statistics.bootstrap import Days, Estimate, Resampling
from velo.live.figures import whole_races
from velo.monitoring.reading import CALIBRATION, FAMILY, FEATURE, MARKET, Reading
from velo.settings import DriftLimits, Training

FEWEST_DAYS = 5
"""Race days below which there is no variance by race day to speak of."""
CHANCE_SHARE = {"psi": 0.25, "distance": 0.5}
NORMAL_95 = 1.96


def of_features(reference: Reference, seen: pd.DataFrame, limits: DriftLimits) -> list[Reading]:
    """Each feature's distribution and nulls, and each family's nulls.

    Args:
        reference: the champion's.
        seen: `day` and the features, one row a runner; a feature that is no column is missing.
        limits: the settings'.
    """
    days = Days.of(seen["day"].to_numpy())
    readings = []
    nulls = {}
    for name, then in reference.features.items():
        column = _column(seen, name, then)
        nulls[name] = column.isna().to_numpy(dtype=np.float64)
        readings += [*_distances(name, then, column, days, limits)]
        limit = limits.nulls + then.usual.nulls
        readings.append(
            _nulls(FEATURE, name, then.nulls, then.nulls_sd, limit, nulls[name], days, limits)
        )
    for family, names in reference.families.items():
        kept = [name for name in names if name in nulls]
        if not kept:
            continue
        then_all = [reference.features[name] for name in kept]
        share, sd, usual = (
            float(np.mean(values))
            for values in zip(
                *((e.nulls, e.nulls_sd, e.usual.nulls) for e in then_all), strict=True
            )
        )
        missing = np.mean([nulls[name] for name in kept], axis=0)
        readings.append(
            _nulls(FAMILY, family, share, sd, limits.nulls + usual, missing, days, limits)
        )
    return readings


def of_chances(
    judged: dict[str, float | None],
    runners: pd.DataFrame,
    limits: DriftLimits,
    training: Training,
) -> list[Reading]:
    """Calibration and gain over the market, of the races that have results and a market.

    Args:
        judged: the reference's figures of the holdout; empty where nothing judged.
        runners: as `velo.live.ledger` settles them.
        limits: the settings'.
        training: draws and seed.
    """
    wanted = (
        (CALIBRATION, "calibration error", "error", "calibration_error", limits.calibration_error),
        (CALIBRATION, "calibration slope", "slope", "calibration_slope", limits.slope),
        (MARKET, "gain over the market", "gain", "delta_ll", _lift_limit(judged, limits)),
    )
    at_hand = whole_races(runners)
    races, days = len(at_hand.races), len(np.unique(at_hand.dates))
    lack = _lack(races, limits.races, "races", days)
    readings = []
    for kind, name, measure, figure, limit in wanted:
        then = judged.get(figure)
        if then is None:
            readings.append(Reading.untold(kind, name, measure, None, limit, "a holdout's figure"))
        elif lack is not None:
            readings.append(Reading.untold(kind, name, measure, then, limit, lack))
        elif measure == "error":
            error = calibration_curve.calibration_error(at_hand.p, at_hand.won)
            chance = calibration_curve.error_by_chance(at_hand.p)
            usual = max(then - (judged.get("calibration_noise") or 0.0), 0.0)
            excess = error - chance - usual
            readings.append(Reading.measured(kind, name, measure, then, error, excess, limit))
        else:
            if measure == "slope":
                now = calibration_curve.calibration_slope(at_hand.p, at_hand.won, at_hand.dates)
                off = abs(now.value - then)
            else:
                now = likelihood.delta_ll(
                    at_hand.p,
                    at_hand.market,
                    at_hand.won,
                    at_hand.races,
                    at_hand.races.first(at_hand.dates),
                    Resampling.of(training),
                )
                off = then - now.value
            readings.append(
                _estimated(kind, name, measure, then, _half(judged, figure), now, off, limit)
            )
    return readings


def _column(seen: pd.DataFrame, name: str, then: FeatureReference) -> pd.Series:
    if name not in seen:
        return pd.Series(np.full(len(seen), np.nan))
    return seen[name] if then.spread.categories is not None else seen[name].astype(np.float64)


def _distances(
    name: str, then: FeatureReference, column: pd.Series, days: Days, limits: DriftLimits
) -> list[Reading]:
    shift = then.spread.shift(column, days)
    known = int(column.notna().sum())
    lack = _lack(known, limits.runners, "runners with it", days.count)
    return [
        _distance(name, measure, shift, limit, known, lack)
        for measure, limit in (
            ("psi", limits.psi + then.usual.psi),
            ("distance", limits.distance + then.usual.distance),
        )
    ]


def _distance(
    name: str, measure: str, shift: Shift | None, limit: float, known: int, lack: str | None
) -> Reading:
    if shift is None or lack is not None:
        lacking = lack or "runners with it at training"
        return Reading.untold(FEATURE, name, measure, 0.0, limit, lacking)
    value, chance = (
        (shift.psi, shift.psi_noise) if measure == "psi" else (shift.distance, shift.distance_noise)
    )
    enough = CHANCE_SHARE[measure] * limit
    if chance > enough:
        # The index's chance falls with the runners, the distance's with their root.
        times = (chance / enough) ** (1 if measure == "psi" else 2)
        more = f"about {ceil(known * times) - known:,} runners with it"
        return Reading.untold(FEATURE, name, measure, 0.0, limit, more)
    return Reading.measured(FEATURE, name, measure, 0.0, value, value - chance, limit)


def _nulls(
    kind: str,
    name: str,
    then: float,
    then_sd: float,
    limit: float,
    missing: np.ndarray,
    days: Days,
    limits: DriftLimits,
) -> Reading:
    lack = _lack(len(missing), limits.runners, "runners", days.count)
    if lack is not None:
        return Reading.untold(kind, name, "nulls", then, limit, lack)
    sd = float(np.sqrt(share_variance(days.totals(missing, 1 - missing))[0]))
    now = float(missing.mean())
    excess = abs(now - then) - NORMAL_95 * hypot(sd, then_sd)
    return Reading.measured(kind, name, "nulls", then, now, excess, limit)


def _estimated(
    kind: str,
    name: str,
    measure: str,
    then: float,
    then_half: float,
    now: Estimate,
    off: float,
    limit: float,
) -> Reading:
    if not np.isfinite(now.half_width):
        return Reading.untold(kind, name, measure, then, limit, "races of more days")
    excess = off - hypot(now.half_width, then_half)
    return Reading.measured(kind, name, measure, then, now.value, excess, limit)


def _half(judged: dict[str, float | None], figure: str) -> float:
    low, high = judged.get(f"{figure}_low"), judged.get(f"{figure}_high")
    return 0.0 if low is None or high is None else (high - low) / 2


def _lift_limit(judged: dict[str, float | None], limits: DriftLimits) -> float:
    """What may be lost of the holdout's gain; of none, nothing."""
    return (1 - limits.lift_kept) * max(judged.get("delta_ll") or 0.0, 0.0)


def _lack(count: int, wanted: int, of: str, days: int) -> str | None:
    if count < wanted:
        return f"{wanted - count:,} {of}"
    return f"{FEWEST_DAYS - days} race days" if days < FEWEST_DAYS else None
