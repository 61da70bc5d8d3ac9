"""Staged text into typed facts, one row a runner, with a reason on each row that is refused."""

from __future__ import annotations

import duckdb

from velo.racing.racing_day import First
from velo.sql_text import identifier
from velo.warehouse.early_positions import early_position, note_comments, read_comments
from velo.warehouse.file_offs import OFFS_JOIN, build_offs
from velo.warehouse.interpretation import build_lookups, joins
from velo.warehouse.readers import Reader

HOME_REGION = "GB"

TEXTS = (
    "course",
    "horse",
    "jockey",
    "trainer",
    "race_name",
    "race_type",
    "class",
    "pattern",
    "rating_band",
    "going",
    "sex",
    "headgear",
    "owner",
    "sire",
    "dam",
    "damsire",
    "comment",
    "position",
)
"""Fields that the tables keep as the file writes them, blanks around them dropped."""

_FIGURES = (
    "ran",
    "race_no",
    "draw",
    "age",
    "official_rating",
    "rpr",
    "ts",
    "beaten",
    "prize",
    "race_prize",
)

_TYPED_CONTENT = (
    "status",
    "off",
    "off_at",
    "off_doubt",
    "race_no",
    "region",
    "distance_m",
    "surface",
    "rail",
    "ran",
    "number",
    "number_letter",
    "draw",
    "age",
    "pounds",
    "official_rating",
    "rpr",
    "ts",
    "seconds",
    "beaten",
    "prize",
    "race_prize",
    "standing",
    "early_position",
)
_KEYS = ("course", "horse")


def text(field: str) -> str:
    """SQL of a text field over `staging AS s`, as the tables keep it."""
    return f"nullif(trim(s.{identifier(field)}), '')"


def price_column(kind: str) -> str:
    """The column of `staging` and `facts` that holds a kind of price."""
    return "price_" + kind.replace("-", "_")


