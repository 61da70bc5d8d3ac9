"""`velo migrate`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from velo.cli import console
from velo.cli.options import Wait


def migrate(
    wait: Wait = 0.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Migrate the home's stores to this version, in place. Commands that write do it by themselves.

    Each store is migrated completely or not at all.
    """
    from velo import settings
    from velo.backup.stores import migrate as bring
    from velo.home import Home

    done = bring(Home.current(), settings.load().store, wait, console.note)
    if as_json:
        console.emit_json({"stores": [asdict(each) for each in done]})
        return
    if not done:
        console.say("the home has no store yet: run `velo ingest FILE` first")
        return
    console.table(
        "Stores",
        ["store", "version", "what was done"],
        [
            [
                each.store,
                each.now,
                "nothing: it is up to date"
                if each.before == each.now
                else f"migrated from version {each.before}",
            ]
            for each in done
        ],
    )
