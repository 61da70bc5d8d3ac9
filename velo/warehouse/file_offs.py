"""The offs of a file: decided a meeting at a time, and joined to its rows.

Two million runners hold some two hundred thousand distinct (day, course, off), in a tenth as many
meetings. `velo.racing.meeting` reads each meeting once; the rows take the answer by a join.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Literal, NamedTuple

import duckdb
import pyarrow as pa

from velo.racing.known_courses import country_of
from velo.racing.meeting import (
    Clock,
    Off,
    clock_about,
    exact_off,
    read_meeting,
    writers_clock,
)
from velo.racing.off_time import OffTime, off_moment, off_time
from velo.racing.venue import Venue, venue
from velo.sql_text import identifier

Fault = Literal["unreadable", "beyond-reason"]

KEYS = ("date", "course", "region", "off", "off_dt")
"""Columns of `staging` that an off depends on; `rule_offs` has their texts as k0 to k4."""


class WrittenOff(NamedTuple):
    """One off of one meeting, as a file writes it.

    Attributes:
        day: of the race; None where it cannot be read.
        track: the course's name, as `velo.racing.courses.course` gives it.
        surface: `aw` where the name says so: turf and all-weather are two meetings.
        country: what the file says of the course's.
        off: text of the off.
        off_dt: text of the moment, with its zone.
    """

    day: date | None
    track: str | None
    surface: str | None
    country: str | None
    off: str | None
    off_dt: str | None = None


class UnderstoodOff(NamedTuple):
    """An off as the tables keep it: null where there is none, with the reason where there was."""

    off: Off | None
    zone: str | None
    fault: Fault | None = None


def understand(
    rows: Iterable[WrittenOff], lands: Mapping[str, str], assumed: str | None
) -> list[UnderstoodOff]:
    """Read the offs of one file.

    Args:
        rows: distinct ones.
        lands: course name -> country, of courses that the warehouse knows.
        assumed: country of a course of which the file says none; None to go by its name.
    """
    listed = list(rows)
    places = [_place(row, lands, assumed) for row in listed]
    texts = {text: off_time(text) for text in {row.off for row in listed}}
    meetings: dict[tuple[date, str, str | None, Venue], list[int]] = defaultdict(list)
    answers: list[UnderstoodOff | None] = [None] * len(listed)
    for i, (row, place) in enumerate(zip(listed, places, strict=True)):
        zone = None if place is None else place.zone
        exact = _exact(row)
        if exact is not None:
            answers[i] = UnderstoodOff(exact, zone)
        elif row.day is None or row.track is None or place is None or texts[row.off] is None:
            unread = row.off is not None and texts[row.off] is None
            answers[i] = UnderstoodOff(None, zone, "unreadable" if unread else None)
        else:
            meetings[row.day, row.track, row.surface, place].append(i)
    _read_meetings(meetings, [texts[row.off] for row in listed], answers)
    return [each for each in answers if each is not None]


def _read_meetings(
    meetings: Mapping[tuple[date, str, str | None, Venue], list[int]],
    offs: list[OffTime | None],
    answers: list[UnderstoodOff | None],
) -> None:
    each_once = {
        key: list(dict.fromkeys(off for i in rows if (off := offs[i]) is not None))
        for key, rows in meetings.items()
    }
    shows = {key: writers_clock(texts) for key, texts in each_once.items()}
    seen: dict[date, list[Clock]] = {}
    for day, clock in sorted((key[0], clock) for key, clock in shows.items() if clock is not None):
        seen.setdefault(day, []).append(clock)
    days = {key[0]: None for key, clock in shows.items() if clock is None}
    about = {day: clock_about(day, seen) for day in days}
    for key, rows in meetings.items():
        day, _, _, place = key
        distinct = each_once[key]
        readings = dict(
            zip(distinct, read_meeting(day, distinct, place, shows[key] or about[day]), strict=True)
        )
        for i in rows:
            off = offs[i]
            understood = None if off is None else readings[off]
            answers[i] = UnderstoodOff(
                understood, place.zone, "beyond-reason" if understood is None else None
            )


def _exact(row: WrittenOff) -> Off | None:
    if row.off_dt is None or row.day is None:
        return None
    when = off_moment(row.off_dt, datetime.combine(row.day, time(), UTC))
    return None if when is None else exact_off(when)


def _place(row: WrittenOff, lands: Mapping[str, str], assumed: str | None) -> Venue | None:
    if row.track is None:
        return None
    country = row.country or assumed or country_of(row.track) or lands.get(row.track)
    return venue(row.track, country)


def build_offs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `rule_offs` from `staging`, `rule_day` and `rule_course`.

    It has `off` (`HH:MM`), `off_at`, `off_zone`, `off_doubt` (minutes), and `off_fault`: why an off
    that the file gives is null, `unreadable` or `beyond-reason`; one row for each distinct
    combination of `KEYS`.

    Args:
        con: a connection to the warehouse in a transaction.
    """
    keys = ", ".join(KEYS)
    named = ", ".join(f"t.{name}" for name in KEYS)
    rows = con.execute(f"""
        WITH t AS (SELECT DISTINCT {keys} FROM staging)
        SELECT {named}, d.date, c.track, c.track_surface, c.country
        FROM t
        LEFT JOIN rule_day AS d ON d.k0 IS NOT DISTINCT FROM t.date
        LEFT JOIN rule_course AS c
            ON c.k0 IS NOT DISTINCT FROM t.course AND c.k1 IS NOT DISTINCT FROM t.region
    """).fetchall()
    says = any(row[8] for row in rows)
    offs = understand(
        (WrittenOff(row[5], row[6], row[7], row[8], row[3], row[4]) for row in rows),
        known_lands(con),
        "GB" if says else None,
    )
    columns = {f"k{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(len(KEYS))}
    columns |= off_columns([each.off for each in offs])
    columns["off_zone"] = pa.array([each.zone for each in offs], pa.string())
    columns["off_fault"] = pa.array([each.fault for each in offs], pa.string())
    con.register("rule_answers", pa.table(columns))
    con.execute("CREATE OR REPLACE TEMP TABLE rule_offs AS SELECT * FROM rule_answers")
    con.unregister("rule_answers")


def off_columns(offs: Sequence[Off | None]) -> dict[str, pa.Array]:
    """The columns `off`, `off_at` and `off_doubt` of `races`."""
    seconds = pa.array([None if off is None else 60 * off.minutes for off in offs], pa.int64())
    return {
        "off": pa.array([None if off is None else off.hh_mm for off in offs], pa.string()),
        "off_at": seconds.cast(pa.timestamp("s", tz="UTC")).cast(pa.timestamp("us", tz="UTC")),
        "off_doubt": pa.array([None if off is None else off.doubt for off in offs], pa.int32()),
    }


def known_lands(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Course name -> country, of the courses that races with a known zone were run at.

    A name that two countries share is left out.
    """
    rows = con.execute("""
        SELECT c.name, min(c.country) FROM courses AS c
        WHERE c.course_id IN (SELECT course_id FROM races WHERE off_zone IS NOT NULL)
        GROUP BY c.name HAVING count(DISTINCT c.country) = 1
    """).fetchall()
    return dict(rows)


OFFS_JOIN = "LEFT JOIN rule_offs ON " + " AND ".join(
    f"s.{identifier(name)} IS NOT DISTINCT FROM rule_offs.k{i}" for i, name in enumerate(KEYS)
)
"""To `staging AS s`."""
