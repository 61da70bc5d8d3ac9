"""What a reviewer reads first in MLflow: whether it passed, why not, against what, on what.

MLflow cuts a name in a list after some twenty signs, folds a run's description after five lines,
and shows a version's as bare text. So a name begins with the verdict and what refused, and a
description with one plain paragraph that answers all; the gate's table follows, and each criterion
is a tag that a list can show as a column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from training.judging.criterion import Criterion, number_text
from training.judging.gate import Verdict
from training.record.report_sections import DataSection, Figures
from training.record.run_report import TrainingReport

RUN_NAME = "mlflow.runName"
GATE_TAG = "gate."
NAMED = 2
"""Criteria that a run's name lists before it counts the rest."""


@dataclass(frozen=True)
class Review:
    """A run as a person judges it.

    Attributes:
        report: the training report.
        verdict: the gate's.
        champion: how it compares with the champion, in words.
    """

    report: TrainingReport
    verdict: Verdict
    champion: str

    def name(self, called: str) -> str:
        """The run's name: the verdict, then what it was called."""
        return f"{outcome(self.verdict)} · {called}"

    def tags(self) -> dict[str, str]:
        """What a list of runs can show as columns."""
        data, plan, prices = self.report.data, self.report.plan, self.report.prices
        choice = self.report.model.features
        return {
            **self.short_tags(),
            "velo.champion": self.champion,
            "velo.market": f"{prices.decision} by {prices.devig}, {prices.note}",
            "velo.data": f"{data.rows:,} starts of {data.races:,} races from "
            f"{data.first_day} to {data.last_day}, build {data.build[:12]}",
            "velo.holdout": f"{plan.holdout_start} to {plan.holdout_end}, end excluded",
            "velo.trials": str(self._trials),
            **({"velo.unmet_needs": data.unmet_words} if data.unmet_needs else {}),
            **({} if choice is None else {"velo.select": choice.words}),
            **({"velo.discovery": _chosen_on(data)} if data.discovery else {}),
            **({"velo.unfitted": data.unfitted_words} if data.unfitted else {}),
        }

    def short_tags(self) -> dict[str, str]:
        """The few that a list of versions has room for."""
        prices = self.report.prices
        refused_by = ", ".join(each.name for each in self.verdict.refused_by)
        return {
            "velo.refused_by": refused_by or "none",
            "velo.prices": f"{prices.decision} -> {prices.settlement}",
            "velo.service": self.report.service,
        }

    def page(self) -> str:
        """The whole review as markdown; its first lines are all that a folded page shows."""
        return "\n\n".join(
            [
                self._summary(),
                *(f"**Alarm: {alarm}**" for alarm in self.verdict.alarms),
                gate_table(self.verdict),
                self._facts(),
                self._weak_points(),
            ]
        )

    @property
    def _trials(self) -> int:
        return 0 if self.report.tuning is None else self.report.tuning.trials

    def _summary(self) -> str:
        report, holdout, plan = self.report, self.report.holdout, self.report.plan
        trials = f", {self._trials} trials" if self._trials else ""
        return (
            f"{self.verdict.words} Champion: {self.champion}. Market: "
            f"{_interval(holdout, 'delta_ll')} nats a race over the power-calibrated "
            f"{report.prices.decision}. Data: {_shown(holdout, 'races')} races from "
            f"{plan.holdout_start} to {plan.holdout_end} after "
            f"{_shown(holdout, 'training_rows')} starts of training{trials}."
        )

    def _facts(self) -> str:
        report = self.report
        data, plan, holdout, prices = report.data, report.plan, report.holdout, report.prices
        looks = report.earlier_looks
        facts = {
            "prices": f"{prices.note}, margin taken out by {prices.devig}, "
            f"commission {prices.commission:g}",
            "R²": f"model {_shown(holdout, 'r2_model')}, market {_shown(holdout, 'r2_market')}, "
            f"power-calibrated {_shown(holdout, 'r2_market_power')}, blend {_shown(holdout, 'r2')}",
            "holdout": f"{plan.holdout_start} to {plan.holdout_end}, end excluded; "
            + (f"{looks} earlier looks at these days" if looks else "no earlier look at them"),
            "data": f"{data.rows:,} starts of {data.races:,} races from {data.first_day} "
            f"to {data.last_day}, build `{data.build[:12]}`",
            **({"not in these data": data.unmet_words} if data.unmet_needs else {}),
            **({"features chosen on these days": _chosen_on(data)} if data.discovery else {}),
            **(
                {"not trained on, no price curve yet": data.unfitted_words} if data.unfitted else {}
            ),
            "recipe": f"{report.model.objective}, {report.blend} blend, "
            f"service {report.service}; {report.model.note}",
            **({} if report.model.features is None else {"choice": report.model.features.words}),
            "tuning": report.tuning.words if report.tuning else "none, the settings as they stand",
        }
        return "\n".join(f"- **{name}**: {fact}" for name, fact in facts.items())

    def _weak_points(self) -> str:
        lines = []
        question = self.report.features_to_question
        if question:
            lines.append(f"- **features that add nothing or hurt**: {', '.join(question)}")
        for kind, pieces in self.report.worst.items():
            named = [piece.name for piece in pieces[:3]]
            if named:
                lines.append(f"- **worst by {kind.replace('_', ' ')}**: {', '.join(named)}")
        lines.append(
            "- **more**: plots and `training_report.json` among the artifacts; each fold "
            "and each trial is a run below this one"
        )
        return "\n".join(lines)


def outcome(verdict: Verdict) -> str:
    """The verdict in a few words, for a name."""
    if verdict.promoted:
        return "passed"
    named = [each.name for each in verdict.refused_by]
    more = f" +{len(named) - NAMED}" if len(named) > NAMED else ""
    return f"refused: {', '.join(named[:NAMED])}{more}"


def gate_tags(verdict: Verdict) -> dict[str, str]:
    """Each criterion as a tag: whether it holds, the value and the target."""
    return {GATE_TAG + each.name: _short(each) for each in verdict.criteria}


def gate_columns(verdict: Verdict) -> dict[str, list[str]]:
    """The gate's table by columns, as MLflow stores tables."""
    rows = verdict.rows()
    return {column: [row[column] for row in rows] for column in (rows[0] if rows else ())}


def gate_table(verdict: Verdict) -> str:
    """The gate's table as markdown."""
    rows = verdict.rows()
    header = list(rows[0]) if rows else []
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row.values()) for row in rows)]
    return "\n".join(lines)


def gate_page(verdict: Verdict) -> str:
    """The gate as a page of markdown: words, alarms and the table."""
    alarms = [f"Alarm: {alarm}" for alarm in verdict.alarms]
    return "\n".join([verdict.words, "", *alarms, gate_table(verdict)]) + "\n"


def _short(criterion: Criterion) -> str:
    if criterion.holds:
        return f"yes: {number_text(criterion.value)} ({criterion.target})"
    by = "" if criterion.missed_by is None else f", missed by {number_text(criterion.missed_by)}"
    return f"NO: {number_text(criterion.value)} ({criterion.target}{by})"


def _chosen_on(data: DataSection) -> str:
    return "; ".join(each.words for each in data.discovery)


def _interval(figures: Figures, name: str) -> str:
    value, low, high = (_shown(figures, name + end) for end in ("", "_low", "_high"))
    return f"{value} [{low}, {high}]"


def _shown(figures: Figures, name: str) -> str:
    return number_text(figures.get(name))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
