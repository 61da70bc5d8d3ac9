"""The SQL of the offline tables: found in the feature repo, ordered by what each one reads.

A table is one SELECT in one file. `tables/base` are steps on the way, `tables/*.sql` are what
Feast views stand on, `tables/spine` are the entity rows and the outcomes. Windows come from the
settings as `{name}`, and so does what several tables have in common from `tables/fragments`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from velo.errors import InputError
from velo.offline.fragments import fragments, with_fragments
from velo.settings import FEATURE_REPO as FEATURE_REPO
from velo.settings import Windows, feature_repo

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_COMMENT = re.compile(r"--[^\n]*")
_WORD = re.compile(r"[a-z_][a-z_0-9]*", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """One table's SQL with its windows filled in.

    Attributes:
        name: the file's name without `.sql`.
        kind: `base`, `feature` or `spine`; only the last two are written.
        sql: a single SELECT.
        windows: the settings that it reads, by name.
    """

    name: str
    kind: str
    sql: str
    windows: tuple[str, ...] = ()


def load_tables(windows: Windows, repo: Path | None = None) -> list[Table]:
    """Every table of a feature repo, each after the tables that it reads.

    Args:
        windows: what the placeholders stand for.
        repo: the feature repo's folder; by default the one in force.

    Raises:
        InputError: a file has an unknown placeholder, two tables share a name, or tables read
            each other in a circle.
    """
    repo = feature_repo() if repo is None else repo
    tables = {}
    pieces = fragments(repo)
    for folder, kind in (("base", "base"), (".", "feature"), ("spine", "spine")):
        for path in sorted((repo / "tables" / folder).glob("*.sql")):
            if path.stem in tables:
                raise InputError(f"{path}: another table is called {path.stem}; rename one")
            tables[path.stem] = _table(path, kind, windows, pieces)
    reads = {
        name: (set(_WORD.findall(_COMMENT.sub("", table.sql))) & set(tables)) - {name}
        for name, table in tables.items()
    }
    try:
        return [tables[name] for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise InputError(f"{repo / 'tables'}: these tables read each other: {circle}") from None


def _table(path: Path, kind: str, windows: Windows, pieces: dict[str, str]) -> Table:
    text = with_fragments(path.read_text(encoding="utf-8"), pieces, str(path))
    values = windows.model_dump()

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join([*values, *pieces])
            raise InputError(
                f"{path}: no window or fragment is called {match[0]}; known are {known}"
            )
        return repr(values[match[1]])

    named = sorted(set(_PLACEHOLDER.findall(text)))
    return Table(path.stem, kind, _PLACEHOLDER.sub(value, text).strip(), tuple(named))


def folder_of(table: Table, build: Path) -> Path:
    """Where a build keeps a table; the steps on the way stand apart."""
    return build / "base" / table.name if table.kind == "base" else build / table.name
