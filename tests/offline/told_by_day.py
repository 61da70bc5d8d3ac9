"""Worlds that are told in batches, each imported on a day of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa

from tests.offline import built_world
from tests.offline.built_world import SETTINGS
from tests.oracle.features import Start
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.earlier_rows import replace_rows

KEYS = {
    "races": ("race_id",),
    "runners": ("race_id", "horse_id"),
    "results": ("race_id", "horse_id"),
}
RESULT = ("started", "finished", "position", "ts", "rpr", "seconds")
"""What is known of a start after the race only."""

World = dict[tuple[str, str], Start]


@dataclass(frozen=True)
class Telling:
    """Starts as a batch tells them, and the day of its import."""

    day: date
    starts: list[Start]


def world_of(starts: list[Start]) -> World:
    return {(s.race_id, s.horse): s for s in starts}


def tell(home: Home, tellings: list[Telling], results: bool = True) -> None:
    """Import batches after those that the warehouse has; without `results` they are cards."""
    for telling in tellings:
        with warehouse(home, SETTINGS.store, write=True) as con:
            (batch,) = con.execute(
                "SELECT 1 + coalesce(max(batch_id), 0) FROM import_batches"
            ).fetchall()[0]
            con.execute(
                "INSERT INTO import_batches (batch_id, file, sha256, format, rows_read, accepted, "
                "updated, unchanged, quarantined, unmatched, started, finished, code_version) "
                "VALUES "
                "($batch, 'told', $batch, 'oracle', 0, 0, 0, 0, 0, 0, $noon, $noon, '0')",
                {"batch": batch, "noon": f"{telling.day} 12:00:00+00"},
            )
            for table, rows in rows_of(telling.starts).items():
                if table == "results" and not results:
                    continue
                marked = [{**row, "batch_id": batch} for row in rows]
                con.register("incoming", pa.Table.from_pylist(marked))
                con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS FROM {table} LIMIT 0")
                con.execute("INSERT INTO fresh BY NAME SELECT * FROM incoming")
                con.unregister("incoming")
                replace_rows(con, table, KEYS[table], "fresh", batch)


def rows_of(starts: list[Start]) -> dict[str, list[dict[str, Any]]]:
    """The warehouse's rows of some starts."""
    races = {s.race_id: s for s in starts}
    return {
        "races": [built_world.race_row(s) for s in races.values()],
        "runners": [built_world.runner_row(s) for s in starts],
        "results": [built_world.result_row(s) for s in starts],
    }


def as_it_stood(day: date, tellings: list[Telling]) -> list[Start]:
    """The world up to a day as it was known that morning; of the day's races who ran and how.

    The first telling counts as always known, a correction from the day after its import; what
    was imported on the evening of a race counts as its result.
    """
    first, *later = tellings
    world = {key: s for key, s in world_of(first.starts).items() if s.date <= day}
    for telling in later:
        for key, start in world_of(telling.starts).items():
            if key in world and telling.day < day:
                world[key] = start
            elif key in world and start.date == telling.day == day:
                world[key] = replace(world[key], **{name: getattr(start, name) for name in RESULT})
    return list(world.values())


def corrected(rng: Random, world: World, day: date, share: float) -> list[Start]:
    """Some races that were run by a day, told anew: placings, falls, draws, going, prize."""
    races = sorted({s.race_id for s in world.values() if s.date <= day})
    chosen = rng.sample(races, max(1, int(share * len(races))))
    starts = []
    for race_id in chosen:
        field = sorted((s for s in world.values() if s.race_id == race_id), key=lambda s: s.horse)
        facts: dict[str, Any] = {}
        if rng.random() < 0.4:
            facts["going_group"] = rng.choice(("good", "soft", None))
        if rng.random() < 0.4:
            facts["prize"] = rng.choice((1000.0, 5000.0, 20000.0))
        places = [s.position for s in field]
        if rng.random() < 0.5:
            rng.shuffle(places)
        for s, place in zip(field, places, strict=True):
            own = dict(facts)
            if s.finished and s.started and place is not None:
                own["position"] = place
            if rng.random() < 0.15:
                own |= {"finished": False, "position": None, "seconds": None}
            if rng.random() < 0.1:
                own |= {"started": False, "finished": False, "position": None}
            if rng.random() < 0.2:
                own |= {"draw": rng.randint(1, 20), "pounds": float(rng.randint(108, 142))}
            if rng.random() < 0.2:
                own |= {"trainer": f"Trainer {rng.randrange(6)}", "ts": float(rng.randint(20, 99))}
            starts.append(replace(s, **own))
    return [replace(s, position=_within(s, starts)) for s in starts]


def _within(start: Start, starts: list[Start]) -> int | None:
    """A withdrawal leaves fewer places than there were."""
    starters = sum(s.started for s in starts if s.race_id == start.race_id)
    return start.position and min(start.position, starters)


def card_of(rng: Random, starts: list[Start]) -> list[Start]:
    """What was declared of races that were then run as `starts` say."""
    of_race = {
        race_id: {
            "going_group": rng.choice(("good", "soft", None)),
            "prize": rng.choice((1000.0, 5000.0, 20000.0)),
            "race_level": rng.choice((None, None, 3.0, 5.0)),
        }
        for race_id in sorted({s.race_id for s in starts})
        if rng.random() < 0.6
    }
    return [
        replace(
            s,
            **of_race.get(s.race_id, {}),
            jockey=f"Jockey {rng.randrange(3)}" if rng.random() < 0.3 else s.jockey,
            draw=rng.randint(1, 20) if rng.random() < 0.2 else s.draw,
            pounds=float(rng.randint(108, 142)) if rng.random() < 0.3 else s.pounds,
        )
        for s in starts
    ]


def with_cards(stood: list[Start], cards: World, day: date) -> list[Start]:
    """The day's races as declared, and who ran and how."""
    return [
        replace(cards[s.race_id, s.horse], **{name: getattr(s, name) for name in RESULT})
        if s.date == day
        else s
        for s in stood
    ]


def random_tellings(seed: int, starts: list[Start], batches: int) -> list[Telling]:
    """A world, and corrections to it on days from its first quarter to after its end."""
    rng = Random(seed)
    days = sorted({s.date for s in starts})
    world = world_of(starts)
    tellings = [Telling(days[0], starts)]
    for day in [*sorted(rng.sample(days[len(days) // 4 :], batches - 1)), days[-1]]:
        corrections = corrected(rng, world, day, 0.2)
        world |= world_of(corrections)
        tellings.append(Telling(day, corrections))
    return tellings
