"""What each table of the online store holds, as one number that whoever writes it keeps.

A table's digest is the sum of its rows' hashes, so a write changes it by what it adds less what it
replaces, and the order of rows does not matter. Recomputed, it finds rows that were written past
VÉLØ's store or that rotted. Who can write to the home can write the digest too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from velo.disk.file_hash import sha256_of
from velo.disk.whole_file import write_whole
from velo.sql_text import identifier
from velo.store.online.online_table import NATIVE, OnlineTable

_WRAP = 2**64
_CHUNK = 50_000
_NO_NUMBER = -(2**63)
_NULLS = {"INTEGER": str(_NO_NUMBER), "REAL": "-1e999"}
"""Type of a column of numbers -> SQL of what stands for a null there."""
_TYPES = {"INTEGER": np.dtype(np.int64), "REAL": np.dtype(np.float64)}
_STIR, _AGAIN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
"""Odd numbers without a pattern, of SplitMix64 (Steele, Lea and Flood 2014)."""


def compute(con: sqlite3.Connection, table: OnlineTable) -> int:
    """The digest of what a table holds now."""
    cursor = con.execute(_query(table))
    total = 0
    while rows := cursor.fetchmany(_CHUNK):
        total += _sum(table, rows)
    return total % _WRAP


def kept(con: sqlite3.Connection, table: OnlineTable) -> int | None:
    """The digest that was kept of a table; None where nobody knows what it should be."""
    row = con.execute("SELECT digest FROM __digests WHERE name = ?", [table.name]).fetchone()
    return None if row is None else int(row[0], 16)


def keep(con: sqlite3.Connection, table: OnlineTable, digest: int) -> None:
    """Say what a table holds."""
    con.execute("INSERT OR REPLACE INTO __digests VALUES (?, ?)", [table.name, f"{digest:016x}"])


def forget(con: sqlite3.Connection, table: OnlineTable) -> None:
    """Nobody knows what a table should hold, because its columns or all its rows change."""
    con.execute("DELETE FROM __digests WHERE name = ?", [table.name])


def is_as_written(con: sqlite3.Connection, table: OnlineTable) -> bool | None:
    """Whether a table holds what was written to it; None where nobody knows."""
    expected = kept(con, table)
    if expected is None:
        return None
    try:
        return compute(con, table) == expected
    except sqlite3.OperationalError:
        # A column, or the whole table, is gone.
        return False


@contextmanager
def following(
    con: sqlite3.Connection, table: OnlineTable, keys: Iterable[Sequence[Any]]
) -> Iterator[None]:
    """Keep the digest true over a block, in its transaction, that writes or deletes these keys."""
    before = kept(con, table)
    if before is None:
        yield
        return
    distinct = list(dict.fromkeys(map(tuple, keys)))
    alike = " AND ".join(f"{identifier(name)} = ?" for name in table.key_columns.values())
    one = f"{_query(table)} WHERE {alike}"

    def held() -> int:
        rows = (con.execute(one, key).fetchone() for key in distinct)
        return _sum(table, [row for row in rows if row is not None])

    replaced = held()
    yield
    keep(con, table, (before - replaced + held()) % _WRAP)


def of_arrow(table: OnlineTable, batches: Iterable[pa.RecordBatch]) -> int:
    """The digest of rows in the order of the table's columns, before SQLite has them.

    It takes a tenth of the time that reading them back does.
    """
    numbers, texts = _places(table)
    total = 0
    for batch in batches:
        columns = [_bits(batch.column(place)) for place in numbers]
        columns += [_words(batch.column(place)) for place in texts]
        total += _summed(columns, len(batch))
    return total % _WRAP


def _places(table: OnlineTable) -> tuple[list[int], list[int]]:
    """Where the columns of numbers stand, and where the others."""
    kinds = [_kind(field) in _NULLS for field in table.fields]
    return (
        [i for i, number in enumerate(kinds) if number],
        [i for i, number in enumerate(kinds) if not number],
    )


def _bits(column: pa.Array) -> npt.NDArray[Any]:
    if pa.types.is_floating(column.type):
        values = column.to_numpy(zero_copy_only=False)
        return np.where(np.isnan(values), -np.inf, values)
    numbers: npt.NDArray[Any] = column.fill_null(_NO_NUMBER).to_numpy(zero_copy_only=False)
    return numbers


def _words(column: pa.Array) -> npt.NDArray[Any]:
    """What `_query` says of text and bytes, hashed once a distinct value."""
    coded = column.dictionary_encode(null_encoding="encode")
    hashes = [_of_bytes(_as_queried(value)) for value in coded.dictionary.to_pylist()]
    rows: npt.NDArray[np.intp] = coded.indices.to_numpy(zero_copy_only=False)
    return np.array(hashes, np.uint64)[rows]


def _as_queried(value: str | bytes | None) -> bytes:
    if value is None:
        return b"null"
    kind, held = ("text", value.encode()) if isinstance(value, str) else ("blob", value)
    return f"{kind}{held.hex().upper()}".encode()


def _query(table: OnlineTable) -> str:
    """SELECT of the numbers, nulls replaced, then of everything else as type and bytes."""
    numbers, texts = _places(table)
    names = [identifier(name) for name in table.columns]
    chosen = [f"ifnull({names[i]}, {_NULLS[_kind(table.fields[i])]})" for i in numbers]
    chosen += [f"CAST(typeof({names[i]}) || hex({names[i]}) AS BLOB)" for i in texts]
    return f"SELECT {', '.join(chosen)} FROM {table}"


def _sum(table: OnlineTable, rows: Sequence[tuple[Any, ...]]) -> int:
    """The sum of the rows' hashes, whatever SQLite holds in them."""
    if not rows:
        return 0
    numbers, _ = _places(table)
    columns = list(zip(*rows, strict=True))
    arrays = [np.array(column) for column in columns[: len(numbers)]]
    if [each.dtype for each in arrays] != [_TYPES[_kind(table.fields[i])] for i in numbers]:
        # A value is of another type than its column: alone, such a row is hashed as it is written.
        if len(rows) > 1:
            return sum(_sum(table, [row]) for row in rows)
        return _of_bytes(repr(rows[0]).encode())
    for texts in columns[len(numbers) :]:
        hashes = {text: _of_bytes(text) for text in set(texts)}
        arrays.append(np.array([hashes[text] for text in texts], np.uint64))
    return _summed(arrays, len(rows))


