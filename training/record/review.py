"""What a reviewer reads first in MLflow: whether it passed, why not, against what, on what.

MLflow cuts a name in a list after some twenty signs, folds a run's description after five lines,
and shows a version's as bare text. So a name begins with the verdict and what refused, and a
description with one plain paragraph that answers all; the gate's table follows, and each criterion
is a tag that a list can show as a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from training.judging.criterion import Criterion, shown
from training.judging.gate import Verdict
from training.record.report import price_note

RUN_NAME = "mlflow.runName"
GATE_TAG = "gate."
NAMED = 2
"""Criteria that a run's name lists before it counts the rest."""


@dataclass(frozen=True)
class Review:
    """A run as a person judges it.

    Attributes:
        report: the training report, plain JSON.
        verdict: the gate's.
        champion: how it compares with the champion, in words.
    """

    report: Mapping[str, Any]
    verdict: Verdict
    champion: str

    def name(self, called: str) -> str:
        """The run's name: the verdict, then what it was called."""
        return f"{outcome(self.verdict)} · {called}"

    def tags(self) -> dict[str, str]:
        """What a list of runs can show as columns."""
        data, plan, prices = (self.report[part] for part in ("data", "plan", "prices"))
        return {
            **self.short_tags(),
            "velo.champion": self.champion,
            "velo.market": f"{prices['decision']} by {prices['devig']}, {price_note(prices)}",
            "velo.data": f"{data['rows']:,} starts of {data['races']:,} races from "
            f"{data['first_day']} to {data['last_day']}, build {data['build'][:12]}",
            "velo.holdout": f"{plan['holdout_start']} to {plan['holdout_end']}, end excluded",
            "velo.trials": str(self._trials),
        }

    def short_tags(self) -> dict[str, str]:
        """The few that a list of versions has room for."""
        prices, training = self.report["prices"], self.report["settings"]["training"]
        refused_by = ", ".join(each.name for each in self.verdict.refused_by)
        return {
            "velo.refused_by": refused_by or "none",
            "velo.prices": f"{prices['decision']} -> {prices['settlement']}",
            "velo.service": training["service"],
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
        return int((self.report["tuning"] or {}).get("trials", 0))

    def _summary(self) -> str:
        report, holdout, plan = self.report, self.report["holdout"], self.report["plan"]
        trials = f", {self._trials} trials" if self._trials else ""
        return (
            f"{self.verdict.words} Champion: {self.champion}. Market: "
            f"{_interval(holdout, 'delta_ll')} nats a race over the power-calibrated "
            f"{report['prices']['decision']}. Data: {_shown(holdout, 'races')} races from "
            f"{plan['holdout_start']} to {plan['holdout_end']} after "
            f"{_shown(holdout, 'training_rows')} starts of training{trials}."
        )

    def _facts(self) -> str:
        report = self.report
        data, plan, holdout, model = (report[part] for part in ("data", "plan", "holdout", "model"))
        looks = report["earlier_looks"]
        facts = {
            "prices": f"{price_note(report['prices'])}, margin taken out by "
            f"{report['prices']['devig']}, commission {report['prices']['commission']:g}",
            "R²": f"model {_shown(holdout, 'r2_model')}, market {_shown(holdout, 'r2_market')}, "
            f"power-calibrated {_shown(holdout, 'r2_market_power')}, blend {_shown(holdout, 'r2')}",
            "holdout": f"{plan['holdout_start']} to {plan['holdout_end']}, end excluded; "
            + (f"{looks} earlier looks at these days" if looks else "no earlier look at them"),
            "data": f"{data['rows']:,} starts of {data['races']:,} races from {data['first_day']} "
            f"to {data['last_day']}, build `{data['build'][:12]}`",
            "recipe": f"{model['objective']}, {report['settings']['training']['blend']} blend, "
            f"service {report['settings']['training']['service']}; {model['note']}",
            "tuning": (report["tuning"] or {}).get("words", "none, the settings as they stand"),
        }
        return "\n".join(f"- **{name}**: {said}" for name, said in facts.items())

    def _weak_points(self) -> str:
        lines = []
        question = self.report["features_to_question"]
        if question:
            lines.append(f"- **features that add nothing or hurt**: {', '.join(question)}")
        for kind, pieces in self.report["worst"].items():
            named = [piece["name"] for piece in pieces[:3]]
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
        return f"yes: {shown(criterion.value)} ({criterion.target})"
    by = "" if criterion.missed_by is None else f", missed by {shown(criterion.missed_by)}"
    return f"NO: {shown(criterion.value)} ({criterion.target}{by})"


def _interval(figures: Mapping[str, Any], name: str) -> str:
    value, low, high = (_shown(figures, name + end) for end in ("", "_low", "_high"))
    return f"{value} [{low}, {high}]"


def _shown(figures: Mapping[str, Any], name: str) -> str:
    return shown(figures.get(name))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
