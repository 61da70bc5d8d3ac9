"""The page of features, docs/features.md: what the declarations and the tables' SQL say.

A view's tags speak of its features: `means:<feature>` and `unit:<feature>`, `missing_when:` and
`cold_when:` (or the bare word for all of them). A table's SQL says in its first comment what its
rows are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from velo.errors import InputError
from velo.offline.bare_imports import imported_afresh
from velo.offline.tables import Table, load_tables
from velo.settings import Windows

_HEAD = """\
# Features

Written by `velo docs` from the declarations in `feature_repo`; edit those. Settings of the section
`windows`, where a table reads one, stand at their defaults; `velo.toml` may set others.

A race sees what was known on its morning: a day's results become known at 00:00 UTC of the next
day, and a table's row holds from its `event_timestamp` to the key's next row.
"""


def page(repo: Path, windows: Windows) -> str:
    """The page of a feature repo.

    Args:
        repo: its folder.
        windows: lengths that are filled in.

    Raises:
        InputError: a feature or a table is not described.
    """
    tables = load_tables(windows, repo)
    with _declared(repo) as contents:
        views = {view.name: view for view in contents.feature_views}
        families = {view.name: view for view in contents.on_demand_feature_views}
        parts = [_HEAD]
        for service in sorted(contents.feature_services, key=lambda each: each.name):
            parts.append(_service(service, families))
        used = {each.name: _families_of(each.name, families) for each in contents.feature_views}
        parts.append("## Tables\n")
        parts += [
            _table(table, views[table.name], used[table.name], _windows(repo, table, windows))
            for table in tables
            if table.name in views
        ]
        parts.append(_steps(tables, repo, windows))
        parts.append(_requests(families))
        parts.append(_entities(contents.entities))
    return "\n".join(parts)


@contextmanager
def _declared(repo: Path) -> Iterator[Any]:
    """What Feast finds in a repo, whose modules are imported afresh and forgotten again."""
    from feast.repo_operations import parse_repo

    with imported_afresh(repo):
        yield parse_repo(repo)


def _service(service: Any, families: dict[str, Any]) -> str:
    projections = service.feature_view_projections
    count = sum(len(each.features) for each in projections)
    lines = [f"## Service `{service.name}`\n", f"{service.description}. In this order:\n"]
    for number, projection in enumerate(projections, 1):
        view = families[projection.name]
        lines += [f"### {number}. `{view.name}`\n", f"{view.description}.\n"]
        rows = [_feature(view, feature.name) for feature in projection.features]
        lines.append(_grid(("feature", "means", "unit", "missing when", "prior served when"), rows))
        stands = ", ".join(_link(each) for each in _tables_of(view))
        asked = ", ".join(f"`{name}`" for name in sorted(view.source_request_sources))
        lines.append(f"From {stands or 'no table'}; with each runner: {asked or 'nothing'}.\n")
    lines.append(f"{count} features in {len(projections)} families.\n")
    return "\n".join(lines)


def _feature(view: Any, name: str) -> Sequence[str]:
    tags = view.tags
    for said in ("means", "unit"):
        if not tags.get(f"{said}:{name}"):
            raise InputError(f"{view.name}: say what {name} is in a tag '{said}:{name}'")
    when = [
        tags.get(f"{kind}:{name}", tags.get(kind, "")) for kind in ("missing_when", "cold_when")
    ]
    return (f"`{name}`", tags[f"means:{name}"], tags[f"unit:{name}"], *map(_condition, when))


def _table(table: Table, view: Any, families: list[str], windows: str) -> str:
    keys = ", ".join(f"`{column.name}`" for column in view.entity_columns)
    columns = ", ".join(f"`{feature.name}`" for feature in view.features)
    rows = [
        ("key", keys),
        ("columns", columns),
        ("windows", windows or "none: the whole career, or the last starts"),
        ("families", ", ".join(f"`{name}`" for name in families)),
        ("SQL", f"`feature_repo/tables/{table.name}.sql`"),
    ]
    return f"### `{table.name}`\n\n{_comment(table)}\n\n{_grid(('', ''), rows)}"


def _steps(tables: list[Table], repo: Path, windows: Windows) -> str:
    lines = ["## On the way, and entity rows\n"]
    rows = []
    for table in tables:
        if table.kind != "feature":
            said = _windows(repo, table, windows)
            where = f"`feature_repo/tables/{table.kind}/{table.name}.sql`"
            rows.append((f"`{table.name}`", _comment(table), said or "none", where))
    return "\n".join([*lines, _grid(("table", "rows", "windows", "SQL"), rows)])


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
    return "\n".join(["## Sent with each runner\n", _grid(("source", "columns"), rows)])


def _entities(entities: list[Any]) -> str:
    rows = [
        (f"`{each.name}`", f"`{each.join_key}`", each.value_type.name.lower())
        for each in sorted(entities, key=lambda each: each.name)
        if each.name != "__dummy"
    ]
    return "\n".join(["## Entities\n", _grid(("entity", "key", "type"), rows)])


def _tables_of(view: Any) -> list[str]:
    return [each.name for each in view.source_feature_view_projections.values()]


def _families_of(table: str, families: dict[str, Any]) -> list[str]:
    return sorted(name for name, view in families.items() if table in _tables_of(view))


def _windows(repo: Path, table: Table, windows: Windows) -> str:
    """The lengths that a table's SQL looks back, and the settings it asks for with their values."""
    folder = repo / "tables" / ("" if table.kind == "feature" else table.kind)
    text = (folder / f"{table.name}.sql").read_text(encoding="utf-8")
    lengths = sorted({int(days) for days in re.findall(r"\((\d+) - 1\) PRECEDING", text)})
    named = sorted(set(re.findall(r"\{([a-z_]+)\}", text)))
    values = windows.model_dump()
    return ", ".join(
        [*(f"{days} days" for days in lengths), *(f"`{name}` {values[name]}" for name in named)]
    )


def _comment(table: Table) -> str:
    """The comment that a table's SQL begins with."""
    lines = []
    for line in table.sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    if not lines:
        raise InputError(f"{table.name}.sql: begin with a comment that says what its rows are")
    return " ".join(lines)


def _condition(expression: str) -> str:
    return f"`{expression}`" if expression else "never"


def _link(table: str) -> str:
    return f"[`{table}`](#{table})"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"
