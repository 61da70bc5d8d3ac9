"""Sequential tables: what each day of races moves, written in Python where SQL has no loop.

A rating after a day depends on the ratings before it, and so on back to the first day. Such a table
is a module in `feature_repo/tables`:

    \"\"\"One row a horse and day that it ran: the table's description.\"\"\"

    RUNS = "SELECT race_id, horse_id, known, ... FROM ..."
    COLUMNS = ("mean", "variance")
    ENGINE = RatingFilter(...)

`RUNS` names the tables that it reads, as any table's SQL does, and its rows of one `known`, the day
on which a race is known, depend on no other day's. The engine is given them day by day with the
newest row of each key from before, so it can begin on any day.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pandas as pd

from velo.errors import InputError

RULES = "velo.racing"
"""Whose modules are part of a table's identity where an engine is made of them."""

NEEDED = ("RUNS", "COLUMNS", "ENGINE")


class Engine(Protocol):
    """What fills a sequential table."""

    @property
    def keys(self) -> Sequence[Sequence[str]]:
        """The columns of each kind of key; a row has those of one kind, the others are null."""
        ...

    @property
    def state(self) -> Sequence[str]:
        """The columns that a later day needs to know of a key: numbers."""
        ...

    def advance(self, runs: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
        """The rows of some days in a row.

        It must come to the same, to the last bit, whether days are given at once or one after the
        other.

        Args:
            runs: one row a starter, sorted by `known`, `race_id` and `horse_id`; whole numbers are
                Int64, days datetime64.
            state: the newest row of each key from before those days: the keys, `known` and
                `state`. A key that occurs in no run may be left out.
        """
        ...


@dataclass(frozen=True)
class Sequential:
    """How a sequential table's rows are computed from its runs.

    Attributes:
        about: what a row is, in words.
        columns: the engine's columns that the table has beside its keys and `known`.
        source: the Python that the rows follow from: the module's, and that of the rules it uses.
        engine: computes the rows.
    """

    about: str
    columns: tuple[str, ...]
    source: str
    engine: Engine = field(compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of all kinds of key."""
        return tuple(dict.fromkeys(name for key in self.engine.keys for name in key))

    @property
    def row(self) -> tuple[str, ...]:
        """The table's columns; in their order its rows are sorted."""
        return ("known", *self.keys, *self.columns)


def read_sequential(path: Path) -> tuple[str, Sequential]:
    """The SELECT of a table's runs as it is written, and what computes its rows.

    Raises:
        InputError: the module cannot be run, or lacks a name that it must have.
    """
    return _read(path, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> tuple[str, Sequential]:
    module = ModuleType(f"velo_table_{hashlib.sha256(text.encode()).hexdigest()}")
    module.__file__ = str(path)
    # A dataclass looks its module up.
    sys.modules[module.__name__] = module
    try:
        # What is run is what is hashed: no bytecode of an earlier text.
        exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except Exception as error:
        raise InputError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    missing = [name for name in NEEDED if not hasattr(module, name)]
    if missing:
        raise InputError(f"{path} defines no {missing[0]}: a sequential table has {NEEDED}")
    rules = {name: inspect.getsource(sys.modules[name]) for name in _rules_of(module, set())}
    source = "\n".join([text, *(rules[name] for name in sorted(rules))])
    return str(vars(module)["RUNS"]), Sequential(
        " ".join((module.__doc__ or "").split()),
        tuple(vars(module)["COLUMNS"]),
        source,
        vars(module)["ENGINE"],
    )


def _rules_of(module: ModuleType, seen: set[str]) -> Iterator[str]:
    """The modules of the rules that a module takes anything from, and that those do."""
    for value in list(vars(module).values()):
        name = _module_of(value)
        if name not in seen and name.startswith(f"{RULES}."):
            seen.add(name)
            yield name
            yield from _rules_of(sys.modules[name], seen)


def _module_of(value: Any) -> str:
    if isinstance(value, ModuleType):
        return value.__name__
    return str(getattr(value, "__module__", None) or "")
