"""The hash chain of the journal: a prediction that was changed, removed or slipped in is found.

Each prediction with all its runners is one link. A link's SHA-256 is over the link before it and
over every cell, and it is written in the transaction that writes the prediction. A head, the number
and SHA-256 of a link, stands for all predictions up to it: `velo ledger` records one in each day's
MLflow run, so that a chain that was cut, or made anew over changed rows, lacks it.

Predictions that were there before the chain were chained when the journal was migrated. Nothing is
proved of them before that moment.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from velo.disk.sqlite_file import Step

_TABLES = """
CREATE TABLE IF NOT EXISTS chain (
    one INTEGER PRIMARY KEY CHECK (one = 1), begun TEXT NOT NULL, earlier INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS links (
    link INTEGER PRIMARY KEY, prediction INTEGER NOT NULL UNIQUE REFERENCES predictions,
    form INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS links_stay BEFORE UPDATE ON links
    BEGIN SELECT RAISE(ABORT, 'a link is never changed'); END;
CREATE TRIGGER IF NOT EXISTS links_last BEFORE DELETE ON links
    BEGIN SELECT RAISE(ABORT, 'a link is never deleted'); END;
"""
MOST_SHOWN = 10
"""Faults that are named one by one."""
_NO_NUMBER, _NO_FLOAT = "-9223372036854775808", "-1e999"
"""SQL of what stands for a null among numbers; no runner has either."""


@dataclass(frozen=True)
class Form:
    """Which cells a link covers; a later version that adds columns adds a form.

    Attributes:
        race: columns of `predictions`, whole numbers and texts.
        wholes, floats, texts: columns of `runners`, `texts` without nulls.
    """

    race: tuple[str, ...]
    wholes: tuple[str, ...]
    floats: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def packed(self) -> struct.Struct:
        """A runner's numbers as bytes."""
        return struct.Struct(f"<{len(self.wholes)}q{len(self.floats)}d")

    @property
    def of_race(self) -> str:
        """SQL of a race's cells as bytes: texts, for none of these columns holds fractions."""
        cells = [f"ifnull(CAST({name} AS TEXT), char(1))" for name in self.race]
        return f"CAST({'||char(0)||'.join(cells)} AS BLOB)"

    @property
    def of_runner(self) -> str:
        """SQL of a runner's numbers, one by one, and of its texts together as bytes."""
        wholes = [f"ifnull({name}, {_NO_NUMBER})" for name in self.wholes]
        floats = [f"ifnull({name}, {_NO_FLOAT})" for name in self.floats]
        texts = f"CAST({'||char(0)||'.join(self.texts)} AS BLOB)"
        return ", ".join([*wholes, *floats, texts])


FORMS = {
    1: Form(
        (
            "prediction",
            "race_id",
            "revision",
            "made",
            "deadline",
            "backfill",
            "day",
            "course",
            "off",
            "race_name",
            "version",
            "run_id",
            "sha256",
            "source",
            "build",
            "price_kind",
            "decision",
            "settlement",
            "strategy",
        ),
        ("horse_id", "number", "rank"),
        ("odds", "p_model", "p_market", "p_market_power", "p"),
        ("horse", "verdict", "stakes", "unknown", "moved", "features"),
    ),
}
"""Number of a form -> its columns. A form that was once released is never changed."""
FORM = max(FORMS)


@dataclass(frozen=True)
class Head:
    """A link, from 1, and its SHA-256 in hex: it stands for every prediction up to it."""

    link: int
    sha256: str

    def __str__(self) -> str:
        """As it stands in MLflow."""
        return f"{self.link}:{self.sha256}"

    @classmethod
    def of(cls, text: str) -> Head:
        """Read one; a text that is none gives a head that no chain has."""
        link, _, digest = text.partition(":")
        return cls(int(link) if link.isdecimal() else 0, digest)


@dataclass(frozen=True)
class Verified:
    """What was verified of a chain, and what is wrong with it.

    Attributes:
        links: how many predictions it has.
        checked: of them, those whose cells were held against their link, the last ones.
        head: of the last link; None in an empty journal.
        begun: when the chain was begun, ISO 8601 in UTC.
        earlier: predictions that were there by then: nothing is proved of them before.
        recorded: heads that are recorded in MLflow.
        broken: how many faults there are.
        faults: the first of them, a line each.
    """

    links: int
    checked: int
    head: Head | None
    begun: str
    earlier: int
    recorded: int
    broken: int
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.broken

    @property
    def lines(self) -> tuple[str, ...]:
        """The first faults, and how many more there are."""
        more = self.broken - len(self.faults)
        return (*self.faults, f"and {more:,} more") if more else self.faults

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self) | {"holds": self.holds, "head": str(self.head) if self.head else None}


def add_link(con: sqlite3.Connection, prediction: int) -> None:
    """Chain a prediction whose rows were just written, within their transaction."""
    _add_links(con, prediction, prediction)


def begin(con: sqlite3.Connection) -> None:
    """Begin the chain of a journal, with the predictions that it has."""
    (earlier,) = con.execute("SELECT count(*) FROM predictions").fetchone()
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    con.execute("INSERT OR IGNORE INTO chain VALUES (1, ?, ?)", [begun, earlier])
    if not con.execute("SELECT 1 FROM links LIMIT 1").fetchone():
        _add_links(con, 0, 2**63 - 1)


STEPS: tuple[Step, ...] = (_TABLES, begin)
"""What gives a journal its chain."""


def verify(con: sqlite3.Connection, recorded: Mapping[str, Head], since: int = 0) -> Verified:
    """Hold the journal's predictions against its chain, and the chain against recorded heads.

    Args:
        con: an open journal, outside a transaction.
        recorded: name of what a head was recorded for, such as its day -> the head; each must be
            in the chain, wherever in it.
        since: a link; the cells of the predictions after it are looked at.
    """
    con.execute("BEGIN")
    begun, earlier = con.execute("SELECT begun, earlier FROM chain").fetchone() or ("", 0)
    rows = con.execute("SELECT link, prediction, form, sha256 FROM links ORDER BY link").fetchall()
    links = {link: _Link(*cells) for link, *cells in rows}
    faults = [
        *_gaps(links, max(links, default=0)),
        *_not_in(links, recorded),
        *_changed(con, links, _first(begun, earlier), since),
    ]
    con.execute("COMMIT")
    head = Head(max(links), links[max(links)].sha256) if links else None
    return Verified(
        len(links),
        sum(link > since for link in links),
        head,
        begun,
        earlier,
        len(recorded),
        len(faults),
        tuple(faults[:MOST_SHOWN]),
    )


@dataclass(frozen=True)
class _Link:
    prediction: int
    form: int
    sha256: str


def _gaps(links: Mapping[int, _Link], last: int) -> Iterator[str]:
    for link in range(1, last + 1):
        if link not in links:
            yield f"link {link:,} is missing: a prediction was removed"


def _not_in(links: Mapping[int, _Link], recorded: Mapping[str, Head]) -> Iterator[str]:
    for name, head in sorted(recorded.items()):
        held = links.get(head.link)
        if held is None:
            yield (
                f"MLflow's run {name} has link {head.link:,}, which is not in the chain: ledger.db "
                "was cut short or replaced, or is older than mlflow.db"
            )
        elif held.sha256 != head.sha256:
            yield (
                f"link {head.link:,} of the chain is not the one in MLflow's run {name}: ledger.db "
                "was replaced, or its chain was made anew"
            )


def _changed(
    con: sqlite3.Connection, links: Mapping[int, _Link], first: str, since: int
) -> Iterator[str]:
    """Each link against the one before it, as that stands: one changed row is one fault."""
    numbers = {held.prediction: link for link, held in links.items() if link > since}
    seen = set()
    for form in FORMS:
        own = [number for number, link in numbers.items() if links[link].form == form]
        if not own:
            continue
        for prediction, digest in _digests(con, form, min(own), max(own)):
            link = numbers.get(prediction, 0)
            if not link or links[link].form != form:
                continue
            seen.add(prediction)
            before = first if link == 1 else links[link - 1].sha256 if link - 1 in links else None
            if before and links[link].sha256 != _chained(before, digest):
                yield f"{_named(con, prediction)} is not what was recorded"
    for prediction in sorted(numbers.keys() - seen):
        yield f"prediction {prediction:,}, link {numbers[prediction]:,}, is gone"
    for (prediction,) in con.execute(
        "SELECT prediction FROM predictions WHERE prediction NOT IN (SELECT prediction FROM links)"
    ):
        yield f"{_named(con, prediction)} is not in the chain: VÉLØ did not add it"


def _named(con: sqlite3.Connection, prediction: int) -> str:
    day, course, off = con.execute(
        "SELECT day, course, off FROM predictions WHERE prediction = ?", [prediction]
    ).fetchone()
    return f"prediction {prediction:,} ({day} {course}{f' {off}' if off else ''})"


def _add_links(con: sqlite3.Connection, first: int, last: int) -> None:
    end = con.execute("SELECT link, sha256 FROM links ORDER BY link DESC LIMIT 1").fetchone()
    link, head = end or (0, _first(*con.execute("SELECT begun, earlier FROM chain").fetchone()))
    for prediction, digest in list(_digests(con, FORM, first, last)):
        link, head = link + 1, _chained(head, digest)
        con.execute("INSERT INTO links VALUES (?, ?, ?, ?)", [link, prediction, FORM, head])


def _digests(
    con: sqlite3.Connection, form: int, first: int, last: int
) -> Iterator[tuple[int, bytes]]:
    """The predictions of these numbers, in order, each with the SHA-256 of all its cells."""
    columns, between = FORMS[form], "WHERE prediction BETWEEN ? AND ? ORDER BY prediction"
    races = con.execute(
        f"SELECT prediction, {columns.of_race} FROM predictions {between}", [first, last]
    )
    runners = con.execute(
        f"SELECT prediction, {columns.of_runner} FROM runners {between}, horse_id", [first, last]
    )
    of_races = groupby(runners, itemgetter(0))
    number, field = next(of_races, (0, iter(())))
    pack = columns.packed.pack
    for prediction, cells in races:
        while number and number < prediction:
            number, field = next(of_races, (0, iter(())))
        parts = [form.to_bytes(2, "little"), cells]
        if number == prediction:
            for row in field:
                try:
                    parts += pack(*row[1:-1]), row[-1]
                except struct.error:
                    parts.append(b"a cell is of another type than was ever written")
        yield prediction, sha256(b"".join(parts)).digest()


def _chained(before: str, digest: bytes) -> str:
    return sha256(before.encode() + digest).hexdigest()


def _first(begun: str, earlier: int) -> str:
    """What stands before the first link."""
    return sha256(f"velo ledger, chained from {begun}, {earlier} before".encode()).hexdigest()
