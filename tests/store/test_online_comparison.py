"""What `velo materialize` changes in a table: the newest row of each key, and nothing else."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64, String, UnixTimestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from velo.store.online.database import connect, ensure, fill_from, filled_from
from velo.store.online.materialize import DAWN, midnight
from velo.store.online.newest import Newest
from velo.store.online.online_table import OnlineTable
from velo.store.online.parts import find_parts, folder_of
from velo.store.online.table_differences import TableDifferences, since
from velo.store.relation import Relation

FIRST = date(2020, 1, 1)
Row = tuple[int, str, int, float | None, int | None]
"""Horse, going, day after the first, wins, starts."""


def written(folder: Path, part: str, rows: list[Row]) -> None:
    """One parquet file, by atomic rename, as a build writes it."""
    table = pa.table(
        {
            "horse": pa.array([r[0] for r in rows], pa.int64()),
            "going": pa.array([r[1] for r in rows], pa.string()),
            "known": pa.array(
                [midnight(FIRST + timedelta(r[2])) for r in rows], pa.timestamp("us", "UTC")
            ),
            "wins": pa.array([r[3] for r in rows], pa.float64()),
            "starts": pa.array([r[4] for r in rows], pa.int64()),
        }
    )
    new = folder / f"{part}.new"
    pq.write_table(table, new)
    os.replace(new, folder / f"{part}.parquet")


def view_of(folder: Path, ttl: timedelta) -> FeatureView:
    return FeatureView(
        name="going_form",
        entities=[
            Entity(name="horse", join_keys=["horse"], value_type=ValueType.INT64),
            Entity(name="going", join_keys=["going"], value_type=ValueType.STRING),
        ],
        ttl=ttl,
        source=FileSource(path=str(folder), timestamp_field="known"),
        schema=[
            Field(name="horse", dtype=Int64),
            Field(name="going", dtype=String),
            Field(name="wins", dtype=Float64),
            Field(name="starts", dtype=Int64),
        ],
    )


@dataclass
class Online:
    """A view's table that is brought from morning to morning."""

    root: Path
    ttl: timedelta = timedelta(0)
    parts: dict[str, dict[tuple[int, str, int], Row]] = field(default_factory=dict)
    day: date | None = None

    def __post_init__(self) -> None:
        self.folder = self.root / "going_form"
        self.folder.mkdir(parents=True)
        self.view = view_of(self.folder, self.ttl)
        self.table = OnlineTable.of("p", self.view)
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        self.con.execute("SET threads = 1")
        self.online = connect(self.root / "online.db")

    def tell(self, *rows: Row) -> None:
        """Add or correct rows; the files that hold them are written anew, the others stay."""
        for row in rows:
            self.parts.setdefault(f"y{row[2] // 20}", {})[row[:3]] = row
        for part in {f"y{row[2] // 20}" for row in rows}:
            written(self.folder, part, list(self.parts[part].values()))

    def forget(self, part: str, keys: set[tuple[int, str, int]]) -> None:
        """Take rows away; a file without any goes."""
        for key in keys:
            self.parts[part].pop(key)
        if self.parts[part]:
            written(self.folder, part, list(self.parts[part].values()))
        else:
            (self.folder / f"{part}.parquet").unlink()
            del self.parts[part]

    def bring(self, day: int) -> tuple[int, int]:
        """To the morning so many days after the first; rows written and removed."""
        morning = FIRST + timedelta(day)
        ensure(self.online, self.table)
        last = midnight(morning)
        oldest = last - self.ttl // timedelta(microseconds=1) if self.ttl else DAWN
        folder = folder_of(self.view, None)
        assert folder is not None
        now = find_parts(self.con, folder, "known")
        trusted = self.day is not None and self.day <= morning
        before = filled_from(self.online, self.table) if trusted else frozenset()
        moment = midnight(self.day) if self.day else last
        comparison = TableDifferences(
            self.con, self.online, Newest(self.view, self.table, oldest, last)
        )
        comparison.make(since(folder, "known", now, before, moment, oldest))
        count = 0
        for rows in comparison.lacking():
            self.online.executemany(self.table.replace, rows)
            count += len(rows)
        vanished = comparison.vanished()
        self.online.executemany(self.table.delete, vanished)
        fill_from(self.online, self.table, now)
        self.day = morning
        return count, len(vanished)

    @property
    def held(self) -> set[Row]:
        rows = self.online.execute(f"SELECT * FROM {self.table}").fetchall()
        first = midnight(FIRST)
        return {(r[0], r[1], (r[2] - first) // 86_400_000_000, *r[3:]) for r in rows}

    def expected(self, day: int) -> set[Row]:
        """By brute force."""
        newest: dict[tuple[int, str], Row] = {}
        for part in self.parts.values():
            for row in part.values():
                seen = row[2] <= day and (not self.ttl or row[2] >= day - self.ttl.days)
                if seen and (row[:2] not in newest or newest[row[:2]][2] < row[2]):
                    newest[row[:2]] = row
        return set(newest.values())


@pytest.fixture
def online(tmp_path: Path) -> Online:
    return Online(tmp_path)


def test_a_day_writes_what_changed_and_nothing_else(online: Online) -> None:
    online.tell((1, "good", 3, 1.0, 4), (2, "good", 5, 0.0, 1), (3, "soft", 25, 0.5, 2))
    assert online.bring(30) == (3, 0)
    assert online.bring(30) == (0, 0)
    online.tell((2, "good", 31, 1.0, 2))
    assert online.bring(32) == (1, 0)
    assert online.held == {(1, "good", 3, 1.0, 4), (2, "good", 31, 1.0, 2), (3, "soft", 25, 0.5, 2)}


def test_a_late_row_of_an_old_day_does_not_hide_a_newer_one(online: Online) -> None:
    online.tell((1, "good", 3, 1.0, 4), (1, "good", 45, 2.0, 6), (2, "firm", 45, 0.0, 1))
    online.bring(50)
    online.tell((1, "good", 4, 9.0, 9), (7, "good", 4, 0.0, 1))
    assert online.bring(51) == (1, 0)
    assert (1, "good", 45, 2.0, 6) in online.held
    assert (7, "good", 4, 0.0, 1) in online.held


def test_a_corrected_row_is_written_and_a_row_taken_back_uncovers_the_one_before(
    online: Online,
) -> None:
    online.tell((1, "good", 3, 1.0, 4), (1, "good", 45, 2.0, 6), (2, "good", 44, None, None))
    online.bring(50)
    online.tell((2, "good", 44, 0.0, 1))
    assert online.bring(50) == (1, 0)
    online.forget("y2", {(1, "good", 45)})
    assert online.bring(50) == (1, 0)
    assert online.held == {(1, "good", 3, 1.0, 4), (2, "good", 44, 0.0, 1)}


def test_a_vanished_key_is_deleted(online: Online) -> None:
    online.tell((1, "good", 3, 1.0, 4), (2, "good", 45, 2.0, 6))
    online.bring(50)
    online.forget("y2", {(2, "good", 45)})
    assert online.bring(50) == (0, 1)
    assert online.held == {(1, "good", 3, 1.0, 4)}


def test_what_was_still_to_come_is_known_on_its_day(online: Online) -> None:
    """A window's end stands in the tables before it comes, in a file that does not change."""
    online.tell((1, "good", 3, 1.0, 4), (1, "good", 17, 0.0, 0))
    online.bring(10)
    assert online.held == {(1, "good", 3, 1.0, 4)}
    assert online.bring(17) == (1, 0)
    assert online.held == {(1, "good", 17, 0.0, 0)}
    online.bring(10)
    assert online.held == {(1, "good", 3, 1.0, 4)}


row = st.tuples(
    st.integers(1, 4),
    st.sampled_from(["good", "soft"]),
    st.integers(0, 79),
    st.none() | st.sampled_from([0.0, 0.5, 1.0, float("nan")]),
    st.none() | st.integers(0, 3),
)
step = st.tuples(
    st.lists(row, max_size=6),
    st.integers(0, 90),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)


@settings(max_examples=20)
@given(steps=st.lists(step, min_size=1, max_size=6), lasting=st.sampled_from([0, 15]))
def test_however_files_and_mornings_change_the_newest_rows_are_held(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], lasting: int
) -> None:
    online = Online(tmp_path_factory.mktemp("online"), timedelta(lasting))
    online.tell((9, "firm", 1, 0.0, 1), (9, "firm", 70, 1.0, 2))
    for facts, day, drop, dice in steps:
        rows = [(*r[:3], None if r[3] != r[3] else r[3], r[4]) for r in facts]
        online.tell(*{r[:3]: r for r in rows}.values())
        for part in list(online.parts)[:drop]:
            some = random.Random(dice.random()).sample(sorted(online.parts[part]), k=1)
            online.forget(part, set(some))
        online.bring(day)
        assert online.held == online.expected(day)
    online.online.close()
    online.con.close()


def test_a_moment_is_held_as_seconds_and_a_missing_one_as_none(tmp_path: Path) -> None:
    view = FeatureView(
        name="seen",
        entities=[Entity(name="horse", join_keys=["horse"], value_type=ValueType.INT64)],
        source=FileSource(path=str(tmp_path), timestamp_field="known"),
        schema=[Field(name="horse", dtype=Int64), Field(name="last", dtype=UnixTimestamp)],
    )
    table = OnlineTable.of("p", view)
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    rows = (
        "(SELECT 1::BIGINT AS horse, TIMESTAMPTZ '2020-01-02' AS known, "
        "TIMESTAMPTZ '2020-01-01 00:00:01' AS last "
        "UNION ALL SELECT 2, TIMESTAMPTZ '2020-01-02', NULL)"
    )
    newest = Newest(view, table, DAWN, midnight(FIRST + timedelta(9)))
    sql = newest.of(Relation.of(con, rows))
    last_seen = {r[0]: r[2] for r in con.execute(sql).fetchall()}
    assert last_seen == {1: midnight(FIRST) // 1_000_000 + 1, 2: None}
