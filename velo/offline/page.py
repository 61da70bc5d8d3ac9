"""The page of features, docs/features.md: what the declarations and the tables' SQL say.

A feature's `Field` says what it is (`velo.offline.description`); the first comment of a table's SQL
says what its rows are. A cell that would be empty is an error, so the page has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from velo.errors import InputError
from velo.offline.bare_imports import imported_afresh
from velo.offline.description import Description, described
from velo.offline.discovery import discoveries
from velo.offline.needs import FACTS, strange_need
from velo.offline.tables import Table, load_tables
from velo.settings import Windows

RULES = PurePosixPath("reference", "feature-rules.md")
"""The page's way to the rules behind it."""

NO_ENTITY = "__dummy"
"""What Feast gives a view without entities."""

_HEAD = """\
# Features

Written by `velo docs` from the declarations in `feature_repo`; edit those. Settings of the section
`windows`, where a table reads one, stand at their defaults; `velo.toml` may set others. How a value
is computed by hand is in the [feature rules]({rules}).

What a feature needs, some data have and others lack. Where a training's days have none of it, the
feature is left out of that model and its gate.

A race sees what was known on its morning: a day's results become known at 00:00 UTC of the next
day, and a table's row holds from its `event_timestamp` to the key's next row.
"""


def page(repo: Path, windows: Windows) -> str:
    """The page of a feature repo.

    Args:
        repo: its folder.
        windows: lengths that are filled in.

    Raises:
        InputError: a feature or a table is not described, or a cell of the page would be empty.
    """
    tables = load_tables(windows, repo)
    with _declared(repo) as contents:
        views = {view.name: view for view in contents.feature_views}
        families = {view.name: view for view in contents.on_demand_feature_views}
        parts = [_HEAD.format(rules=RULES)]
        for service in sorted(contents.feature_services, key=lambda each: each.name):
            parts.append(_service(service, families))
        entities = [each for each in contents.entities if each.name != NO_ENTITY]
        keys = {each.name: each.join_key for each in entities}
        used = {each.name: _families_of(each.name, families) for each in contents.feature_views}
        parts.append("## Tables\n")
        parts += [
            _table(
                table,
                views[table.name],
                [keys[name] for name in views[table.name].entities if name in keys],
                used[table.name],
                _windows(table, windows),
            )
            for table in tables
            if table.name in views
        ]
        parts.append(_steps(tables, windows))
        parts.append(_requests(families))
        parts.append(_entities(entities))
    return "\n".join(parts)


@contextmanager
def _declared(repo: Path) -> Iterator[Any]:
    """What Feast finds in a repo, whose modules are imported afresh and forgotten again."""
    from feast.repo_operations import parse_repo

    with imported_afresh(repo):
        yield parse_repo(repo)


def _service(service: Any, families: dict[str, Any]) -> str:
    projections = service.feature_view_projections
    about = {each.name: described(each.features, families[each.name].tags) for each in projections}
    count = sum(map(len, about.values()))
    lines = [f"## Service `{service.name}`\n", f"{service.description}. In this order:\n"]
    lines += [
        f"Chosen by results in {each.region} from {each.first} to {each.last}, where their figures "
        "flatter them.\n"
        for each in discoveries(service.name, service.tags)
    ]
    for number, projection in enumerate(projections, 1):
        view = families[projection.name]
        lines += [f"### {number}. `{view.name}`\n", f"{view.description}.\n"]
        rows = [_feature(view.name, name, each) for name, each in about[view.name].items()]
        head = ("feature", "means", "unit", "needs", "missing when", "prior served when")
        lines.append(_grid(f"family {view.name}", head, rows))
        stands = ", ".join(_link(each) for each in _tables_of(view))
        asked = ", ".join(f"`{name}`" for name in sorted(view.source_request_sources))
        lines.append(f"From {stands or 'no table'}; with each runner: {asked or 'nothing'}.\n")
    lines.append(f"{count} features in {len(projections)} families.\n")
    return "\n".join(lines)


