"""How well bare names are joined: suffixes taken off every second day of real files.

Run `python -m benchmarks.identity FOLDER`, where FOLDER holds the raceform sample and the parquet
files of Hong Kong and British all-weather racing. Ids are left out, so that names alone are there.
The files with and without suffixes are ingested in both orders; 100 namesakes with other parents
and trainers are planted among the bare names, and 100 more in rpscrape's old columns, which have no
parents.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

STORE = Store(memory_limit="2GB", threads=2)
PLANTED = 100
_BRAND = "regexp_replace(horse_id, '^C([A-Z])', '\\1')"
"""Hong Kong's brand: the older rows have a C before it."""

SOURCES = {
    "raceform": ("raw/raceform_kaggle_sample_5k.csv", "horse", "off", "horse"),
    "gb_aw": ("gb_aw_2019_2020.parquet", "horse", "off", "horse_id"),
    "hk": (
        "hk_2008_2022.parquet",
        f"horse || ' (' || coalesce(max(bred) OVER (PARTITION BY {_BRAND}), 'GB') || ')'",
        "lpad(CAST(12 + race_no // 2 AS VARCHAR), 2, '0') || CASE WHEN race_no % 2 = 0 "
        "THEN ':00' ELSE ':30' END",
        _BRAND,
    ),
}
"""File, SQL of the name with its suffix, of the off, and of what the horse truly is."""

_COLUMNS = {
    "raceform": "date, course, race_id, off, race_name, pos, horse, age, sex, jockey, "
    "trainer, sire, dam, '' AS sp, '' AS \"or\", '' AS rpr, '' AS ts",
    "rpscrape_old": "strftime(CAST(date AS DATE), '%d %b %Y') AS date, course, off AS time, "
    "race_name, '' AS class, '' AS band, '' AS distance, pos, horse AS name, '' AS sp, age, "
    "'' AS weight, '' AS gear, trainer AS jockey, jockey AS trainer, '' AS draw",
}
"""What a file of each format holds."""


@dataclass(frozen=True)
class Measured:
    """Counts of stripped runners whose horse ran with its suffix too."""

    source: str
    form: str
    suffix_first: bool
    runners: int
    rejoined: int
    wrong: int
    planted: int
    planted_joined: int


def measure(folder: Path, source: str, form: str, suffix_first: bool) -> Measured:
    """Ingest a source's two halves into a home of their own and count.

    Args:
        folder: of the shared files.
        source: a key of `SOURCES`.
        form: how the bare half is written, `raceform` or `rpscrape_old`.
        suffix_first: whether the half with suffixes comes first.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        home = Home(place / "home")
        home.root.mkdir()
        con = duckdb.connect()
        _rows(con, folder, source)
        full, bare = place / "full.csv", place / "bare.csv"
        con.execute(
            f"COPY (SELECT {_COLUMNS['raceform']} FROM truth WHERE NOT stripped) TO '{full}'"
        )
        con.execute(
            f"COPY (SELECT {_COLUMNS[form]} FROM (SELECT * REPLACE ("
            "regexp_replace(horse, '\\s*\\([A-Z]+\\s*\\)$', '') AS horse) "
            "FROM truth WHERE stripped) "
            f"ORDER BY line) TO '{bare}'"
        )
        for path in (full, bare) if suffix_first else (bare, full):
            ingest(home, STORE, path)
        with warehouse(home, STORE, write=False) as stored:
            runs = stored.sql(
                "SELECT date, horse, trainer, horse_id FROM runners JOIN races USING (race_id)"
            ).to_arrow_table()
        con.register("runs", runs)
        counts = con.execute(_COUNTS).fetchall()[0]
        con.close()
    return Measured(source, form, suffix_first, *counts)


def _rows(con: duckdb.DuckDBPyConnection, folder: Path, source: str) -> None:
    """Make `truth`: every runner, whether its suffix is taken off, and who it truly is."""
    file, horse, off, identity = SOURCES[source]
    read = "read_csv" if file.endswith("csv") else "read_parquet"
    options = ", all_varchar = true" if read == "read_csv" else ""
    con.execute(f"""
        CREATE TABLE truth AS
        SELECT row_number() OVER (ORDER BY date, course, off, horse) AS line, *,
            dense_rank() OVER (ORDER BY date) % 2 = 0 AS stripped
        FROM (
            SELECT CAST(date AS DATE) AS date, course, race_id, {off} AS off,
                coalesce(race_name, 'Race ' || race_id) AS race_name, pos, {horse} AS horse, age,
                sex, trim(jockey) AS jockey, trim(trainer) AS trainer, sire, dam,
                CAST({identity} AS VARCHAR) AS own, false AS planted
            FROM {read}('{folder / file}'{options})
        )
    """)
    con.execute(_PLAIN)
    con.execute(_PLANT, {"planted": PLANTED})


# Horses that name and suffix do not tell apart are left out: nor would they be in whole files.
_PLAIN = """
DELETE FROM truth WHERE horse IN (
    SELECT horse FROM truth GROUP BY horse HAVING count(DISTINCT own) > 1)
