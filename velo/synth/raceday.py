"""One day at the races: conditions written, runners declared, riders booked, races run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from velo.synth import programme as p
from velo.synth import truth
from velo.synth.calendar import Meetings
from velo.synth.connections import Connections
from velo.synth.fields import Field
from velo.synth.horses import FLAT, JUMP, MEAN_RATING, NEVER, POUNDS_PER_UNIT, Horses
from velo.synth.tracks import AW, GB, Courses

VOID_SHARE = 0.0003
_EULER = 0.5772156649
_SHOWN_NOISE = 0.8  # part of a day's luck that a performance shows


@dataclass(frozen=True)
class DayCard:
    """The day's fields in the order of the meetings; rows are grouped by race."""

    today: int
    year: int
    month: int
    meetings: Meetings
    fields: list[Field]
    meeting: NDArray[np.int64]  # per race
    number: NDArray[np.int64]  # of the race at its meeting, from 0
    kind: NDArray[np.int64]
    band: NDArray[np.int64]
    course: NDArray[np.int64]
    starts: NDArray[np.int64]  # first row of each race
    race: NDArray[np.int64]  # per row
    rows: NDArray[np.int64]  # rows of ``Horses``
    started: NDArray[np.bool_]

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Per race: on the flat, not over jumps."""
        flat: NDArray[np.bool_] = p.TYPE_OF[self.kind] == FLAT
        return flat


@dataclass(frozen=True)
class Declarations:
    """What the racecard says of the day, conditions per race and the rest per row."""

    conditions: list[p.RaceConditions]
    level: NDArray[np.float64]
    runners: NDArray[np.int64]
    rating: NDArray[np.float64]
    rated: NDArray[np.bool_]
    age: NDArray[np.int64]
    weight: NDArray[np.int64]
    trainer: NDArray[np.int64]
    jockey: NDArray[np.int64]
    stall: NDArray[np.int64]
    third: NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """How the day went, per row: log-strength, its missable part, and what was shown, pounds."""

    strength: NDArray[np.float64]
    signal: NDArray[np.float64]
    outcome: NDArray[np.float64]  # -inf for a horse that did not start
    percentile: NDArray[np.float64]
    ability: NDArray[np.float64]  # pounds
    rating: NDArray[np.float64]  # pounds


def make_card(
    today: int,
    year: int,
    month: int,
    meetings: Meetings,
    slots: list[tuple[Field, int, int]],
    rng: np.random.Generator,
) -> DayCard:
    """The card of fields with their (meeting, number), in order."""
    slots = sorted(slots, key=lambda slot: (slot[1], slot[2]))
    fields = [slot[0] for slot in slots]
    size = np.array([len(f.rows) for f in fields])
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    started = np.ones(int(size.sum()), dtype=np.bool_)
    for i, f in enumerate(fields):
        if f.withdrawn:
            started[starts[i] + int(rng.integers(size[i]))] = False
    meeting = np.array([slot[1] for slot in slots])
    return DayCard(
        today=today,
        year=year,
        month=month,
        meetings=meetings,
        fields=fields,
        meeting=meeting,
        number=np.array([slot[2] for slot in slots]),
        kind=np.array([f.kind for f in fields]),
        band=np.array([f.band for f in fields]),
        course=meetings.course[meeting],
        starts=starts,
        race=np.repeat(np.arange(len(fields)), size),
        rows=np.concatenate([f.rows for f in fields]),
        started=started,
    )


def declare(
    card: DayCard,
    horses: Horses,
    connections: Connections,
    courses: Courses,
    rng: np.random.Generator,
) -> Declarations:
    """Writes conditions for the fields, hands out weights and stalls, and books riders."""
    race, starts, rows = card.race, card.starts, card.rows
    rating = np.round(horses.estimate[rows]).clip(25, 175)
    age = horses.age(rows, card.year)
    ends = np.append(starts[1:], len(rows))
    conditions = [
        p.write_conditions(f.kind, rating[a:b], age[a:b], f.fillies, courses.country[c] != GB, rng)
        for f, a, b, c in zip(card.fields, starts.tolist(), ends.tolist(), card.course, strict=True)
    ]
    handicap, flat = p.IS_HANDICAP[card.kind], card.flat
    female = horses.female[rows]
    weight = p.weights(
        handicap[race],
        flat[race],
        rating,
        np.maximum.reduceat(rating, starts)[race],
        age,
        np.maximum.reduceat(age, starts)[race],
        female,
        (np.add.reduceat(~female, starts) > 0)[race],
    )
    trainer = horses.trainer[rows].astype(np.int64)
    runners = np.add.reduceat(card.started.astype(np.int64), starts)
    stall = place(rng.random(len(rows)), race, starts)
    rank = place(np.where(card.started, stall, np.inf), race, starts)
    return Declarations(
        conditions=conditions,
        level=np.array([c.level for c in conditions]),
        runners=runners,
        rating=rating,
        rated=horses.rated(rows) & (card.kind != p.BUMPER_RACE)[race],
        age=age,
        weight=weight,
        trainer=trainer,
        jockey=connections.book(trainer, race, card.meeting[race], rng),
        stall=np.where(flat[race], stall, 0),
        third=np.ceil(3 * rank / runners[race]).clip(1, 3).astype(np.int64),
    )


def weigh_signals(
    card: DayCard,
    declared: Declarations,
    horses: Horses,
    connections: Connections,
    courses: Courses,
    interactions: bool,
) -> truth.Signals:
    """The signals of every row, from what the day's racecard and the past say.

    Without ``interactions`` strength is a plain sum of what each family can see.
    """
    race, rows, d = card.race, card.rows, declared
    last_day = horses.last_day[rows]
    debut = last_day == NEVER
    layoff_value, layoff = truth.layoff_effect(card.today, last_day)
    class_value, drop = truth.class_effect(d.level[race], horses.last_level[rows], debut)
    softness = card.meetings.softness[card.meeting][race]
    artificial = (courses.kind[card.course] == AW)[race]
    yard = connections.trainer_form[d.trainer]
    rider = connections.jockey_skill[d.jockey] + connections.jockey_form[d.jockey]
    traits = courses.traits[card.course][race]
    draw = courses.draw_effect(
        card.course[race], card.band[race], softness, d.third, d.runners[race]
    )
    return truth.Signals(
        trainer=yard + truth.YARD_STANDING * connections.trainer_skill[d.trainer],
        jockey=rider,
        pair=connections.affinity(d.trainer, d.jockey),
        class_drop=class_value,
        layoff=layoff_value,
        weight_change=truth.weight_effect(d.weight - horses.last_weight[rows], debut),
        going=truth.going_effect(softness, artificial, horses.soft[rows], horses.artificial[rows]),
        course=truth.COURSE_STRENGTH
        * (traits[:, 0] * horses.turning[rows] + traits[:, 1] * horses.undulating[rows]),
        draw=np.where(card.flat[race], draw, 0.0),
        form=truth.HIDDEN_FORM * horses.form[rows],
        together=truth.interactions(drop, layoff, yard, rider, d.runners[race]) * interactions,
    )


def run_races(
    card: DayCard,
    declared: Declarations,
    signals: truth.Signals,
    horses: Horses,
    rng: np.random.Generator,
) -> Outcome:
    """Runs the day's races: strength plus Gumbel noise decides."""
    race, starts, rows = card.race, card.starts, card.rows
    code = np.where(card.flat, FLAT, JUMP)[race]
    pounds = POUNDS_PER_UNIT[code]
    ability = horses.ability(rows, card.year + (card.month - 0.5) / 12)
    ability = ability + (1 - truth.HIDDEN_FORM) * horses.form[rows]
    size = np.diff(np.append(starts, len(rows)))
    surplus = declared.weight - (np.add.reduceat(declared.weight, starts) / size)[race]
    burden = np.where(p.IS_HANDICAP[card.kind][race], truth.WEIGHT_SHARE * surplus / pounds, 0.0)
    green = truth.DEBUT_PENALTY * (horses.last_day[rows] == NEVER)
    signal = signals.total()
    strength = ability + signal - burden - green
    noise = rng.gumbel(size=len(rows))
    outcome = np.where(card.started, strength + noise, -np.inf)
    beaten = place(-outcome, race, starts) - 1
    worth = ability + signal - green + _SHOWN_NOISE * (noise - _EULER)
    return Outcome(
        strength=strength,
        signal=signal,
        outcome=outcome,
        percentile=1.0 - beaten / np.maximum(declared.runners[race] - 1, 1),
        ability=MEAN_RATING[code] + pounds * ability,
        rating=MEAN_RATING[code] + pounds * worth,
    )