def _feature(view: str, name: str, about: Description) -> Sequence[str]:
    if about.lacking:
        raise InputError(f"{view}: say what {name} is in its {about.lacking}")
    strange = strange_need(about.needs or "")
    if strange is not None:
        raise InputError(f"{view}: {name} needs {strange!r}, which is none of {', '.join(FACTS)}")
    conditions = map(_condition, (about.missing_when, about.cold_when))
    return (f"`{name}`", about.text, about.unit, about.needs or "nothing", *conditions)


def _table(table: Table, view: Any, keys: list[str], families: list[str], windows: str) -> str:
    rows = [
        ("key", ", ".join(f"`{key}`" for key in keys)),
        ("columns", ", ".join(f"`{field.name}`" for field in view.features)),
        ("windows", windows or "none: the whole career, or the last starts"),
        ("families", ", ".join(f"`{name}`" for name in families) or "none"),
        ("SQL", f"`feature_repo/tables/{table.path}`"),
    ]
    grid = _grid(f"table {table.name}", ("", ""), rows)
    return f"### `{table.name}`\n\n{_comment(table)}\n\n{grid}"


def _steps(tables: list[Table], windows: Windows) -> str:
    lines = ["## On the way, and entity rows\n"]
    rows = []
    for table in tables:
        if table.kind != "feature":
            back = _windows(table, windows) or "none"
            where = f"`feature_repo/tables/{table.path}`"
            rows.append((f"`{table.name}`", _comment(table), back, where))
    return "\n".join([*lines, _grid("steps", ("table", "rows", "windows", "file"), rows)])


def _requests(families: dict[str, Any]) -> str:
    sources = {
        name: source
        for view in families.values()
        for name, source in view.source_request_sources.items()
    }
    rows = [
        (f"`{name}`", ", ".join(f"`{each.name}`" for each in source.schema))
        for name, source in sorted(sources.items())
    ]
    grid = _grid("request sources", ("source", "columns"), rows)
    return f"## Sent with each runner\n\n{grid}"


def _entities(entities: list[Any]) -> str:
    rows = [
        (f"`{each.name}`", f"`{each.join_key}`", each.value_type.name.lower())
        for each in sorted(entities, key=lambda each: each.name)
    ]
    return "\n".join(["## Entities\n", _grid("entities", ("entity", "key", "type"), rows)])


def _tables_of(view: Any) -> list[str]:
    return [each.name for each in view.source_feature_view_projections.values()]


def _families_of(table: str, families: dict[str, Any]) -> list[str]:
    return sorted(name for name, view in families.items() if table in _tables_of(view))


def _windows(table: Table, windows: Windows) -> str:
    """The lengths that a table's SQL looks back, and the settings it asks for with their values."""
    lengths = sorted({int(days) for days in re.findall(r"\((\d+) - 1\) PRECEDING", table.sql)})
    values = windows.model_dump()
    return ", ".join(
        [
            *(f"{days} days" for days in lengths),
            *(f"`{name}` {values[name]}" for name in table.windows),
        ]
    )


def _comment(table: Table) -> str:
    """The comment that a table's SQL begins with, or its module's docstring."""
    if table.sequential is not None:
        if not table.sequential.about:
            raise InputError(f"{table.path}: begin with a docstring that says what its rows are")
        return table.sequential.about
    lines = []
    for line in table.sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    if not lines:
        raise InputError(f"{table.name}.sql: begin with a comment that says what its rows are")
    return " ".join(lines)


def _condition(expression: str | None) -> str:
    return f"`{expression}`" if expression else "never"


def _link(table: str) -> str:
    return f"[`{table}`](#{table})"


def _grid(subject: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of the page.

    Raises:
        InputError: a cell is empty.
    """
    for row in rows:
        for column, cell in zip(head, row, strict=True):
            if not cell.strip():
                under = f" under {column!r}" if column else ""
                raise InputError(f"{subject}: {row[0]} has an empty cell{under}; declare it")

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"
