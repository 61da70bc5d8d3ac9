"""`velo ingest`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console, ingest_report
from velo.cli.options import LARGEST_NUMBER, Wait

if TYPE_CHECKING:
    from velo.api import Workspace
    from velo.warehouse.batches import Batch

LISTED = 20
"""Batches that `--batches` lists."""


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or patterns: CSV, JSON, parquet, SQLite, .gz, .zip."),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="Name of the format; detected by default.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 if a row is refused or a cell cannot be read."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Do everything but keep nothing, to see what would happen."),
    ] = False,
    undo: Annotated[
        int | None,
        typer.Option(metavar="BATCH", min=1, max=LARGEST_NUMBER, help="Undo a batch."),
    ] = None,
    recheck: Annotated[
        bool,
        typer.Option(
            "--recheck",
            help="Repair what the warehouse shows to be wrong; list files to ingest again.",
        ),
    ] = False,
    batches: Annotated[
        bool, typer.Option("--batches", help=f"List the last {LISTED} batches.")
    ] = False,
    wait: Wait = 0.0,
    unmerge: Annotated[
        int | None,
        typer.Option(
            "--unmerge",
            min=1,
            max=LARGEST_NUMBER,
            help="Undo the conclusion with this number, and nothing else.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Load results, cards and prices into the warehouse. Loading a file twice changes nothing.

    Each file is loaded completely or not at all. If one cannot be read, the command stops there;
    the files before it stay loaded and are reported. Exit 1 if none of a file's rows was kept.
    """
    import velo
    from velo.errors import InputError

    chosen = [bool(paths), undo is not None, unmerge is not None, recheck, batches]
    if sum(chosen) != 1:
        raise InputError(
            "give files to ingest, or one of --undo BATCH, --unmerge ID, --recheck and --batches"
        )
    if not paths and (form is not None or strict or dry_run):
        raise InputError("--format, --strict and --dry-run only go with files to ingest")
    workspace = velo.open()
    if undo is not None:
        _undo(workspace, undo, wait, as_json)
    elif unmerge is not None:
        _unmerge(workspace, unmerge, wait, as_json)
    elif recheck:
        _recheck(workspace, wait, as_json)
    elif batches:
        _list(workspace, as_json)
    else:
        _load(workspace, paths or [], form, strict, dry_run, wait, as_json)


def _load(
    workspace: Workspace,
    paths: list[str],
    form: str | None,
    strict: bool,
    dry: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Load file by file: those before one that cannot be read are reported all the same."""
    from velo.errors import VeloError

    done: list[Batch] = []
    read = _tried if dry else _loaded
    try:
        for batch in read(workspace, paths, form, wait):
            done.append(batch)
    except VeloError as error:
        ingest_report.show_batches(done, as_json, str(error), dry)
        raise
    ingest_report.show_batches(done, as_json, None, dry)
    unread = strict and any(batch.quarantined or batch.unread for batch in done)
    if unread or any(batch.nothing_kept for batch in done):
        raise typer.Exit(1)


def _loaded(
    workspace: Workspace, paths: list[str], form: str | None, wait: float
) -> Iterator[Batch]:
    from velo.warehouse.loading import load

    workspace.home.root.mkdir(parents=True, exist_ok=True)
    return load(
        workspace.home,
        workspace.settings,
        paths,
        form,
        lambda name: console.progress(f"Ingesting {name}"),
        wait,
    )


def _tried(
    workspace: Workspace, paths: list[str], form: str | None, wait: float
) -> Iterator[Batch]:
    from velo.warehouse.loading import rehearse

    with (
        console.progress("Trying") as tell,
        closing(rehearse(workspace.home, workspace.settings, paths, form, tell, wait)) as batches,
    ):
        yield from batches


def _undo(workspace: Workspace, batch: int, wait: float, as_json: bool) -> None:
    from velo.live.card_store import withdraw
    from velo.live.journal import predicted_races
    from velo.warehouse.undo import undo

    home, store = workspace.home, workspace.settings.store
    done = undo(home, store, batch, lambda: predicted_races(home.ledger), wait=wait)
    withdraw(home.cards, done.race_ids)
    ingest_report.show_undone(done, as_json)


def _unmerge(workspace: Workspace, inference_id: int, wait: float, as_json: bool) -> None:
    from velo.warehouse.unmerge import unmerge

    batch_id = unmerge(workspace.home, workspace.settings.store, inference_id, wait=wait)
    ingest_report.show_unmerged(inference_id, batch_id, as_json)


def _recheck(workspace: Workspace, wait: float, as_json: bool) -> None:
    from velo.warehouse.recheck import mends, recheck

    settings = workspace.settings
    with console.progress("Looking over the warehouse") as tell:
        done = recheck(
            workspace.home, settings.store, tell, wait=wait, mends=mends(settings.ingest.infer)
        )
    ingest_report.show_recheck(done, as_json)


def _list(workspace: Workspace, as_json: bool) -> None:
    from velo.warehouse.batches import entries
    from velo.warehouse.connection import warehouse

    with warehouse(workspace.home, workspace.settings.store, write=False) as con:
        ingest_report.show_entries(entries(con, LISTED), as_json)
