"""Typed settings: defaults here, then `velo.toml` in the home, then the environment.

`VELO_HOME` names the home (default: `var` beside the project). Inside the home an optional
`velo.toml` overrides the defaults below; a variable such as `VELO_GATE__AE_RATIO=1.0` overrides
both (two underscores step into a section).
"""

from __future__ import annotations

import os
import tomllib
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableSource

from velo.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$")]
PriceKind = Literal["sp", "bsp", "wap", "open", "morning", "breakfast", "evening"]
BUILT_IN_STRATEGIES = ("top10", "top20", "top30", "all", "favourite", "blind_band")
"""The last two need no model: they are what a backtest sets the others against."""


def _not_built_in(name: str) -> str:
    if name in BUILT_IN_STRATEGIES:
        raise ValueError(f"{name} is built in; choose another name")
    return name


StrategyName = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"), AfterValidator(_not_built_in)
]
Objective = Literal["conditional_logit", "lambdarank", "rank_xendcg", "linear", "auto"]
FieldRelative = Literal["none", "difference", "rank", "both"]


class Section(BaseModel):
    """A group of settings; an unknown name in it is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Windows(Section):
    """Lengths of the rolling windows, in days before the race (features.md)."""

    strike_rate_short: int = Field(14, ge=1)
    strike_rate_medium: int = Field(30, ge=1)
    strike_rate_long: int = Field(90, ge=1)
    pair: int = Field(365, ge=1)
    draw_bias: int = Field(180, ge=1)
    prize_ladder: int = Field(365, ge=1)
    prize_ladder_races: int = Field(200, ge=1, description="fewer races: no level from prizes")
    par_races: int = Field(20, ge=1, description="fewer races: no par time")

    @model_validator(mode="after")
    def _ordered(self) -> Windows:
        if not self.strike_rate_short < self.strike_rate_medium < self.strike_rate_long:
            raise ValueError("strike_rate_short < strike_rate_medium < strike_rate_long must hold")
        return self


class Priors(Section):
    """Shrinkage strengths and population values, used where a training run has fitted none.

    Strengths are in starts for rates and in expected wins for impact values.
    """

    p0: float = Field(0.105, gt=0, lt=1, description="population strike rate")
    trainer_k0: Positive = 60.0
    trainer_k1: Positive = 120.0
    jockey_k0: Positive = 60.0
    jockey_k1: Positive = 150.0
    pair_k2: Positive = 60.0
    horse_k: Positive = 2.0
    draw_k: Positive = 40.0
    draw_distance_k: Positive = 40.0
    draw_course_k: Positive = 20.0
    form_k: Positive = 3.0
    form_v0: Positive = 0.075


class Layoff(Section):
    """The layoff penalty's knots (days, penalty) and the sweet spot (features.md, family 2)."""

    knots: tuple[tuple[float, float], ...] = (
        (0, 0.15),
        (15, 0.10),
        (30, 0.0),
        (60, 0.0),
        (120, 0.15),
        (240, 0.30),
    )
    sweet_spot: tuple[float, float] = (30, 60)

    @model_validator(mode="after")
    def _increasing(self) -> Layoff:
        days = [day for day, _ in self.knots]
        if len(days) < 2 or any(b <= a for a, b in pairwise(days)):
            raise ValueError("layoff.knots need at least two days, each later than the one before")
        if self.sweet_spot[0] > self.sweet_spot[1]:
            raise ValueError("layoff.sweet_spot must run from its lower to its upper day")
        return self


class OddsBand(Section):
    """Decimal odds within which bets are struck and band metrics are taken."""

    low: float = Field(5.0, gt=1)
    high: float = Field(21.0, gt=1)

    @model_validator(mode="after")
    def _ordered(self) -> OddsBand:
        if self.low >= self.high:
            raise ValueError("odds_band.low must be below odds_band.high")
        return self