"""

# A namesake runs in a race of a stripped day in another's place: that one's trainer, parents, sex.
_PLANT = """
CREATE OR REPLACE TABLE truth AS
WITH known AS (
    SELECT own, any_value(horse) AS horse, max(date) AS last_seen,
        any_value(year(date) - TRY_CAST(age AS INTEGER)) AS foaled
    FROM truth WHERE NOT stripped
    GROUP BY own
    HAVING own NOT IN (SELECT own FROM truth WHERE stripped)
    ORDER BY hash(own)
    LIMIT 4 * $planted
), free AS (
    SELECT line, date FROM truth
    WHERE stripped AND own NOT IN (SELECT own FROM truth WHERE NOT stripped)
    ORDER BY hash(line)
    LIMIT 20 * $planted
), pairs AS (
    SELECT k.*, f.line FROM known AS k
    JOIN free AS f ON abs(f.date - k.last_seen) < 400
    QUALIFY row_number() OVER (PARTITION BY k.own ORDER BY hash(k.own || '/' || f.line)) = 1
), chosen AS (
    SELECT * FROM pairs
    QUALIFY row_number() OVER (PARTITION BY line ORDER BY own) = 1
    ORDER BY hash(own)
    LIMIT $planted
)
SELECT t.* REPLACE (
    coalesce(c.horse, t.horse) AS horse,
    CASE WHEN c.own IS NULL THEN CAST(t.age AS VARCHAR)
        ELSE CAST(year(t.date) - c.foaled AS VARCHAR) END AS age,
    CASE WHEN c.own IS NULL THEN t.own ELSE 'planted ' || c.own END AS own,
    c.own IS NOT NULL AS planted)
FROM truth AS t
LEFT JOIN chosen AS c ON c.line = t.line
"""

_COUNTS = """
WITH placed AS (
    SELECT t.*, r.horse_id
    FROM truth AS t
    JOIN runs AS r ON r.date = t.date AND r.trainer IS NOT DISTINCT FROM t.trainer
        AND r.horse = CASE WHEN t.stripped
            THEN regexp_replace(t.horse, '\\s*\\([A-Z]+\\s*\\)$', '') ELSE t.horse END
), full_ids AS (
    SELECT DISTINCT own, horse_id FROM placed WHERE NOT stripped
), judged AS (
    SELECT p.planted,
        p.own IN (SELECT own FROM full_ids) AS known,
        (p.own, p.horse_id) IN (SELECT (own, horse_id) FROM full_ids) AS rejoined,
        EXISTS (SELECT 1 FROM full_ids AS f WHERE f.horse_id = p.horse_id AND f.own <> p.own)
            AS wrong
    FROM placed AS p
    WHERE p.stripped
)
SELECT count(*) FILTER (known), count(*) FILTER (known AND rejoined),
    count(*) FILTER (wrong AND NOT planted), count(*) FILTER (planted),
    count(*) FILTER (planted AND wrong)
FROM judged
"""


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    print("| file | bare half as | first | runners | rejoined | share | wrong | planted | joined |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for source in SOURCES:
        for form in _COLUMNS:
            for suffix_first in (True, False):
                m = measure(folder, source, form, suffix_first)
                share = m.rejoined / m.runners if m.runners else 1.0
                first = "suffixes" if suffix_first else "bare"
                print(
                    f"| {source} | {form} | {first} | {m.runners:,} | {m.rejoined:,} | "
                    f"{share:.1%} | {m.wrong} | {m.planted} | {m.planted_joined} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
