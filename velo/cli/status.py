"""`velo status`."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from velo.cli import console
from velo.cli.build import corrections
from velo.monitoring.upkeep import (
    Facts,
    Staleness,
    drift_lines,
    due,
    due_to_drift,
    exit_code,
    staleness,
)


def status(
    inferred: Annotated[
        bool, typer.Option("--inferred", help="List what was concluded and not said by a file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Where the home stands: data, build, models, what is stale, and what to do next.

    Exit 1 when something is due, 2 when it could not be told.
    """
    from velo import settings
    from velo.home import Home

    chosen, home = settings.load(), Home.current()
    if inferred:
        _list_inferences(home, chosen, as_json)
        return
    today = datetime.now(ZoneInfo(chosen.live.timezone)).date()
    built, unlike = _build(home, chosen)
    data = _warehouse(home, chosen, today, built["last_batch"] if built else 0)
    models = _models(home)
    facts = replace(_facts(today, home, chosen, data, built, models), unlike=unlike)
    stale, todo = staleness(facts), due(facts, chosen.upkeep)
    drifting = _drift(home, chosen, models)
    todo += due_to_drift(drifting, todo)
    following = todo[0].command if todo else "velo backtest"
    found = {
        "home": str(home.root),
        "named_elsewhere": list(facts.elsewhere),
        "warehouse": data,
        "build": built,
        "registry": home.registry.exists(),
        "models": models,
        "staleness": stale.to_dict(),
        "drift": drifting,
        "due": [asdict(each) for each in todo],
        "next": following,
        "settings": chosen.model_dump(mode="json"),
    }
    if as_json:
        console.emit_json(found)
        raise typer.Exit(exit_code(todo, drifting))
    rows = [["home", str(home.root)]]
    rows += [["moved", f"files name {place} as the home"] for place in facts.elsewhere]
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
    for alias, model in models.items():
        rows.append([alias, _standing(model)])
    rows += _ages(stale)
    rows += [["drift", line] for line in drift_lines(drifting)]
    rows += [["due", f"{each.command}: {each.why}"] for each in todo] or [["due", "nothing"]]
    rows.append(["next", following])
    console.table("Status", ["what", "how it stands"], rows)
    raise typer.Exit(exit_code(todo, drifting))


