"""`velo build`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from velo.cli import console
from velo.cli.options import Wait
from velo.formats import in_text


def build(
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last race day to include."),
    ] = None,
    as_known: Annotated[
        bool,
        typer.Option(
            "--as-known",
            help="Count a correction only from the day after its import, not as if always known.",
        ),
    ] = False,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Recompute everything instead of starting from the last build."
        ),
    ] = False,
    wait: Wait = 0.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Build the offline tables from the warehouse and point the home at them.

    After another day's results, only what they can have changed is recomputed.
    """
    import velo

    with console.progress("Building") as tell:
        done = velo.open().build(
            until=until.date() if until else None,
            as_known=as_known,
            full=full,
            wait=wait,
            progress=tell,
            waiting=console.note,
        )
    if as_json:
        console.emit_json(done.to_dict())
        return
    console.table(
        f"Build {done.number}: {done.starts:,} starts, {done.first_day} to {done.last_day}, "
        f"{done.seconds:.1f} s",
        ["table", "rows", "s", "cold starts", "columns with nulls"],
        [
            [each.table, each.rows, each.seconds, in_text.percent(each.cold), _nulls(each.nulls)]
            for each in done.tables
        ],
    )
    console.say("cold starts: the share of the last year's runners that a table knew nothing about")
    console.say(_ground(done.to_dict()))
    console.say(f"corrections to earlier imports: {corrections(done.to_dict())}")


def _nulls(shares: dict[str, float]) -> str:
    worst = sorted(shares.items(), key=lambda item: -item[1])
    first_three = ", ".join(f"{column} {in_text.percent(share)}" for column, share in worst[:3])
    return first_three + (f", {len(worst) - 3} more" if len(worst) > 3 else "")


def _ground(built: Mapping[str, Any]) -> str:
    """What a build stands on, in words."""
    if built["built_on"] is None:
        return "built from scratch"
    return f"built on build {built['built_on']}: {built['changed_races']:,} races imported since"


def corrections(built: Mapping[str, Any]) -> str:
    """A build's corrections in words, and when they are seen."""
    counts = {what: count for what, count in built["corrections"].items() if count}
    if not counts:
        return "nothing"
    words = ", ".join(f"{what} {count:,}" for what, count in counts.items())
    seen = (
        "counted from the day after their import"
        if built["as_known"]
        else "counted as always known"
    )
    return f"{words}; {seen}"
