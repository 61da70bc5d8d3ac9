"""`velo status`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from velo.cli import console
from velo.cli.build import corrections


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Where the home stands: data, build, models, settings in force, and what to do next."""
    from velo import settings
    from velo.home import Home

    chosen, home = settings.load(), Home.current()
    data = _warehouse(home, chosen)
    built = _build(home)
    models = _models(home)
    found = {
        "home": str(home.root),
        "warehouse": data,
        "build": built,
        "registry": home.registry.exists(),
        "models": models,
        "next": _next(data, built, home.registry.exists(), models),
        "settings": chosen.model_dump(mode="json"),
    }
    if as_json:
        console.emit_json(found)
        return
    rows = [["home", found["home"]]]
    if data:
        rows += [
            ["races", f"{data['races']:,}, {data['first_day']} to {data['last_day']}"],
            ["runners", f"{data['runners']:,} of {data['horses']:,} horses"],
            ["imports", f"{data['imports']:,} files, {data['quarantined']:,} rows refused"],
        ]
    if built:
        rows += [
            ["build", f"{built['number']} to {built['last_day']}, {built['finished']}"],
            ["corrections", corrections(built)],
        ]
    for alias, model in models.items():
        rows.append([alias, _standing(model)])
    rows.append(["next", found["next"]])
    console.table("Status", ["what", "how it stands"], rows)


def _warehouse(home: Any, chosen: Any) -> dict[str, Any] | None:
    from velo.errors import NothingIngested
    from velo.warehouse.connection import warehouse

    try:
        with warehouse(home, chosen.store, write=False) as con:
            row = con.execute(
                "SELECT (SELECT count(*) FROM races), (SELECT count(*) FROM runners), "
                "(SELECT count(*) FROM horses), (SELECT count(*) FROM import_batches), "
                "(SELECT count(*) FROM quarantine), (SELECT min(date) FROM races), "
                "(SELECT max(date) FROM races), (SELECT max(batch_id) FROM import_batches)"
            ).fetchall()[0]
    except NothingIngested:
        return None
    names = ("races", "runners", "horses", "imports", "quarantined", "first_day", "last_day",
             "last_batch")  # fmt: skip
    return dict(zip(names, row, strict=True))


def _build(home: Any) -> dict[str, Any] | None:
    from velo.errors import NothingBuilt
    from velo.offline.build import current_build

    try:
        done = current_build(home).to_dict()
    except NothingBuilt:
        return None
    done["tables"] = {table["table"]: table["rows"] for table in done["tables"]}
    return done


def _models(home: Any) -> dict[str, dict[str, str]]:
    from training.registry import aliases

    return aliases(home)


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


def _next(
    data: dict[str, Any] | None, built: dict[str, Any] | None, applied: bool, models: dict[str, Any]
) -> str:
    if data is None or not data["races"]:
        return "velo ingest FILE"
    if built is None or built["last_batch"] != data["last_batch"]:
        return "velo build"
    if not applied:
        return "feast -c feature_repo apply"
    if not models:
        return "velo train"
    challenger = models.get("challenger", {})
    if challenger.get("verdict") == "passed" and "promotion" not in challenger:
        return "velo promote"
    return "velo backtest"
