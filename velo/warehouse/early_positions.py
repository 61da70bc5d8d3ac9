"""Early positions of a file's runners, and of runners whose comments are stored already.

Comments are nearly all distinct, so the rule is not asked of each: SQL cuts every comment down to
the part that decides, of which two million comments have some ten thousand.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from velo.racing.comment_position import EARLY_PART, LONGEST, comment_position
from velo.sql_text import literal

_STARTED = "status IN ('finished', 'non-finisher')"
"""Who came under orders, and so had a place early on."""

_STORED = ("results", "runner_tellings", "earlier_results", "earlier_runner_tellings")


def early_part(comment: str) -> str:
    """SQL of the part of a comment that decides; null where no word of it does.

    Args:
        comment: SQL of the text.
    """
    start = f"lower(left({comment}, {LONGEST}))"
    return f"nullif(regexp_extract({start}, {literal(EARLY_PART)}), '')"


def read_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `commented` (line, comment_position) from `staging`.

    It has a row for each comment that names a place, on rows whose file gives neither positions
    at the calls nor a letter.

    Args:
        con: a connection with a filled `staging`.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE commented AS SELECT line, {early_part('comment')} AS part "
        "FROM staging WHERE comment IS NOT NULL AND running_position IS NULL AND pace IS NULL"
    )
    _read_parts(con, "SELECT DISTINCT part FROM commented")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE commented AS "
        "SELECT line, comment_position FROM commented JOIN early_parts USING (part)"
    )


def early_position(field: str, called: bool) -> str:
    """SQL of a runner's early position, 0 the leader and 1 the last.

    From positions at the calls where the row has them, else a letter, else the comment: the share
    of the field as `velo.racing.early_position.share_of_field` has it.

    Args:
        field: columns that tell a row's race apart. The relation has `status`, `ran` and what the
            rules made of the row: `first_call`, `letter_position`, `comment_position`.
        called: whether the format gives positions at the calls; only they need the field counted.
    """
    position = "coalesce(letter_position, comment_position)"
    if called:
        starters = (
            f"greatest(count(*) FILTER ({_STARTED}) OVER (PARTITION BY {field}), "
            f"coalesce(max(ran) OVER (PARTITION BY {field}), 0))"
        )
        share = f"least(first_call - 1, {starters} - 1) / ({starters} - 1)"
        position = (
            f"CASE WHEN first_call IS NULL THEN {position} WHEN {starters} > 1 THEN {share} END"
        )
    return f"CASE WHEN {_STARTED} THEN {position} END"


def note_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `file_notes` how many comments of starters name no place early in the race.

    They were read, and say nothing of it. `python -m benchmarks.comment_coverage` lists what they
    begin with.

    Args:
        con: a connection with the temporary tables `facts`, `staging` and `file_notes` of a file.
    """
    (given, without) = con.execute(
        "SELECT count(*), count(*) FILTER (f.early_position IS NULL) "
        f"FROM facts AS f JOIN staging AS s USING (line) WHERE f.{_STARTED} "
        "AND s.comment IS NOT NULL AND s.running_position IS NULL AND s.pace IS NULL"
    ).fetchall()[0]
    if without:
        note = f"no position early in the race in {without:,} of {given:,} comments"
        con.execute("INSERT INTO file_notes VALUES (?)", [note])


def fill_early_positions(con: duckdb.DuckDBPyConnection) -> None:
    """Give runners of an earlier version the early position that their stored comments name.

    Args:
        con: a connection in a transaction.
    """
    union = " UNION ALL ".join(
        f"SELECT {early_part('comment')} AS part FROM {table}" for table in _STORED
    )
    _read_parts(con, f"SELECT DISTINCT part FROM ({union})")
    for table in _STORED:
        con.execute(
            f"UPDATE {table} SET early_position = e.comment_position FROM early_parts AS e "
            f"WHERE e.part = {early_part(f'{table}.comment')} AND {_STARTED}"
        )
    con.execute(_MOST_TRUSTED)
    con.execute("DROP TABLE early_parts")


def _read_parts(con: duckdb.DuckDBPyConnection, parts: str) -> None:
    """Make the temporary table `early_parts` (part, comment_position) of parts that name a place.

    Args:
        con: a connection.
        parts: SELECT of distinct parts.
    """
    positions = {part: comment_position(part) for (part,) in con.execute(parts).fetchall()}
    known = {part: position for part, position in positions.items() if position is not None}
    con.register(
        "read_parts",
        pa.table(
            {
                "part": pa.array(list(known), pa.string()),
                "comment_position": pa.array(list(known.values()), pa.float64()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE early_parts AS SELECT * FROM read_parts")
    con.unregister("read_parts")


# Where several sources tell of a runner, the most trusted that tells its place is heard.
_MOST_TRUSTED = """
UPDATE results SET early_position = best.early_position
FROM (
    SELECT t.race_id, t.horse_id, arg_min(t.early_position, s.precedence) AS early_position
    FROM runner_tellings AS t
    JOIN sources AS s ON s.source = t.source
    GROUP BY t.race_id, t.horse_id
) AS best
WHERE results.race_id = best.race_id AND results.horse_id = best.horse_id
"""
