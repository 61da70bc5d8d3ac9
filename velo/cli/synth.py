"""`velo synth`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.options import MOST_RUNNERS, Edge, Seed
from velo.disk.plain_file import require_plain
from velo.errors import InputError
from velo.formats import in_text


def synth(
    out: Annotated[
        Path,
        typer.Option(help="File to write: .csv, .parquet, .db or .json, whichever the format has."),
    ],
    runners: Annotated[
        int, typer.Option(min=1000, max=MOST_RUNNERS, help="About how many runners.")
    ] = 100_000,
    seed: Seed = 1,
    edge: Edge = 0.85,
    interactions: Annotated[
        bool, typer.Option(help="Whether signals do more together than apart.")
    ] = True,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="Format and year to write; docs/synthetic-world.md lists them."
        ),
    ] = "raceform",
    compare: Annotated[
        list[Path] | None,
        typer.Option(help="Print how far the world is from this real file. Repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Write a synthetic racing world in any known format, and its true chances beside it."""
    from velo.synth.realism import distances
    from velo.synth.world import write_world

    if compare and form != "raceform":
        raise InputError(f"--compare measures a raceform file, not {form}: leave --format out")
    for path in compare or ():
        require_plain(path)
    with console.progress("Simulating") as tell:
        made = write_world(
            runners, seed, edge, out, lambda p: tell(in_text.percent(p, 0)), interactions, form
        )
    comparison = distances(out, compare) if compare else []
    if as_json:
        console.emit_json(
            {
                "runners": made.runners,
                "races": made.races,
                "starters": made.starters,
                "first_day": made.first_day,
                "last_day": made.last_day,
                "mean_field": made.mean_field,
                "overround": made.overround,
                "favourite_strike_rate": made.favourite_strike_rate,
                "favourite_roi": made.favourite_roi,
                "longshot_roi": made.longshot_roi,
                "files": made.files,
                "distances": [vars(each) for each in comparison],
            }
        )
        return
    console.say(
        f"{made.runners:,} runners in {made.races:,} races, {made.first_day} to {made.last_day}"
    )
    console.say(
        f"mean field {made.mean_field:.2f}, overround {made.overround:.3f}, "
        f"favourites win {in_text.percent(made.favourite_strike_rate)} "
        f"(ROI {in_text.roi(made.favourite_roi)}), 20/1 and over ROI "
        f"{in_text.roi(made.longshot_roi)}"
    )
    for path in made.files:
        console.say(f"wrote {path}")
    if comparison:
        console.table(
            "Distance from the real files",
            ["figure", "synthetic", "real", "file"],
            [[each.name, each.synthetic, each.real, each.file] for each in comparison],
        )
