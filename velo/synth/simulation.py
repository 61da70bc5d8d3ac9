"""The world itself: day after day, fixtures are made, fields dealt and races run.

Everything random here comes from one stream that knows nothing of prices, so the results of a
seed are the same whatever the market of the day believed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from velo.synth import raceday
from velo.synth.calendar import Meetings, Weather, day_weights, fixtures
from velo.synth.connections import Connections
from velo.synth.fields import Field, deal, pools
from velo.synth.horses import FLAT, JUMP, NEVER, Horses
from velo.synth.scale import FIRST_DAY, MEAN_FIELD, MEAN_RACES_A_MEETING, WorldScale
from velo.synth.tracks import JUMPS, Courses, lay_out

_POOL_DAYS = 11.0  # days of racing that wait, ready to run
_STOCK_DAYS = 34.0  # days of racing in the yards when the world begins
_LOOK_AHEAD = 25  # days of fixtures that trainers prepare for
_DEBUT_SHARE = 0.22  # most debutants of a day, share of its runners
_SETTLED = 200  # races after which the world's own mean field is trusted


@dataclass(frozen=True)
class World:
    """A finished world: one array element a race in ``races``, one a row in ``runners``.

    Runners are grouped by race, in order. ``strength`` and ``signal`` are log-strengths,
    ``signal`` the part that the families speak of; ``outcome`` is strength plus the luck of the
    day, -inf for a horse that did not start; ``ability`` is in pounds.
    """

    scale: WorldScale
    courses: Courses
    connections: Connections
    horses: Horses
    races: dict[str, NDArray[Any]]
    runners: dict[str, NDArray[Any]]


class Simulation:
    """Runs a world of the given scale and seed, with what signals do together or without."""

    def __init__(self, scale: WorldScale, seed: int, interactions: bool = True) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
        rng = self._rng
        self._scale = scale
        self._interactions = interactions
        self._courses = lay_out(scale.courses, rng)
        self._connections = Connections(scale.trainers, scale.jockeys, seed, rng)
        self._horses = Horses(self._connections.trainer_share, self._connections.trainer_skill)
        self._weather = Weather(rng)
        self._last_used = np.full(int(self._courses.venue.max()) + 1, NEVER, dtype=np.int64)
        self._weights = day_weights(scale.days + _LOOK_AHEAD)
        racing = self._weights[: scale.days]
        self._expected = scale.runners * racing / racing.sum()  # runners a day and kind
        self._races: list[dict[str, NDArray[Any]]] = []
        self._runners: list[dict[str, NDArray[Any]]] = []
        self._held = 0  # races so far
        self._rows = 0

    def run(self, progress: Callable[[float], None] | None = None) -> World:
        """Runs every day; ``progress`` is told the share that is done."""
        for code in (FLAT, JUMP):
            stock = max(60, int(self._demand(0, code) * _STOCK_DAYS))
            self._horses.stock(stock, code, FIRST_DAY.year, self._rng)
        ahead = np.cumsum(self._expected.sum(axis=1)[::-1])[::-1]
        for today in range(self._scale.days):
            mean_field = self._rows / self._held if self._held > _SETTLED else MEAN_FIELD
            share = self._expected[today].sum() / max(ahead[today], 1e-9)
            left = max(0, self._scale.runners - self._rows)
            wanted = left * share / (MEAN_RACES_A_MEETING * mean_field)
            self._day(today, max(wanted, 1.0) if today == 0 else wanted)
            if progress is not None and today % 20 == 0:
                progress(today / self._scale.days)
        return World(
            scale=self._scale,
            courses=self._courses,
            connections=self._connections,
            horses=self._horses,
            races=_stack(self._races),
            runners=_stack(self._runners),
        )

    def _demand(self, today: int, code: int) -> float:
        """Mean runners a day of the code over the days ahead."""
        kinds = self._expected[today : today + _LOOK_AHEAD]
        part = kinds[:, JUMPS] if code == JUMP else kinds[:, :JUMPS].sum(axis=1)
        return float(part.mean())

    def _day(self, today: int, wanted: float) -> None:
        """One day of racing with about ``wanted`` meetings."""
        rng, day = self._rng, FIRST_DAY + timedelta(days=today)
        self._weather.pass_a_day(rng)
        self._courses.drift_a_day(rng)
        self._connections.pass_a_day(rng)
        weights = self._weights[today]
        if weights.sum() == 0:
            return
        meetings = fixtures(
            day, wanted, weights, self._courses, self._weather, self._last_used, today, rng
        )
        slots = [
            slot
            for code in (FLAT, JUMP)
            for slot in self._fill(meetings, code, today, day.year, day.month)
        ]
        if slots:
            card = raceday.make_card(today, day.year, day.month, meetings, slots, rng)
            self._race(card)

    def _fill(
        self, meetings: Meetings, code: int, today: int, year: int, month: int
    ) -> list[tuple[Field, int, int]]:
        """Fields for the day's races of one code, each with its meeting and its number there.

        Where too few horses stand ready, unraced ones come into training.
        """
        here = np.flatnonzero((meetings.kind == JUMPS) == (code == JUMP)).tolist()
        races = int(meetings.races[here].sum())
        waiting = pools(self._horses, code, today, year, self._rng)
        short = int(self._demand(today, code) * _POOL_DAYS) - sum(map(len, waiting.values()))
        short = min(short, int(_DEBUT_SHARE * races * MEAN_FIELD + 1))
        if short > 0:
            self._horses.foal(short, code, year, month, today, self._rng)
            waiting = pools(self._horses, code, today, year, self._rng)
        dealt = deal(self._horses, waiting, races, today, self._rng)
        most = int(meetings.races.max(initial=0))
        places = [(m, n) for n in range(most) for m in here if n < meetings.races[m]]
        return [(f, m, n) for f, (m, n) in zip(dealt, places, strict=False)]

    def _race(self, card: raceday.DayCard) -> None:
        """Declares, runs and records the day's races, and sends the horses home."""
        rng, horses = self._rng, self._horses
        people, courses = self._connections, self._courses
        declared = raceday.declare(card, horses, people, courses, rng)
        horses.pass_form(card.rows, card.today, rng)
        signals = raceday.weigh_signals(card, declared, horses, people, courses, self._interactions)
        outcome = raceday.run_races(card, declared, signals, horses, rng)
        races = raceday.race_columns(card, declared, rng)
        self._races.append(races)
        self._runners.append(
            raceday.runner_columns(card, declared, outcome, horses, self._held, rng)
        )
        self._held += len(card.fields)
        self._rows += len(card.rows)

        home, void = card.started, races["void"][card.race]
        horses.after_race(
            card.rows[home],
            card.today,
            card.month,
            card.year,
            np.where(void, horses.estimate[card.rows], outcome.rating)[home],
            np.where(void, 0.5, outcome.percentile)[home],
            declared.level[card.race][home],
            declared.weight[home],
            rng,
        )
        horses.ready[card.rows[~home]] = card.today + 6


def _stack(days: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    return {name: np.concatenate([day[name] for day in days]) for name in days[0]}
