"""`velo promote`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from velo.cli import console


def promote(
    model: Annotated[
        str, typer.Argument(help="Model to promote: challenger, a version, its label or a run id.")
    ] = "challenger",
    refit: Annotated[
        bool,
        typer.Option(
            "--refit", help="Retrain the recipe through the last day first, and promote that."
        ),
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Make the previous champion champion again.")
    ] = False,
    despite_alarm: Annotated[
        str | None,
        typer.Option(
            metavar="WHY", help="Why the leak alarm may be ignored; the reason is recorded."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Make a version champion (paper trading) if it passes the gate; exit 1 if it is refused."""
    if rollback:
        _roll_back(model, refit, despite_alarm, as_json)
        return
    if despite_alarm is not None and not despite_alarm.strip():
        raise typer.BadParameter("say why", param_hint="--despite-alarm")
    import velo

    workspace = velo.open()
    targets = workspace.settings.gate
    with console.progress("Promoting") as tell:
        done = workspace.promote(model, refit=refit, despite_alarm=despite_alarm, progress=tell)
    if as_json:
        moved = done.judged.moved_targets(targets)
        console.emit_json(done.to_dict() | {"moved_targets": moved})
    else:
        show(done, targets)
    if not done.promoted:
        raise typer.Exit(1)


def show(done: Any, targets: Any) -> None:
    """Print the gate's table, the comparison and, of a refusal, where and why."""
    judged = done.judged
    console.table(
        f"Gate of version {judged.version} (run {judged.registered.run_id})",
        ["criterion", "target", "value", "interval", "bets", "holds", "missed by", "note"],
        [list(row.values()) for row in judged.verdict.rows()],
    )
    for alarm in judged.verdict.alarms:
        console.say(f"ALARM: {alarm}")
    if not done.promoted:
        _show_findings(judged.findings())
    moved = judged.moved_targets(targets)
    if moved:
        console.say(
            f"judged by the targets of its training; the settings have changed since "
            f"({'; '.join(moved)}): train again to be judged by the new ones"
        )
    if judged.verdict.underpowered:
        needed = judged.verdict.bets_needed
        console.say("underpowered" + (f": it would take {needed:,} bets" if needed else ""))
    if done.comparison is not None:
        console.say(done.comparison.words())
    if done.refitted is not None:
        now, then = (done.refitted.report[name] for name in ("blend", "blend_judged"))
        console.say(
            f"blend of the refit: exponent {now['exponent']:.3f}, beta {now['beta']:.3f}; "
            f"as judged {then['exponent']:.3f}, {then['beta']:.3f}"
        )
    console.say(done.words())


def _show_findings(findings: dict[str, Any]) -> None:
    worst = [
        [
            piece["name"],
            piece["races"],
            piece.get("days", "-"),
            piece["bets"],
            _estimate(piece["gain"], "+.4f"),
            _calibration(piece),
            _estimate(piece["ae_ratio"], ".3f"),
        ]
        for pieces in findings["worst"].values()
        for piece in pieces
    ]
    console.table(
        "Where it does worst in the holdout",
        [
            "odds, course or month",
            "races",
            "days",
            "bets",
            "gain over the market, nats a race",
            "winners / expected by the model",
            "A/E",
        ],
        worst,
    )
    console.table(
        "Features that add nothing or hurt, shuffled within races of the last out-of-fold fold",
        ["feature", "judgement", "lost without it, nats a race"],
        [
            [each["feature"], each["judgement"], _estimate(each["loss"], "+.5f")]
            for each in findings["features"]
        ],
    )


def _calibration(piece: dict[str, Any]) -> str:
    """Of an odds band; over whole races winners are as many as expected, whatever was said."""
    return _estimate(piece["calibration"], ".3f") if piece["kind"] == "odds_band" else "-"


def _estimate(interval: dict[str, float | None], shape: str) -> str:
    """A value with its interval, or a dash."""
    value, low, high = (interval[name] for name in ("value", "low", "high"))
    if value is None:
        return "-"
    if low is None or high is None:
        return f"{value:{shape}}"
    return f"{value:{shape}} [{low:{shape}}, {high:{shape}}]"


def _roll_back(model: str, refit: bool, despite_alarm: str | None, as_json: bool) -> None:
    if model != "challenger" or refit or despite_alarm is not None:
        raise typer.BadParameter(
            "it goes back to the previous champion and takes no other option",
            param_hint="--rollback",
        )
    from dataclasses import asdict

    import velo

    before, after = velo.open().roll_back()
    words = f"Version {after.champion} is champion again; version {after.previous} is previous."
    if as_json:
        console.emit_json(
            {"rolled_back": True, "words": words, "before": asdict(before), "after": asdict(after)}
        )
        return
    console.say(words)
