"""`velo backup`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console
from velo.cli.options import Wait

if TYPE_CHECKING:
    from velo.backup.backup import HomeCopy


def backup(
    file: Annotated[Path, typer.Argument(help="Archive to write, such as home-2024-05-04.tar.gz.")],
    wait: Wait = 600.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Write the whole home into one verified archive, while other commands run.

    Exit 1 if the ledger in it is not what was recorded; the archive is written even then.
    """
    from velo import settings
    from velo.backup.backup import backup as keep
    from velo.home import Home

    with console.progress("Backing up") as tell:
        done = keep(Home.current(), settings.load().store, file.absolute(), wait, _say, tell)
    show("Backed up", done, as_json)
    if done.ledger:
        raise typer.Exit(1)


def show(title: str, done: HomeCopy, as_json: bool) -> None:
    """What was backed up or restored: files, bytes, hash."""
    if as_json:
        console.emit_json(done.to_dict())
        return
    console.table(
        title,
        ["what", "how much"],
        [
            ["home", done.home],
            ["archive", done.archive],
            ["files", f"{done.files:,}"],
            ["bytes", f"{done.bytes:,}, {done.packed:,} in the archive"],
            ["made", f"{done.made} by version {done.code_version}"],
            ["sha256", done.sha256],
        ],
    )
    for line in done.ledger:
        console.say(f"ledger.db, NOT AS RECORDED: {line}")
    if done.left_out:
        console.say(f"not in the archive: {', '.join(done.left_out)}")


def _say(why: str) -> None:
    console.note(f"velo: {why}")
