"""Staged text into typed facts, one row a runner, with a reason on each row that is refused."""

from __future__ import annotations

import duckdb

from velo.racing.identity import OLDEST_AGE
from velo.warehouse.interpretation import build_lookups, joins
from velo.warehouse.readers import Reader

HOME_REGION = "GB"

TEXTS = (
    "course", "horse", "jockey", "trainer", "race_name", "race_type", "class", "pattern",
    "rating_band", "going", "sex", "headgear", "owner", "sire", "dam", "damsire", "comment",
    "position",
)  # fmt: skip
"""Fields that the tables keep as the file writes them, blanks around them dropped."""

_WHOLE = ("ran", "race_no", "number", "draw", "age")
_REAL = ("official_rating", "rpr", "ts", "beaten")

_TYPED_CONTENT = (
    "status", "off", "race_no", "region", "distance_m", "surface", "ran", "number", "draw", "age",
    "pounds", "official_rating", "rpr", "ts", "seconds", "beaten", "prize", "race_prize",
    "standing",
)  # fmt: skip
_KEYS = ("course", "horse")


def text(field: str) -> str:
    """SQL of a text field over `staging AS s`, as the tables keep it."""
    return f"nullif(trim(s.\"{field}\"), '')"


def price_column(kind: str) -> str:
    """The column of `staging` and `facts` that holds a kind of price."""
    return "price_" + kind.replace("-", "_")


def establish(con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
    """Make the temporary tables `facts` and `refused` from `staging`.

    `facts` has one row a line that is not refused: the keys of its race and horse as the file
    gives them, what the racing rules make of its texts, and `content`, a hash by which a changed
    row is told from an unchanged one. Texts stay in `staging`: twice in memory they would double
    what an ingest needs.

    Args:
        con: a connection with a filled `staging`.
        reader: the format's; within its name a source's horse ids are unique.
    """
    prices = [price_column(kind) for kind in reader.prices]
    sections = [f"section_{number}" for number in reader.sectionals]
    found = build_lookups(con, prices)
    odds = "".join(f", odds_{price}.decimal_odds AS {price}" for price in prices)
    odds_joins = "\n".join(
        f"LEFT JOIN rule_odds AS odds_{price} ON s.{price} = odds_{price}.k0" for price in prices
    )
    numbers = [f"TRY_CAST({_number(name)} AS INTEGER) AS {name}" for name in _WHOLE]
    numbers += [
        f"CASE WHEN isfinite({_number(name)}) THEN {_number(name)} END AS {name}"
        for name in (*_REAL, *sections)
    ]
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
                rule_day.date, rule_off.off, rule_course.course_id,
                upper(coalesce({text("region")}, rule_course.country, '{HOME_REGION}')) AS region,
                rule_class.declared_level, rule_distance.distance_m, rule_distance.distance_band,
                rule_going.going_group,
                CASE WHEN s.surface IS NULL
                    THEN coalesce(rule_race_name.named_surface, rule_surface.surface)
                    ELSE rule_surface.surface END AS surface,
                rule_position.status, rule_position.finish,
                nullif(rule_horse.name, '') AS name,
                coalesce(rule_horse.country, upper({text("bred")}), '{HOME_REGION}') AS country,
                rule_jockey.jockey_id, rule_trainer.trainer_id,
                rule_weight.pounds, rule_time.seconds, rule_prize.prize, rule_race_prize.race_prize,
                rule_moves.opening, rule_moves.touched,
                CAST(NULL AS TIMESTAMPTZ) AS off_at, CAST(NULL AS VARCHAR) AS off_zone,
                CAST(NULL AS INTEGER) AS off_doubt, CAST(NULL AS VARCHAR) AS number_letter,
                CASE WHEN {text("position")} IS NULL THEN rule_standing.standing END AS standing,
                {", ".join(numbers)}{odds}
            FROM staging AS s
            {joins(found)}
            {odds_joins}
        )
        SELECT * EXCLUDE ({", ".join(f"text_{name}" for name in (*texts, "off"))}),
            CASE WHEN source_horse_id IS NOT NULL THEN '{reader.name}#' || source_horse_id
                ELSE name || '|' || country END AS known_as,
            coalesce(off, '#' || race_no, '@' || source_race_id, text_race_name) AS race_mark,
            md5_number_lower(lower(text_race_name)) AS race_label,
            CASE WHEN age BETWEEN 1 AND {OLDEST_AGE} THEN year(date) - age END AS foaled,
            md5_number_lower(concat_ws('\x1f', '{reader.name}', {hashed})) AS content,
            CASE
                WHEN date IS NULL THEN 'date-unreadable'
                WHEN course_id IS NULL THEN 'course-missing'
                WHEN name IS NULL THEN 'horse-missing'
                WHEN race_mark IS NULL THEN 'race-unnamed'
                WHEN text_off IS NOT NULL AND race_mark = text_race_name THEN 'off-unreadable'
                WHEN text_position IS NOT NULL AND status = 'unknown' THEN 'position-unreadable'
            END AS reason
        FROM read
    """)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refused AS "
        "SELECT line, reason FROM facts WHERE reason IS NOT NULL"
    )
    con.execute("DELETE FROM facts WHERE reason IS NOT NULL")


def _number(field: str) -> str:
    return f"TRY_CAST(replace(s.{field}, ',', '') AS DOUBLE)"
