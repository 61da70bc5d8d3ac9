"""Interpreted rows into the tables: new ones in, told ones reconciled, the rest left alone."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from velo.warehouse.earlier_rows import keep_earlier, replace_rows, retire_rows
from velo.warehouse.facts import text
from velo.warehouse.quarantine import keep_refused_rows
from velo.warehouse.quotes import price_rows, section_rows
from velo.warehouse.readers import READERS
from velo.warehouse.reconcile import RACE, RUNNER, reconcile
from velo.warehouse.rereading import find_overtaken
from velo.warehouse.row_counts import is_empty
from velo.warehouse.staging import Staged

_CARDS = tuple(reader.name for reader in READERS if reader.role == "card")
_PRICE = (*RUNNER.keys, "source", "kind", "nth")
_SECTION = (*RUNNER.keys, "source", "section")


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows; `unmatched` are prices whose runner is not known yet."""

    accepted: int
    updated: int
    unchanged: int
    quarantined: int
    unmatched: int = 0


def merge(con: duckdb.DuckDBPyConnection, batch_id: int, staged: Staged) -> Counts:
    """Merge the temporary tables of a file into the warehouse.

    They are `facts`, `sighted`, `seen_horses`, `seen_ids` and `race_keys`.

    A row that repeats a runner within the file is refused (`duplicate-runner`). A runner that the
    source has told of with the same content is unchanged, and so is one of which it tells nothing
    new. A row without a position or a price leaves the earlier position or price as it was.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that the rows are marked with.
        staged: the file's reader, and the fields that it has no column for.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE this_batch AS SELECT $batch AS batch_id, $source AS source",
        {"batch": batch_id, "source": staged.reader.name},
    )
    find_overtaken(con, staged.reader.name)
    con.execute(_JUDGED)
    con.execute("INSERT INTO refused SELECT line, 'duplicate-runner' FROM judged WHERE copy > 1")
    con.execute("DELETE FROM judged WHERE copy > 1")
    counted = dict(con.execute("SELECT outcome, count(*) FROM judged GROUP BY outcome").fetchall())
    con.execute("CREATE OR REPLACE TEMP TABLE renewed (race_id BIGINT, horse_id BIGINT)")
    _insert_new(con, staged)
    if "told" in counted:
        _reconcile_runners(con, batch_id, staged)
    _merge_races(con, batch_id, staged)
    con.execute(_HORSES)
    keep_earlier(con, "horses", "horse_id IN (SELECT horse_id FROM fresh_horses)", batch_id)
    con.execute(
        "INSERT INTO named_horses SELECT $batch, horse_id FROM fresh_horses "
        "WHERE horse_id NOT IN (SELECT horse_id FROM horses)",
        {"batch": batch_id},
    )
    con.execute("DELETE FROM horses USING fresh_horses AS f WHERE horses.horse_id = f.horse_id")
    con.execute("INSERT INTO horses SELECT * FROM fresh_horses")
    con.execute(_HORSE_IDS)
    keep_earlier(con, "courses", _BRITISH, batch_id)
    for named in _NAMED:
        con.execute(named)
    (updated,) = con.execute(_UPDATED).fetchall()[0]
    con.execute(
        "INSERT INTO repeated_races SELECT DISTINCT $batch, race_id FROM judged "
        "WHERE outcome <> 'accepted'",
        {"batch": batch_id},
    )
    return Counts(
        counted.get("accepted", 0),
        updated,
        counted.get("unchanged", 0) + counted.get("told", 0) - updated,
        keep_refused_rows(con),
    )


def _insert_new(con: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    rows = _rows("accepted")
    runners = ", ".join(row[0] for row in con.execute("DESCRIBE runners").fetchall())
    results = ", ".join(row[0] for row in con.execute("DESCRIBE results").fetchall())
    con.execute(f"INSERT INTO runners SELECT {runners} FROM ({rows})")
    con.execute(f"INSERT INTO results SELECT {results} FROM ({rows}) WHERE status IS NOT NULL")
    quotes = " UNION ALL ".join(price_rows(staged.reader, "accepted"))
    con.execute(  # in the key's order its index is made in two thirds of the time
        f"INSERT INTO prices_history BY NAME {quotes} ORDER BY race_id, horse_id"
    )
    if staged.reader.sectionals:
        sections = section_rows(con, staged.reader, "accepted")
        con.execute(f"INSERT INTO sectionals BY NAME {sections}")


def _reconcile_runners(con: duckdb.DuckDBPyConnection, batch_id: int, staged: Staged) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {_rows('told')}")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE present AS
        SELECT runners.*, results.* EXCLUDE (race_id, horse_id, batch_id)
        FROM runners
        JOIN told ON told.race_id = runners.race_id AND told.horse_id = runners.horse_id
        LEFT JOIN results
            ON results.race_id = runners.race_id AND results.horse_id = runners.horse_id
    """)
    reconcile(con, RUNNER, staged.reader.name, _CARDS, staged.absent, batch_id)
    con.execute("ALTER TABLE merged ADD COLUMN batch_id INTEGER")
    con.execute("UPDATE merged SET batch_id = this_batch.batch_id FROM this_batch")
    for table in ("runners", "results"):
        names = ", ".join(row[0] for row in con.execute(f"DESCRIBE {table}").fetchall())
        given = "WHERE status IS NOT NULL" if table == "results" else ""
        con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {names} FROM merged {given}")
        replace_rows(con, table, RUNNER.keys, "fresh", batch_id)
        _note_renewed(con, "changed")
    quotes = " UNION ALL ".join(price_rows(staged.reader, "told"))
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {quotes}")
    con.execute(_GONE_PRICES)
    retire_rows(con, "prices_history", _PRICE, "gone", batch_id)
    _note_renewed(con, "gone")
    replace_rows(con, "prices_history", _PRICE, "fresh", batch_id)
    _note_renewed(con, "changed")
    if staged.reader.sectionals:
        sections = section_rows(con, staged.reader, "told")
        con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {sections}")
        replace_rows(con, "sectionals", _SECTION, "fresh", batch_id)
        _note_renewed(con, "changed")


