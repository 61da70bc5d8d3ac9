"""The offline tables: found in the feature repo, ordered by what each one reads.

A table is one SELECT in one file. `tables/base` are steps on the way, `tables/*.sql` are what
Feast views stand on, `tables/spine` are the entity rows and the outcomes. `tables/*.py` are
sequential tables, steps on the way too: a SELECT, and the Python that makes rows of it
(`velo.offline.sequence`). Windows come from the settings as `{name}`, and so does what several
tables have in common from `tables/fragments`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from velo.errors import InputError
from velo.offline.fragments import fragments, with_fragments
from velo.offline.sequence import Sequential, read_sequential
from velo.settings import FEATURE_REPO as FEATURE_REPO
from velo.settings import Windows, feature_repo

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_COMMENT = re.compile(r"--[^\n]*")
_WORD = re.compile(r"[a-z_][a-z_0-9]*", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """One table's SQL with its windows filled in.

    Attributes:
        name: the file's name without `.sql` or `.py`.
        kind: `base`, `feature` or `spine`; only the last two are written.
        sql: a single SELECT; a sequential table's gives its runs.
        windows: the settings that it reads, by name.
        sequential: what makes a sequential table's rows of its runs.
    """

    name: str
    kind: str
    sql: str
    windows: tuple[str, ...] = ()
    sequential: Sequential | None = None

    @property
    def text(self) -> str:
        """All that its rows follow from."""
        return self.sql if self.sequential is None else f"{self.sql}\n{self.sequential.source}"

    @property
    def path(self) -> str:
        """Its file, below the folder `tables`."""
        if self.sequential is not None:
            return f"{self.name}.py"
        return f"{self.name}.sql" if self.kind == "feature" else f"{self.kind}/{self.name}.sql"


def load_tables(windows: Windows, repo: Path | None = None) -> list[Table]:
    """Every table of a feature repo, each after the tables that it reads.

    Args:
        windows: what the placeholders stand for.
        repo: the feature repo's folder; by default the one in force.

    Raises:
        InputError: a file has an unknown placeholder or cannot be run, two tables share a name,
            or tables read each other in a circle.
    """
    repo = feature_repo() if repo is None else repo
    tables = {}
    pieces = fragments(repo)
    for pattern, kind in (
        ("base/*.sql", "base"),
        ("*.py", "base"),
        ("*.sql", "feature"),
        ("spine/*.sql", "spine"),
    ):
        for path in sorted((repo / "tables").glob(pattern)):
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
    if path.suffix == ".py":
        text, sequential = read_sequential(path)
    else:
        text, sequential = path.read_text(encoding="utf-8"), None
    text = with_fragments(text, pieces, str(path))
    values = windows.model_dump()

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join([*values, *pieces])
            raise InputError(
                f"{path}: no window or fragment is called {match[0]}; known are {known}"
            )
        return repr(values[match[1]])

    named = sorted(set(_PLACEHOLDER.findall(text)))
    sql = _PLACEHOLDER.sub(value, text).strip()
    return Table(path.stem, kind, sql, tuple(named), sequential)


def folder_of(table: Table, build: Path) -> Path:
    """Where a build keeps a table; the steps on the way stand apart."""
    return build / "base" / table.name if table.kind == "base" else build / table.name
