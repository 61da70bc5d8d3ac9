"""`velo restore`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.backup import show


def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `velo backup` wrote.")],
    into: Annotated[
        Path | None, typer.Option(help="The home to be, empty or not there; default: VELO_HOME.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="Refuse an archive that has another SHA-256.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Make a home of an archive, once every file in it was verified."""
    from velo.backup.restore import restore as bring
    from velo.settings import home_path

    root = home_path() if into is None else into.expanduser().resolve()
    with console.progress("Restoring") as tell:
        done = bring(file.absolute(), root, sha256, tell)
    show("Restored", done, as_json)
    if not as_json and root != home_path():
        console.say(f"use it:   export VELO_HOME={shlex.quote(str(root))}")
