"""`velo results`."""

from __future__ import annotations

from typing import Annotated

import typer

from velo.cli import console
from velo.cli.options import Wait
from velo.formats import in_text


def results(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files of results or prices, in any format that ingest takes."),
    ],
    form: Annotated[
        str | None, typer.Option("--format", help="Name of the format; detected by default.")
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Also count predictions made after the off.")
    ] = False,
    wait: Wait = 0.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Load results, and settle the predictions of their days."""
    import velo

    with console.progress("Settling") as tell:
        done = velo.open().settle(
            paths,
            format=form,
            backfill=backfill,
            wait=wait,
            progress=tell,
            waiting=console.note,
        )
    if as_json:
        console.emit_json(done.to_dict())
        return
    for batch in done.batches:
        console.say(
            f"{batch['file'].rpartition('/')[2]}: {batch['rows_read']:,} rows, "
            f"{batch['accepted']:,} new, {batch['updated']:,} updated, "
            f"{batch['unchanged']:,} unchanged, {batch['quarantined']:,} refused"
        )
    if done.backfill:
        console.say(done.backfill)
    console.table(
        f"Settled{' with backfill' if done.backfill else ''}, {done.first} to {done.last}",
        [
            "day",
            "races",
            "runners",
            "matched",
            "unmatched",
            "void",
            "waiting",
            "bets",
            "P&L",
            "at SP",
            "at BSP",
        ],
        [
            [
                day["day"],
                day["races"],
                day["runners"],
                day["matched"],
                day["unmatched"],
                day["void"],
                day["waiting"],
                day["bets"],
                in_text.points(day["profit"], 2),
                in_text.points(day["profit_sp"], 2),
                in_text.points(day["profit_bsp"], 2),
            ]
            for day in done.days
        ],
    )
    for each in done.unmatched:
        console.say(f"unmatched: {each}")
    for note in done.notes:
        console.say(note)
