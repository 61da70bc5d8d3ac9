"""Typed settings: defaults here, then `velo.toml`, then the environment.

The project folder's `velo.toml` overrides the defaults below, one in the home overrides that, and
a variable such as `VELO_GATE__AE_RATIO=1.0` overrides both (two underscores step into a section).
`VELO_HOME` names the home; without it the project folder does (`velo.settings.project_folder`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableSource

from velo.errors import SettingsError
from velo.settings.in_force import chosen_declarations, chosen_home
from velo.settings.operations import DriftLimits, Ingest, Live, Serve, Store, Upkeep
from velo.settings.price_terms import OddsBand, PriceHours, PriceTerms
from velo.settings.project_folder import (
    FEATURE_REPO,
    PROJECT_ROOT,
    home_from,
    project_above,
    project_of,
    resolved,
    settings_files,
)
from velo.settings.search import Choices, SearchRange, Tuning
from velo.settings.section import PriceKind
from velo.settings.staking import (
    BUILT_IN_STRATEGIES,
    FOLLOWED,
    Backtest,
    Stake,
    Strategy,
    StrategyName,
)
from velo.settings.training import Beside, FieldRelative, Gate, Objective, Ranker, Training
from velo.settings.windows import Layoff, Priors, Windows
from velo.settings.wording import nearest, reason, shortened

NO_SETTINGS = ("velo_home", "velo_serve_token")
"""Variables of ours that set no setting: where the home is, and what must not be in a file."""

__all__ = [
    "BUILT_IN_STRATEGIES",
    "FEATURE_REPO",
    "PROJECT_ROOT",
    "Backtest",
    "Beside",
    "Choices",
    "DriftLimits",
    "FieldRelative",
    "Gate",
    "Ingest",
    "Layoff",
    "Live",
    "Objective",
    "OddsBand",
    "PriceHours",
    "PriceKind",
    "PriceTerms",
    "Priors",
    "Ranker",
    "SearchRange",
    "Serve",
    "Settings",
    "Stake",
    "Store",
    "Strategy",
    "StrategyName",
    "Training",
    "Tuning",
    "Upkeep",
    "Windows",
    "feature_repo",
    "home_path",
    "load",
]
PLACES = ("home", "feature_repo")
"""Settings that say where, and so are no part of what a run is repeated with."""


class Settings(BaseSettings):
    """Everything that can be set, frozen once loaded."""

    model_config = SettingsConfigDict(
        env_prefix="VELO_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = PROJECT_ROOT / "var"
    feature_repo: Path = Field(
        FEATURE_REPO, description="folder of the declarations, as seen from this file"
    )
    windows: Windows = Windows()
    priors: Priors = Priors()
    layoff: Layoff = Layoff()
    odds_band: OddsBand = OddsBand()
    gate: Gate = Gate()
    prices: PriceTerms = PriceTerms()
    ranker: Ranker = Ranker()
    beside: Beside = Beside()
    tuning: Tuning = Tuning()
    training: Training = Training()
    backtest: Backtest = Backtest()
    strategies: dict[StrategyName, Strategy] = {}
    ingest: Ingest = Ingest()
    live: Live = Live()
    serve: Serve = Serve()
    store: Store = Store()
    upkeep: Upkeep = Upkeep()
    drift: DriftLimits = DriftLimits()

    @model_validator(mode="before")
    @classmethod
    def _sections_are_known(cls, given: Any) -> Any:
        """A misspelt section would change nothing and say nothing."""
        known = sorted(cls.model_fields)
        for name in sorted(set(given) - set(known)):
            raise SettingsError(f"unknown setting {name!r}{nearest(name, known)}")
        return given

    @field_validator("feature_repo")
    @classmethod
    def _absolute(cls, repo: Path) -> Path:
        """One from the environment is seen from the working folder."""
        repo = resolved(repo, Path.cwd())
        if not os.path.isfile(repo / "feature_store.yaml"):
            raise ValueError("must be a folder with a feature_store.yaml, as `velo init` makes one")
        return repo

    @model_validator(mode="after")
    def _strategy_is_known(self) -> Settings:
        """The daily loop follows a strategy that is there and stakes on the win alone."""
        declared = [name for name, each in self.strategies.items() if not each.each_way]
        if self.live.strategy not in (*FOLLOWED, *declared):
            raise ValueError(
                f"live.strategy is {shortened(self.live.strategy)}: it must be one of "
                f"{', '.join((*FOLLOWED, *declared))}; each-way strategies are for backtests"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank the sources: arguments, environment, the home's file, the project's, defaults.

        The files are those of the home among the arguments; without a home no file is read.
        """
        home = init_settings().get("home")
        of_home = () if home is None else settings_files(Path(home))
        files = (_File(settings_cls, each) for each in of_home)
        return init_settings, env_settings, *files

    @property
    def project(self) -> Path | None:
        """The project folder that the home belongs to; None for a home that stands alone."""
        return project_of(self.home)

    def recorded(self) -> dict[str, Any]:
        """Plain JSON of what a run is repeated with: all but where things lie."""
        return self.model_dump(mode="json", exclude=set(PLACES))


