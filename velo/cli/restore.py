"""`velo restore`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.backup import show


def restore(
    file: Annotated[Path, typer.Argument(help="Archive that `velo backup` wrote.")],
    into: Annotated[
        Path | None,
        typer.Option(help="Home to restore into: empty, or not there yet; default: VELO_HOME."),
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="Refuse the archive unless this is its SHA-256.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Restore a home from an archive, after verifying every file in it."""
    from velo.backup.restore import restore as bring
    from velo.settings import home_path

    root = home_path() if into is None else into.expanduser().resolve()
    with console.progress("Restoring") as tell:
        done = bring(file.absolute(), root, sha256, tell)
    show("Restored", done, as_json)
    if not as_json and root != home_path():
        console.say(f"use it:   export VELO_HOME={shlex.quote(str(root))}")
