"""What runs every day: the loop, the service, the stores, what is due and what drifts."""

from __future__ import annotations

from datetime import time
from ipaddress import ip_network
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from velo.cores import usable_cores
from velo.settings.section import (
    Days,
    Positive,
    Seconds,
    Section,
    Share,
    Size,
    Threads,
    Unit,
)

Connections = Annotated[int, Field(ge=1, le=1_000_000), Unit("connections")]


class Live(Section):
    """The daily loop: until when a prediction counts, and which strategy its stakes follow."""

    timezone: str = Field("Europe/London", description="of `morning`, and of what is shown")
    morning: time | None = Field(
        None,
        description="a race without an off time is predicted before this, on its day, where it is "
        "earlier than the first race of its region may be",
    )
    strategy: str = Field("top20", description="whose stakes are printed and kept")
    most_runners: Annotated[int, Unit("runners")] = Field(
        60, ge=2, le=10_000, description="a race with more is not predicted"
    )
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
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone such as Europe/London") from None
        return name

    @field_validator("morning")
    @classmethod
    def _of_the_time_zone(cls, morning: time | None) -> time | None:
        if morning is not None and morning.tzinfo is not None:
            raise ValueError("must be a time of day such as 08:30, in live.timezone")
        return morning


class Ingest(Section):
    """What an import may conclude that its file does not say."""

    infer: bool = Field(True, description="whether races and horses are joined by evidence")


class Serve(Section):
    """Bounds of the service over HTTP. Its token is no setting: it is never shown or logged."""

    largest_body: Size = Field("8MB", description="of a request")
    body_seconds: Seconds = Field(
        30.0, description="in which a request's body must arrive, and its answer be taken"
    )
    largest_head: Annotated[int, Unit("bytes")] = Field(
        65_536, ge=1024, le=2**20, description="of a request's first line and headers"
    )
    head_seconds: Seconds = Field(10.0, description="in which these must arrive")
    connections: Connections = Field(512, description="held at once")
    connections_of_one_peer: Connections = Field(
        64, description="of an address, or a /64 of IPv6, neither loopback nor a proxy"
    )
    proxies: tuple[str, ...] = Field(
        (), description="addresses or networks whose connections are bounded in all only"
    )
    waiting: Annotated[int, Unit("predictions")] = Field(
        1000, ge=1, le=1_000_000, description="asked for and not yet made"
    )
    together: Annotated[int, Unit("races")] = Field(
        16, ge=1, le=10_000, description="that are priced in one go"
    )
    look_seconds: Seconds = Field(2.0, description="between looks for another champion")
    drain_seconds: Annotated[int, Unit("seconds")] = Field(
        30, ge=1, le=86_400, description="for requests in flight at the end"
    )

    @field_validator("proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for each in proxies:
            try:
                ip_network(each, strict=False)
            except ValueError:
                raise ValueError("must be addresses or networks such as 10.0.0.0/8") from None
        return proxies


class Store(Section):
    """Bounds of the DuckDB connections that read files, build and retrieve."""

    memory_limit: Size = Field("8GB", description="of a connection")
    threads: Threads = Field(
        default_factory=usable_cores, description="by default as many as this process may use"
    )
    spill_limit: Size = Field("100GB", description="on disk, when memory does not suffice")
    largest_file: Size = Field("40GB", description="a delivery's file, unpacked")
    most_rows: Annotated[int, Unit("rows")] = Field(
        50_000_000, ge=1, le=10**12, description="that a parquet file may claim"
    )
    builds_kept: Annotated[int, Unit("builds")] = Field(
        2, ge=1, le=10_000, description="the newest; older ones are removed"
    )


class Upkeep(Section):
    """From when on `velo status` says that something is due, in a home that has a champion."""

    results_days: Annotated[int, Unit("days")] = Field(
        2, ge=0, le=36_500, description="since the last result; more are stale"
    )
    model_days: Days = Field(120, description="since the champion was made")


class DriftLimits(Section):
    """How far the last days may be from what the champion was trained and judged on.

    What chance alone gives is taken off before a limit is asked, and what windows of the training
    year showed is added to it.
    """

    days: Annotated[int, Unit("days")] = Field(
        30, ge=7, le=36_500, description="the window: so many to the last prediction"
    )
    runners: Annotated[int, Unit("runners")] = Field(
        1000, ge=100, le=10**9, description="fewer with a feature: not enough to tell"
    )
    races: Annotated[int, Unit("races")] = Field(
        300, ge=50, le=10**9, description="fewer with a result: not enough to tell"
    )
    psi: Annotated[Positive, Unit("population stability index")] = Field(
        0.2, description="of a feature"
    )
    distance: Annotated[Positive, Unit("probability")] = Field(
        0.15, description="widest gap of its distribution functions"
    )
    nulls: Annotated[Positive, Unit("share of the runners")] = Field(
        0.02, description="without it, either way"
    )
    calibration_error: Annotated[Positive, Unit("probability")] = Field(
        0.01, description="above the holdout's"
    )
    slope: Annotated[Positive, Unit("calibration slope")] = Field(
        0.1, description="from the holdout's, either way"
    )
    lift_kept: Share = Field(0.5, description="of the holdout's gain over the market; less is lost")
