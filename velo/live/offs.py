"""What the warehouse knows of the offs of races: as cards declared them, and as results gave them.

Of results, what they said after each import is put together again from the rows that stand and
from those that later imports replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import duckdb

from velo.errors import NothingIngested
from velo.home import Home
from velo.live.deadline import first_hour
from velo.live.fairness import Declaration, RaceOffs, Results, ToldOff
from velo.settings import Settings
from velo.warehouse.batches import short_name
from velo.warehouse.connection import warehouse
from velo.warehouse.readers import READERS

RESULTS = frozenset(reader.name for reader in READERS if reader.role == "results")


class Telling(NamedTuple):
    """A race's off as one row of the warehouse has it, from one batch until another."""

    whole: bool  # of all sources together, else of one among several
    source: str
    at: datetime | None
    doubt: int
    since: int
    until: int | None


def race_offs(home: Home, settings: Settings, races: Collection[int]) -> dict[int, RaceOffs]:
    """Of each race that the warehouse holds; none where there is no warehouse.

    Args:
        home: whose warehouse.
        settings: DuckDB's bounds.
        races: under the ids of now.

    Raises:
        HomeError: the warehouse is in use.
    """
    asked = {"races": sorted(races)}
    try:
        with warehouse(home, settings.store, write=False) as con:
            places = con.execute(_PLACES, asked).fetchall()
            declared = _declared(con.execute(_DECLARED, asked).fetchall())
            tellings = _by_race(con, asked)
            files = dict(con.execute("SELECT batch_id, file FROM import_batches").fetchall())
    except NothingIngested:
        return {}
    return {
        race: RaceOffs(
            first_hour({"day": day, "course": course, "region": region}),
            tuple(declared.get(race, ())),
            results_by_import(tellings.get(race, ()), files) if over else (),
        )
        for race, day, course, region, over in places
    }


def results_by_import(tellings: Iterable[Telling], files: dict[int, str]) -> tuple[Results, ...]:
    """What results said of one race's off, after each import that changed it.

    Args:
        tellings: of the race, by the trust in their sources, the greatest first.
        files: batch -> its file.
    """
    rows, imports = list(tellings), list[Results]()
    for batch in sorted({each.since for each in rows}):
        then = [each for each in rows if each.since <= batch < (each.until or batch + 1)]
        several = [each for each in then if not each.whole]
        offs = tuple(
            ToldOff(each.at.astimezone(UTC), timedelta(minutes=each.doubt))
            for each in several or then
            if each.source in RESULTS and each.at is not None
        )
        if (imports or offs) and (not imports or imports[-1].offs != offs):
            imports.append(Results(batch, short_name(files.get(batch, "")), offs))
    return tuple(imports)


def _declared(rows: Iterable[tuple[int, datetime, int, datetime]]) -> dict[int, list[Declaration]]:
    by_race: dict[int, list[Declaration]] = defaultdict(list)
    for race, at, doubt, since in rows:
        # A prediction of the same second says no fraction of it.
        since = since.astimezone(UTC).replace(microsecond=0)
        by_race[race].append(
            Declaration(ToldOff(at.astimezone(UTC), timedelta(minutes=doubt)), since)
        )
    return by_race


def _by_race(con: duckdb.DuckDBPyConnection, asked: dict[str, Any]) -> dict[int, list[Telling]]:
    by_race: dict[int, list[Telling]] = defaultdict(list)
    for race, *telling in con.execute(_TELLINGS, asked).fetchall():
        by_race[race].append(Telling(*telling))
    return by_race


# A file of results that has none of a race yet only declares it, and is no card.
_PLACES = """
SELECT race_id, date, course, region, race_id IN (SELECT race_id FROM results)
FROM races
WHERE race_id IN (SELECT unnest($races::BIGINT[]))
"""

_DECLARED = """
SELECT coalesce(a.id, d.race_id) AS race, d.off_at, d.off_doubt, b.finished
FROM declared_offs AS d
JOIN import_batches AS b ON b.batch_id = d.batch_id
LEFT JOIN aliases AS a ON a.kind = 'race' AND a.alias = d.race_id
WHERE race IN (SELECT unnest($races::BIGINT[]))
"""

# A row whose batch replaced it as well was a stage within that batch.
_TELLINGS = """
WITH told AS (
    SELECT race_id, TRUE AS whole, source, off_at, off_doubt, batch_id, NULL AS replaced_by
    FROM races
    UNION ALL
    SELECT race_id, TRUE, source, off_at, off_doubt, batch_id, replaced_by FROM earlier_races
    UNION ALL
    SELECT race_id, FALSE, source, off_at, off_doubt, batch_id, NULL FROM race_tellings
    UNION ALL
    SELECT race_id, FALSE, source, off_at, off_doubt, batch_id, replaced_by
    FROM earlier_race_tellings
)
SELECT race_id, whole, told.source, off_at, coalesce(off_doubt, 0), batch_id, replaced_by
FROM told
JOIN sources ON sources.source = told.source
WHERE race_id IN (SELECT unnest($races::BIGINT[])) AND batch_id IS DISTINCT FROM replaced_by
ORDER BY race_id, sources.precedence, batch_id
"""
