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

from velo.synth import programme as p
from velo.synth import truth
from velo.synth.calendar import Meetings, Weather, day_weights, fixtures
from velo.synth.connections import Connections
from velo.synth.courses import AW, JUMPS, Courses, lay_out
from velo.synth.fields import Field, deal, pools
from velo.synth.horses import FLAT, JUMP, MEAN_RATING, NEVER, POUNDS_PER_UNIT, Horses
from velo.synth.scale import FIRST_DAY, MEAN_FIELD, MEAN_RACES_A_MEETING, Scale

_POOL_DAYS = 11.0  # days of racing that wait, ready to run
_STOCK_DAYS = 34.0  # days of racing in the yards when the world begins
_LOOK_AHEAD = 25  # days of fixtures that trainers prepare for
_EULER = 0.5772156649
VOID_SHARE = 0.0003


@dataclass(frozen=True)
class World:
    """A finished world: one array element a race in ``races``, one a row in ``runners``.

    Runners are sorted by race. ``strength`` and ``signal`` are log-strengths, ``signal`` the part
    that the families speak of; ``outcome`` is strength plus the noise of the day; a horse that
    did not start has ``started`` False and no outcome.
    """

    scale: Scale
    courses: Courses
    connections: Connections
    horses: Horses
    races: dict[str, NDArray[Any]]
    runners: dict[str, NDArray[Any]]


