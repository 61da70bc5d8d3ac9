"""What `velo train` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velo.cli import console
from velo.formats import in_text

if TYPE_CHECKING:
    from training.record.report_sections import CalibratorChoice, FigureInterval
    from training.run import Trained


def show_trained(done: Trained) -> None:
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
        f"{holdout['races']:,} races; R² model {in_text.number(holdout['r2_model'], 4)}, "
        f"market {in_text.number(holdout['r2_market'], 4)}, power-calibrated "
        f"{in_text.number(holdout['r2_market_power'], 4)}, blend {in_text.number(holdout['r2'], 4)}"
    )
    console.say(f"{report.prices.note}; {report.model.note}")
    if report.data.unmet_needs:
        console.say(f"not in these data, so left out: {report.data.unmet_words}")
    if report.model.features is not None:
        console.say(report.model.features.words)
    for each in report.data.discovery:
        console.say(each.words)
    if report.data.unfitted:
        console.say(f"runners not trained on, no price curve yet: {report.data.unfitted_words}")
    for side, choice in report.model.calibration.items():
        console.say(_calibration(side, choice))
    if report.tuning is not None:
        console.say(report.tuning.words)
    if "captured_share" in holdout:
        console.say(
            f"captured {in_text.percent(holdout['captured_share'])} of the attainable edge "
            f"({in_text.percent(holdout['captured_share_low'])} to "
            f"{in_text.percent(holdout['captured_share_high'])})"
        )


def _calibration(side: str, choice: CalibratorChoice) -> str:
    """What calibrates one side, and what each kind gained out of fold."""
    gains = ", ".join(f"{kind} {_gain(gain)}" for kind, gain in choice.gains.items())
    tried = f"gain out of fold, nats a race: {gains}" if gains else "none tried"
    return f"calibration of the {side}: {choice.kind} ({tried})"


def _gain(gain: FigureInterval) -> str:
    value, low, high = map(in_text.nats, (gain.value, gain.low, gain.high))
    return f"{value} [{low}, {high}]"
