"""Bringing build and online store to the morning of a race day, where they are not there yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from velo.errors import HomeError, NothingBuilt
from velo.home import Home
from velo.offline.build import build, current_build
from velo.settings import Settings
from velo.store.online.materialize import materialize
from velo.store.online.serving import require_morning_of
from velo.warehouse.batches import CHANGES_DATA
from velo.warehouse.connection import warehouse
from velo.warehouse.readers import READERS

WITHOUT_RESULTS = tuple(reader.name for reader in READERS if reader.role != "results")


def bring_build(home: Home, settings: Settings, progress: Callable[[str], None]) -> str | None:
    """Build where results came in since the last build, or windows were set otherwise.

    A card alone changes no feature.

    Returns:
        What was done, in words, or None.

    Raises:
        NothingIngested: there are no results at all.
        HomeError: the warehouse is in use.
    """
    try:
        earlier = current_build(home)
    except NothingBuilt:
        last, as_known, unlike = 0, False, None
    else:
        last, as_known = earlier.last_batch, earlier.as_known
        unlike = earlier.unlike(settings.windows)
    marks = ", ".join("?" for _ in WITHOUT_RESULTS)
    with warehouse(home, settings.store, write=False) as con:
        (newer,) = con.execute(
            f"SELECT count(*) FROM import_batches WHERE batch_id > ? AND {CHANGES_DATA} "
            f"AND format NOT IN ({marks})",
            [last, *WITHOUT_RESULTS],
        ).fetchall()[0]
    if last and not newer and unlike is None:
        return None
    done = build(home, settings, progress=progress, as_known=as_known)
    if unlike:
        return f"build {done.number} was made, because {unlike}"
    return (
        f"build {done.number} was made, because results had come in since the last one"
        if last
        else f"build {done.number} was made, because there was none"
    )


def bring_store(
    home: Home, settings: Settings, store: Any, day: date, progress: Callable[[str], None]
) -> str | None:
    """Bring the online store to the morning of a day, where it is at another.

    Returns:
        What was done, in words, or None.

    Raises:
        HomeError: nothing is applied, or the store is being written.
    """
    try:
        require_morning_of(home, store, day)
    except HomeError as error:
        done = materialize(home, settings, store, day, progress=progress)
        require_morning_of(home, store, day)
        why = str(error).partition(": run ")[0]
        return f"{why}, so it was brought to {day} in {done.seconds:.1f} s"
    return None
