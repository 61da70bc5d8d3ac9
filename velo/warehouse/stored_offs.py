"""The offs of races that are stored: their moments, and those that cannot be right.

Races of an earlier version have an off and no moment of it, and some were read on the wrong half of
the day. The text that the file wrote is gone, so each stored off is asked whether it fits into the
hours of racing and among the others of its meeting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

import duckdb
import pyarrow as pa

from velo.racing.courses import course
from velo.racing.instants import instants
from velo.racing.known_courses import country_of
from velo.racing.meeting import Off, read_meeting
from velo.racing.off_time import HALF_DAY, OffTime, off_time
from velo.racing.venue import HOME_ZONE, Venue, venue
from velo.warehouse.earlier_rows import replace_rows
from velo.warehouse.file_offs import off_columns

Table = Literal["races", "race_tellings"]
TABLES: tuple[Table, ...] = ("races", "race_tellings")


@dataclass(frozen=True)
class BrokenOff:
    """A stored off that cannot be right, and what its meeting says instead.

    Attributes:
        race_id, day, course: of the race.
        stored: `HH:MM` as it stands.
        right: the off that fits.
    """

    race_id: int
    day: date
    course: str
    stored: str
    right: Off


class _Stored(NamedTuple):
    race_id: int
    source: str
    day: date
    course_id: int
    course: str
    region: str
    off: str


class _StoredReading(NamedTuple):
    row: _Stored
    off: Off | None  # as it stands, where it can be right
    right: Off | None  # where it cannot


def fill_offs(con: duckdb.DuckDBPyConnection) -> int:
    """Give every stored off its moment, zone and doubt, where it has none.

    An off that cannot be right gets none: `mend_offs` puts it right. Both `races` and
    `race_tellings` are filled; nothing else of them changes, and no earlier row is kept.

    Args:
        con: a connection in a transaction, to tables of this version.

    Returns:
        How many races have a moment now that had none.
    """
    before = _without_moment(con)
    for table in TABLES:
        _fill_zones(con, table)
        readings = [each for each in _readings(con, table) if each.off]
        _register(con, readings)
        con.execute(
            f"UPDATE {table} SET off_at = f.at, off_doubt = f.doubt FROM stored_offs AS f "
            f"WHERE {table}.race_id = f.race_id AND {table}.source = f.source "
            f"AND {table}.off_at IS NULL"
        )
        con.execute("DROP TABLE stored_offs")
    return before - _without_moment(con)


def _without_moment(con: duckdb.DuckDBPyConnection) -> int:
    (count,) = con.execute("SELECT count(*) FROM races WHERE off_at IS NULL").fetchall()[0]
    return int(count)


def _fill_zones(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    rows = con.execute(
        f"SELECT DISTINCT source, course, region FROM {table} WHERE off_zone IS NULL"
    ).fetchall()
    abroad = _sources_abroad(con, table)
    zones = [_venue(name, region, source in abroad).zone for source, name, region in rows]
    columns = {
        name: pa.array([row[i] for row in rows], pa.string())
        for i, name in enumerate(("source", "course", "region"))
    }
    con.register("zones", pa.table(columns | {"zone": pa.array(zones, pa.string())}))
    con.execute(
        f"UPDATE {table} SET off_zone = z.zone FROM zones AS z WHERE {table}.off_zone IS NULL "
        f"AND {table}.source = z.source AND {table}.course = z.course "
        f"AND {table}.region = z.region"
    )
    con.unregister("zones")


def broken_offs(con: duckdb.DuckDBPyConnection) -> list[BrokenOff]:
    """Stored offs that cannot be right, by day, course and off.

    They lie outside the hours in which their country races, or half a day from their meeting,
    and the other half of the day has neither fault.
    """
    broken = [
        BrokenOff(row.race_id, row.day, row.course, row.off, right)
        for row, _, right in _readings(con, "races")
        if right is not None
    ]
    return sorted(broken, key=lambda each: (each.day, each.course, each.stored))


def mend_offs(con: duckdb.DuckDBPyConnection, batch_id: int) -> list[BrokenOff]:
    """Put broken offs right; the races as they were go to `earlier_races`.

    A race keeps its id. What each source said of it (`race_tellings`) is mended with it, or the
    next file would bring the old off back.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that does it.

    Returns:
        What was mended.
    """
    mended = broken_offs(con)
    if not mended:
        return mended
    for table in TABLES:
        broken = [each for each in _readings(con, table) if each.right is not None]
        _register(con, [each._replace(off=each.right) for each in broken])
        if table == "races":
            con.execute(
                "CREATE OR REPLACE TEMP TABLE fresh AS SELECT races.* REPLACE (f.hh_mm AS off, "
                "f.at AS off_at, f.doubt AS off_doubt, CAST($batch AS INTEGER) AS batch_id) "
                "FROM races JOIN stored_offs AS f ON f.race_id = races.race_id",
                {"batch": batch_id},
            )
            replace_rows(con, "races", ("race_id",), "fresh", batch_id)
            con.execute("DROP TABLE fresh")
        else:
            con.execute(
                "UPDATE race_tellings SET off = f.hh_mm, off_at = f.at, off_doubt = f.doubt "
                "FROM stored_offs AS f WHERE race_tellings.race_id = f.race_id "
                "AND race_tellings.source = f.source"
            )
        con.execute("DROP TABLE stored_offs")
    return mended


def _register(con: duckdb.DuckDBPyConnection, readings: Sequence[_StoredReading]) -> None:
    """Make `stored_offs` (race_id, source, hh_mm, at, doubt)."""
    columns = off_columns([each.off for each in readings])
    con.register(
        "answers",
        pa.table(
            {
                "race_id": pa.array([each.row.race_id for each in readings], pa.int64()),
                "source": pa.array([each.row.source for each in readings], pa.string()),
                "hh_mm": columns["off"],
                "at": columns["off_at"],
                "doubt": columns["off_doubt"],
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE stored_offs AS SELECT * FROM answers")
    con.unregister("answers")


def _readings(con: duckdb.DuckDBPyConnection, table: Table) -> list[_StoredReading]:
    """The offs of every meeting of which some race has no moment."""
    rows = [
        _Stored(*row)
        for row in con.execute(f"""
            SELECT race_id, source, date, course_id, course, region, off FROM {table}
            WHERE off IS NOT NULL AND (date, course_id) IN (
                SELECT (date, course_id) FROM {table} WHERE off IS NOT NULL AND off_at IS NULL)
        """).fetchall()
    ]
    abroad = _sources_abroad(con, table)
    meetings: dict[tuple[object, ...], list[_Stored]] = defaultdict(list)
    for row in rows:
        meetings[row.day, row.course_id, row.source if table == "race_tellings" else None].append(
            row
        )
    return [each for races in meetings.values() for each in _read(races, abroad)]


def _sources_abroad(con: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """Sources that name countries."""
    return {
        source
        for (source,) in con.execute(
            f"SELECT DISTINCT source FROM {table} WHERE region <> 'GB'"
        ).fetchall()
    }


def _read(races: Sequence[_Stored], abroad: set[str]) -> list[_StoredReading]:
    first = races[0]
    place = _venue(first.course, first.region, first.source in abroad)
    read = {row.off: off_time(row.off) for row in races}
    offs = {
        text: off._replace(sure=False, late=False, padded=False, single=False)
        for text, off in read.items()
        if off is not None
    }
    guesses = dict(zip(offs, read_meeting(first.day, list(offs.values()), place), strict=True))
    readings = []
    for row in races:
        guess = guesses.get(row.off)
        stands = None if guess is None else _as_it_stands(row, offs[row.off], place, guess)
        sure = guess is not None and not guess.doubt and place.known
        readings.append(_StoredReading(row, stands, guess if stands is None and sure else None))
    return readings


def _as_it_stands(row: _Stored, written: OffTime, place: Venue, guess: Off) -> Off | None:
    """The stored off as a moment, where it can be one."""
    if guess.hh_mm == row.off:
        return guess
    literal = instants(row.day, written.minute, HOME_ZONE, place)
    if not literal:
        return None
    at = literal[0].at
    if not place.known:
        return Off(row.off, at, HALF_DAY if written.minute >= HALF_DAY else 0)
    if literal[0].outside == 0 and guess.doubt:
        return Off(row.off, at, 0)
    return None


def _venue(named: str, region: str, says: bool) -> Venue:
    """A source that names no country at all does not say that a course is British."""
    where = course(named)
    name = "" if where is None else where.name
    return venue(name, region if says or region != "GB" else country_of(name))
