"""`velo ingest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console

if TYPE_CHECKING:
    from velo.home import Home
    from velo.settings import Store
    from velo.warehouse.ingest import Batch


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or patterns: CSV, JSON, parquet, SQLite, .gz, .zip."),
    ] = None,
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
    unmerge: Annotated[
        int | None,
        typer.Option("--unmerge", help="Take back the conclusion of this number, and no file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Load results, cards and prices into the warehouse. The same file twice changes nothing.

    Each file is loaded whole or not at all. One that cannot be read ends the command; the files
    before it stay loaded, and are reported. Exit 1 where a file was read and none of its rows kept.
    """
    from velo import settings
    from velo.errors import InputError, VeloError
    from velo.home import Home
    from velo.warehouse.deliveries import expand
    from velo.warehouse.ingest import ingest as load

    chosen = settings.load()
    store = chosen.store
    home = Home.current()
    if unmerge is not None:
        _unmerge(home, store, unmerge, bool(paths), wait, as_json)
        return
    if not paths:
        raise InputError("name a file to ingest")
    batches: list[Batch] = []
    try:
        for delivery in expand(paths):
            with (
                console.progress(f"Ingesting {delivery.name}") as tell,
                delivery.unpacked(home, store) as path,
            ):
                batches.append(
                    load(home, store, path, form, tell, shown=delivery.name, wait=wait,
                         infers=chosen.ingest.infer)
                )  # fmt: skip
    except VeloError as error:
        _report(batches, as_json, str(error))
        raise
    _report(batches, as_json, None)
    unread = strict and any(batch.quarantined or batch.unread for batch in batches)
    if unread or any(batch.nothing_kept for batch in batches):
        raise typer.Exit(1)


def _unmerge(
    home: Home, store: Store, inference_id: int, with_files: bool, wait: float, as_json: bool
) -> None:
    from velo.errors import InputError
    from velo.warehouse.unmerge import unmerge

    if with_files:
        raise InputError("--unmerge takes no files: run the two commands one after the other")
    batch_id = unmerge(home, store, inference_id, wait=wait)
    if as_json:
        console.emit_json({"batch_id": batch_id, "undoes": inference_id})
        return
    console.say(f"inference {inference_id} is taken back by batch {batch_id}; run `velo build`")


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
        if batch.unknown_columns:
            console.say(f"{batch.file}: not read: {', '.join(batch.unknown_columns)}")
        _say_what_was_not_read(batch)
    unmatched = sum(batch.unmatched for batch in batches)
    if unmatched:
        console.say(f"{unmatched:,} price rows wait for their runners")
    refused = sum(batch.quarantined for batch in batches)
    if refused:
        console.say(f"{refused:,} rows were refused; `velo quarantine` says why")


def _say_what_was_not_read(batch: Batch) -> None:
    from velo.warehouse.unread import warned

    name = batch.file.rpartition("/")[2]
    for note in batch.notes:
        console.say(f"{name}: {note}")
    loud = warned(batch.unread)
    for each in batch.unread:
        console.say(f"{'warning: ' if each.field in loud else ''}{name}: {each}")
    if batch.nothing_kept:
        console.say(f"{name}: none of its {batch.rows_read:,} rows was kept")
