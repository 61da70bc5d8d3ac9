"""`velo docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.output_file import require_output


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the page is out of date.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Page to write; by default docs/features.md beside the declarations."
        ),
    ] = None,
) -> None:
    """Write the page about the features, docs/features.md, from the declarations."""
    from velo.disk.whole_file import write_whole
    from velo.offline.page import page
    from velo.settings import Windows, feature_repo

    repo = feature_repo()
    target = out or repo.parent / "docs" / "features.md"
    require_output("--out", target, (".md",))
    text = page(repo, Windows())
    current = target.exists() and target.read_text(encoding="utf-8") == text
    if check:
        console.say(f"{target} is {'up to date' if current else 'out of date: run `velo docs`'}")
        raise typer.Exit(0 if current else 1)
    if not current:
        write_whole(target, text)
    console.say(f"{target}: {'unchanged' if current else 'written'}")
