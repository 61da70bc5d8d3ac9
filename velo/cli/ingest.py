"""`velo ingest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console

if TYPE_CHECKING:
    from velo.warehouse.ingest import Batch


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders or patterns: CSV, parquet, SQLite, .gz, .zip."),
    ],
    form: Annotated[
        str | None, typer.Option("--format", help="The format's name; detected by default.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 when a row was refused, or a cell was not read."),
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait while another process has the warehouse.")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Load results, cards and prices into the warehouse. The same file twice changes nothing.

    Each file is loaded whole or not at all. One that cannot be read ends the command; the files
    before it stay loaded, and are reported. Exit 1 where a file was read and none of its rows kept.
    """
    from velo import settings
    from velo.errors import VeloError
    from velo.home import Home
    from velo.warehouse.deliveries import expand
    from velo.warehouse.ingest import ingest as load

    store = settings.load().store
    home = Home.current()
    batches: list[Batch] = []
    try:
        for delivery in expand(paths):
            with (
                console.progress(f"Ingesting {delivery.name}") as tell,
                delivery.unpacked(home, store) as path,
            ):
                batches.append(load(home, store, path, form, tell, shown=delivery.name, wait=wait))
    except VeloError as error:
        _report(batches, as_json, str(error))
        raise
    _report(batches, as_json, None)
    unread = strict and any(batch.quarantined or batch.unread for batch in batches)
    if unread or any(batch.nothing_kept for batch in batches):
        raise typer.Exit(1)


def _report(batches: list[Batch], as_json: bool, error: str | None) -> None:
    """What was loaded, also where an error ended the command; the error itself comes after."""
    if as_json:
        failed = {} if error is None else {"error": error}
        console.emit_json({"files": [batch.to_dict() for batch in batches]} | failed)
        return
    if not batches:
        return
    console.table(
        "Ingested",
        [
            "file", "format", "read", "accepted", "updated", "unchanged", "quarantined", "unread",
            "s",
        ],
        [
            [
                batch.file.rpartition("/")[2] if "!" not in batch.file else batch.file,
                batch.format, batch.rows_read, batch.accepted, batch.updated, batch.unchanged,
                batch.quarantined, sum(each.cells for each in batch.unread), batch.seconds,
            ]
            for batch in batches
        ],
    )  # fmt: skip
    for batch in batches:
        for remark in batch.remarks():
            console.say(remark)
    unmatched = sum(batch.unmatched for batch in batches)
    if unmatched:
        console.say(f"{unmatched:,} price rows wait for their runners")
    refused = sum(batch.quarantined for batch in batches)
    if refused:
        console.say(f"{refused:,} rows were refused; `velo quarantine` says why")
