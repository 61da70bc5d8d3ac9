"""How much a warehouse holds, up to which day, and what came in since a build."""

from __future__ import annotations

from datetime import date
from typing import Any

from velo.errors import NothingIngested
from velo.home import Home
from velo.settings import Store
from velo.warehouse.batches import CHANGES_DATA
from velo.warehouse.connection import warehouse
from velo.warehouse.readers import READERS
from velo.warehouse.recheck import is_unchecked, outdated
from velo.warehouse.unread import unread_shares

NAMES = (
    "races",
    "runners",
    "horses",
    "imports",
    "quarantined",
    "first_day",
    "last_day",
    "last_batch",
    "results_to",
    "card_on",
    "unseen",
)
"""The columns of the query, in its order."""
QUERY = f"""
    SELECT (SELECT count(*) FROM races), (SELECT count(*) FROM runners),
        (SELECT count(*) FROM horses), (SELECT count(*) FROM import_batches),
        (SELECT count(*) FROM quarantine), (SELECT min(date) FROM races),
        (SELECT max(date) FROM races), (SELECT max(batch_id) FROM import_batches),
        (SELECT max(date) FROM races SEMI JOIN results USING (race_id)),
        (SELECT min(date) FROM races ANTI JOIN results USING (race_id) WHERE date >= $today),
        (SELECT count(*) FROM import_batches
            WHERE batch_id > $seen AND NOT list_contains($cards, format) AND {CHANGES_DATA})
"""


def totals(home: Home, store: Store, today: date, seen: int) -> dict[str, Any] | None:
    """Count what the warehouse holds.

    Args:
        home: whose warehouse.
        store: DuckDB's bounds.
        today: in the time zone of the races.
        seen: the last batch that the current build has read, 0 without a build.

    Returns:
        `NAMES`; `card_on` is the first day from today on that has a card and no result, `unseen`
        the imports since the build, cards left out. `unread`: shares of cells that were not read;
        `outdated`: files, still in their place, whose reader has changed; `unchecked`: whether
        imports of an earlier version were never looked through. None where nothing was ingested.

    Raises:
        HomeError: the warehouse is in use.
    """
    cards = [reader.name for reader in READERS if reader.role == "card"]
    try:
        with warehouse(home, store, write=False) as con:
            values = {"today": today, "seen": seen, "cards": cards}
            row = con.execute(QUERY, values).fetchall()[0]
            unread = unread_shares(con)
            old = [each for each in outdated(con) if each.is_there and each.format not in cards]
            unchecked = is_unchecked(con)
    except NothingIngested:
        return None
    return dict(zip(NAMES, row, strict=True)) | {
        "unread": unread,
        "outdated": len(old),
        "unchecked": unchecked,
    }
