"""What a run is made of that deserves a run of its own in MLflow: a fold, a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from training.record.trial import Trial
from training.walk.walk_forward import FoldFit

PARENT = "mlflow.parentRunId"
"""MLflow's tag of the run above."""
STUDY, TRIAL = "velo.study", "velo.trial"
PART = "velo.part"
"""Tag of a nested run: `fold` or `trial`."""


@dataclass(frozen=True)
class Nested:
    """A part that has ended.

    Attributes:
        name: in the list of runs.
        began, ended: seconds since 1970.
        params, metrics, tags: as of any run.
        curves: metric -> its value after each step, from 1.
    """

    name: str
    began: float
    ended: float
    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)


def of_fold(fit: FoldFit, figures: Mapping[str, Any]) -> Nested:
    """A fold: its days, its figures, and its test days' likelihood round by round."""
    fold = fit.fold
    return Nested(
        name=f"fold {fold.number} from {fold.test_start}",
        began=fit.began,
        ended=fit.ended,
        params={
            "train_start": str(fold.train_start),
            "train_end": str(fold.train_end),
            "test_start": str(fold.test_start),
            "test_end": str(fold.test_end),
            **{name: text for name, text in figures.items() if isinstance(text, str)},
        },
        metrics={
            name: x for name, x in figures.items() if isinstance(x, int | float) and name != "fold"
        },
        tags={PART: "fold"},
        curves={"test_log_likelihood": fit.curve},
    )


def of_trial(study: str, trial: Trial) -> Nested:
    """A trial: its parameters and its gain over the settings, which are a part of no number."""
    base = trial.number is None
    gain = trial.gain
    return Nested(
        name="settings as they stand" if base else f"trial {trial.number}",
        began=trial.began,
        ended=trial.ended,
        params={"ranker": trial.parameters},
        metrics={
            "log_likelihood": trial.log_likelihood,
            **({} if base else {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}),
        },
        tags={PART: "trial", STUDY: study, TRIAL: "base" if base else str(trial.number)},
        curves={"rounds_of_fold": trial.rounds},
    )