def _list_inferences(home: Any, chosen: Any, as_json: bool) -> None:
    from velo.warehouse.connection import warehouse
    from velo.warehouse.inferences import inferences

    with warehouse(home, chosen.store, write=False) as con:
        listed = inferences(con)
    if as_json:
        console.emit_json({"inferences": [each.to_dict() for each in listed]})
        return
    console.table(
        "Inferred",
        ["id", "kind", "conclusion", "evidence", "runners", "batch", "taken back by"],
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
    console.say("`velo ingest --unmerge ID` takes one back")


def _warehouse(home: Any, chosen: Any, today: date, seen: int) -> dict[str, Any] | None:
    from velo.errors import NothingIngested
    from velo.warehouse.batches import CHANGES_DATA
    from velo.warehouse.connection import warehouse
    from velo.warehouse.readers import READERS
    from velo.warehouse.recheck import is_unchecked, outdated
    from velo.warehouse.unread import unread_shares

    cards = [reader.name for reader in READERS if reader.role == "card"]
    try:
        with warehouse(home, chosen.store, write=False) as con:
            row = con.execute(
                "SELECT (SELECT count(*) FROM races), (SELECT count(*) FROM runners), "
                "(SELECT count(*) FROM horses), (SELECT count(*) FROM import_batches), "
                "(SELECT count(*) FROM quarantine), (SELECT min(date) FROM races), "
                "(SELECT max(date) FROM races), (SELECT max(batch_id) FROM import_batches), "
                "(SELECT max(date) FROM races SEMI JOIN results USING (race_id)), "
                "(SELECT min(date) FROM races ANTI JOIN results USING (race_id) WHERE date >= ?), "
                "(SELECT count(*) FROM import_batches WHERE batch_id > ? AND NOT list_contains(?, "
                f"format) AND {CHANGES_DATA})",
                [today, seen, cards],
            ).fetchall()[0]
            unread = unread_shares(con)
            old = [each for each in outdated(con) if each.is_there and each.format not in cards]
            unchecked = is_unchecked(con)
    except NothingIngested:
        return None
    names = (
        "races",
        "runners",
        "horses",
        "imports",
        "quarantined",
        "first_day",
        "last_day",
        "last_batch",
        "results_to",
        "card_on",
        "unseen",
    )
    return dict(zip(names, row, strict=True)) | {
        "unread": unread,
        "outdated": len(old),
        "unchecked": unchecked,
    }


def _build(home: Any, chosen: Any) -> tuple[dict[str, Any] | None, str | None]:
    """What the build says of itself, and how its windows are others than the settings'."""
    from velo.errors import NothingBuilt
    from velo.offline.build import current_build
    from velo.offline.manifest import hashes

    try:
        build = current_build(home)
    except NothingBuilt:
        return None, None
    tables = {table.table: table.rows for table in build.tables}
    hashed = hashes(home.current_build) is not None
    return (
        {**build.to_dict(), "tables": tables, "hashed": hashed},
        build.unlike(chosen.windows),
    )


def _models(home: Any) -> dict[str, dict[str, str]]:
    from training.record.registry import aliases

    return aliases(home)


def _drift(home: Any, chosen: Any, models: dict[str, Any]) -> dict[str, Any] | None:
    """What `velo drift` finds, or why it cannot tell; None in a home without a champion."""
    if "champion" not in models:
        return None
    from velo.errors import DataError, VeloError
    from velo.monitoring.drift import drift

    try:
        found = drift(home, chosen)
    except DataError as error:
        return {"drifts": None, "wait": str(error)}
    except VeloError as error:
        return {"drifts": None, "error": str(error)}
    return found.to_dict()


def _standing(model: dict[str, str]) -> str:
    """A version, what the gate said of it, and how and when its last promotion ended."""
    name = f"version {model['version']}"
    if "label" in model:
        name += f" ({model['label']})"
    if "judged" in model:
        said = f"version {model['judged']}'s recipe, retrained"
    else:
        said = {"passed": "the gate holds", "refused": "the gate refuses"}.get(
            model["verdict"], model["verdict"]
        )
    last = f"; {model['promotion']}" if "promotion" in model else ""
    return f"{name}: {said}{last}"


def _facts(
    today: date,
    home: Any,
    chosen: Any,
    data: dict[str, Any] | None,
    built: dict[str, Any] | None,
    models: dict[str, Any],
) -> Facts:
    data, built = data or {}, built or {}
    return Facts(
        today,
        data.get("results_to"),
        data.get("card_on"),
        built.get("number"),
        data.get("unseen", 0),
        home.registry.exists(),
        _online(home),
        models,
        data.get("outdated", 0),
        data.get("unchecked", False),
        _misnamed(home, chosen),
        built.get("hashed", True),
        elsewhere(home),
    )


def _misnamed(home: Any, chosen: Any) -> str | None:
    """What the settings name that the registry lacks; not asked where they name nothing of theirs.

    Feast takes seconds to import.
    """
    from velo.errors import HomeError, SettingsError

    if not home.registry.exists():
        return None
    from training.data.named import names_any, require_named

    if not names_any(chosen):
        return None
    from training.data.dataset import feature_store

    try:
        require_named(feature_store(), chosen)
    except (HomeError, SettingsError) as error:
        return str(error)
    return None


def elsewhere(home: Any) -> tuple[str, ...]:
    """Other places that the home's files name as its own; none where they cannot be read."""
    from velo.errors import InputError
    from velo.keeping.relocation import places

    try:
        return tuple(sorted(str(place) for place in places(home) if place.resolve() != home.root))
    except InputError:
        return ()


def _online(home: Any) -> tuple[date, int] | None:
    from velo.disk.sqlite_file import read_sqlite_file
    from velo.store.online.standing import STEPS, standing

    if not home.online.exists():
        return None
    with read_sqlite_file(home.online, STEPS) as con:
        found = standing(con)
    return None if found is None else (found.as_of, found.build)


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