class Gate(Section):
    """Targets of the promotion gate (evaluation.md, Promotion gate)."""

    calibration_error: Positive = 0.023
    band_calibration_margin: float = Field(0.002, ge=0)
    ae_ratio: Positive = 1.03
    roi_top20: float = 0.0
    alpha_low: float = 0.3
    alpha_high: float = 0.5
    null_rate: Share = 0.02
    dead_share: Share = Field(0.95, description="a feature null more often than this is dead")
    waived_dead: tuple[str, ...] = ()
    training_rows: int = Field(50_000, ge=0)
    holdout_days: int = Field(90, ge=1)
    top1_alarm: Share = Field(0.05, description="top-1 hit rate above the favourite's by more")
    underpowered: Share = Field(0.05, description="half-width of the ROI interval above this")


class Prices(Section):
    """Which prices decide and which settle (evaluation.md, Two prices)."""

    decision: PriceKind = "sp"
    settlement: PriceKind = "sp"
    devig: Literal["shin", "power", "proportional", "auto"] = Field(
        "auto", description="auto takes the likeliest, out of fold, before the first test days"
    )
    commission: dict[str, float] = {"sp": 0.0, "bsp": 0.02, "wap": 0.02}
    exchange: tuple[PriceKind, ...] = Field(
        ("bsp", "wap"), description="matched on the exchange: its reduction factor, not Rule 4"
    )


class Ranker(Section):
    """LightGBM parameters of the fundamental model."""

    objective: Objective = "conditional_logit"
    field_relative: FieldRelative = Field(
        "none", description="what the model sees of a number beside its field"
    )
    monotone: dict[str, Literal[-1, 1]] = Field(
        {}, description="feature -> 1: never less likely by more of it, -1: never more"
    )
    interactions: tuple[tuple[str, ...], ...] = Field(
        (), description="groups of features that may stand on one branch; () lets all"
    )
    rounds: int = Field(400, ge=1)
    early_stopping: int = Field(30, ge=1)
    learning_rate: Positive = 0.06
    num_leaves: int = Field(6, ge=2)
    min_data_in_leaf: int = Field(100, ge=1)
    min_sum_hessian_in_leaf: Positive = 5.0
    lambda_l2: float = Field(10.0, ge=0)
    feature_fraction: float = Field(0.5, gt=0, le=1)
    bagging_fraction: float = Field(1.0, gt=0, le=1)
    max_bin: int = Field(127, ge=3)
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)


class Span(Section):
    """A range that a setting is searched in, both ends included; `log` searches magnitudes."""

    low: float
    high: float
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.low >= self.high or (self.log and self.low <= 0):
            raise ValueError("low must be below high, and above 0 where log is set")
        return self

    def extremes(self) -> tuple[float, ...]:
        """The values between which all others lie."""
        return self.low, self.high


class Choices(Section):
    """The values that a setting is chosen from."""

    choices: tuple[int | float, ...] = Field(min_length=2)

    def extremes(self) -> tuple[int | float, ...]:
        """Every value, for none lies between others."""
        return self.choices


class Tuning(Section):
    """What `velo train --tune N` searches: numbers of the section `ranker`, by name."""

    space: dict[str, Span | Choices] = {
        "learning_rate": Span(low=0.02, high=0.15, log=True),
        "num_leaves": Span(low=3, high=31, log=True),
        "min_data_in_leaf": Span(low=20, high=1000, log=True),
        "min_sum_hessian_in_leaf": Span(low=1, high=50, log=True),
        "lambda_l2": Span(low=0.1, high=100, log=True),
        "feature_fraction": Span(low=0.3, high=1),
    }

    @model_validator(mode="after")
    def _possible(self) -> Tuning:
        """Every end and every choice is a value that the ranker takes."""
        numbers = {
            n for n, field in Ranker.model_fields.items() if field.annotation in (int, float)
        }
        searched = sorted(numbers - {"threads"})
        for name, dimension in self.space.items():
            if name not in searched:
                raise ValueError(f"{name} cannot be searched; these can: {', '.join(searched)}")
            for value in dimension.extremes():
                try:
                    Ranker.model_validate({name: value})
                except ValidationError as error:
                    reason = error.errors()[0]["msg"]
                    raise ValueError(f"ranker.{name} cannot be {value!r}: {reason}") from None
        return self


