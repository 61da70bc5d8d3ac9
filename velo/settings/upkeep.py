"""What runs every day: the loop, the service, the stores, what is due and what drifts."""

from __future__ import annotations

from datetime import time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from velo.cores import usable_cores
from velo.settings.section import Positive, Section, Share, Size


class Live(Section):
    """The daily loop: until when a prediction counts, and which strategy its stakes follow."""

    timezone: str = Field("Europe/London", description="of `morning`, and of what is shown")
    morning: time | None = Field(
        None,
        description="a race without an off time is predicted before this, on its day, where it is "
        "earlier than the first race of its region may be",
    )
    strategy: str = Field("top20", description="whose stakes are printed and kept")
    incomplete: Literal["decline", "score"] = Field(
        "decline", description="a race of which a declared runner could not be read"
    )
    beyond_reason: Literal["decline", "mark"] = Field(
        "decline",
        description="a race whose odds cannot be a market's: not predicted, or predicted without "
        "a market and marked so",
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no time zone is called {name!r}; as Europe/London") from None
        return name


class Ingest(Section):
    """What an import may conclude that its file does not say."""

    infer: bool = Field(True, description="whether races and horses are joined by evidence")


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
    threads: int = Field(default_factory=usable_cores, ge=1)
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
