"""Where a home stands: data, build, models, what is stale and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from velo.backup.relocation import places
from velo.errors import DataError, HomeError, InputError, NothingBuilt, SettingsError, VeloError
from velo.home import Home
from velo.monitoring.upkeep import (
    Due,
    Facts,
    Staleness,
    due,
    due_to_drift,
    exit_code,
    staleness,
)
from velo.offline.build import current_build
from velo.offline.manifest import hashes
from velo.result import Result
from velo.settings import Settings
from velo.store.online.standing import standing_of
from velo.store.registry_file import holds_declarations
from velo.store.undescribed import undescribed
from velo.warehouse.totals import totals


@dataclass(frozen=True, repr=False)
class Status(Result):
    """How a home stands.

    Attributes:
        home: which.
        settings: in force.
        facts: what its parts say of themselves.
        data: what the warehouse holds, as `velo.warehouse.totals`; None without one.
        build: the current build; None without one.
        models: alias -> what the registry says of its version.
        stale: how old each part is.
        drift: what `velo drift` says, or why it cannot tell; None in a home without a champion.
        due: what must be done, the first first.
    """

    home: Home
    settings: Settings
    facts: Facts
    data: dict[str, Any] | None
    build: dict[str, Any] | None
    models: dict[str, dict[str, str]]
    stale: Staleness
    drift: dict[str, Any] | None
    due: tuple[Due, ...]

    @property
    def next(self) -> str:
        """The command that is to be run next."""
        return self.due[0].command if self.due else "velo backtest"

    @property
    def exit_code(self) -> int:
        """1 when something is due, 2 when drift could not be told, else 0."""
        return exit_code(list(self.due), self.drift)

    @property
    def summary(self) -> str:
        """How many steps are due, and the next one."""
        return f"{self.home.root}: {len(self.due)} due, next {self.next}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a step that is due: the command, and why."""
        return [asdict(each) for each in self.due]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "home": str(self.home.root),
            "named_elsewhere": list(self.facts.elsewhere),
            "warehouse": self.data,
            "build": self.build,
            "registry": self.facts.applied,
            "models": self.models,
            "staleness": self.stale.to_dict(),
            "drift": self.drift,
            "due": self.rows(),
            "next": self.next,
            "settings": self.settings.model_dump(mode="json"),
        }


def status(home: Home, settings: Settings) -> Status:
    """Look at every part of a home; nothing is changed.

    Raises:
        HomeError: a store cannot be read.
    """
    today = datetime.now(ZoneInfo(settings.live.timezone)).date()
    build, unlike = _build(home, settings)
    data = totals(home, settings.store, today, build["last_batch"] if build else 0)
    from training.record.registry import aliases

    models = aliases(home)
    facts = _facts(today, home, settings, data or {}, build or {}, models, unlike)
    todo = due(facts, settings.upkeep)
    drift = _drift(home, settings, models)
    todo += due_to_drift(drift, todo)
    return Status(home, settings, facts, data, build, models, staleness(facts), drift, tuple(todo))


def _build(home: Home, settings: Settings) -> tuple[dict[str, Any] | None, str | None]:
    """What the build says of itself, and how its windows are others than the settings'."""
    try:
        build = current_build(home)
    except NothingBuilt:
        return None, None
    tables = {table.table: table.rows for table in build.tables}
    hashed = hashes(home.current_build) is not None
    return (
        {**build.to_dict(), "tables": tables, "hashed": hashed},
        build.unlike(settings.windows),
    )


def _drift(home: Home, settings: Settings, models: Mapping[str, Any]) -> dict[str, Any] | None:
    if "champion" not in models:
        return None
    from velo.monitoring.drift import drift

    try:
        return drift(home, settings).to_dict()
    except DataError as error:
        return {"drifts": None, "wait": str(error)}
    except VeloError as error:
        return {"drifts": None, "error": str(error)}


def _facts(
    today: date,
    home: Home,
    settings: Settings,
    data: Mapping[str, Any],
    build: Mapping[str, Any],
    models: dict[str, dict[str, str]],
    unlike: str | None,
) -> Facts:
    online = standing_of(home)
    return Facts(
        today,
        data.get("results_to"),
        data.get("card_on"),
        build.get("number"),
        data.get("unseen", 0),
        holds_declarations(home.registry),
        None if online is None else (online.as_of, online.build),
        models,
        data.get("outdated", 0),
        data.get("unchecked", False),
        _misnamed(home, settings),
        build.get("hashed", True),
        elsewhere(home),
        unlike,
        undescribed(home.registry, settings.training.service),
    )


def _misnamed(home: Home, settings: Settings) -> str | None:
    """What the settings name that the registry lacks; not asked where they name nothing of theirs.

    Feast takes seconds to import.
    """
    if not holds_declarations(home.registry):
        return None
    from training.data.named import names_any, require_named

    if not names_any(settings):
        return None
    from training.data.dataset import feature_store

    try:
        require_named(feature_store(home), settings)
    except (HomeError, SettingsError) as error:
        return str(error)
    return None


def elsewhere(home: Home) -> tuple[str, ...]:
    """Other places that the home's files name as its own; none where they cannot be read."""
    try:
        return tuple(sorted(str(place) for place in places(home) if place.resolve() != home.root))
    except InputError:
        return ()
