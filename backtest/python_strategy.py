"""Strategies in Python: a class of the project folder that is asked race by race whom to back.

    class Quiet:
        def backs(self, race):
            return (race["value"] > 0.1) & (race["p"] < 0.2)

`python = "strategies:Quiet"` names it in `velo.toml`. It sees what a card shows before the off and
nothing of how the race ended, and is asked as on a card: one race at a time, by a new object for
each, so it can learn neither from another race nor from a later day.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import pandas as pd

from backtest.cutoffs import Learned
from backtest.runners import Runners
from training.judging import selection
from velo.arrays import Flags
from velo.errors import InputError, SettingsError
from velo.settings import Strategy


class PythonStrategy(Protocol):
    """What a class of a project folder must be; it is made without arguments."""

    def backs(self, race: pd.DataFrame) -> Sequence[bool] | pd.Series[bool] | Flags:
        """Say who is backed.

        Args:
            race: one row a runner, by the columns of `race_frame`; the object's own to change.

        Returns:
            bool[runners], in the rows' order.
        """
        ...


@dataclass(frozen=True)
class Code:
    """A strategy's code as it was read.

    Attributes:
        named: `module:Class`, as the settings name it.
        project: the project folder that it is in.
        source: the module's file.
        sha256: of the file.
        kind: the class.
    """

    named: str
    project: Path
    source: bytes
    sha256: str
    kind: type[PythonStrategy]


def race_frame(runners: Runners, learned: Sequence[Learned]) -> pd.DataFrame:
    """What a strategy may know of every runner, in the runners' order.

    Returns:
        `race_id`, `date`, `course`, `race_type`, `class_level`, `decision_odds`, `p` (blended),
        `p_market`, `p_market_power`, `value` (expected profit of a point), and `cutoff_top10`,
        `cutoff_top20`, `cutoff_top30`: what the value must exceed to be of the best so many
        percent, as the model learned it before the race. No column shares memory with others.
    """
    given, facts = runners.given, runners.facts
    columns: dict[str, Any] = {
        "race_id": given.race_id,
        "date": given.dates,
        **{name: facts[name].to_numpy() for name in ("course", "race_type", "class_level")},
        "decision_odds": given.decision_odds,
        "p": given.p,
        "p_market": given.p_market,
        "p_market_power": given.p_market_power,
        "value": selection.expected_value(given.p, given.decision_odds),
    }
    for name, share in selection.SHARES.items():
        columns[f"cutoff_{name}"] = runners.cutoff(learned, share)
    return pd.DataFrame({name: np.array(column) for name, column in columns.items()})


def backed(
    name: str, code: Code, runners: Runners, learned: Sequence[Learned], asked: Flags
) -> Flags:
    """Whom a strategy backs, bool[rows].

    Args:
        name: the strategy's, for what is wrong with it.
        code: its class.
        runners: of the period, or of a card.
        learned: cut-offs by the day from which they are used.
        asked: bool[rows]; races without one are not asked about.

    Raises:
        InputError: the class fails, or answers something else than a flag a runner.
    """
    frame, races = race_frame(runners, learned), runners.given.races
    flags = np.zeros(len(runners), dtype=np.bool_)
    with _alone(code.project):
        for start, size in zip(races.offsets.tolist(), races.sizes.tolist(), strict=True):
            rows = slice(start, start + size)
            if asked[rows].any():
                flags[rows] = _answer(name, code, frame.iloc[rows].reset_index(drop=True).copy())
    return flags


def codes(declared: Mapping[str, Strategy], project: Path | None) -> dict[str, Code]:
    """The code of the declared strategies that have any, by name.

    Args:
        declared: name -> strategy, from the settings.
        project: the project folder of the settings, None if their home has none.

    Raises:
        SettingsError: the project folder has no such class.
    """
    return {
        name: code_of(name, strategy.python, project)
        for name, strategy in declared.items()
        if strategy.python is not None
    }


def code_of(name: str, named: str, project: Path | None) -> Code:
    """A strategy's code as it is in the project folder now.

    What is run is what was hashed: the file is read once, and no bytecode of it.

    Args:
        name: the strategy's.
        named: `module:Class`.
        project: the project folder, None if there is none.

    Raises:
        SettingsError: there is no project folder, or no such class of its own in it.
    """
    where = f"strategies.{name}.python"
    if project is None:
        raise SettingsError(
            f"{where}: {named} would be in a project folder, and the home has none: `velo init DIR`"
        )
    module, _, kind = named.partition(":")
    file = project.joinpath(*module.split(".")).with_suffix(".py")
    if not file.is_file():
        raise SettingsError(f"{where}: there is no {file}, and no other place is looked at")
    if not file.resolve().is_relative_to(project.resolve()):
        raise SettingsError(f"{where}: {file} leads out of the project folder: copy it there")
    return _loaded(where, project, named, file, kind, file.read_bytes())


@lru_cache(maxsize=256)
def _loaded(where: str, project: Path, named: str, file: Path, kind: str, source: bytes) -> Code:
    sha256 = hashlib.sha256(source).hexdigest()
    module = ModuleType(f"velo_strategy_{sha256}")
    module.__file__ = str(file)
    # A dataclass looks its module up.
    sys.modules[module.__name__] = module
    try:
        with _alone(project):
            exec(compile(source, str(file), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except Exception as error:
        raise SettingsError(f"{where}: {file} cannot be run: {_line(error)}") from error
    cls = vars(module).get(kind)
    if not isinstance(cls, type) or cls.__module__ != module.__name__:
        raise SettingsError(f"{where}: {file} defines no class {kind}: a class elsewhere is none")
    if not callable(getattr(cls, "backs", None)):
        raise SettingsError(f"{where}: {kind} in {file} has no method backs(self, race)")
    return Code(named, project, source, sha256, cls)


def _answer(name: str, code: Code, race: pd.DataFrame) -> Flags:
    columns, runners = ", ".join(race.columns), len(race)
    which = f"strategies.{name}: {code.named} on race {race['race_id'].iloc[0]}"
    try:
        answer = np.asarray(code.kind().backs(race))
    except Exception as error:
        raise InputError(f"{which}: {_line(error)}; a race has the columns {columns}") from error
    if answer.dtype != np.bool_ or answer.shape != (runners,):
        raise InputError(
            f"{which}: backs must answer true or false for each of {runners} runners, not "
            f"{answer.dtype} of the shape {answer.shape}"
        )
    return answer


@contextmanager
def _alone(project: Path) -> Iterator[None]:
    """Import nothing from the project folder: the hash is of one file, and must be of all of it."""
    path = list(sys.path)
    sys.path[:] = [each for each in path if Path(each or os.curdir).resolve() != project.resolve()]
    try:
        yield
    finally:
        sys.path[:] = path


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