class Simulation:
    """Runs a world of the given scale and seed."""

    def __init__(self, scale: Scale, seed: int) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
        rng = self._rng
        self._scale = scale
        self._courses = lay_out(scale.courses, rng)
        self._connections = Connections(scale.trainers, scale.jockeys, seed, rng)
        self._horses = Horses(self._connections.trainer_share, self._connections.trainer_skill)
        self._weather = Weather(rng)
        self._last_used = np.full(int(self._courses.venue.max()) + 1, NEVER, dtype=np.int64)
        self._weights = day_weights(scale.days + _LOOK_AHEAD)
        self._races: list[dict[str, NDArray[Any]]] = []
        self._runners: list[dict[str, NDArray[Any]]] = []
        self._held = 0

    def run(self, progress: Callable[[float], None] | None = None) -> World:
        """Runs every day; ``progress`` is told the share that is done."""
        total = self._weights[: self._scale.days].sum(axis=1)
        ahead = np.append(np.cumsum(total[::-1])[::-1], 0.0)
        rows, done_races = 0, 0
        a_day = self._scale.runners * self._weights[: self._scale.days] / total.sum()
        for code in (FLAT, JUMP):
            self._horses.stock(
                max(60, int(self._code_demand(a_day, 0, code) * _STOCK_DAYS)),
                code,
                FIRST_DAY.year,
                self._rng,
            )
        for today in range(self._scale.days):
            left = self._scale.runners - rows
            mean_field = rows / done_races if done_races > 200 else MEAN_FIELD
            share = total[today] / ahead[today] if ahead[today] else 0.0
            wanted = left * share / (MEAN_RACES_A_MEETING * mean_field)
            added, raced = self._day(today, wanted, a_day)
            rows += added
            done_races += raced
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

    def _code_demand(self, a_day: NDArray[np.float64], today: int, code: int) -> float:
        """Mean runners a day of the code over the days ahead."""
        kinds = a_day[today : today + _LOOK_AHEAD]
        part = kinds[:, JUMPS] if code == JUMP else kinds[:, :JUMPS].sum(axis=1)
        return float(part.mean())

    def _day(self, today: int, wanted: float, a_day: NDArray[np.float64]) -> tuple[int, int]:
        """One day of racing; returns the rows and races it added."""
        rng = self._rng
        day = FIRST_DAY + timedelta(days=today)
        self._weather.pass_a_day(rng)
        self._courses.drift_a_day(rng)
        self._connections.pass_a_day(rng)
        if self._weights[today].sum() == 0:
            return 0, 0
        meetings = fixtures(
            day,
            wanted,
            self._weights[today],
            self._courses,
            self._weather,
            self._last_used,
            today,
            rng,
        )
        card: list[tuple[Field, int, int]] = []
        for code in (FLAT, JUMP):
            here = np.flatnonzero((meetings.kind == JUMPS) == (code == JUMP))
            races = int(meetings.races[here].sum())
            demand = self._code_demand(a_day, today, code)
            waiting = pools(self._horses, code, today, day.year, rng)
            short = int(demand * _POOL_DAYS) - sum(len(v) for v in waiting.values())
            short = min(short, int(0.22 * races * MEAN_FIELD + 1))
            if short > 0:
                self._horses.foal(short, code, day.year, day.month, today, rng)
                waiting = pools(self._horses, code, today, day.year, rng)
            dealt = deal(self._horses, waiting, races, today, rng)
            slots = [(m, n) for n in range(9) for m in here.tolist() if n < meetings.races[m]]
            card += [(f, m, n) for f, (m, n) in zip(dealt, slots, strict=False)]
        if not card:
            return 0, 0
        card.sort(key=lambda entry: (entry[1], entry[2]))
        return self._run_card(today, day.year, day.month, meetings, card)

    def _run_card(
        self,
        today: int,
        year: int,
        month: int,
        meetings: Meetings,
        card: list[tuple[Field, int, int]],
    ) -> tuple[int, int]:
        """Writes the conditions of the day's races, declares the runners and runs them."""
        rng, horses, courses = self._rng, self._horses, self._courses
        fields = [entry[0] for entry in card]
        meeting = np.array([entry[1] for entry in card])
        number = np.array([entry[2] for entry in card])
        size = np.array([len(f.rows) for f in fields])
        starts = np.concatenate([[0], np.cumsum(size)[:-1]])
        race = np.repeat(np.arange(len(fields)), size)
        rows = np.concatenate([f.rows for f in fields])
        kind = np.array([f.kind for f in fields])
        band = np.array([f.band for f in fields])
        course = meetings.course[meeting]
        flat = p.TYPE_OF[kind] == 0

        started = np.ones(len(rows), dtype=np.bool_)
        for i, f in enumerate(fields):
            if f.withdrawn:
                started[starts[i] + int(rng.integers(size[i]))] = False
        rated = horses.rated(rows) & (p.TYPE_OF[kind] != 1)[race]
        rating = np.round(horses.estimate[rows]).clip(25, 175)
        age = horses.age(rows, year)
        conditions = [
            p.write_conditions(
                f.kind,
                rating[s : s + n],
                age[s : s + n],
                f.fillies,
                courses.country[c] != 0,
                rng,
            )
            for f, s, n, c in zip(fields, starts.tolist(), size.tolist(), course, strict=True)
        ]
        level = np.array([c.level for c in conditions])
        female = horses.female[rows]
        weight = p.weights(
            p.IS_HANDICAP[kind][race],
            flat[race],
            rating,
            np.maximum.reduceat(rating, starts)[race],
            age,
            np.maximum.reduceat(age, starts)[race],
            female,
            (np.add.reduceat(~female, starts) > 0)[race],
        )
        trainer = horses.trainer[rows].astype(np.int64)
        jockey = self._connections.book(trainer, race, meeting[race], rng)
        runners = np.add.reduceat(started.astype(np.int64), starts)
        stall = _place(rng.random(len(rows)), race, starts)
        rank = _place(np.where(started, stall, 10_000.0), race, starts)
        third = np.ceil(3 * rank / runners[race]).clip(1, 3).astype(np.int64)

        horses.pass_form(rows, today, rng)
        last_day, debut = horses.last_day[rows], horses.last_day[rows] == NEVER
        layoff_value, layoff = truth.layoff_effect(today, last_day)
        class_value, drop = truth.class_effect(level[race], horses.last_level[rows], debut)
        softness = meetings.softness[meeting]
        yard = self._connections.trainer_form[trainer]
        rider = self._connections.jockey_skill[jockey] + self._connections.jockey_form[jockey]
        gained = (weight - horses.last_weight[rows]).clip(-14, 14)
        traits = courses.traits[course][race]
        signals = truth.Signals(
            trainer=yard + truth.YARD_STANDING * self._connections.trainer_skill[trainer],
            jockey=rider,
            pair=self._connections.affinity(trainer, jockey),
            class_drop=class_value,
            layoff=layoff_value,
            weight_change=np.where(debut, 0.0, -truth.WEIGHT_CHANGE_STRENGTH * gained),
            going=truth.going_effect(
                softness[race],
                (courses.kind[course] == AW)[race],
                horses.soft[rows],
                horses.artificial[rows],
            ),
            course=0.11
            * (traits[:, 0] * horses.turning[rows] + traits[:, 1] * horses.undulating[rows]),
            draw=np.where(
                flat[race],
                courses.draw_effect(course[race], band[race], softness[race], third, runners[race]),
                0.0,
            ),
            form=truth.HIDDEN_FORM * horses.form[rows],
            together=truth.interactions(drop, layoff, yard, rider, runners[race]),
        )
        signal = signals.total()
        code = np.where(flat, FLAT, JUMP)
        ability = horses.ability(rows, year + (month - 0.5) / 12)
        ability += (1 - truth.HIDDEN_FORM) * horses.form[rows]
        pounds = POUNDS_PER_UNIT[code][race]
        burden = np.where(
            p.IS_HANDICAP[kind][race],
            truth.WEIGHT_SHARE * (weight - (np.add.reduceat(weight, starts) / size)[race]) / pounds,
            0.0,
        )
        strength = ability + signal - burden - truth.DEBUT_PENALTY * debut
        noise = rng.gumbel(size=len(rows))
        outcome = np.where(started, strength + noise, -np.inf)
        place = _place(-outcome, race, starts)
        percentile = 1.0 - (place - 1) / np.maximum(runners[race] - 1, 1)
        void = rng.random(len(fields)) < VOID_SHARE
        estimate = horses.estimate[rows]
        shown = MEAN_RATING[code][race] + pounds * (
            ability + signal - truth.DEBUT_PENALTY * debut + 0.8 * (noise - _EULER)
        )
        ran = started & ~void[race]
        self._book_races(
            today, meetings, meeting, number, kind, band, level, conditions, runners, void, course
        )
        self._runners.append(
            {
                "race": (race + self._held).astype(np.int32),
                "horse": rows.astype(np.int32),
                "jockey": jockey.astype(np.int32),
                "trainer": trainer.astype(np.int32),
                "started": started,
                "age": age.astype(np.int8),
                "female": female,
                "gelded": ~female & (age >= horses.gelding_age[rows]),
                "weight": weight.astype(np.int16),
                "rating": np.where(rated, rating, 0).astype(np.int16),
                "stall": np.where(flat[race], stall, 0).astype(np.int8),
                "number": _place(
                    np.where(p.IS_HANDICAP[kind][race], -rating, 0.0) + rng.random(len(rows)) * 0.9,
                    race,
                    starts,
                ).astype(np.int8),
                "strength": strength.astype(np.float32),
                "signal": signal.astype(np.float32),
                "outcome": outcome.astype(np.float32),
                "class_shown": (MEAN_RATING[code][race] + pounds * ability).astype(np.float32),
            }
        )
        self._held += len(fields)
        horses.after_race(
            rows[started],
            today,
            month,
            year,
            np.where(ran, shown, estimate)[started],
            np.where(ran, percentile, 0.5)[started],
            level[race][started],
            weight[started],
            rng,
        )
        horses.ready[rows[~started]] = today + 6
        return len(rows), len(fields)

    def _book_races(
        self,
        today: int,
        meetings: Meetings,
        meeting: NDArray[np.int64],
        number: NDArray[np.int64],
        kind: NDArray[np.int64],
        band: NDArray[np.int64],
        level: NDArray[np.float64],
        conditions: list[p.Conditions],
        runners: NDArray[np.int64],
        void: NDArray[np.bool_],
        course: NDArray[np.int64],
    ) -> None:
        rng = self._rng
        off = meetings.first_off[meeting] + number * meetings.gap[meeting]
        self._races.append(
            {
                "day": np.full(len(kind), today, dtype=np.int32),
                "course": course.astype(np.int32),
                "kind": kind.astype(np.int8),
                "distance": np.array(
                    [
                        _distance(k, b, rng)
                        for k, b in zip(kind.tolist(), band.tolist(), strict=True)
                    ],
                    dtype=np.int16,
                ),
                "going": meetings.going[meeting].astype(np.int8),
                "softness": meetings.softness[meeting].astype(np.float32),
                "off": off.astype(np.int16),
                "level": level.astype(np.int8),
                "pattern": np.array([c.pattern for c in conditions], dtype=np.int8),
                "band": np.array([c.band for c in conditions], dtype=np.int16),
                "age_band": np.array([c.age_band for c in conditions], dtype=np.int8),
                "sex_band": np.array([c.sex_band for c in conditions], dtype=np.int8),
                "prize": np.array([c.prize for c in conditions], dtype=np.float32),
                "runners": runners.astype(np.int8),
                "void": void,
            }
        )


def _distance(kind: int, band: int, rng: np.random.Generator) -> int:
    """Half furlongs of a race of this kind in this distance band."""
    if kind == p.BUMPER_RACE:
        choices: tuple[int, ...] = p.BUMPER_DISTANCES
    elif p.TYPE_OF[kind] == 0:
        choices = p.FLAT_DISTANCES[min(band, 2) if kind == p.TWO_YEAR_OLD else band]
    else:
        choices = p.JUMP_DISTANCES[min(band, 2)]
    return choices[int(rng.integers(len(choices)))]


def _place(
    value: NDArray[np.float64], race: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rank of the value within its race, 1 for the lowest."""
    order = np.lexsort((value, race))
    out = np.empty(len(value), dtype=np.int64)
    out[order] = np.arange(len(value)) - starts[race] + 1
    return out


def _stack(days: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    return {k: np.concatenate([d[k] for d in days]) for k in days[0]}
