"""`velo docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.output_file import require_output


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the page is not current.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="The page; docs/features.md if not said.")
    ] = None,
) -> None:
    """Write the page of features, docs/features.md, from the declarations."""
    from velo.disk.whole_file import write_whole
    from velo.offline.page import PAGE, page
    from velo.offline.tables import FEATURE_REPO
    from velo.settings import Windows

    target = out or PAGE
    require_output("--out", target, (".md",))
    text = page(FEATURE_REPO, Windows())
    current = target.exists() and target.read_text(encoding="utf-8") == text
    if check:
        console.say(f"{target} is {'current' if current else 'not current: run `velo docs`'}")
        raise typer.Exit(0 if current else 1)
    if not current:
        write_whole(target, text)
    console.say(f"{target}: {'as it was' if current else 'written'}")
