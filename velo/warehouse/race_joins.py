"""Two races made one: what every source said of the younger id is said of the older one."""

from __future__ import annotations

import duckdb

from velo.warehouse.earlier_rows import keep_races, replace_rows, retire_rows
from velo.warehouse.inferences import add_aliases, record
from velo.warehouse.readers import READERS
from velo.warehouse.reconcile import RACE, RUNNER, reconcile

_CARDS = tuple(reader.name for reader in READERS if reader.role == "card")
QUOTES = {
    "prices_history": (*RUNNER.keys, "source", "kind", "nth"),
    "sectionals": (*RUNNER.keys, "source", "section"),
}
PLACE = ("course", "course_id", "region", "off_at", "off_zone", "off_doubt")
"""Columns that say where and when a race was; they come from the telling that names a country."""


def join_races(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Join the pairs of the temporary table `race_pairs`, each race in one pair at the most.

    The rows of both are merged as two sources' are. All that stood there is kept as earlier rows.

    Args:
        con: a connection in a transaction. `race_pairs` has kind, kept, other, conclusion,
            evidence and place, the one of the two whose course and region are right.
        batch_id: the batch that leads to it.
    """
    record(con, batch_id, "race_pairs")
    con.execute(
        "INSERT INTO inference_rows SELECT p.inference_id, r.race_id, r.horse_id, $batch "
        "FROM race_pairs AS p JOIN runners AS r ON r.race_id = p.other",
        {"batch": batch_id},
    )
    keep_races(con, "SELECT unnest([kept, other]) AS race_id FROM race_pairs", batch_id)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE places AS SELECT p.kept AS race_id, "
        f"{', '.join(f'r.{name}' for name in PLACE)} "
        "FROM race_pairs AS p JOIN races AS r ON r.race_id = p.place"
    )
    con.execute(_SAME_RUNNERS)
    _merge_runners(con, batch_id)
    _merge_quotes(con, batch_id)
    _merge_races(con, batch_id)
    _retire_others(con, batch_id)
    add_aliases(con, "race", "race_pairs")
    con.execute("DROP TABLE places; DROP TABLE same_runners")


def move_places(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Write the columns of `PLACE` of the temporary table `places` (race_id, ...) into `races`."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT r.* REPLACE ("
        f"{_placed('r')}, CAST($batch AS INTEGER) AS batch_id) "
        "FROM races AS r JOIN places AS p ON p.race_id = r.race_id",
        {"batch": batch_id},
    )
    replace_rows(con, "races", RACE.keys, "fresh", batch_id)
    keep_races(con, "SELECT race_id FROM places", batch_id)
    _move_tellings(con)


def _placed(row: str) -> str:
    own = ("course", "course_id", "region")
    return ", ".join(
        f"p.{name} AS {name}" if name in own else f"coalesce(p.{name}, {row}.{name}) AS {name}"
        for name in PLACE
    )


def _move_tellings(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "UPDATE race_tellings SET course_id = p.course_id, region = p.region "
        "FROM places AS p WHERE race_tellings.race_id = p.race_id"
    )


def _merge_runners(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    con.execute(_OTHER_TELLINGS)
    for source in _sources(con, "other_tellings"):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE told AS SELECT * FROM other_tellings "
            "WHERE source = $source",
            {"source": source},
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE present AS "
            "SELECT runners.*, results.* EXCLUDE (race_id, horse_id, batch_id) FROM runners "
            "SEMI JOIN told ON told.race_id = runners.race_id AND told.horse_id = runners.horse_id "
            "LEFT JOIN results ON results.race_id = runners.race_id "
            "AND results.horse_id = runners.horse_id"
        )
        reconcile(con, RUNNER, source, _CARDS, (), batch_id)
        for table in ("runners", "results"):
            names = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
            given = "WHERE status IS NOT NULL" if table == "results" else ""
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {', '.join(names)} FROM ("
                f"SELECT *, CAST($batch AS INTEGER) AS batch_id FROM merged) {given}",
                {"batch": batch_id},
            )
            replace_rows(con, table, RUNNER.keys, "fresh", batch_id)
    con.execute("DROP TABLE other_tellings")


def _merge_quotes(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Prices and sections that the race has not from that source already."""
    for table, keys in QUOTES.items():
        con.execute(
            "CREATE OR REPLACE TEMP TABLE fresh AS SELECT t.* REPLACE ("
            "p.kept AS race_id, coalesce(m.kept_horse, t.horse_id) AS horse_id, "
            "CAST($batch AS INTEGER) AS batch_id) "
            f"FROM {table} AS t JOIN race_pairs AS p ON p.other = t.race_id "
            "LEFT JOIN same_runners AS m ON m.kept = p.kept AND m.other_horse = t.horse_id",
            {"batch": batch_id},
        )
        con.execute(
            f"DELETE FROM fresh WHERE ({', '.join(keys)}) IN ("
            f"SELECT ({', '.join(keys)}) FROM {table})"
        )
        con.execute(f"INSERT INTO {table} SELECT * FROM fresh")


def _merge_races(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    con.execute(_OTHER_RACES)
    for source in _sources(con, "other_races"):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE told AS SELECT * FROM other_races WHERE source = $source",
            {"source": source},
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE present AS SELECT * FROM races "
            "WHERE race_id IN (SELECT race_id FROM told)"
        )
        reconcile(con, RACE, source, _CARDS, (), batch_id)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT m.* REPLACE ({_placed('m')}), "
            "CAST($batch AS INTEGER) AS batch_id "
            "FROM merged AS m JOIN places AS p ON p.race_id = m.race_id",
            {"batch": batch_id},
        )
        replace_rows(con, "races", RACE.keys, "fresh", batch_id)
    _move_tellings(con)
    con.execute("DROP TABLE other_races")


