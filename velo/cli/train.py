"""`velo train`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console
from velo.cli.options import HoldoutDays

if TYPE_CHECKING:
    from training.record.report_sections import CalibratorChoice, FigureInterval


def train(
    train_end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first day that is not trained on."),
    ] = None,
    holdout_days: Annotated[int | None, HoldoutDays] = None,
    objective: Annotated[str | None, typer.Option(help="What the ranker is fitted to.")] = None,
    blend: Annotated[str | None, typer.Option(help="benter or residual.")] = None,
    service: Annotated[str | None, typer.Option(help="The feature service.")] = None,
    decision_price: Annotated[
        str | None, typer.Option(help="Price that bets are chosen at.")
    ] = None,
    settlement_price: Annotated[str | None, typer.Option(help="Price that bets settle at.")] = None,
    version: Annotated[
        str | None, typer.Option(help="A name for it and its reports, such as v1.2.0.")
    ] = None,
    tune: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Trials of the ranker's parameters in all; goes on."),
    ] = 0,
    truth: Annotated[Path | None, typer.Option(help="A synthetic world's .truth.parquet.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Train, judge on the holdout and register a challenger, whatever the verdict."""
    from velo import settings

    chosen = settings.load(
        **_overrides(
            settings.load(),
            {
                "ranker": {"objective": objective},
                "training": {"blend": blend, "service": service},
                "prices": {"decision": decision_price, "settlement": settlement_price},
            },
        )
    )
    done = run(chosen, train_end.date() if train_end else None, holdout_days, truth, version, tune)
    if as_json:
        report = done.report.to_dict()
        console.emit_json(
            {
                "run_id": done.run_id,
                "version": done.version,
                "verdict": done.verdict.to_dict(),
                "holdout": report["holdout"],
                "seconds": report["seconds"],
                "tuning": report["tuning"],
            }
        )
        return
    show(done)


def run(
    chosen: Any,
    train_end: Any,
    holdout_days: int | None,
    truth: Path | None,
    label: str | None = None,
    tune: int = 0,
) -> Any:
    """Train with progress on stderr."""
    from training.run import train as train_model
    from velo.home import Home

    chances = None
    if truth is not None:
        from velo.synth.truth_file import read_truth

        chances = read_truth(truth)
    with console.progress("Training") as tell:
        return train_model(
            Home.current(), chosen, train_end, holdout_days, chances, tell, label, tune
        )


def show(done: Any) -> None:
    """Print the gate's table and what stands behind it."""
    report, holdout, plan = done.report, done.report.holdout, done.report.plan
    console.table(
        f"Gate of version {done.version} (run {done.run_id})",
        ["criterion", "target", "value", "interval", "bets", "holds", "missed by", "note"],
        [list(row.values()) for row in done.verdict.rows()],
    )
    console.say(done.verdict.words)
    for alarm in done.verdict.alarms:
        console.say(f"ALARM: {alarm}")
    console.say(
        f"holdout {plan.holdout_start} to {plan.holdout_end} (end excluded): "
        f"{holdout['races']:,} races; R² model {_r2(holdout['r2_model'])}, "
        f"market {_r2(holdout['r2_market'])}, power-calibrated "
        f"{_r2(holdout['r2_market_power'])}, blend {_r2(holdout['r2'])}"
    )
    console.say(f"{report.prices.note}; {report.model.note}")
    for side, choice in report.model.calibration.items():
        console.say(_calibration(side, choice))
    if report.tuning is not None:
        console.say(report.tuning.words)
    if "captured_share" in holdout:
        console.say(
            f"captured {console.percent(holdout['captured_share'])} of the attainable edge "
            f"({console.percent(holdout['captured_share_low'])} to "
            f"{console.percent(holdout['captured_share_high'])})"
        )


def _r2(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _calibration(side: str, choice: CalibratorChoice) -> str:
    """What calibrates one side, and what each kind gained out of fold."""
    gains = ", ".join(f"{kind} {_gain(gain)}" for kind, gain in choice.gains.items())
    tried = f"gain out of fold, nats a race: {gains}" if gains else "none tried"
    return f"calibration of the {side}: {choice.kind} ({tried})"


def _gain(gain: FigureInterval) -> str:
    value, low, high = (
        "-" if end is None else f"{end:+.4f}" for end in (gain.value, gain.low, gain.high)
    )
    return f"{value} [{low}, {high}]"


def _overrides(base: Any, wanted: dict[str, dict[str, str | None]]) -> dict[str, Any]:
    """Whole sections with the given options laid over what is set."""
    found = {}
    for section, options in wanted.items():
        given = {name: value for name, value in options.items() if value is not None}
        if given:
            found[section] = {**getattr(base, section).model_dump(), **given}
    return found
