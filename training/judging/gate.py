"""The promotion gate: all criteria must hold (evaluation.md, Promotion gate).

Pure: a run's metrics and null counts go in, a verdict comes out. The metrics are one flat mapping
in which a figure `x` may be accompanied by `x_low`, `x_high` (its interval) and `x_bets`. A metric
that is absent, None or not finite never passes.

Metrics that are read: `calibration_error`, `calibration_slope` with its interval,
`band_calibration_error`, `band_calibration_error_market`, `ae_ratio`, `roi_top20`, `alpha_share`
(or `gamma` where the blend is residual, `score_slope` where it is beside), `training_rows`,
`holdout_days`, `delta_ll`, `top1_hit` and `top1_hit_favourite`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from training.judging.criterion import (
    Criterion,
    Metrics,
    at_least,
    at_most,
    at_most_the_market,
    between,
    finite,
    interval_above,
    interval_contains,
    number_text,
)
from velo.formats import in_text
from velo.settings import Gate

Blend = Literal["benter", "residual", "beside"]
WORSE = "the blend is worse than the calibrated market"
"""What is said of a gain whose whole interval lies below 0."""


class Nulls(Protocol):
    """Missing values of one feature (feature-rules.md, Missing values)."""

    @property
    def rows(self) -> int:
        """Rows looked at."""

    @property
    def unexplained(self) -> int:
        """Missing values that no rule accounts for."""

    @property
    def structural(self) -> int:
        """Missing values that a rule accounts for, as a debutant's last run."""

    @property
    def constant(self) -> bool:
        """Whether all known values are the same."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says of one run.

    `bets_needed` is the number of bets at which the half-width of the ROI interval would come
    down to the setting `gate.underpowered`; None where the ROI was not measured or is sharp
    enough. Alarms are no criteria: they ask for a look, and `velo promote` waits for its outcome.
    """

    promoted: bool
    criteria: tuple[Criterion, ...]
    words: str
    underpowered: bool
    bets_needed: int | None
    alarms: tuple[str, ...]

    @property
    def refused_by(self) -> tuple[Criterion, ...]:
        """The criteria that do not hold, in the table's order."""
        return tuple(criterion for criterion in self.criteria if not criterion.holds)

    def rows(self) -> list[dict[str, str]]:
        """The gate table as text cells, one row a criterion, for a terminal or a page."""
        return [
            {
                "criterion": item.name,
                "target": item.target,
                "value": number_text(item.value),
                "interval": (
                    ""
                    if item.low is None
                    else f"[{number_text(item.low)}, {number_text(item.high)}]"
                ),
                "bets": "" if item.bets is None else f"{item.bets:,}",
                "holds": "yes" if item.holds else "no",
                "missed by": "" if item.missed_by is None else number_text(item.missed_by),
                "note": item.note,
            }
            for item in self.criteria
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: numbers, text, lists and null only."""
        return {
            "promoted": self.promoted,
            "words": self.words,
            "underpowered": self.underpowered,
            "bets_needed": self.bets_needed,
            "alarms": list(self.alarms),
            "criteria": [asdict(criterion) for criterion in self.criteria],
        }


def judge(
    metrics: Metrics,
    nulls: Mapping[str, Nulls],
    families: Mapping[str, Sequence[str]],
    targets: Gate,
    blend: Blend = "benter",
) -> Verdict:
    """Hold a run against the targets.

    Args:
        metrics: the flat mapping that the module's docstring lists.
        nulls: feature -> its counts of missing values.
        families: family -> its features.
        targets: the targets that the run is held to.
        blend: `residual` replaces the band of `alpha_share` by a positive gamma, `beside` by a
            positive slope of the score on the holdout.
    """
    share = {
        "benter": between(metrics, "alpha_share", targets.alpha_low, targets.alpha_high),
        "residual": interval_above(metrics, "gamma", 0.0),
        "beside": interval_above(metrics, "score_slope", 0.0),
    }[blend]
    criteria = (
        at_most(metrics, "calibration_error", targets.calibration_error),
        interval_contains(metrics, "calibration_slope", 1.0),
        at_most_the_market(metrics, targets.band_calibration_margin),
        at_least(metrics, "ae_ratio", targets.ae_ratio),
        at_least(metrics, "roi_top20", targets.roi_top20),
        share,
        *(_null_rate(name, family, nulls, targets) for name, family in families.items()),
        _no_dead_features(nulls, families, targets),
        at_least(metrics, "training_rows", targets.training_rows, strictly=True),
        at_least(metrics, "holdout_days", targets.holdout_days),
        interval_above(metrics, "delta_ll", 0.0, below=WORSE),
    )
    promoted = all(criterion.holds for criterion in criteria)
    underpowered, bets_needed = _power(metrics, targets.underpowered)
    return Verdict(
        promoted=promoted,
        criteria=criteria,
        words=_words(criteria, underpowered, bets_needed, targets),
        underpowered=underpowered,
        bets_needed=bets_needed,
        alarms=_alarms(metrics, targets),
    )


def null_rate(family: Sequence[str], nulls: Mapping[str, Nulls]) -> float | None:
    """Unexplained nulls / (rows x features) of a family; None where a feature was not counted."""
    counted = [nulls[feature] for feature in family if feature in nulls]
    rows = sum(count.rows for count in counted)
    if len(counted) < len(family) or rows == 0:
        return None
    return sum(count.unexplained for count in counted) / rows


def dead_features(nulls: Mapping[str, Nulls], dead_share: float) -> tuple[str, ...]:
    """Features that are constant, or null in more than `dead_share` of the rows."""
    return tuple(
        feature
        for feature, count in nulls.items()
        if count.constant or count.unexplained + count.structural > dead_share * count.rows
    )


def _null_rate(
    name: str, family: Sequence[str], nulls: Mapping[str, Nulls], targets: Gate
) -> Criterion:
    rate = null_rate(family, nulls)
    rates = {
        feature: nulls[feature].unexplained / nulls[feature].rows
        for feature in family
        if feature in nulls and nulls[feature].rows
    }
    worst = max(rates, key=lambda feature: rates[feature], default=None)
    holds = rate is not None and rate < targets.null_rate
    return Criterion(
        name=f"null_rate_{name}",
        target=f"< {number_text(targets.null_rate)}",
        value=rate,
        low=None,
        high=None,
        bets=None,
        holds=holds,
        missed_by=None if holds or rate is None else rate - targets.null_rate,
        note=f"worst {worst} {number_text(rates[worst])}" if worst else "not measured",
    )


def _no_dead_features(
    nulls: Mapping[str, Nulls], families: Mapping[str, Sequence[str]], targets: Gate
) -> Criterion:
    wanted = {feature for family in families.values() for feature in family}
    uncounted = sorted(wanted - set(nulls))
    dead = dead_features(nulls, targets.dead_share)
    charged = [feature for feature in dead if feature not in targets.waived_dead]
    waived = [feature for feature in dead if feature in targets.waived_dead]
    measured = bool(wanted) and not uncounted
    notes = []
    if not measured:
        notes.append("not measured" + (f": {', '.join(uncounted)}" if uncounted else ""))
    if charged:
        notes.append("dead: " + ", ".join(charged))
    if waived:
        notes.append("waived by the settings: " + ", ".join(waived))
    return Criterion(
        name="dead_features",
        target="none",
        value=float(len(charged)) if measured else None,
        low=None,
        high=None,
        bets=None,
        holds=measured and not charged,
        missed_by=float(len(charged)) if measured and charged else None,
        note="; ".join(notes),
    )


def _power(metrics: Metrics, target: float) -> tuple[bool, int | None]:
    low, high, bets = (finite(metrics, "roi_top20" + end) for end in ("_low", "_high", "_bets"))
    if low is None or high is None or not bets:
        return True, None
    half_width = (high - low) / 2
    if half_width <= target:
        return False, None
    return True, math.ceil(bets * (half_width / target) ** 2)


def _alarms(metrics: Metrics, targets: Gate) -> tuple[str, ...]:
    model, favourite = finite(metrics, "top1_hit"), finite(metrics, "top1_hit_favourite")
    if model is None or favourite is None:
        return ("the top choice's hit rate was not measured, so a leak was not looked for",)
    if model - favourite <= targets.top1_alarm:
        return ()
    return (
        f"look for a leak: the top choice wins {in_text.percent(model)} of races, the favourite "
        f"{in_text.percent(favourite)}, more than {targets.top1_alarm * 100:g} points apart",
    )


def _words(
    criteria: Sequence[Criterion], underpowered: bool, bets_needed: int | None, targets: Gate
) -> str:
    missed = [criterion for criterion in criteria if not criterion.holds]
    if not missed:
        words = "Passed: every criterion holds."
    elif [item.name for item in missed] == ["alpha_share"] and missed[0].value is not None:
        words = (
            f"Refused by alpha_share alone: {number_text(missed[0].value)} lies outside "
            f"{missed[0].target} and every other criterion holds. The band is a setting "
            "(gate.alpha_low, gate.alpha_high)."
        )
    else:
        words = "Refused: " + "; ".join(criterion.words() for criterion in missed) + "."
    if underpowered:
        words += f" Underpowered: the ROI interval is wider than +-{targets.underpowered * 100:g} "
        words += "points; "
        words += (
            f"about {bets_needed:,} bets would bring it there."
            if bets_needed is not None
            else "without bets and an interval nobody can say how many it would take."
        )
    return words