class _File(TomlConfigSettingsSource):
    """A `velo.toml`, in which a path is seen from its own folder."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        written = super()._read_file(file_path)
        if isinstance(written.get("feature_repo"), str):
            folder = Path(str(file_path)).parent
            written["feature_repo"] = resolved(written["feature_repo"], folder)
        return written


def home_path(folder: Path | None = None) -> Path:
    """The home that is in force, absolute.

    It is that of the block (`velo.settings.in_force`); else what `VELO_HOME` names; else `var` of
    the nearest folder upwards with a `velo.toml`; else `var` of the checkout.

    Args:
        folder: where to look from; by default the working folder.

    Raises:
        SettingsError: there is no home, or the project folder is another user's.
        SettingsError: there is something else than a folder at that place, or its path has a `?`:
            DuckDB 2.0 takes what follows for options and writes its log to another path.
    """
    named = chosen_home() or os.environ.get("VELO_HOME")
    named = named or home_from(Path.cwd() if folder is None else folder)
    home = Path(named).expanduser().resolve()
    if home.exists() and not home.is_dir():
        raise SettingsError(f"the home {home} is not a folder: set VELO_HOME to one")
    if "?" in str(home):
        raise SettingsError(
            f"the home {home} has a question mark in its path, which DuckDB cannot write to: "
            "set VELO_HOME to another folder, or rename this one"
        )
    return home


def feature_repo() -> Path:
    """The folder of the declarations in force: the block's, else that of the settings."""
    return chosen_declarations() or load().feature_repo


def load(**overrides: Any) -> Settings:
    """Read the settings in force.

    Args:
        overrides: whole sections or single top-level values that beat file and environment.

    Raises:
        SettingsError: a name is unknown or a value is out of its range.
    """
    home = home_path()
    _refuse_unknown_variables()
    for file in settings_files(home):
        _refuse_unknown_sections(file)
    try:
        settings = Settings(**{"home": home, **overrides})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        given = shortened(first["input"])
        why = reason(first, Settings)
        complaint = f"setting {where!r}: {why} (given: {given})" if where else why
        raise SettingsError(
            f"{complaint}; mend it in {_files_of(home)} or in the environment"
        ) from None
    except UnreadableSource as error:
        raise SettingsError(f"{error}: write tables and lists as JSON") from None
    except RecursionError:
        raise SettingsError("a variable of the environment is nested too deep") from None
    _require_own_declarations(settings.feature_repo, home)
    return settings


def _known() -> list[str]:
    """What may be set; the home is no setting."""
    return sorted(set(Settings.model_fields) - {"home"})


def _files_of(home: Path) -> str:
    """The files that a setting may stand in, as a person is told: those that are there."""
    own, *projects = settings_files(home)
    there = [each for each in (own, *projects) if each.exists()]
    return " or ".join(str(each) for each in there or [own])


def _require_own_declarations(repo: Path, home: Path) -> None:
    """Feast's command goes by the declarations' folder: it must lead to the home in force."""
    if repo == FEATURE_REPO or chosen_home() or os.environ.get("VELO_HOME"):
        return
    if project_above(repo) != project_of(home):
        raise SettingsError(
            f"feature_repo is {repo}, from where Feast would not find the home {home}: copy it "
            "into the project folder, or set VELO_HOME"
        )


def _refuse_unknown_variables() -> None:
    for name in sorted(os.environ):
        if name.lower().startswith("velo_") and name.lower() not in NO_SETTINGS:
            _refuse_unknown_variable(name, _known())


def _refuse_unknown_sections(toml: Path) -> None:
    """A misspelt section would change nothing and say nothing."""
    known = _known()
    if not toml.exists():
        return
    if not toml.is_file():
        raise SettingsError(f"{toml} is no plain file: write the settings into one")
    try:
        written = tomllib.loads(toml.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a bare ValueError.
        raise SettingsError(f"{toml} is not TOML: {str(error).splitlines()[0]}") from None
    except OSError as error:
        raise SettingsError(f"{toml} cannot be read: {error.strerror}") from None
    unknown = sorted(set(written) - set(known))
    if unknown:
        raise SettingsError(
            f"{toml} has unknown section {unknown[0]!r}; known are {', '.join(known)}"
        )


def _refuse_unknown_variable(name: str, known: Sequence[str]) -> None:
    """A variable that steps into no section, or into one with a single underscore."""
    path = name.lower().removeprefix("velo_")
    section, inside, _ = path.partition("__")
    if inside and section not in known:
        raise SettingsError(f"{name}: no section {section!r}; known are {', '.join(known)}")
    meant = [each for each in known if not inside and path.startswith(f"{each}_")]
    if meant:
        section = max(meant, key=len)
        names = getattr(Settings.model_fields[section].annotation, "model_fields", ())
        settings = [f"VELO_{section.upper()}__{each.upper()}" for each in names]
        wanted = f"VELO_{section.upper()}__{path.removeprefix(section + '_').upper()}"
        raise SettingsError(f"{name} sets nothing{nearest(wanted, settings)}")
