"""Every prediction that was made, in SQLite: rows are added and never changed.

A race that is predicted again gets the next revision. Triggers refuse any change or deletion, so
what was printed before the off, and what was only filled in after it, stays told apart. Each
prediction is a link of a hash chain too, by which a change past the triggers is found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from velo.disk.sqlite_file import Step, read_sqlite_file, sqlite_file
from velo.live import chain
from velo.racing.running_style import STYLE

_FIRST = """
CREATE TABLE IF NOT EXISTS predictions (
    prediction INTEGER PRIMARY KEY, race_id INTEGER NOT NULL, revision INTEGER NOT NULL,
    made TEXT NOT NULL, deadline TEXT NOT NULL, backfill INTEGER NOT NULL, day TEXT NOT NULL,
    course TEXT NOT NULL, off TEXT, race_name TEXT, version TEXT NOT NULL, run_id TEXT NOT NULL,
    sha256 TEXT NOT NULL, source TEXT NOT NULL, build TEXT NOT NULL, price_kind TEXT,
    decision TEXT NOT NULL, settlement TEXT NOT NULL, strategy TEXT NOT NULL,
    UNIQUE (race_id, revision)
);
CREATE TABLE IF NOT EXISTS runners (
    prediction INTEGER NOT NULL REFERENCES predictions, horse_id INTEGER NOT NULL,
    horse TEXT NOT NULL, number INTEGER, rank INTEGER NOT NULL, odds REAL, p_model REAL NOT NULL,
    p_market REAL, p_market_power REAL, p REAL, verdict TEXT NOT NULL, stakes TEXT NOT NULL,
    unknown TEXT NOT NULL, moved TEXT NOT NULL, features TEXT NOT NULL,
    PRIMARY KEY (prediction, horse_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS predictions_by_day ON predictions (day);
CREATE TRIGGER IF NOT EXISTS predictions_stay BEFORE UPDATE ON predictions
    BEGIN SELECT RAISE(ABORT, 'a prediction is never changed'); END;
CREATE TRIGGER IF NOT EXISTS predictions_last BEFORE DELETE ON predictions
    BEGIN SELECT RAISE(ABORT, 'a prediction is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS runners_stay BEFORE UPDATE ON runners
    BEGIN SELECT RAISE(ABORT, 'a prediction is never changed'); END;
CREATE TRIGGER IF NOT EXISTS runners_last BEFORE DELETE ON runners
    BEGIN SELECT RAISE(ABORT, 'a prediction is never deleted'); END;
"""
STEPS: tuple[Step, ...] = (_FIRST, *chain.STEPS)
"""What made the journal's tables, version by version."""


@dataclass(frozen=True)
class PredictedRunner:
    """One runner of a prediction; `odds` and what follows from them None without a market.

    `stakes` are points by strategy, `unknown` what was never seen before (`horse`, `trainer`,
    ...), `features` the values that the model saw, None where missing, and the running style.
    """

    horse_id: int
    horse: str
    number: int | None
    rank: int
    odds: float | None
    p_model: float
    p_market: float | None
    p_market_power: float | None
    p: float | None
    verdict: str
    stakes: dict[str, float]
    unknown: list[str]
    moved: list[dict[str, Any]]
    features: dict[str, float | str | None]

    @property
    def style(self) -> str:
        """Front, prominent, mid or held up; empty where nothing is known of it."""
        return str(self.features.get(STYLE) or "")


@dataclass(frozen=True)
class Prediction:
    """A race as it was predicted.

    Attributes:
        race_id: the warehouse's.
        made, deadline: ISO 8601, UTC.
        backfill: whether it was made after the deadline.
        day, course, off, race_name: of the race.
        version, run_id, sha256: of the model.
        source: `online` or `offline`.
        build: fingerprint of the build that the features are of.
        price_kind: of the odds, None without a market.
        decision, settlement: the kinds that the model was judged on.
        strategy: whose stakes were printed.
        runners: in the order of their ids.
        revision: from 1; given by the journal.
    """

    race_id: int
    made: str
    deadline: str
    backfill: bool
    day: date
    course: str
    off: str | None
    race_name: str | None
    version: str
    run_id: str
    sha256: str
    source: str
    build: str
    price_kind: str | None
    decision: str
    settlement: str
    strategy: str
    runners: tuple[PredictedRunner, ...]
    revision: int = 0

    @property
    def indicative(self) -> bool:
        """Whether its odds are of another kind than the model was judged on."""
        return self.price_kind != self.decision


_RACE = tuple(name for name in Prediction.__dataclass_fields__ if name != "runners")
_RUNNER = tuple(PredictedRunner.__dataclass_fields__)
_JSON: dict[str, Callable[[], Any]] = {
    "stakes": dict,
    "unknown": list,
    "moved": list,
    "features": dict,
}
"""Columns that are JSON, and what is empty in each."""
_SETTLED_BY = tuple(name for name in _RUNNER if name not in ("unknown", "moved", "features"))


def record(path: Path, predictions: Sequence[Prediction]) -> list[int]:
    """Add predictions, all or none; returns the revision that each became."""
    with opened(path) as con:
        return add(con, predictions)


def add(con: sqlite3.Connection, predictions: Sequence[Prediction]) -> list[int]:
    """The same over a connection that stays open, for whoever adds one after another."""
    revisions = []
    con.execute("BEGIN IMMEDIATE")
    try:
        for each in predictions:
            (last,) = con.execute(
                "SELECT coalesce(max(revision), 0) FROM predictions WHERE race_id = ?",
                [each.race_id],
            ).fetchone()
            values = {name: getattr(each, name) for name in _RACE}
            values |= {"revision": last + 1, "day": each.day.isoformat()}
            number = con.execute(_insert("predictions", _RACE), list(values.values())).lastrowid
            con.executemany(
                _insert("runners", ("prediction", *_RUNNER)),
                [[number, *_cells(runner)] for runner in each.runners],
            )
            chain.add_link(con, int(number or 0))
            revisions.append(last + 1)
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:  # a full disk has ended it
            con.execute("ROLLBACK")
        raise
    return revisions


def predictions(path: Path, days: tuple[date, date] | None = None) -> list[Prediction]:
    """Every prediction, or those of races from one day to another, by day, race and revision.

    A journal that is not there holds none.
    """
    return _read(path, *_of_days(days), _RUNNER)


def bare_predictions(path: Path, days: tuple[date, date] | None = None) -> list[Prediction]:
    """The same without what no bet is settled by.

    Features, what moved a runner and what of it was unknown are most of a journal: here they are
    empty.
    """
    return _read(path, *_of_days(days), _SETTLED_BY)


def revisions(path: Path, race_id: int, after: int = 0, most: int = -1) -> list[Prediction]:
    """The predictions of one race, the first first.

    Args:
        path: of the journal.
        race_id: the warehouse's.
        after: the revision that comes before the first of them.
        most: how many; all that there are if negative.
    """
    which = (
        "prediction IN (SELECT prediction FROM predictions WHERE race_id = ? AND revision > ? "
        "ORDER BY revision LIMIT ?)"
    )
    return _read(path, which, [race_id, after, most], _RUNNER)


def _of_days(days: tuple[date, date] | None) -> tuple[str, list[Any]]:
    first, last = (day.isoformat() for day in days) if days else ("0001-01-01", "9999-12-31")
    return "day BETWEEN ? AND ?", [first, last]


def _read(
    path: Path, which: str, values: Sequence[Any], columns: Sequence[str]
) -> list[Prediction]:
    if not path.exists():
        return []
    with read_sqlite_file(path, STEPS) as con:
        con.execute("BEGIN")
        races = con.execute(
            f"SELECT prediction, {', '.join(_RACE)} FROM predictions "
            f"WHERE {which} ORDER BY day, race_id, revision",
            values,
        ).fetchall()
        rows = con.execute(
            f"SELECT prediction, {', '.join(columns)} FROM runners WHERE prediction IN "
            f"(SELECT prediction FROM predictions WHERE {which}) "
            "ORDER BY prediction, horse_id",
            values,
        ).fetchall()
        con.execute("COMMIT")
    runners: dict[int, list[PredictedRunner]] = {}
    for number, *cells in rows:
        runners.setdefault(number, []).append(_runner(columns, cells))
    return [_prediction(cells, runners[number]) for number, *cells in races]


def predicted_races(path: Path) -> set[int]:
    """The races that have a prediction, under the ids that they had then."""
    if not path.exists():
        return set()
    with opened(path) as con:
        rows = con.execute("SELECT DISTINCT race_id FROM predictions").fetchall()
    return {race for (race,) in rows}


def last_made(path: Path) -> datetime | None:
    """When the last prediction was made that was no backfill; None where there is none.

    Who is about to predict asks: a journal of an earlier version is brought to this one.
    """
    if not path.exists():
        return None
    with opened(path) as con:
        (made,) = con.execute("SELECT max(made) FROM predictions WHERE NOT backfill").fetchone()
    return datetime.fromisoformat(made) if made else None


def last_day(path: Path) -> date | None:
    """The last race day that was predicted; None without a prediction."""
    if not path.exists():
        return None
    with read_sqlite_file(path, STEPS) as con:
        (day,) = con.execute("SELECT max(day) FROM predictions").fetchone()
    return None if day is None else date.fromisoformat(day)


def _cells(runner: PredictedRunner) -> list[Any]:
    return [
        json.dumps(value, ensure_ascii=False, sort_keys=True) if name in _JSON else value
        for name in _RUNNER
        for value in (getattr(runner, name),)
    ]


def _runner(columns: Sequence[str], cells: Sequence[Any]) -> PredictedRunner:
    values = dict(zip(columns, cells, strict=True))
    for name, nothing in _JSON.items():
        text = values.get(name)
        values[name] = nothing() if text in (None, "{}", "[]") else json.loads(text)
    return PredictedRunner(**values)


def _prediction(cells: Sequence[Any], runners: list[PredictedRunner]) -> Prediction:
    values = dict(zip(_RACE, cells, strict=True))
    values |= {"backfill": bool(values["backfill"]), "day": date.fromisoformat(values["day"])}
    return Prediction(**values, runners=tuple(runners))


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def opened(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """The journal for writing, made where it is not there; transactions are begun by hand.

    Raises:
        HomeError: it was made by a later version, or SQLite cannot use it.
    """
    return sqlite_file(path, STEPS)