def establish(con: duckdb.DuckDBPyConnection, reader: Reader, first: First = "day") -> None:
    """Make the temporary tables `facts` and `refused` from `staging`.

    `facts` has one row a line that is not refused: the keys of its race and horse as the file
    gives them, what the racing rules make of its texts, and `content`, a hash by which a changed
    row is told from an unchanged one. Texts stay in `staging`: twice in memory they would double
    what an ingest needs.

    Args:
        con: a connection with a filled `staging`.
        reader: the format's; within its name a source's horse ids are unique.
        first: how the file writes dates in numbers.
    """
    prices = [price_column(kind) for kind in reader.prices]
    sections = [f"section_{number}" for number in reader.sectionals]
    called = "running_position" in reader.columns
    lookups = build_lookups(con, prices, first, sections)
    build_offs(con)
    read_comments(con)
    del lookups["written_off"]
    odds = "".join(f", odds_{price}.decimal_odds AS {price}" for price in prices)
    odds_joins = "\n".join(
        f"LEFT JOIN rule_odds AS odds_{price} ON s.{price} = odds_{price}.k0" for price in prices
    )
    figures = ", ".join(f"rule_{name}.{name}" for name in (*_FIGURES, *sections))
    texts = [name for name in TEXTS if name not in _KEYS]
    carried = ", ".join(f"{text(name)} AS text_{name}" for name in (*texts, "off"))
    contents = [f"text_{name}" for name in texts]
    contents += [f"CAST({name} AS VARCHAR)" for name in _TYPED_CONTENT]
    contents += [f"CAST({name} AS VARCHAR)" for name in (*prices, *sections)]
    hashed = ", ".join(f"coalesce({each}, '')" for each in contents)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE facts AS
        WITH read AS (
            SELECT s.line, s.source_race_id, s.source_horse_id, {carried},
                rule_day.date, rule_offs.off, rule_course.course_id,
                upper(coalesce({text("region")}, rule_course.country, '{HOME_REGION}')) AS region,
                rule_class.declared_level, rule_distance.distance_m, rule_distance.distance_band,
                rule_going.going_group, rule_rail.rail,
                CASE WHEN s.surface IS NULL
                    THEN coalesce(rule_race_name.named_surface, rule_surface.surface)
                    ELSE rule_surface.surface END AS surface,
                rule_position.status, rule_position.finish, rule_position.fault_position,
                nullif(rule_horse.name, '') AS name,
                coalesce(rule_horse.country, upper({text("bred")}), '{HOME_REGION}') AS country,
                rule_jockey.jockey_id, rule_trainer.trainer_id,
                rule_weight.weight AS pounds,
                coalesce(rule_seconds.seconds, rule_time.time) AS seconds,
                rule_number.number, rule_number.number_letter,
                rule_moves.opening, rule_moves.touched,
                rule_running.first_call, rule_pace.letter_position, commented.comment_position,
                rule_offs.off_at, rule_offs.off_zone, rule_offs.off_doubt, rule_offs.off_fault,
                CASE WHEN {text("position")} IS NULL THEN s.standing END AS standing,
                {figures}{odds}
            FROM staging AS s
            {joins(lookups)}
            {OFFS_JOIN}
            LEFT JOIN commented ON commented.line = s.line
            {odds_joins}
        ), marked AS (
            SELECT *, coalesce(off, '#' || race_no, '@' || source_race_id,
                CASE WHEN off_fault = 'beyond-reason' THEN text_off END,
                text_race_name) AS race_mark
            FROM read
        ), placed AS (
            SELECT *, {early_position("date, course_id, race_mark", called)} AS early_position
            FROM marked
        )
        SELECT * EXCLUDE ({", ".join(f"text_{name}" for name in (*texts, "off"))}, fault_position,
            first_call, letter_position, comment_position),
            CASE WHEN source_horse_id IS NOT NULL THEN '{reader.name}#' || source_horse_id
                ELSE name || '|' || country END AS known_as,
            md5_number_lower(lower(text_race_name)) AS race_label,
            year(date) - age AS foaled,
            md5_number_lower(concat_ws('\x1f', '{reader.name}', {hashed})) AS content,
            CASE
                WHEN date IS NULL THEN 'date-unreadable'
                WHEN course_id IS NULL THEN 'course-missing'
                WHEN name IS NULL THEN 'horse-missing'
                WHEN race_mark IS NULL THEN 'race-unnamed'
                WHEN off_fault = 'unreadable' AND race_mark = text_race_name THEN 'off-unreadable'
                WHEN fault_position = 'unreadable' THEN 'position-unreadable'
            END AS reason
        FROM placed
    """)
    con.execute(
        "INSERT INTO beyond_reason SELECT line, 'off', trim(s.off) FROM staging AS s "
        "JOIN facts AS f USING (line) WHERE f.off_fault = 'beyond-reason'"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refused AS "
        "SELECT line, reason FROM facts WHERE reason IS NOT NULL"
    )
    con.execute(_SHOWN_TWICE)
    _hold_places(con)
    con.execute("DELETE FROM facts WHERE reason IS NOT NULL")
    note_comments(con)


def _hold_places(con: duckdb.DuckDBPyConnection) -> None:
    """A place that its race's field has no room for is none: the runner has no result."""
    con.execute(_NO_ROOM)
    con.execute(
        "INSERT INTO beyond_reason SELECT line, 'position', trim(s.position) "
        "FROM staging AS s JOIN no_room USING (line)"
    )
    con.execute(
        "UPDATE facts SET status = 'unknown', finish = NULL FROM no_room AS n "
        "WHERE facts.line = n.line"
    )
    con.execute("DROP TABLE no_room")


# In the night in which London's clock is put back, two races of a meeting may show one off.
_SHOWN_TWICE = """
UPDATE facts SET race_mark = race_mark || '+' || date_diff('minute', twice.earlier, off_at)
FROM (
    SELECT date, course_id, off, min(off_at) AS earlier FROM facts
    WHERE off IS NOT NULL AND off_doubt = 0
    GROUP BY date, course_id, off HAVING count(DISTINCT off_at) > 1
) AS twice
WHERE facts.date = twice.date AND facts.course_id = twice.course_id AND facts.off = twice.off
    AND off_doubt = 0 AND off_at > twice.earlier
"""

# A file may hold only some runners of a race. Where it does not say how many ran, its rows are the
# field only if there is a winner and, of all others, none with a place beyond them. A row that is
# refused is a runner too: without it the last one's place would be one too many.
_NO_ROOM = """
CREATE OR REPLACE TEMP TABLE no_room AS
WITH fields AS (
    SELECT date, course_id, race_mark, count(*) AS rows, max(ran) AS ran, max(finish) AS last,
        count(*) FILTER (status <> 'unknown') AS ended, min(finish) AS first,
        max(finish, 2)[2] AS last_but_one
    FROM facts
    GROUP BY date, course_id, race_mark
    HAVING max(finish) > greatest(coalesce(max(ran), 0), count(*))
), small AS (
    SELECT *, greatest(coalesce(ran, 0), rows) AS room FROM fields
    WHERE ran IS NOT NULL
        OR (rows >= 3 AND ended = rows AND first = 1 AND last_but_one < rows)
)
SELECT f.line
FROM facts AS f
JOIN small AS s ON s.date = f.date AND s.course_id = f.course_id AND s.race_mark = f.race_mark
WHERE f.finish > s.room AND f.reason IS NULL
"""
