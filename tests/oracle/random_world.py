"""A nasty little racing world, as lists of `Start`: everything the features must survive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from tests.oracle.features import Start

T = TypeVar("T")

# Gaps between race days that put starts on, just inside and just outside each window.
EDGES = (0, 1, 13, 14, 15, 29, 30, 31, 60, 89, 90, 91, 179, 180, 181, 364, 365, 366)
COURSES = {"Ascot": "GB", "Kempton": "GB", "Cork": "IRE"}
DISTANCES = (("sprint", 1000.0), ("sprint", 1005.84), ("mile", 1609.344))
PRIZES = (2000.0, 2750.5, 3500.0, 3500.0, 5200.0, 8000.0, 14000.0, 60000.0)


def race_days(rng: random.Random, count: int, first: date) -> list[date]:
    """About `count` days: two clusters about 900 days apart, each full of window edges."""
    days: set[date] = set()
    for cluster in (first, first + timedelta(900)):
        days |= {cluster + timedelta(edge) for edge in EDGES}
    while len(days) < count:
        cluster = first + timedelta(rng.choice((0, 900)))
        days.add(cluster + timedelta(rng.randrange(400)))
    return sorted(days)


def positions(rng: random.Random, starters: int) -> list[int | None]:
    """Finishing positions in random order: dead heats share one, None did not finish."""
    finishers = starters - sum(rng.random() < 0.1 for _ in range(starters))
    if rng.random() < 0.02:
        finishers = 0
    places: list[int | None] = []
    while len(places) < finishers:
        odds = (60, 25, 15) if not places and rng.random() < 0.4 else (95, 4, 1)
        abreast = min(rng.choices((1, 2, 3), odds)[0], finishers - len(places))
        places += [len(places) + 1] * abreast
    places += [None] * (starters - finishers)
    rng.shuffle(places)
    return places


def maybe(rng: random.Random, value: T, missing: float) -> T | None:
    return None if rng.random() < missing else value


def random_starts(
    seed: int,
    races: int = 300,
    horses: int = 60,
    trainers: int = 6,
    jockeys: int = 7,
    max_field: int = 14,
    first: date = date(2019, 11, 3),
) -> list[Start]:
    """Rows of `races` races, withdrawn horses among them, in no particular order.

    Horses, trainers, jockeys and courses are few, so that windows overlap. The world knows
    dead heats (triple too), non-finishers, unknown positions, abandoned and void races,
    walkovers, a horse twice a day, layoffs of years, debutants, unknown trainers and jockeys,
    and holes in every column that has them.
    """
    rng = random.Random(seed)
    days = race_days(rng, max(len(EDGES) * 2, races // 4), first)
    stable = [f"Horse {i}" for i in range(horses)]
    home = {horse: f"Trainer {rng.randrange(trainers)}" for horse in stable}
    starts: list[Start] = []
    races_on = dict.fromkeys(days, 0)
    for number in range(races):
        day = rng.choice(days)
        races_on[day] += 1
        field: list[str] = rng.sample(stable, min(rng.randint(1, max_field), len(stable)))
        if rng.random() < 0.3:
            newcomer = f"Horse {len(stable)}"
            home[newcomer] = f"Trainer {rng.randrange(trainers)}"
            stable.append(newcomer)
            field.append(newcomer)
        starts += _race(rng, f"r{number:05}", day, races_on[day], field, home, jockeys)
    rng.shuffle(starts)
    return starts


def _race(
    rng: random.Random,
    race_id: str,
    day: date,
    order: int,
    field: Sequence[str],
    home: dict[str, str],
    jockeys: int,
) -> list[Start]:
    course = rng.choice(sorted(COURSES))
    band, metres = rng.choice(DISTANCES)
    surface = maybe(rng, rng.choice(("turf", "aw")), 0.03)
    going = maybe(rng, rng.choice(("good", "soft", "standard")), 0.08)
    level = maybe(rng, float(rng.choice((-2, -1, 0, 1, 2, 3, 4, 5, 6, 7))), 0.5)
    prize = maybe(rng, rng.choice(PRIZES), 0.1)
    has_stalls, has_ts = rng.random() < 0.85, rng.random() < 0.6
    has_rpr, has_seconds = rng.random() < 0.75, rng.random() < 0.85
    winning_time = round(metres / 16 + rng.gauss(0, 1), 2)

    abandoned = rng.random() < 0.01
    started = [not abandoned and rng.random() > 0.04 for _ in field]
    places = iter(positions(rng, sum(started)))
    stalls = rng.sample(range(1, len(field) + 4), len(field))
    rows = []
    for horse, stall, starts in zip(field, stalls, started, strict=True):
        place = next(places) if starts else None
        finished = place is not None
        time = winning_time if place == 1 else winning_time + round(0.2 * (place or 9), 2)
        trainer = home[horse] if rng.random() > 0.1 else rng.choice(sorted(home.values()))
        row = Start(
            race_id=race_id,
            date=day,
            order=order,
            horse=horse,
            trainer=maybe(rng, trainer, 0.04),
            jockey=maybe(rng, f"Jockey {rng.randrange(jockeys)}", 0.04),
            course=course,
            surface=surface,
            distance_band=band,
            distance_key=metres,
            going_group=going,
            region=COURSES[course],
            draw=maybe(rng, stall, 0.03) if has_stalls else None,
            pounds=maybe(rng, float(rng.randint(108, 142)), 0.05),
            official_rating=maybe(rng, float(rng.randint(45, 110)), 0.3),
            race_level=level,
            prize=prize,
            started=starts,
            finished=finished,
            position=place if place == 1 else maybe(rng, place, 0.02),
            ts=maybe(rng, float(rng.randint(20, 100)), 0.1) if starts and has_ts else None,
            rpr=maybe(rng, float(rng.randint(30, 120)), 0.1) if starts and has_rpr else None,
            seconds=maybe(rng, time, 0.1) if finished and has_seconds else None,
        )
        rows.append(row)
    return rows
