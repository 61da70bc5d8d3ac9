"""`velo status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console
from velo.cli.build import corrections
from velo.monitoring.upkeep import Staleness, drift_lines

if TYPE_CHECKING:
    from velo.api import Workspace
    from velo.monitoring.status import Status


def status(
    inferred: Annotated[
        bool, typer.Option("--inferred", help="List the conclusions that no file states.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Show the state of the home: data, build, models, what is stale, and what to do next.

    Exit 1 if something is due, 2 if it cannot tell.
    """
    import velo

    workspace = velo.open()
    if inferred:
        _list_inferences(workspace, as_json)
        return
    result = workspace.status()
    if as_json:
        console.emit_json(result.to_dict())
    else:
        _show(result)
    raise typer.Exit(result.exit_code)


def _show(result: Status) -> None:
    data, built = result.data, result.build
    rows = [["home", str(result.home.root)]]
    rows += [["moved", f"files still name {place} as the home"] for place in result.facts.elsewhere]
    if data:
        rows += [
            ["races", f"{data['races']:,}, {data['first_day']} to {data['last_day']}"],
            ["runners", f"{data['runners']:,} of {data['horses']:,} horses"],
            ["imports", f"{data['imports']:,} files, {data['quarantined']:,} rows refused"],
        ]
        rows += [
            [
                "unread",
                f"{each['field']}: {each['cells']:,} of {each['given']:,} cells "
                "(`velo quarantine --unread`)",
            ]
            for each in data["unread"]
        ]
    if built:
        rows += [
            ["build", f"{built['number']} to {built['last_day']}, {built['finished']}"],
            ["corrections", corrections(built)],
        ]
    for alias, model in result.models.items():
        rows.append([alias, _standing(model)])
    rows += _ages(result.stale)
    rows += [["drift", line] for line in drift_lines(result.drift)]
    rows += [["due", f"{each.command}: {each.why}"] for each in result.due] or [["due", "nothing"]]
    rows.append(["next", result.next])
    console.table("Status", ["what", "how it stands"], rows)


def _list_inferences(workspace: Workspace, as_json: bool) -> None:
    from velo.warehouse.connection import warehouse
    from velo.warehouse.inferences import inferences

    with warehouse(workspace.home, workspace.settings.store, write=False) as con:
        listed = inferences(con)
    if as_json:
        console.emit_json({"inferences": [each.to_dict() for each in listed]})
        return
    console.table(
        "Inferred",
        ["id", "kind", "conclusion", "evidence", "runners", "batch", "undone by"],
        [
            [
                each.inference_id,
                each.kind,
                each.conclusion,
                each.evidence,
                each.runners,
                each.batch_id,
                each.undone_by or "",
            ]
            for each in listed
        ],
    )
    console.say("`velo ingest --unmerge ID` undoes one")


def _standing(model: dict[str, str]) -> str:
    """A version, what the gate said of it, and how and when its last promotion ended."""
    name = f"version {model['version']}"
    if "label" in model:
        name += f" ({model['label']})"
    if "judged" in model:
        verdict = f"version {model['judged']}'s recipe, retrained"
    else:
        verdict = {"passed": "passed the gate", "refused": "refused by the gate"}.get(
            model["verdict"], model["verdict"]
        )
    last = f"; {model['promotion']}" if "promotion" in model else ""
    return f"{name}: {verdict}{last}"


def _ages(stale: Staleness) -> list[list[str]]:
    """How old things are, as rows of the table; what is not there is left out."""
    rows = []
    if stale.results_days is not None:
        rows.append(["last result", f"{stale.results_days:,} days ago"])
    if stale.build_behind:
        rows.append(["build behind", f"{stale.build_behind:,} imports"])
    if stale.next_race_day is not None:
        serves = "nothing" if stale.online_as_of is None else f"the morning of {stale.online_as_of}"
        fresh = ", of the current build" if stale.online_fresh else ""
        rows.append(
            ["online store", f"serves {serves}{fresh}; next race day {stale.next_race_day}"]
        )
    age = "none" if stale.model_days is None else f"{stale.model_days:,} days old"
    return [*rows, ["champion's age", age]]
