"""What stands twice in a stored warehouse, also where an earlier version filled it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from velo.warehouse.horse_doubles import find_age_slips, find_bare_doubles
from velo.warehouse.inference import drop_ages, join, name_cards
from velo.warehouse.race_doubles import find_race_doubles
from velo.warehouse.readers import READERS


@dataclass(frozen=True)
class Double:
    """Two ids that evidence shows to be one.

    Attributes:
        kept: the older id.
        other: the one that would become its alias.
        conclusion: in words.
        evidence: what it rests on.
    """

    kept: int
    other: int
    conclusion: str
    evidence: str


@dataclass(frozen=True)
class Doubles:
    """Doubled races and horses; those that a join would bring to light are not among them."""

    races: list[Double]
    horses: list[Double]


def doubles(con: duckdb.DuckDBPyConnection) -> Doubles:
    """Find them; nothing is changed.

    Args:
        con: an open warehouse; temporary tables are made.
    """
    _scope_whole(con)
    name_cards(con)
    races = _pairs(con, "race_pairs") if find_race_doubles(con, stored=True) else []
    horses = _pairs(con, "horse_pairs") if find_bare_doubles(con, by_fields=True) else []
    horses += _pairs(con, "horse_pairs") if find_age_slips(con) else []
    return Doubles(races, horses)


def mend(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Join them all, as an import joins what it brings.

    Args:
        con: a connection in a transaction.
        batch_id: the batch that does it.
    """
    _scope_whole(con)
    drop_ages(con, batch_id)
    join(con, batch_id, stored=True)


def _scope_whole(con: duckdb.DuckDBPyConnection) -> None:
    """Make `scope_races`, `scope_horses` and `bare_horses` of all that there is.

    Earlier versions gave a bare name to Britain, whatever the file: of the formats that omit
    suffixes such names count as bare again.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE scope_races AS SELECT race_id FROM races")
    con.execute("CREATE OR REPLACE TEMP TABLE scope_horses AS SELECT horse_id FROM horses")
    con.execute(_BARE, {"omitting": [each.name for each in READERS if "suffix" in each.omits]})


def _pairs(con: duckdb.DuckDBPyConnection, table: str) -> list[Double]:
    rows = con.execute(
        f"SELECT kept, other, conclusion, evidence FROM {table} ORDER BY kept, other"
    ).fetchall()
    return [Double(*row) for row in rows]


_BARE = """
CREATE OR REPLACE TEMP TABLE bare_horses AS
SELECT horse_id FROM horses WHERE country IS NULL
UNION
SELECT h.horse_id
FROM horses AS h
JOIN runners AS r ON r.horse_id = h.horse_id
WHERE h.country = 'GB'
GROUP BY h.horse_id
HAVING bool_and(r.source IN (SELECT unnest($omitting)) AND NOT contains(r.horse, '('))
"""