class Training(Section):
    """Folds, holdout and the blend."""

    history_days: int = Field(365, ge=0, description="first days of a data set: history only")
    folds: int = Field(5, ge=2)
    first_test_share: float = Field(0.4, gt=0, lt=1, description="of the days, before fold one")
    embargo_days: int = Field(0, ge=0, description="days left out between train and test")
    holdout_days: int = Field(90, ge=1)
    stopping_share: float = Field(
        0.15, gt=0, lt=0.5, description="last share of the first fold's days"
    )
    blend: Literal["benter", "residual"] = "benter"
    calibration: Literal["auto", "none", "isotonic", "beta"] = Field(
        "auto", description="auto keeps what gains out of fold, for blend and market each"
    )
    alpha_start: float = 0.25
    bootstrap_draws: int = Field(2000, ge=100)
    seed: int = 20150101
    service: str = "velo_v1_1_0"


class Stake(Section):
    """How much a bet gets; every cap is a share of the bank.

    The bank is the opening one for plans of fixed points and each day's own for Kelly.
    """

    plan: Literal["flat", "level_to_win", "kelly"] = "flat"
    points: Positive = Field(1.0, description="staked (flat) or to be won (level_to_win)")
    fraction: float = Field(0.25, gt=0, le=1, description="of the Kelly stake")
    cap_bet: float = Field(1.0, gt=0, le=1)
    cap_race: float = Field(1.0, gt=0, le=1)
    cap_day: float = Field(1.0, gt=0, le=1)


class Strategy(Section):
    """Which runners a declared strategy backs, and how; what is not given does not narrow."""

    odds_low: float | None = Field(None, gt=1, description="decision price; default: odds_band's")
    odds_high: float | None = Field(None, gt=1)
    min_edge: float | None = Field(None, description="expected profit of a point must exceed it")
    top_share: float | None = Field(
        None, ge=0.01, le=0.99, multiple_of=0.01,
        description="of the odds band, by the expected value that was the cut-off before",
    )  # fmt: skip
    courses: tuple[str, ...] = ()
    race_types: tuple[str, ...] = ()
    classes: tuple[float, ...] = Field((), description="levels, 1 the best; pattern below 1")
    stake: Stake = Stake()
    each_way: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Strategy:
        if self.odds_low and self.odds_high and self.odds_low >= self.odds_high:
            raise ValueError("odds_low must be below odds_high")
        return self


class Backtest(Section):
    """The bank, the walk and the null of a backtest."""

    bank: Positive = Field(100.0, description="points, on the first day")
    retrain_months: int = Field(3, ge=1)
    null_draws: int = Field(1000, ge=100, description="random selections that a strategy faces")


