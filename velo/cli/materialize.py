"""`velo materialize`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from velo.cli import console


def materialize(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Race day to serve; by default the day after the last result.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Compare every row, whatever earlier runs recorded.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Bring the online store to the morning of a race day, from the current build."""
    import velo

    with console.progress("Materializing") as tell:
        done = velo.open().materialize(as_of.date() if as_of else None, full=full, progress=tell)
    if as_json:
        console.emit_json(done.to_dict())
        return
    console.table(
        f"Online store as of {done.as_of}, from build {done.build}, {done.seconds:.1f} s",
        ["view", "written", "removed", "s"],
        [[each.view, each.written, each.removed, each.seconds] for each in done.views],
    )
    for each in done.views:
        if each.mended:
            console.say(f"{each.view} did not hold what was written to it, and was repaired")