def _summed(columns: Sequence[npt.NDArray[Any]], rows: int) -> int:
    """The sum of a hash of each row; a column after the other is stirred in."""
    hashes = np.zeros(rows, np.uint64)
    for column in columns:
        # SQLite knows no negative zero.
        plain = column + 0.0 if column.dtype.kind == "f" else column
        hashes = (hashes ^ plain.view(np.uint64)) * _STIR
        hashes = (hashes ^ (hashes >> np.uint64(29))) * _AGAIN
        hashes ^= hashes >> np.uint64(32)
    return int(hashes.sum(dtype=np.uint64))


def _of_bytes(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _kind(field: str) -> str:
    return NATIVE.get(field, "BLOB")


def file_hash_of(path: Path) -> Path:
    """Where the SHA-256 of a store's file is kept, as the last materialisation left it."""
    return path.with_suffix(".sha256")


def keep_file_hash(path: Path) -> None:
    """Hash the file of a store that nobody has written to since its log was emptied."""
    if _has_log(path):
        file_hash_of(path).unlink(missing_ok=True)
    else:
        write_whole(file_hash_of(path), sha256_of(path) + "\n")


def is_untouched(path: Path) -> bool:
    """Whether not one bit of a store's file has changed since its hash was kept.

    A hash of the bytes takes a tenth of the time that all the rows take, and a day without pushes
    leaves them alone. Where this says no, the digests say whether the rows are as written.
    """
    known = file_hash_of(path)
    if not path.exists() or not known.exists() or _has_log(path):
        return False
    return known.read_text(encoding="utf-8", errors="replace").strip() == sha256_of(path)


def _has_log(path: Path) -> bool:
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0
