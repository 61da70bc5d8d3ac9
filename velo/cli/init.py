"""`velo init`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to make; must not exist yet, or be empty.")
    ],
) -> None:
    """Make a project folder: settings, a copy of the features, and a home of its own."""
    from velo.project import GITIGNORE, make_project

    written = make_project(folder)
    console.say(f"{folder}: {', '.join(written)}")
    if ".gitignore" not in written:
        console.say(f"note: you have a .gitignore of your own: add {GITIGNORE.split()[0]} to it")
    console.say(f"its home is {folder.resolve() / 'var'}")
    console.say(f"next:     cd {shlex.quote(str(folder))} && velo ingest FILE...")
