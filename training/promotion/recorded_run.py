"""A version as its run recorded it: figures, the targets it was held to, and its weak points.

The gate is applied to the recorded figures with the recorded targets, so that a setting changed
after training neither opens nor closes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from training.judging.gate import Verdict, judge
from training.record import mlflow_store, registry
from training.record.registry import Registered
from training.record.run_report import FILE as REPORT
from training.record.run_report import TrainingReport, plain
from velo import settings
from velo.errors import ModelError
from velo.home import Home
from velo.settings import Gate, Settings

REFIT = "refit.json"
"""Of a refit's run: `judged` is the version whose recipe it is, and whose verdict stands for it."""
JUDGED = "velo.judged"
"""Tag of a refit, which says the same to who reads the registry."""
NAMED = 3
"""Pieces of each kind that a refusal names."""


@dataclass(frozen=True)
class RecordedRun:
    """A trained version with its report.

    Attributes:
        registered: where its model lies.
        report: its `training_report.json`.
        verdict: the gate's, over the recorded figures and targets.
    """

    registered: Registered
    report: TrainingReport
    verdict: Verdict

    @classmethod
    def of(cls, home: Home, registered: Registered) -> RecordedRun:
        """Read the run's report and apply the gate to it.

        Raises:
            ModelError: the run has no report, or not one that this gate can read.
        """
        path = mlflow_store.model_folder(home, registered.run_id).parent / REPORT
        try:
            report = TrainingReport(**json.loads(path.read_text(encoding="utf-8")))
            verdict = judge(
                report.holdout,
                {feature: nulls.count for feature, nulls in report.nulls.items()},
                report.data.families,
                report.gate,
                report.blend,
            )
        except FileNotFoundError:
            raise ModelError(
                f"run {registered.run_id} has no {REPORT}; restore it from a backup or train again"
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{path} cannot be judged by this gate ({type(error).__name__}); train again"
            ) from None
        return cls(registered, report, verdict)

    @property
    def version(self) -> str:
        """Its number in the registry."""
        assert self.registered.version is not None
        return self.registered.version

    @property
    def holdout(self) -> tuple[date, date]:
        """First and last day that judged it, both included."""
        return self.report.holdout_days

    @property
    def objective(self) -> str:
        """What its ranker was fitted to, `auto` resolved."""
        return self.report.model.objective

    @property
    def rounds(self) -> int:
        """Boosting rounds of its last model, 0 for a linear one."""
        return self.report.model.rounds

    def settings(self) -> Settings:
        """The settings that it was trained with; only the machine's own bounds are today's.

        Raises:
            SettingsError: a recorded setting is not known any more.
        """
        recorded = {name: part for name, part in self.report.settings.items() if name != "store"}
        return settings.load(**recorded)

    def moved_targets(self, now: Gate) -> tuple[str, ...]:
        """Targets of the gate that the settings have otherwise today; they do not count here."""
        then = self.report.gate
        return tuple(
            f"{name} {getattr(then, name)} then, {getattr(now, name)} now"
            for name in Gate.model_fields
            if getattr(then, name) != getattr(now, name)
        )

    def findings(self) -> dict[str, Any]:
        """Why it was refused, as plain JSON.

        Returns:
            `missed`: the criteria that do not hold, with how far they lie off; `alarms`;
            `worst`: the odds bands, courses and months that are most surely bad, worst first;
            `features`: those that add nothing or hurt on the last out-of-fold fold, with
            intervals, the most harmful first.
        """
        whole = self.verdict.to_dict()
        findings: dict[str, Any] = plain(
            {
                "missed": [each for each in whole["criteria"] if not each["holds"]],
                "alarms": whole["alarms"],
                "worst": {kind: pieces[:NAMED] for kind, pieces in self.report.worst.items()},
                "features": [each for each in self.report.contributions if each.is_questionable],
            }
        )
        return findings


def judged_version(home: Home, registered: Registered) -> RecordedRun:
    """The version whose verdict counts for a model: its own, or for a refit its recipe's.

    Raises:
        ModelError: as `RecordedRun.of`; or the version that a refit names is gone.
    """
    recipe = recipe_of(registered)
    return RecordedRun.of(home, registered if recipe is None else registry.resolve(home, recipe))


def recipe_of(registered: Registered) -> str | None:
    """The version that a refit was judged as; None of a version that was judged itself.

    A tag can be set by hand, so the run's own file says it.

    Raises:
        ModelError: the file cannot be read.
    """
    path = registered.folder.parent / REFIT
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["judged"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"{path} names no judged version; restore it from a backup") from None
