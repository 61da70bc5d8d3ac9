"""A card taken: into the warehouse, with a build behind it, and its races declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from velo.home import Home
from velo.live.card import Card, take_card
from velo.live.card_store import DeclaredRace, declare, races_of
from velo.live.entries import read_entries
from velo.live.preparation import bring_build
from velo.offline.build import current_build
from velo.settings import Settings


def take(
    home: Home,
    settings: Settings,
    path: Path,
    progress: Callable[[str], None],
    clock: Callable[[], datetime],
    name: str | None = None,
    admit: Callable[[Card], None] = lambda card: None,
) -> tuple[Card, str | None]:
    """Take a card file, and build where results came in since the last build.

    Args:
        home: warehouse and builds.
        settings: windows and DuckDB's bounds.
        path: of the card.
        progress: called with the name of each stage as it begins.
        clock: gives the time that the import bears, with its zone.
        name: what the file is called in the warehouse, its path by default.
        admit: looks at the card before it is kept; raises to refuse it.

    Returns:
        The card, and what was done before, in words.

    Raises:
        InputError: the file is no card, or none of its rows could be read.
        NothingIngested: there are no results at all.
        InUse: another process holds the warehouse.
        VeloError: what `admit` raised; then nothing of the card is kept.
    """
    card = take_card(home, settings, path, progress, clock, name, admit)
    note = bring_build(home, settings, progress)
    declare(home.cards, races_of(card, current_build(home).fingerprint))
    return card, note


def derive_anew(
    home: Home, settings: Settings, races: Sequence[DeclaredRace]
) -> list[DeclaredRace]:
    """Declared races with what the current build's results say of them.

    A race that the warehouse no longer has stays as it is.

    Raises:
        InUse: another process holds the warehouse.
    """
    build = current_build(home).fingerprint
    days = sorted({each.day for each in races})
    declared = {(each.race_id, horse) for each in races for horse in each.horses}
    known = {each.race_id for each in races}
    listed = read_entries(home, settings, days)
    gone = [pair for pair in _pairs(listed) if pair[0] in known and pair not in declared]
    if gone:
        listed = read_entries(home, settings, days, gone)
    ids = listed["race_id"].to_pylist()
    fresh = []
    for each in races:
        entries = listed.filter(pa.array([race == each.race_id for race in ids]))
        fresh.append(replace(each, entries=entries if len(entries) else each.entries, build=build))
    return fresh


def _pairs(entries: pa.Table) -> list[tuple[int, int]]:
    races, horses = (entries[name].to_pylist() for name in ("race_id", "horse_id"))
    return list(zip(races, horses, strict=True))
