"""What each table of the online store holds, as one number that whoever writes it keeps.

A table's digest is the sum of its rows' hashes, so a write changes it by what it adds less what it
replaces, and the order of rows does not matter. Recomputed, it finds rows that were written past
VÉLØ's store or that rotted. Who can write to the home can write the digest too.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from velo.disk.whole_file import write_whole
from velo.store.names import identifier
from velo.store.online.table import NATIVE, OnlineTable

_SIZE = 8
_WRAP = 2**64
_PACKED = {"INTEGER": ("q", "-9223372036854775808"), "REAL": ("d", "-1e999")}
"""Type of a column -> how its values are packed, and SQL of what stands for a null."""


def compute(con: sqlite3.Connection, table: OnlineTable) -> int:
    """The digest of what a table holds now."""
    columns, hashed = _hashing(table)
    return sum(map(hashed, con.execute(f"SELECT {columns} FROM {table}"))) % _WRAP


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
    columns, hashed = _hashing(table)
    one = f"SELECT {columns} FROM {table} WHERE " + " AND ".join(
        f"{identifier(name)} = ?" for name in table.key_columns.values()
    )

    def held() -> int:
        rows = (con.execute(one, key).fetchone() for key in distinct)
        return sum(hashed(row) for row in rows if row is not None)

    replaced = held()
    yield
    keep(con, table, (before - replaced + held()) % _WRAP)


def _hashing(table: OnlineTable) -> tuple[str, Callable[[tuple[Any, ...]], int]]:
    """SQL of the columns, and what makes a row's hash of them."""
    numbers, packing, texts = [], "<", []
    for name, field in zip(table.columns, table.fields, strict=True):
        code, missing = _PACKED.get(NATIVE.get(field, "BLOB"), ("", ""))
        if code:
            numbers.append(f"ifnull({identifier(name)}, {missing})")
            packing += code
        else:
            texts.append(f"quote({identifier(name)})")
    pack = struct.Struct(packing).pack

    def hashed(row: tuple[Any, ...]) -> int:
        text, *values = row
        try:
            packed = pack(*values)
        except struct.error:
            packed = repr(values).encode()
        return int.from_bytes(blake2b(packed + text, digest_size=_SIZE).digest(), "little")

    said = "||','||".join(texts) or "''"
    return ", ".join([f"CAST({said} AS BLOB)", *numbers]), hashed


def file_hash_of(path: Path) -> Path:
    """Where the SHA-256 of a store's file is kept, as the last materialisation left it."""
    return path.with_suffix(".sha256")


def keep_file_hash(path: Path) -> None:
    """Hash the file of a store that nobody has written to since its log was emptied."""
    if _has_log(path):
        file_hash_of(path).unlink(missing_ok=True)
    else:
        write_whole(file_hash_of(path), _sha256(path) + "\n")


def is_untouched(path: Path) -> bool:
    """Whether not one bit of a store's file has changed since its hash was kept.

    A hash of the bytes takes a tenth of the time that all the rows take, and a day without pushes
    leaves them alone. Where this says no, the digests say whether the rows are as written.
    """
    known = file_hash_of(path)
    if not path.exists() or not known.exists() or _has_log(path):
        return False
    return known.read_text(encoding="utf-8", errors="replace").strip() == _sha256(path)


def _has_log(path: Path) -> bool:
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
