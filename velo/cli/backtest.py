"""`velo backtest`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from velo.cli import console


def backtest(
    model: Annotated[
        str, typer.Option(help="Model to bet with: champion, challenger, a version or a run id.")
    ] = "challenger",
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day to bet on.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day to bet on.")
    ] = None,
    walk_forward: Annotated[
        bool, typer.Option("--walk-forward", help="Retrain the model's recipe as the days go by.")
    ] = False,
    every: Annotated[
        int | None,
        typer.Option(min=1, max=1200, help="Months between two fits, with --walk-forward."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the report's JSON schema and stop.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Bet with a stored model over a period, by default the 90 days after its training."""
    if schema:
        from backtest.report_schema import schema as report_schema

        console.emit_json(report_schema())
        return
    from velo.errors import InputError

    if every is not None and not walk_forward:
        raise InputError("--every says how often to retrain: give it with --walk-forward")
    import velo
    from velo.cli.backtest_report import show_backtest

    with console.progress("Backtesting") as tell:
        result = velo.open().backtest(
            model,
            first=first.date() if first else None,
            last=last.date() if last else None,
            walk_forward=walk_forward,
            every=every,
            progress=tell,
        )
    if as_json:
        console.emit_json(result.to_dict())
        return
    show_backtest(result.report, result.path)