def _merge_races(con: duckdb.DuckDBPyConnection, batch_id: int, staged: Staged) -> None:
    """The races of every row that is not unchanged; makes `touched_races` and `renewed_races`."""
    con.execute(_TOUCHED)
    con.execute(_TOLD_RACES)
    con.execute(
        "INSERT INTO races BY NAME SELECT * EXCLUDE (known) "
        "REPLACE (coalesce(declared_prize, prize) AS prize) FROM told WHERE NOT known"
    )
    con.execute(
        "DELETE FROM told WHERE NOT known OR race_id IN (SELECT race_id FROM overtaken_races)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE renewed_races (race_id BIGINT)")
    if is_empty(con, "told"):
        return
    con.execute("ALTER TABLE told DROP COLUMN known")
    con.execute(_KNOWN_PLACES)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE present AS SELECT races.* FROM races "
        "JOIN told ON told.race_id = races.race_id"
    )
    reconcile(con, RACE, staged.reader.name, _CARDS, staged.absent, batch_id)
    con.execute(_FRESH_RACES)
    replace_rows(con, "races", RACE.keys, "fresh", batch_id)
    con.execute("INSERT INTO renewed_races SELECT race_id FROM changed")


def _note_renewed(con: duckdb.DuckDBPyConnection, rows: str) -> None:
    con.execute(f"INSERT INTO renewed SELECT DISTINCT race_id, horse_id FROM {rows}")


_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT keyed.*, CASE
    WHEN r.horse_id IS NULL THEN 'accepted'
    WHEN (race_id, horse_id) IN (SELECT (race_id, horse_id) FROM overtaken) THEN 'unchanged'
    WHEN r.content = keyed.content AND r.standing IS NOT DISTINCT FROM keyed.standing
        AND NOT EXISTS (SELECT 1 FROM own_batches)
    THEN 'unchanged'
    ELSE 'told' END AS outcome
