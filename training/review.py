"""What a reviewer reads first in MLflow: whether it passed, why not, against what, on what.

MLflow shows a run's name in every list, its description on top of its page, its tags beside them;
so the verdict stands in the name, the reasons and the gate's table in the description, and each
criterion is a tag that a list can show as a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from training.criterion import Criterion, shown
from training.gate import Verdict
from training.report import price_note

NOTE = "mlflow.note.content"
"""MLflow's tag of a run's description, markdown."""
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
        """What a list of runs or versions can show as columns, all short."""
        data, plan, prices = (self.report[part] for part in ("data", "plan", "prices"))
        return {
            "velo.refused_by": ", ".join(each.name for each in self.verdict.refused_by)
            or "nothing",
            "velo.market": f"{prices['decision']} by {prices['devig']}, {price_note(prices)}",
            "velo.data": f"{data['rows']:,} starts of {data['races']:,} races from "
            f"{data['first_day']} to {data['last_day']}, build {data['build'][:12]}",
            "velo.holdout": f"{plan['holdout_start']} to {plan['holdout_end']}, end excluded",
            "velo.against_champion": self.champion,
            "velo.trials": str((self.report["tuning"] or {}).get("trials", 0)),
        }

    def page(self) -> str:
        """The whole review as markdown."""
        return "\n\n".join(
            [
                f"### {self.verdict.words}",
                *(f"**Alarm: {alarm}**" for alarm in self.verdict.alarms),
                self._facts(),
                "#### Gate\n\n" + gate_table(self.verdict),
                self._weak_points(),
            ]
        )

    def _facts(self) -> str:
        report = self.report
        data, plan, holdout, model = (report[part] for part in ("data", "plan", "holdout", "model"))
        looks = report["earlier_looks"]
        facts = {
            "against the market": f"{_interval(holdout, 'delta_ll')} nats a race over the "
            f"power-calibrated {report['prices']['decision']} market "
            f"({report['prices']['devig']}); {price_note(report['prices'])}",
            "against the champion": self.champion,
            "R²": f"model {_shown(holdout, 'r2_model')}, market {_shown(holdout, 'r2_market')}, "
            f"power-calibrated {_shown(holdout, 'r2_market_power')}, blend {_shown(holdout, 'r2')}",
            "judged on": f"{_shown(holdout, 'races')} races from {plan['holdout_start']} to "
            f"{plan['holdout_end']} (end excluded); "
            + (f"{looks} earlier looks at these days" if looks else "no earlier look at them"),
            "trained on": f"{_shown(holdout, 'training_rows')} starts before {plan['train_end']}, "
            f"of {data['races']:,} races in all; build `{data['build'][:12]}`",
            "recipe": f"{model['objective']}, {report['settings']['training']['blend']} blend, "
            f"service {report['settings']['training']['service']}; {model['note']}",
            "tuning": (report["tuning"] or {}).get("words", "none, the settings as they stand"),
        }
        rows = [_row([name, said]) for name, said in facts.items()]
        return "\n".join([_row(["", ""]), _row(["---", "---"]), *rows])

    def _weak_points(self) -> str:
        lines = ["#### Look at", ""]
        question = self.report["features_to_question"]
        if question:
            lines.append(f"- features that add nothing or hurt: {', '.join(question)}")
        for kind, pieces in self.report["worst"].items():
            named = [piece["name"] for piece in pieces[:3]]
            if named:
                lines.append(f"- worst by {kind.replace('_', ' ')}: {', '.join(named)}")
        lines.append("- the plots and `training_report.json` among the artifacts; each fold and "
                     "each trial is a run below this one")  # fmt: skip
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
