"""`velo quarantine`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.options import LARGEST_NUMBER
from velo.formats import in_text


def quarantine(
    limit: Annotated[
        int, typer.Option(min=0, max=LARGEST_NUMBER, help="How many rows to show.")
    ] = 20,
    export: Annotated[
        Path | None, typer.Option(help="Write every refused row to this CSV file.")
    ] = None,
    unread: Annotated[
        bool, typer.Option("--unread", help="List the cells that no rule could read, by field.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """List the rows that ingest refused, or the cells it could not read, with file and line."""
    from velo import settings
    from velo.home import Home
    from velo.warehouse import quarantine as refused
    from velo.warehouse.connection import warehouse

    if unread:
        _unread(limit, export, as_json)
        return
    with warehouse(Home.current(), settings.load().store, write=False) as con:
        counts = refused.counts_by_reason(con)
        rows = refused.refusals(con, limit)
        exported = refused.export(con, export) if export else None
    if as_json:
        console.emit_json(
            {"counts": counts, "rows": [vars(row) for row in rows], "exported": exported}
        )
        return
    if not counts:
        console.say("there are no rows in quarantine")
        return
    console.table(
        "Refused rows by reason",
        ["reason", "rows", "meaning"],
        [[reason, count, refused.REASONS.get(reason, "")] for reason, count in counts.items()],
    )
    if rows:
        console.table(
            "Latest",
            ["file", "line", "reason", "row"],
            [[Path(r.file).name, r.line, r.reason, (r.raw or "")[:90]] for r in rows],
        )
    if export:
        console.say(f"wrote {exported:,} rows to {export}")


def _unread(limit: int, export: Path | None, as_json: bool) -> None:
    from velo import settings
    from velo.errors import InputError
    from velo.home import Home
    from velo.warehouse.connection import warehouse
    from velo.warehouse.unread import unread_cells

    if export:
        raise InputError("--export writes refused rows, so it does not go with --unread")
    with warehouse(Home.current(), settings.load().store, write=False) as con:
        rows = unread_cells(con, limit)
    if as_json:
        console.emit_json({"unread": [row.to_dict() for row in rows]})
        return
    if not rows:
        console.say("every cell could be read")
        return
    console.table(
        "Cells that were not read",
        ["file", "field", "reason", "cells", "given", "share", "examples"],
        [
            [
                Path(row.file or "").name,
                row.field,
                row.reason,
                row.cells,
                row.given,
                in_text.percent(row.share),
                ", ".join(f"line {each.line}: {each.text}" for each in row.examples),
            ]
            for row in rows
        ],
    )