FROM (
    SELECT facts.line, race_keys.race_id, sighted.horse_id, facts.content, facts.standing,
        row_number() OVER (
        PARTITION BY race_keys.race_id, sighted.horse_id ORDER BY facts.line) AS copy
    FROM facts
    JOIN sighted USING (line)
    JOIN race_keys USING (date, course_id, race_mark)
) AS keyed
LEFT JOIN runners AS r USING (race_id, horse_id)
"""


def _rows(outcome: str) -> str:
    """The rows of an outcome, as `runner_tellings` has them."""
    return f"""
        SELECT j.race_id, j.horse_id, f.number, f.draw, {text("horse")} AS horse, f.age,
            {text("sex")} AS sex, f.pounds, f.official_rating, {text("headgear")} AS headgear,
            CASE WHEN f.jockey_id IS NOT NULL THEN {text("jockey")} END AS jockey, f.jockey_id,
            {text("trainer")} AS trainer, f.trainer_id,
            {text("owner")} AS owner, {text("sire")} AS sire, {text("dam")} AS dam,
            {text("damsire")} AS damsire, b.source, j.content, b.batch_id,
            {text("position")} AS position, f.finish, nullif(f.status, 'unknown') AS status,
            f.seconds, f.beaten, f.rpr, f.ts, f.prize AS prize_won, {text("comment")} AS comment,
            f.early_position, f.number_letter, f.standing
        FROM staging AS s
        JOIN facts AS f USING (line)
        JOIN judged AS j USING (line)
        CROSS JOIN this_batch AS b
        WHERE j.outcome = '{outcome}'
    """


# A kind of price that the source tells anew is told whole: touched prices may have become fewer.
# One that only an earlier reading of the file had is gone as well.
_GONE_PRICES = """
CREATE OR REPLACE TEMP TABLE gone AS
SELECT p.race_id, p.horse_id, p.source, p.kind, p.nth
FROM prices_history AS p
WHERE ((p.race_id, p.horse_id, p.source, p.kind) IN (
            SELECT (race_id, horse_id, source, kind) FROM fresh)
        OR (p.batch_id IN (SELECT batch_id FROM own_batches)
            AND p.source = (SELECT source FROM this_batch)
            AND (p.race_id, p.horse_id) IN (
                SELECT (race_id, horse_id) FROM judged WHERE outcome = 'told')))
    AND (p.race_id, p.horse_id, p.source, p.kind, p.nth) NOT IN (
        SELECT (race_id, horse_id, source, kind, nth) FROM fresh)
"""

_HORSES = """
CREATE OR REPLACE TEMP TABLE fresh_horses AS
SELECT s.horse_id, s.name, nullif(s.country, '') AS country,
    coalesce(h.known_as, s.known_as) AS known_as,
    least(h.foaled, s.foaled) AS foaled,
    least(h.first_seen, s.first_seen) AS first_seen, greatest(h.last_seen, s.last_seen) AS last_seen
FROM seen_horses AS s
LEFT JOIN horses AS h ON h.horse_id = s.horse_id
WHERE h.horse_id IS NULL OR s.first_seen < h.first_seen OR s.last_seen > h.last_seen
    OR s.foaled < h.foaled OR (h.foaled IS NULL AND s.foaled IS NOT NULL)
"""

_HORSE_IDS = """
INSERT INTO horse_ids
SELECT s.source, s.id, s.horse_id, b.batch_id
FROM seen_ids AS s
CROSS JOIN this_batch AS b
WHERE NOT EXISTS (SELECT 1 FROM horse_ids AS h WHERE h.source = s.source AND h.id = s.id)
"""

_BRITISH = """
country IS NULL AND course_id NOT IN (SELECT course_id FROM unsaid_courses)
    AND course_id IN (SELECT course_id FROM rule_course)
