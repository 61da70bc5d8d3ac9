"""What the warehouse held on an earlier day: its rows, with those that came later taken back.

A correction that a batch imported on day T is known from T + 1; the first telling of a row counts
as known from the day after its race. Two kinds of replaced rows matter:

- **Corrections** of a race that had been told with its results: they change what is history, from
  the day that they are known. One that was known with the race's own result changes nothing.
- **Cards**: a race's and its runners' rows as they stood on the morning of the race, where the
  result that came later told them otherwise. They change that race's entries alone. Such a race
  stands a second time in the state of its day, without results and under the complement of its
  number, so that the tables' SQL sees it as it sees tomorrow's card.

Where a replaced row says the same in every column that the tables read, it does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from velo.offline.corrections import KEYS
from velo.offline.exposure import main_schema
from velo.offline.tables import Table

_CARDS = ("races", "runners")
_WORD = re.compile(r"[a-z_][a-z_0-9]*")


@dataclass(frozen=True)
class Epoch:
    """Days on which the warehouse held one state: [start, end), None where there is no bound."""

    start: date | None
    end: date | None

    def holds(self, column: str) -> str:
        """SQL: whether a date or time lies in the epoch."""
        lower = f"{column} >= {midnight(self.start)}" if self.start else "TRUE"
        upper = f"{column} < {midnight(self.end)}" if self.end else "TRUE"
        return f"({lower} AND {upper})"


def midnight(day: date) -> str:
    """A day's 00:00 UTC as SQL."""
    return f"TIMESTAMPTZ '{day.isoformat()} 00:00:00+00'"


def find_epochs(
    con: duckdb.DuckDBPyConnection, tables: list[Table], until: date | None
) -> list[Epoch]:
    """Find what was replaced, and the epochs between the days on which history changed.

    Args:
        con: a warehouse whose tables are exposed up to `until`.
        tables: whose SQL says which columns matter.
        until: the last day that exists; what was imported later was never known.

    Returns:
        The epochs in order; none where nothing that matters was ever replaced.
    """
    source = main_schema(con)
    con.execute("CREATE TEMP TABLE exposed_races AS SELECT race_id FROM races")
    words = {word for table in tables for word in _WORD.findall(table.sql)}
    for table, keys in KEYS.items():
        con.execute(_replaced(con, source, table, keys, words))
    con.execute(_FIRST_RESULTS.format(source=source))
    for table in KEYS:
        con.execute(
            f"CREATE TEMP TABLE corrected_{table} AS SELECT replaced.* "
            f"FROM replaced_{table} AS replaced LEFT JOIN first_results USING (race_id) "
            f"WHERE {_CORRECTION if table in _CARDS else _LATE}"
        )
    con.execute(_CARDED)
    con.execute(_RENAMED.format(source=source))
    if not _any(con, *(f"corrected_{table}" for table in KEYS), "carded"):
        return []
    last = f"WHERE known <= DATE '{until + timedelta(days=1)}'" if until else ""
    changes = " UNION ".join(
        f"SELECT known FROM corrected_{table}" for table in ("races", "runners", "results")
    )
    days = [row[0] for row in con.execute(f"FROM ({changes}) {last} ORDER BY known").fetchall()]
    return [Epoch(start, end) for start, end in zip([None, *days], [*days, None], strict=True)]


def restore(con: duckdb.DuckDBPyConnection, epoch: Epoch, until: date | None) -> None:
    """Make `races`, `runners`, `results` and `prices` those of an epoch.

    Args:
        con: a connection in which `find_epochs` has found this one.
        epoch: its state is that of its start; prices are those of the day after each race.
        until: the last race day that exists.
    """
    source = main_schema(con)
    limit = " WHERE race_id IN (SELECT race_id FROM exposed_races)" if until else ""
    start = f"DATE '{epoch.start}'" if epoch.start else "NULL"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE under_another AS SELECT * FROM renamed "
        f"WHERE (since IS NULL OR since <= {start}) AND (until > {start} OR {start} IS NULL)"
    )
    for table, keys in KEYS.items():
        later = f"known > DATE '{epoch.start}'" if epoch.start else "TRUE"
        taken_back = "TRUE" if table == "prices_history" else later
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE restored_{table} AS "
            + _first(con, source, table, f"corrected_{table} WHERE {taken_back}")
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW held_{table} AS "
            + _as_named(_overlaid(f"{source}.{table}", f"restored_{table}", keys), table)
            + limit
        )
    today = f"SELECT race_id FROM carded WHERE {epoch.holds('race_day')}"
    for table in _CARDS:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE morning_{table} AS "
            + _first(
                con,
                source,
                table,
                f"replaced_{table} WHERE known > race_day AND race_id IN ({today})",
            )
        )
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE card_{table} AS "
            f"SELECT * REPLACE (~race_id AS race_id) "
            f"FROM ({_overlaid(f'held_{table}', f'morning_{table}', KEYS[table])}) "
            f"WHERE race_id IN ({today}) {_STARTERS if table == 'runners' else ''}"
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {table} AS "
            f"SELECT * FROM held_{table} UNION ALL BY NAME SELECT * FROM card_{table}"
        )
    con.execute("CREATE OR REPLACE TEMP VIEW results AS SELECT * FROM held_results")
    # The warehouse's view reads `prices_history`, and finds this one before its own.
    con.execute("CREATE OR REPLACE TEMP VIEW prices_history AS SELECT * FROM held_prices_history")
    con.execute(f"CREATE OR REPLACE TEMP VIEW prices AS SELECT * FROM {source}.prices")


