"""The offs that cards declared: added with each card, changed or deleted by nothing.

A prediction is held to what was declared when it was made (`velo.live.fairness`), so a card that
moves a race must not make anybody forget the off before it. Neither does taking its batch back.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.readers import READERS

_CARDS = tuple(reader.name for reader in READERS if reader.role == "card")


def add_declared_offs(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Add the offs of a card that were not declared by its source before.

    Args:
        con: a connection in a transaction, with the temporary tables `facts`, `judged` and
            `this_batch` of a card that was merged just now.
        batch_id: of the card.
    """
    con.execute(_ADD, {"batch": batch_id})


def fill_declared_offs(con: duckdb.DuckDBPyConnection) -> None:
    """Add the offs of cards that the warehouse's races, and its earlier ones, still tell."""
    con.execute(_FILL, {"cards": list(_CARDS)})


_ADD = """
INSERT INTO declared_offs
SELECT DISTINCT j.race_id, b.source, f.off_at, coalesce(f.off_doubt, 0), $batch
FROM judged AS j
JOIN facts AS f USING (line)
CROSS JOIN this_batch AS b
WHERE f.off_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM declared_offs AS d
    WHERE d.race_id = j.race_id AND d.source = b.source AND d.off_at = f.off_at
        AND d.off_doubt = coalesce(f.off_doubt, 0))
ORDER BY ALL
"""

_FILL = """
INSERT INTO declared_offs
SELECT race_id, source, off_at, coalesce(off_doubt, 0), min(batch_id)
FROM (
    SELECT race_id, source, off_at, off_doubt, batch_id FROM races
    UNION ALL SELECT race_id, source, off_at, off_doubt, batch_id FROM race_tellings
    UNION ALL SELECT race_id, source, off_at, off_doubt, batch_id FROM earlier_races
    UNION ALL SELECT race_id, source, off_at, off_doubt, batch_id FROM earlier_race_tellings
)
WHERE off_at IS NOT NULL AND source IN (SELECT unnest($cards::VARCHAR[]))
GROUP BY race_id, source, off_at, off_doubt
ORDER BY ALL
"""
