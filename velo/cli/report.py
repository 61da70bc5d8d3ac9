"""`velo report`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from velo.cli import console


def report(
    model: Annotated[
        str, typer.Argument(metavar="[RUN]", help="champion, challenger, a version or a run id.")
    ] = "challenger",
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Set two runs side by side instead."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Set out a run, or two, as one HTML file that opens from disk."""
    with console.progress("Reporting") as tell:
        written = run(model, tell) if compare is None else run_comparison(*compare, tell)
    if as_json:
        console.emit_json(written)
        return
    console.say(f"report {written['path']}")
    console.say(f"{written['bytes'] / 1e6:.2f} MB, figures {written['figures']}")


def run(model: str, tell: Any) -> dict[str, Any]:
    """Make the report of one run; it also becomes the run's artifact."""
    from velo.home import Home
    from velo.report.findings import findings
    from velo.report.page import page
    from velo.report.publish import publish
    from velo.report.sources import sources

    home = Home.current()
    tell("reading the run")
    found = sources(home, model)
    tell("measuring")
    figures = findings(found)
    tell("drawing")
    return publish(home, f"report_{found.file_name}", figures, page(figures), found.run_id)


def run_comparison(first: str, second: str, tell: Any) -> dict[str, Any]:
    """Set two runs side by side."""
    from velo.home import Home
    from velo.report.comparison import comparison
    from velo.report.comparison_page import page
    from velo.report.publish import publish
    from velo.report.sources import sources

    home = Home.current()
    tell("reading the runs")
    pair = sources(home, first), sources(home, second)
    tell("measuring")
    figures = comparison(*pair)
    tell("drawing")
    return publish(home, f"compare_{pair[0].file_name}_{pair[1].file_name}", figures, page(figures))