def race_columns(
    card: DayCard, declared: Declarations, rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """The columns that the world keeps of each race."""
    conditions, meetings = declared.conditions, card.meetings
    off = meetings.first_off[card.meeting] + card.number * meetings.gap[card.meeting]
    distance = [
        p.draw_distance(k, b, rng)
        for k, b in zip(card.kind.tolist(), card.band.tolist(), strict=True)
    ]
    return {
        "day": np.full(len(card.kind), card.today, dtype=np.int32),
        "course": card.course.astype(np.int32),
        "kind": card.kind.astype(np.int8),
        "distance": np.array(distance, dtype=np.int16),
        "going": meetings.going[card.meeting].astype(np.int8),
        "softness": meetings.softness[card.meeting].astype(np.float32),
        "off": off.astype(np.int16),
        "level": declared.level.astype(np.int8),
        "pattern": np.array([c.pattern for c in conditions], dtype=np.int8),
        "band": np.array([c.band for c in conditions], dtype=np.int16),
        "age_band": np.array([c.age_band for c in conditions], dtype=np.int8),
        "sex_band": np.array([c.sex_band for c in conditions], dtype=np.int8),
        "prize": np.array([c.prize for c in conditions], dtype=np.float32),
        "runners": declared.runners.astype(np.int8),
        "void": rng.random(len(card.kind)) < VOID_SHARE,
    }


def runner_columns(
    card: DayCard,
    declared: Declarations,
    outcome: Outcome,
    horses: Horses,
    held: int,
    rng: np.random.Generator,
) -> dict[str, NDArray[Any]]:
    """The columns that the world keeps of each row; ``held`` races came before."""
    race, rows, d = card.race, card.rows, declared
    female = horses.female[rows]
    topweight_first = np.where(p.IS_HANDICAP[card.kind][race], -d.rating, 0.0)
    number = place(topweight_first + 0.9 * rng.random(len(rows)), race, card.starts)
    return {
        "race": (race + held).astype(np.int32),
        "horse": rows.astype(np.int32),
        "jockey": d.jockey.astype(np.int32),
        "trainer": d.trainer.astype(np.int32),
        "started": card.started,
        "age": d.age.astype(np.int8),
        "female": female,
        "gelded": ~female & (d.age >= horses.gelding_age[rows]),
        "weight": d.weight.astype(np.int16),
        "rating": np.where(d.rated, d.rating, 0).astype(np.int16),
        "stall": d.stall.astype(np.int8),
        "number": number.astype(np.int8),
        "strength": outcome.strength.astype(np.float32),
        "signal": outcome.signal.astype(np.float32),
        "outcome": outcome.outcome.astype(np.float32),
        "ability": outcome.ability.astype(np.float32),
    }


def place(
    value: NDArray[Any], race: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rank of the value within its race, 1 for the lowest."""
    order = np.lexsort((value, race))
    out = np.empty(len(value), dtype=np.int64)
    out[order] = np.arange(len(value)) - starts[race] + 1
    return out