class Live(Section):
    """The daily loop: until when a prediction counts, and which strategy its stakes follow."""

    timezone: str = Field("Europe/London", description="of the off times and of `morning`")
    morning: time = Field(
        time(10, 0), description="a race without an off time is predicted before this, on its day"
    )
    strategy: str = Field("top20", description="whose stakes are printed and kept")
    incomplete: Literal["decline", "score"] = Field(
        "decline", description="a race of which a declared runner could not be read"
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no time zone is called {name!r}; as Europe/London") from None
        return name


class Serve(Section):
    """Bounds of the service over HTTP. Its token is no setting: it is never shown or logged."""

    largest_body: Size = Field("8MB", description="of a request")
    body_seconds: float = Field(30.0, gt=0, description="in which a request's body must arrive")
    waiting: int = Field(1000, ge=1, description="predictions asked for and not yet made")
    together: int = Field(16, ge=1, description="races that are priced in one go")
    look_seconds: float = Field(2.0, gt=0, description="between looks for another champion")
    drain_seconds: int = Field(30, ge=1, description="for requests in flight at the end")


class Store(Section):
    """Bounds of the DuckDB connections that read files, build and retrieve."""

    memory_limit: Size = "8GB"
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    spill_limit: Size = Field("100GB", description="on disk, when memory does not suffice")
    largest_file: Size = Field("40GB", description="a delivery's file, unpacked")
    most_rows: int = Field(50_000_000, ge=1, description="rows that a parquet file may claim")
    builds_kept: int = Field(2, ge=1)


class Upkeep(Section):
    """From when on `velo status` says that something is due, in a home that has a champion."""

    results_days: int = Field(2, ge=0, description="days since the last result; more are stale")
    model_days: int = Field(120, ge=1, description="days since the champion was made")


class Drift(Section):
    """How far the last days may be from what the champion was trained and judged on.

    What chance alone gives is taken off before a limit is asked, and what windows of the training
    year showed is added to it.
    """

    days: int = Field(30, ge=7, description="the window: so many days to the last prediction")
    runners: int = Field(1000, ge=100, description="fewer with a feature: not enough to tell")
    races: int = Field(300, ge=50, description="fewer with a result: not enough to tell")
    psi: Positive = Field(0.2, description="population stability index of a feature")
    distance: Positive = Field(0.15, description="widest gap of its distribution functions")
    nulls: Positive = Field(0.02, description="share of runners without it, either way")
    calibration_error: Positive = Field(0.01, description="above the holdout's")
    slope: Positive = Field(0.1, description="calibration slope from the holdout's, either way")
    lift_kept: Share = Field(0.5, description="of the holdout's gain over the market; less is lost")


class Settings(BaseSettings):
    """Everything that can be set, frozen once loaded."""

    model_config = SettingsConfigDict(
        env_prefix="VELO_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = PROJECT_ROOT / "var"
    windows: Windows = Windows()
    priors: Priors = Priors()
    layoff: Layoff = Layoff()
    odds_band: OddsBand = OddsBand()
    gate: Gate = Gate()
    prices: Prices = Prices()
    ranker: Ranker = Ranker()
    tuning: Tuning = Tuning()
    training: Training = Training()
    backtest: Backtest = Backtest()
    strategies: dict[StrategyName, Strategy] = {}
    live: Live = Live()
    serve: Serve = Serve()
    store: Store = Store()
    upkeep: Upkeep = Upkeep()
    drift: Drift = Drift()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank the sources: arguments, environment, `velo.toml` in the home, defaults."""
        toml = home_path() / "velo.toml"
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml)


def home_path() -> Path:
    """The home that is in force: `VELO_HOME`, else `var` in the project's root. Absolute.

    Raises:
        SettingsError: there is something else than a folder at that place.
    """
    home = Path(os.environ.get("VELO_HOME") or PROJECT_ROOT / "var").expanduser().resolve()
    if home.exists() and not home.is_dir():
        raise SettingsError(f"the home {home} is not a folder: set VELO_HOME to one")
    return home


def load(**overrides: Any) -> Settings:
    """Read the settings in force.

    Args:
        overrides: whole sections or single top-level values that beat file and environment.

    Raises:
        SettingsError: a name is unknown or a value is out of its range.
    """
    toml = home_path() / "velo.toml"
    _refuse_unknown_sections(toml)
    try:
        return Settings(**{"home": home_path(), **overrides})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {where!r}: {first['msg']} (given: {first.get('input')!r}); "
            f"mend it in {toml} or in the environment"
        ) from None
    except UnreadableSource as error:
        raise SettingsError(f"{error}: write tables and lists as JSON") from None


def _refuse_unknown_sections(toml: Path) -> None:
    """A misspelt section would change nothing and say nothing. The home is no section."""
    known = sorted(set(Settings.model_fields) - {"home"})
    for name in sorted(os.environ):
        section, inside, _ = name.lower().removeprefix("velo_").partition("__")
        if name.lower().startswith("velo_") and inside and section not in known:
            raise SettingsError(f"{name}: no section {section!r}; known are {', '.join(known)}")
    if not toml.exists():
        return
    try:
        written = tomllib.loads(toml.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{toml} is not TOML: {error}") from None
    unknown = sorted(set(written) - set(known))
    if unknown:
        raise SettingsError(
            f"{toml} has unknown section {unknown[0]!r}; known are {', '.join(known)}"
        )