"""

_NAMED = (
    f"UPDATE courses SET country = 'GB' WHERE {_BRITISH}",
    """
    INSERT INTO courses
    SELECT course_id, min(track), min(track_surface), CASE
        WHEN course_id NOT IN (SELECT course_id FROM unsaid_courses)
        THEN coalesce(min(country), 'GB') END, min(b.batch_id)
    FROM rule_course
    CROSS JOIN this_batch AS b
    WHERE course_id IN (SELECT course_id FROM races)
        AND course_id NOT IN (SELECT course_id FROM courses)
    GROUP BY course_id
    """,
    *(
        f"""
        INSERT INTO {kind}s
        SELECT {kind}_id, min(trim(k0)), min(b.batch_id)
        FROM rule_{kind}
        CROSS JOIN this_batch AS b
        WHERE {kind}_id IN (SELECT {kind}_id FROM runners)
            AND {kind}_id NOT IN (SELECT {kind}_id FROM {kind}s)
        GROUP BY {kind}_id
        """
        for kind in ("trainer", "jockey")
    ),
)

_TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched_races AS
SELECT DISTINCT race_id FROM judged WHERE outcome <> 'unchanged'
"""

_TOLD_RACES = f"""
CREATE OR REPLACE TEMP TABLE told AS
SELECT j.race_id, any_value(b.source) AS source, min_by(f.source_race_id, line) AS source_race_id,
    any_value(f.date) AS date, min_by(f.region, line) AS region,
    min_by({text("course")}, line) AS course, any_value(f.course_id) AS course_id,
    min_by(f.off, line) AS off, min_by(f.race_no, line) AS race_no,
    min_by({text("race_name")}, line) AS name, min_by({text("race_type")}, line) AS race_type,
    min_by(f.surface, line) AS surface, min_by({text("class")}, line) AS class,
    min_by({text("pattern")}, line) AS pattern, min_by({text("rating_band")}, line) AS rating_band,
    min_by(f.declared_level, line) AS declared_level, min_by(f.distance_m, line) AS distance_m,
    min_by(f.distance_band, line) AS distance_band, min_by({text("going")}, line) AS going,
    min_by(f.going_group, line) AS going_group, min_by(f.rail, line) AS rail,
    max(f.race_prize) AS declared_prize,
    max(f.prize) AS prize,
    CASE WHEN count(f.standing) > 0 THEN count(*) FILTER (f.standing IS NULL) ELSE max(f.ran) END
        AS ran,
    any_value(b.batch_id) AS batch_id,
    min_by(f.off_at, line) AS off_at, min_by(f.off_zone, line) AS off_zone,
    min_by(f.off_doubt, line) AS off_doubt,
    bool_or(j.race_id IN (SELECT race_id FROM races)) AS known
FROM staging AS s
JOIN facts AS f USING (line)
JOIN judged AS j USING (line)
CROSS JOIN this_batch AS b
WHERE j.race_id IN (SELECT race_id FROM touched_races)
GROUP BY j.race_id
"""

# A file that states no country does not move a race whose country is known.
_KNOWN_PLACES = """
UPDATE told SET course_id = r.course_id, region = r.region
FROM races AS r
WHERE r.race_id = told.race_id AND told.course_id IN (SELECT course_id FROM unsaid_courses)
"""

# A file may correct one runner of a race: what the others won is in `results` already.
_FRESH_RACES = """
CREATE OR REPLACE TEMP TABLE fresh AS
WITH won AS (
    SELECT race_id, max(prize_won) AS most
    FROM results
    WHERE race_id IN (SELECT race_id FROM merged)
    GROUP BY race_id
)
SELECT merged.* REPLACE (coalesce(declared_prize, won.most, prize) AS prize), b.batch_id
FROM merged
LEFT JOIN won USING (race_id)
CROSS JOIN this_batch AS b
"""

_UPDATED = """
SELECT count(*) FROM judged
WHERE outcome = 'told' AND (
    (race_id, horse_id) IN (SELECT (race_id, horse_id) FROM renewed)
    OR race_id IN (SELECT race_id FROM renewed_races))
"""