def _replaced(
    con: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    keys: tuple[str, ...],
    words: set[str],
) -> str:
    """Earlier rows that say something else than what followed, and the day of that."""
    columns = _columns(con, source, table)
    read = words | {"decimal_odds"} if table == "prices_history" else words
    says = f"row({', '.join(c for c in columns if c in read and c not in keys)})"
    key = ", ".join(keys)
    return f"""
        CREATE TEMP TABLE replaced_{table} AS
        WITH told AS (
            SELECT * FROM {source}.earlier_{table} WHERE batch_id < replaced_by
            UNION ALL BY NAME
            SELECT *, NULL AS replaced_by FROM {source}.{table}
            SEMI JOIN {source}.earlier_{table} USING ({key})
        ), followed AS (
            SELECT *, {says} IS DISTINCT FROM lead({says}) OVER (
                PARTITION BY {key} ORDER BY replaced_by NULLS LAST) AS matters
            FROM told
        )
        SELECT followed.* EXCLUDE (matters), races.date AS race_day,
            CAST(batches.finished AS DATE) + 1 AS known
        FROM followed
        JOIN {source}.import_batches AS batches ON batches.batch_id = followed.replaced_by
        JOIN races ON races.race_id = followed.race_id
        WHERE matters
    """


def _first(con: duckdb.DuckDBPyConnection, source: str, table: str, rows: str) -> str:
    """Of each key the row that was replaced first, without what is said of the replacing."""
    columns = ", ".join(_columns(con, source, table))
    return (
        f"SELECT {columns} FROM {rows} QUALIFY row_number() OVER "
        f"(PARTITION BY {', '.join(KEYS[table])} ORDER BY replaced_by) = 1"
    )


def _overlaid(below: str, above: str, keys: tuple[str, ...]) -> str:
    """All rows of one relation, those of the other in the place of the same keys."""
    return (
        f"SELECT * FROM (SELECT * FROM {below} ANTI JOIN {above} USING ({', '.join(keys)}) "
        f"UNION ALL BY NAME SELECT * FROM {above})"
    )


def _as_named(rows: str, table: str) -> str:
    """Rows under the ids that horses had: prices move, runs stand there under those already."""
    if table == "races":
        return f"SELECT * FROM ({rows})"
    own = f"SELECT * FROM (SELECT * FROM ({rows}) ANTI JOIN under_another USING (race_id, horse_id)"
    if table != "prices_history":
        return own + ")"
    return own + (
        f" UNION ALL BY NAME SELECT p.* REPLACE (u.own AS horse_id) FROM ({rows}) AS p "
        "JOIN under_another AS u ON u.race_id = p.race_id AND u.horse_id = p.horse_id)"
    )


def _columns(con: duckdb.DuckDBPyConnection, source: str, table: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE {source}.{table}").fetchall()]


def _any(con: duckdb.DuckDBPyConnection, *tables: str) -> bool:
    return any(con.execute(f"FROM {table} LIMIT 1").fetchall() for table in tables)


# A conclusion that two horses are one, or its taking back, gave a run another horse's id: until it
# was known, the run stands under `own` and not under the id of now.
_RENAMED = """
CREATE TEMP TABLE renamed AS
SELECT r.race_id, i.kept AS horse_id, r.horse_id AS own, CAST(NULL AS DATE) AS since,
    c.known AS until
FROM {source}.inference_rows AS r
JOIN {source}.inferences AS i ON i.inference_id = r.inference_id
JOIN corrected_runners AS c ON c.race_id = r.race_id AND c.horse_id = r.horse_id
    AND c.replaced_by = i.batch_id
WHERE i.kind NOT IN ('race', 'course', 'age')
UNION ALL
SELECT r.race_id, r.horse_id, i.kept, CAST(b.finished AS DATE) + 1, c.known
FROM {source}.inference_rows AS r
JOIN {source}.inferences AS i ON i.inference_id = r.inference_id
JOIN corrected_runners AS c ON c.race_id = r.race_id AND c.horse_id = i.kept
    AND c.replaced_by = i.undone_by
LEFT JOIN corrected_runners AS before ON before.race_id = r.race_id
    AND before.horse_id = r.horse_id AND before.replaced_by = i.batch_id
LEFT JOIN {source}.import_batches AS b
    ON b.batch_id = i.batch_id AND before.race_id IS NOT NULL
WHERE i.kind NOT IN ('race', 'course', 'age')
"""

_LATE = "known > race_day + 1"
_CORRECTION = f"{_LATE} AND replaced_by > first_results.batch_id"

_FIRST_RESULTS = """
CREATE TEMP TABLE first_results AS
SELECT race_id, min(batch_id) AS batch_id
FROM (
    SELECT race_id, batch_id FROM {source}.results
    UNION ALL
    SELECT race_id, batch_id FROM {source}.earlier_results
)
WHERE race_id IN (
    SELECT race_id FROM replaced_races UNION SELECT race_id FROM replaced_runners)
GROUP BY race_id
"""

_CARDED = f"""
CREATE TEMP TABLE carded AS
SELECT DISTINCT race_id, race_day
FROM (
    SELECT race_id, race_day, replaced_by, known FROM replaced_races
    UNION ALL
    SELECT race_id, race_day, replaced_by, known FROM replaced_runners
)
LEFT JOIN first_results USING (race_id)
WHERE known > race_day AND ({_CORRECTION}) IS NOT TRUE
"""

_STARTERS = """
AND (race_id NOT IN (SELECT race_id FROM held_results) OR (race_id, horse_id) IN (
    SELECT (race_id, horse_id) FROM held_results WHERE status IN ('finished', 'non-finisher')))
"""
