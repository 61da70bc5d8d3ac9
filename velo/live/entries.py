"""The runners of race days, as the warehouse holds them and as a build derives its entries.

The tables' own SQL is run (`feature_repo/tables`), over the days' races and as many days before
them as the ladder of prizes looks back; a card has no other way to its class level or stall third
than a race that was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from velo.home import Home
from velo.offline.exposure import expose, main_schema
from velo.offline.tables import load_tables
from velo.settings import Settings
from velo.warehouse.connection import warehouse

STEPS = ("field", "race_levels")
QUOTED = "quoted_"
"""Before a kind of price, in the name of the column of the odds that stand in the warehouse."""


@dataclass(frozen=True)
class Absentee:
    """A horse that a card names and that is not to run: a non-runner, or a reserve."""

    race_id: int
    horse_id: int
    horse: str
    number: int | None
    standing: str


def read_entries(
    home: Home, settings: Settings, days: list[date], gone: Sequence[tuple[int, int]] = ()
) -> pa.Table:
    """Every runner of the days' races, sorted by day, race and horse.

    Args:
        home: whose warehouse.
        settings: windows and DuckDB's bounds.
        days: race days.
        gone: race and horse of runners that were declared once and are no longer.

    Returns:
        The columns of the build's `entries`, and `day`, `off`, `off_at`, `off_zone`, `off_doubt`,
        `race_no`, `race_name`, `source_race_id`, `number`, `draw`, `number_letter`; the odds of
        early kinds that are in the warehouse (`quoted_morning` and others); `seen_horse`,
        `seen_trainer`, `seen_jockey`, `seen_course` say whether they had a start before the day,
        `told` whether the warehouse has it that the race was run.

    Raises:
        NothingIngested: there is no warehouse.
        HomeError: it is in use.
    """
    with warehouse(home, settings.store, write=False) as con:
        return entries_of(con, settings, days, gone)


def entries_of(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    days: list[date],
    gone: Sequence[tuple[int, int]] = (),
) -> pa.Table:
    """The same over a connection that is open, in the middle of an import too.

    Temporary views hide the warehouse's own tables from then on.
    """
    back = timedelta(settings.windows.prize_ladder)
    main = main_schema(con)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE near AS SELECT race_id FROM {main}.races "
        "WHERE date BETWEEN $first AND $last",
        {"first": min(days) - back, "last": max(days)},
    )
    expose(con, max(days), only="near")
    if gone:
        con.execute("CREATE OR REPLACE TEMP TABLE gone (race_id BIGINT, horse_id BIGINT)")
        con.executemany("INSERT INTO gone VALUES (?, ?)", [list(pair) for pair in gone])
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW runners AS SELECT runners.* FROM {main}.runners "
            "ANTI JOIN gone ON gone.race_id = runners.race_id AND gone.horse_id = runners.horse_id"
        )
    tables = {
        table.name: table.sql for table in load_tables(settings.windows, settings.feature_repo)
    }
    for step in STEPS:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {tables[step]}")
    con.execute("CREATE OR REPLACE TEMP TABLE asked (day DATE)")
    con.executemany("INSERT INTO asked VALUES (?)", [[day] for day in sorted(set(days))])
    return con.sql(_ROSTER.format(entries=tables["entries"], main=main)).to_arrow_table()


def absentees(con: duckdb.DuckDBPyConnection, days: Sequence[date]) -> list[Absentee]:
    """The horses of the days' cards that are not to run, by race and number.

    Args:
        con: an open warehouse.
        days: race days; of races with a result the result says who ran.
    """
    rows = con.execute(_ABSENT.format(main=main_schema(con)), [list(days)]).fetchall()
    return [Absentee(*row) for row in rows]


_ABSENT = """
SELECT runners.race_id, runners.horse_id, runners.horse, runners.number, runners.standing
FROM {main}.runners AS runners
JOIN {main}.races AS races ON races.race_id = runners.race_id
WHERE races.date IN (SELECT unnest(?::DATE[])) AND runners.standing IS NOT NULL
    AND races.race_id NOT IN (SELECT race_id FROM {main}.results)
ORDER BY races.race_id, runners.number, runners.horse
"""

_ROSTER = """
WITH quoted AS (
    SELECT race_id, horse_id,
        max(decimal_odds) FILTER (kind = 'evening') AS quoted_evening,
        max(decimal_odds) FILTER (kind = 'breakfast') AS quoted_breakfast,
        max(decimal_odds) FILTER (kind = 'morning') AS quoted_morning,
        max(decimal_odds) FILTER (kind = 'open') AS quoted_open
    FROM prices
    WHERE race_id IN (SELECT race_id FROM races WHERE date IN (SELECT day FROM asked))
    GROUP BY race_id, horse_id
),
listed AS (
    SELECT entries.*, CAST(entries.event_timestamp AS DATE) AS day, races.off,
        races.off_at, races.off_zone, races.off_doubt, races.race_no,
        races.name AS race_name, races.source_race_id, runners.number, runners.draw,
        runners.number_letter,
        quoted_evening, quoted_breakfast, quoted_morning, quoted_open
    FROM ({entries}) AS entries
    JOIN races ON races.race_id = entries.race_id
    JOIN runners ON runners.race_id = entries.race_id AND runners.horse_id = entries.horse_id
    LEFT JOIN quoted ON quoted.race_id = entries.race_id AND quoted.horse_id = entries.horse_id
    WHERE races.date IN (SELECT day FROM asked)
),
ran AS (
    SELECT runners.horse_id, runners.trainer_id, runners.jockey_id, races.course_id, races.date
    FROM {main}.results AS results
    JOIN {main}.runners AS runners
        ON runners.race_id = results.race_id AND runners.horse_id = results.horse_id
    JOIN {main}.races AS races ON races.race_id = results.race_id
    WHERE results.status IN ('finished', 'non-finisher')
),
horses AS (SELECT horse_id, min(date) AS since FROM ran GROUP BY horse_id),
trainers AS (SELECT trainer_id, min(date) AS since FROM ran GROUP BY trainer_id),
jockeys AS (SELECT jockey_id, min(date) AS since FROM ran GROUP BY jockey_id),
courses AS (SELECT course_id, min(date) AS since FROM ran GROUP BY course_id)
SELECT listed.*,
    coalesce(horses.since < day, FALSE) AS seen_horse,
    coalesce(trainers.since < day, FALSE) AS seen_trainer,
    coalesce(jockeys.since < day, FALSE) AS seen_jockey,
    coalesce(courses.since < day, FALSE) AS seen_course,
    listed.race_id IN (
        SELECT race_id FROM {main}.results WHERE status IN ('finished', 'non-finisher')) AS told
FROM listed
LEFT JOIN horses ON horses.horse_id = listed.horse_id
LEFT JOIN trainers ON trainers.trainer_id = listed.trainer_id
LEFT JOIN jockeys ON jockeys.jockey_id = listed.jockey_id
LEFT JOIN courses ON courses.course_id = listed.course_id
ORDER BY day, listed.race_id, listed.horse_id
"""