def _retire_others(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    for table, keys in (
        *QUOTES.items(),
        ("runners", RUNNER.keys),
        ("results", RUNNER.keys),
        ("races", RACE.keys),
    ):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE gone AS SELECT {', '.join(keys)} FROM {table} "
            "WHERE race_id IN (SELECT other FROM race_pairs)"
        )
        retire_rows(con, table, keys, "gone", batch_id)
    for table in ("race_flags", "conflicts", "race_tellings", "runner_tellings"):
        con.execute(f"DELETE FROM {table} WHERE race_id IN (SELECT other FROM race_pairs)")


def _sources(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [
        row[0] for row in con.execute(f"SELECT DISTINCT source FROM {table} ORDER BY 1").fetchall()
    ]


# Runners of one name in both races are one runner, also where their horses could not be joined.
_SAME_RUNNERS = """
CREATE OR REPLACE TEMP TABLE same_runners AS
SELECT p.kept, k.horse_id AS kept_horse, o.horse_id AS other_horse
FROM race_pairs AS p
JOIN runners AS k ON k.race_id = p.kept
JOIN horses AS a ON a.horse_id = k.horse_id
JOIN runners AS o ON o.race_id = p.other AND o.horse_id <> k.horse_id
JOIN horses AS b ON b.horse_id = o.horse_id AND b.name = a.name
WHERE NOT EXISTS (
    SELECT 1 FROM runners AS r WHERE r.race_id = p.kept AND r.horse_id = o.horse_id)
QUALIFY count(*) OVER (PARTITION BY p.kept, a.name) = 1
"""

_OTHER_TELLINGS = """
CREATE OR REPLACE TEMP TABLE other_tellings AS
WITH stored AS (
    SELECT t.* FROM runner_tellings AS t
    WHERE t.race_id IN (SELECT other FROM race_pairs)
), every AS (
    SELECT * FROM stored
    UNION ALL BY NAME
    SELECT r.*, x.* EXCLUDE (race_id, horse_id, batch_id)
    FROM runners AS r
    LEFT JOIN results AS x ON x.race_id = r.race_id AND x.horse_id = r.horse_id
    WHERE r.race_id IN (SELECT other FROM race_pairs)
        AND (r.race_id, r.horse_id) NOT IN (SELECT (race_id, horse_id) FROM stored)
)
SELECT e.* REPLACE (p.kept AS race_id, coalesce(m.kept_horse, e.horse_id) AS horse_id)
FROM every AS e
JOIN race_pairs AS p ON p.other = e.race_id
LEFT JOIN same_runners AS m ON m.kept = p.kept AND m.other_horse = e.horse_id
"""

_OTHER_RACES = """
CREATE OR REPLACE TEMP TABLE other_races AS
WITH stored AS (
    SELECT t.* FROM race_tellings AS t WHERE t.race_id IN (SELECT other FROM race_pairs)
), every AS (
    SELECT * FROM stored
    UNION ALL BY NAME
    SELECT * FROM races
    WHERE race_id IN (SELECT other FROM race_pairs)
        AND race_id NOT IN (SELECT race_id FROM stored)
)
SELECT e.* REPLACE (p.kept AS race_id) FROM every AS e JOIN race_pairs AS p ON p.other = e.race_id
"""
