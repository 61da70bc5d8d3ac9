"""`velo ingest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files of results or cards.")],
    form: Annotated[
        str | None, typer.Option("--format", help="The format's name; detected by default.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when a row was refused.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Load files into the warehouse. The same file twice changes nothing."""
    from velo import settings
    from velo.home import Home
    from velo.warehouse.ingest import ingest as load

    store = settings.load().store
    batches = []
    for path in paths:
        with console.progress(f"Ingesting {path.name}") as tell:
            batches.append(load(Home.current(), store, path, form, tell))
    refused = sum(batch.quarantined for batch in batches)
    if as_json:
        console.emit_json({"files": [batch.to_dict() for batch in batches]})
    else:
        console.table(
            "Ingested",
            ["file", "format", "read", "accepted", "updated", "unchanged", "quarantined", "s"],
            [
                [
                    Path(batch.file).name, batch.format, batch.rows_read, batch.accepted,
                    batch.updated, batch.unchanged, batch.quarantined, batch.seconds,
                ]
                for batch in batches
            ],
        )  # fmt: skip
        if refused:
            console.say(f"{refused:,} rows were refused; `velo quarantine` says why")
    if strict and refused:
        raise typer.Exit(1)
