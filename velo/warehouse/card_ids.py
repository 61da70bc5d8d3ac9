"""Whose horse ids a card bears.

A card is of the provider that the results come from, and so are its ids: they are read as those
of the source with which it shares most ids of horses that bear the same name there. A debutant's
id is then the one that its results will bear.
"""

from __future__ import annotations

import duckdb

CARD = "racecard"
"""The source of ids that nobody knows."""


def adopt_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Rewrite `known_as` of the temporary table `facts`, a card's, by the source of its ids.

    Args:
        con: a connection with the warehouse's `horses` and `horse_ids`.
    """
    con.execute(_ADOPT, {"card": CARD})


_ADOPT = """
UPDATE facts SET known_as = whose.source || '#' || source_horse_id
FROM (
    SELECT i.source
    FROM facts AS f
    JOIN horse_ids AS i ON i.id = f.source_horse_id AND i.source <> $card
    JOIN horses AS h ON h.horse_id = i.horse_id AND h.name = f.name
    GROUP BY i.source
    ORDER BY count(*) DESC, i.source
    LIMIT 1
) AS whose
WHERE source_horse_id IS NOT NULL
"""
