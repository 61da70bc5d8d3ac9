"""Jockeys and trainers under each other's heading.

To December 2018 rpscrape wrote the trainer under `jockey` and the jockey under `trainer`; then it
put them right under the same heading, and on 19 January 2019 it added a column `dec`. Their users
join files of both kinds, so each race is judged by itself and by its day: a price in `dec`, names
that the warehouse knows, and that nobody rides two horses of one race.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from velo.racing.names import person_name, stable_id

SOURCE = "rpscrape_old"
MANY_VOTES = 10
"""Names that must speak against a column `dec` before it is not believed."""


def put_right(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Swap jockey and trainer in `staging` in the races that have them the wrong way round.

    Args:
        con: a connection with `staging`, which has the file's `dec` as `witness_dec`. The
            warehouse's own people are asked where it has any.

    Returns:
        What was concluded, a sentence a kind of evidence; nothing where the headings are right on
        the word of a `dec` column alone.
    """
    _know_people(con)
    con.execute(_JUDGED, {"many": MANY_VOTES})
    con.execute(_SWAP)
    counted = con.execute(
        "SELECT evidence, swapped, count(*) FROM judged_races GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE judged_races; DROP TABLE known_people")
    return [
        f"{races:,} races have jockey and trainer {_PLACE[swapped]}: {_EVIDENCE[evidence]}"
        for evidence, swapped, races in counted
        if (evidence, swapped) != ("dec", False)
    ]


_PLACE = {True: "under each other's heading", False: "under their own heading"}
_EVIDENCE = {
    "names": "known names and who rides once a race say so",
    "neighbour": "the nearest days of the file say so",
    "custom": "rpscrape wrote them so before it had a column dec",
}


def _know_people(con: duckdb.DuckDBPyConnection) -> None:
    """Make `known_people` (text, jockey, trainer): the file's names, and what each is known as."""
    texts = [
        text
        for (text,) in con.execute(
            "SELECT DISTINCT unnest([jockey, trainer]) AS text FROM staging"
        ).fetchall()
        if text
    ]
    jockeys, trainers = _known_ids(con)
    rows = [(text, *_known_as(text, jockeys, trainers)) for text in texts]
    con.register(
        "people_of_file",
        pa.table(
            {
                "text": pa.array([row[0] for row in rows], pa.string()),
                "jockey": pa.array([row[1] for row in rows], pa.bool_()),
                "trainer": pa.array([row[2] for row in rows], pa.bool_()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE known_people AS SELECT * FROM people_of_file")
    con.unregister("people_of_file")


def _known_as(text: str, jockeys: set[int], trainers: set[int]) -> tuple[bool, bool]:
    """Whether it is a jockey's name, and a trainer's; one that is both says nothing."""
    name = person_name(text)
    rides, trains = stable_id("jockey", name) in jockeys, stable_id("trainer", name) in trainers
    return rides and not trains, trains and not rides


def _known_ids(con: duckdb.DuckDBPyConnection) -> tuple[set[int], set[int]]:
    """People of other sources and of rightly read files; none where there is no warehouse."""
    if not con.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_name = 'runners'"
    ).fetchall():
        return set(), set()
    jockeys, trainers = (
        _ids(con.execute(_KNOWN.format(kind=kind), {"source": SOURCE}).fetchall())
        for kind in ("jockey", "trainer")
    )
    return jockeys, trainers


def _ids(rows: Iterable[tuple[int]]) -> set[int]:
    return {person for (person,) in rows}


# The first version of the reader swapped every file, so what it left says nothing.
_KNOWN = """
SELECT DISTINCT {kind}_id FROM runners
WHERE {kind}_id IS NOT NULL AND (source <> $source OR batch_id IN (
    SELECT batch_id FROM import_batches WHERE reader_version > 1))
"""

# Of a race: has it prices in `dec`? Of its day: by how much do names and repetitions speak for a
# swap? A few votes against a column `dec` are namesakes; a file full of them had it added later.
_JUDGED = r"""
CREATE OR REPLACE TEMP TABLE judged_races AS
WITH named AS (
    SELECT s.line, s.date, s.course, s.off, s.jockey, s.trainer, s.witness_dec,
        regexp_matches(s.position, '^\s*[0-9]') AS placed,
        coalesce(j.trainer::INTEGER - j.jockey::INTEGER, 0)
        + coalesce(t.jockey::INTEGER - t.trainer::INTEGER, 0) AS vote
    FROM staging AS s
    LEFT JOIN known_people AS j ON j.text = s.jockey
    LEFT JOIN known_people AS t ON t.text = s.trainer
), races AS (
    SELECT date, course, off, min(line) AS line, bool_or(witness_dec IS NOT NULL) AS has_dec,
        sum(vote)
            + count(jockey) FILTER (placed) - count(DISTINCT jockey) FILTER (placed)
            - count(trainer) FILTER (placed) + count(DISTINCT trainer) FILTER (placed) AS votes
    FROM named
    GROUP BY date, course, off
), days AS (
    SELECT date, has_dec, min(line) AS line, nullif(sign(sum(votes)), 0) AS vote,
        sum(sum(votes)) OVER (PARTITION BY has_dec) AS of_file
    FROM races
    GROUP BY date, has_dec
), near AS (
    SELECT *, coalesce(
        last_value(vote IGNORE NULLS) OVER (
            PARTITION BY has_dec ORDER BY line
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        first_value(vote IGNORE NULLS) OVER (
            PARTITION BY has_dec ORDER BY line
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS nearest
    FROM days
)
SELECT r.date, r.course, r.off,
    CASE
        WHEN r.has_dec AND n.of_file < $many THEN 'dec'
        WHEN n.vote IS NOT NULL THEN 'names'
        WHEN n.nearest IS NOT NULL THEN 'neighbour'
        ELSE 'custom' END AS evidence,
    CASE WHEN r.has_dec AND n.of_file < $many THEN false
        ELSE coalesce(n.nearest > 0, true) END AS swapped
FROM races AS r
JOIN near AS n ON n.date IS NOT DISTINCT FROM r.date AND n.has_dec = r.has_dec
"""

_SWAP = """
UPDATE staging SET jockey = staging.trainer, trainer = staging.jockey
FROM judged_races AS r
WHERE r.swapped AND staging.date IS NOT DISTINCT FROM r.date
    AND staging.course IS NOT DISTINCT FROM r.course AND staging.off IS NOT DISTINCT FROM r.off
"""
