"""`velo report`."""

from __future__ import annotations

from typing import Annotated

import typer

from velo.cli import console


def report(
    model: Annotated[
        str,
        typer.Argument(
            metavar="[RUN]", help="Run to report: champion, challenger, a version or a run id."
        ),
    ] = "challenger",
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Compare two runs side by side instead."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Write the report of a run, or a comparison of two, as one HTML file."""
    import velo

    workspace = velo.open()
    with console.progress("Reporting") as tell:
        page = (
            workspace.report(model, progress=tell)
            if compare is None
            else workspace.compare(*compare, progress=tell)
        )
    if as_json:
        console.emit_json(page.to_dict())
        return
    console.say(f"report {page.path}")
    console.say(f"{page.bytes / 1e6:.2f} MB, figures {page.figures}")
