"""Results in, the predictions of their days settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from velo.disk.interruptible import connect
from velo.disk.patience import patiently
from velo.errors import DataError
from velo.home import Home
from velo.live.ledger import DOUBTFUL, OPEN, RAN, UNMATCHED, UNPRICED, VOID, WITHDRAWN
from velo.live.ledger_view import LedgerView, view_ledger
from velo.racing.racing_day import racing_day
from velo.result import Result
from velo.settings import Settings
from velo.warehouse.deliveries import Delivery, expand
from velo.warehouse.file_days import order_of_days
from velo.warehouse.ingest import ingest
from velo.warehouse.staging import stage

DAY = (
    "day",
    "races",
    "runners",
    "matched",
    "unmatched",
    "void",
    "waiting",
    "bets",
    "profit",
    "profit_sp",
    "profit_bsp",
)
"""What is counted of a day."""


@dataclass(frozen=True, repr=False)
class Settled(Result):
    """What came in, and what it settled.

    Attributes:
        batches: a file each, as ingest counts it.
        first, last: days that the files tell of.
        days: counts and profit of each of them that was predicted.
        unmatched: predicted runners that their race's result does not name.
        notes: what else is to be known.
        backfill: what is to be said first where predictions made after the off count; else None.
    """

    batches: list[dict[str, Any]]
    first: str
    last: str
    days: list[dict[str, Any]]
    unmatched: list[str]
    notes: list[str]
    backfill: str | None = None
    columns: ClassVar[Sequence[str]] = DAY

    @property
    def summary(self) -> str:
        """How many races and bets were settled, of which days."""
        races, bets = (sum(day[count] for day in self.days) for count in ("races", "bets"))
        return f"{races:,} races and {bets:,} bets of {self.first} to {self.last} settled"

    def rows(self) -> list[dict[str, Any]]:
        """A row a day: races, runners, what became of them, and profit in points."""
        return self.days

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; that backfill counts comes first."""
        return {"backfill": self.backfill} | asdict(self)


def settle(
    home: Home,
    settings: Settings,
    paths: Sequence[str | Path | Delivery],
    form: str | None,
    backfilled: bool,
    progress: Callable[[str], None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    wait: float = 0.0,
    waiting: Callable[[str], None] = lambda why: None,
) -> Settled:
    """Ingest the files and settle the days that they tell of.

    Args:
        home: its warehouse takes the files, its journal has the predictions.
        settings: bounds of a file, commission.
        paths: files, folders or patterns.
        form: the format's name, where the columns should not decide.
        backfilled: whether predictions made after the off count.
        progress: called with the name of each stage.
        clock: gives the time, with its zone: from when on a correction is known.
        wait: seconds to wait, each time that another process holds the warehouse.
        waiting: called with the process that is waited for, as a wait begins.

    Raises:
        InputError: a file cannot be read; those before it stay loaded.
        HomeError: the warehouse is in use.
        DataError: no row of the files has a day.
    """
    batches, dates, notes = [], set(), []
    for delivery in expand(list(paths)):
        with delivery.unpacked(home, settings.store) as path:
            batch = patiently(
                partial(
                    ingest,
                    home,
                    settings.store,
                    path,
                    form,
                    progress,
                    label=delivery.name,
                    clock=clock,
                    infers=settings.ingest.infer,
                ),
                wait,
                waiting,
            )
            dates |= days_told(path, settings, batch.format)
        batches.append(batch.to_dict())
        notes += batch.remarks()
    if not dates:
        raise DataError("no row of the files has a date that can be read")
    first, last = min(dates), max(dates)
    try:
        opened = partial(view_ledger, home, settings, days=(first, last), backfilled=backfilled)
        book = patiently(opened, wait, waiting)
    except DataError as error:
        return Settled(batches, str(first), str(last), [], [], [*notes, str(error)])
    days = [_day(book, day) for day in sorted(set(book.runners["day"]) & dates)]
    lost = book.runners[book.runners["state"] == UNMATCHED].to_dict("records")
    unmatched = [
        " ".join(str(row[name]) for name in ("day", "course", "off", "horse") if row[name])
        for row in lost
    ]
    loaded = {batch["batch_id"] for batch in batches}
    notes += [f"changed by this result: {each}" for each in book.changed if each.batch_id in loaded]
    late = f"{book.backfilled} races were predicted only after their off, and are left out"
    notes += [late] if book.backfilled else []
    return Settled(batches, str(first), str(last), days, unmatched, notes, book.warning)


def days_told(path: Path, settings: Settings, form: str) -> set[date]:
    """The days that a file's rows are of."""
    con = connect()
    try:
        con.execute("SET threads = 1")
        stage(con, path, settings.store, form)
        first = order_of_days(con, str(path))
        rows = con.execute("SELECT DISTINCT date FROM staging").fetchall()
    finally:
        con.close()
    return {day for (text,) in rows if (day := racing_day(text, first)) is not None}


def _day(book: LedgerView, day: date) -> dict[str, Any]:
    runners = book.runners[book.runners["day"] == day]
    bets = book.bets[book.bets["day"] == day]
    picks = bets[bets["outcome"] == RAN]
    return {
        "day": day.isoformat(),
        "races": int(runners["race_id"].nunique()),
        "runners": len(runners),
        "matched": int((runners["state"] == RAN).sum()),
        "unmatched": int((runners["state"] == UNMATCHED).sum()),
        "void": int(runners["state"].isin((VOID, WITHDRAWN)).sum()),
        "waiting": int(runners["state"].isin((OPEN, DOUBTFUL)).sum())
        + int((bets["outcome"] == UNPRICED).sum()),
        "bets": len(picks),
        "profit": float(picks["profit"].sum()),
        "profit_sp": _sum(picks["profit_sp"]),
        "profit_bsp": _sum(picks["profit_bsp"]),
    }


def _sum(column: pd.Series) -> float | None:
    return None if not len(column) or column.isna().any() else float(column.sum())
