"""What a file must be before it is read: a plain file, of bounded lines, of bounded claims."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from velo.disk.plain_file import require_plain
from velo.errors import InputError
from velo.settings import Store

MAX_LINE_BYTES = 2_000_000
CHUNK = 1 << 18
LEAST_MEMORY = 2 * 10**9
MEMORY_A_BYTE = 2.9
BYTES_A_ROW = 340
"""Of a raceform file's text."""
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
_QUOTE_OR_END = re.compile(rb'["\r\n]')
_FIELD = re.compile(rb'(?:"[^"]*(?:""[^"]*)*"?)?[^,\r\n]*(,|\r\n?|\n|\Z)')
_SQLITE = (".db", ".sqlite", ".sqlite3")


def size_in_bytes(text: str) -> int:
    """`40GB` as a number, in the units of the settings."""
    number, unit = re.findall(r"[\d.]+|[A-Za-z]+", text)
    return int(float(number) * _UNITS[unit])


def inspect(path: Path, store: Store) -> str:
    """Hash a file and hold it against the bounds, in one pass that keeps no more than a chunk.

    Args:
        path: the file, unpacked.
        store: the bounds.

    Returns:
        SHA-256 of its bytes, and of the write-ahead log beside an SQLite file, in hexadecimal.

    Raises:
        InputError: no such file, not a plain one, or beyond a bound.
    """
    _hold_plain(path, store)
    suffix = path.suffix.lower()
    try:
        digest = _Records(path).digest() if suffix == ".csv" else _digest(path)
        if suffix in _SQLITE:
            log = path.with_name(path.name + "-wal")
            if log.is_file():
                _digest(log, digest)
        return digest.hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None


def memory_for(path: Path, store: Store) -> str:
    """What an ingest of the file may hold in memory, beside the reader's own.

    Much less and it spills; more makes it no faster (two million rows, 680 MB: 147 s of processor
    with 2 GB and with 2.4, the process at its highest 2.4 and 2.8 GB).
    """
    text = path.stat().st_size
    if path.suffix.lower() == ".parquet":
        try:
            text = pq.read_metadata(path).num_rows * BYTES_A_ROW
        except (pa.ArrowException, OSError, ValueError, OverflowError):
            text = 0  # no parquet file, as reading it will say
    wanted = max(LEAST_MEMORY, int(MEMORY_A_BYTE * text))
    return f"{min(wanted, size_in_bytes(store.memory_limit)) // 10**6}MB"


def check_name(path: Path) -> None:
    """Refuse a path that is not text.

    Raises:
        InputError: it holds bytes that are not UTF-8, or a sign that is not printed.
    """
    printable = "".join(sign if sign.isprintable() else "?" for sign in str(path))
    if printable != str(path):
        raise InputError(f"{printable}: the name has signs that cannot be printed; rename the file")


def _hold_plain(path: Path, store: Store) -> None:
    check_name(path)
    require_plain(path)
    size = path.stat().st_size
    if size > size_in_bytes(store.largest_file):
        raise InputError(
            f"{path} has {size:,} bytes, more than store.largest_file "
            f"({store.largest_file}) in velo.toml allows"
        )


def check_claims(path: Path, store: Store) -> None:
    """Hold what a parquet file says of its own size against the bounds.

    Raises:
        InputError: it claims more than they allow, or it is no parquet file.
    """
    try:
        claims = pq.read_metadata(path)
        rows = max(claims.num_rows, 0)
        groups = [claims.row_group(i) for i in range(claims.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        counted = sum(group.num_rows for group in groups)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"{path} cannot be read: {reason}") from None
    if max(rows, counted) > store.most_rows:
        raise InputError(
            f"{path} claims {max(rows, counted):,} rows, more than store.most_rows "
            f"({store.most_rows:,}) in velo.toml allows"
        )
    if size > size_in_bytes(store.largest_file):
        raise InputError(
            f"{path} claims {size:,} bytes, more than store.largest_file "
            f"({store.largest_file}) in velo.toml allows"
        )


def _digest(path: Path, digest: hashlib._Hash | None = None) -> hashlib._Hash:
    digest = digest or hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest


class _Records:
    """A CSV file's records, measured while it is hashed.

    A quote that nobody closed makes one record of all that follows, and a reader would look for
    its end again and again. Whether a line end is within quotes is told by counting them; where
    that says that a record is too long, the record is read sign by sign, for a quote in the midst
    of a field counts for nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = 0
        """Offset behind the last end of a record that was looked for."""
        self._quoted = False
        """Whether the chunk that comes begins within quotes."""

    def digest(self) -> hashlib._Hash:
        """Hash the file.

        Raises:
            InputError: a record is too long, or there is a NUL byte in it.
        """
        digest = hashlib.sha256()
        offset = 0
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._hold(chunk, offset)
                digest.update(chunk)
                offset += len(chunk)
        return digest

    def _hold(self, chunk: bytes, offset: int) -> None:
        if b"\0" in chunk and not self._is_utf_16():
            line = self._line(offset + chunk.index(b"\0"))
            raise InputError(f"{self._path}: line {line} holds a NUL byte; the file is damaged")
        end = self._first_end(chunk)
        quotes = np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord('"'))
        self._quoted ^= bool(quotes % 2)
        if offset + (len(chunk) if end is None else end) - self._begun > MAX_LINE_BYTES:
            self._look_closely(offset + len(chunk))
        elif end is not None:
            self._begun = offset + end

    def _first_end(self, chunk: bytes) -> int | None:
        quoted = self._quoted
        for sign in _QUOTE_OR_END.finditer(chunk):
            if sign[0] == b'"':
                quoted = not quoted
            elif not quoted:
                return sign.end()
        return None

    def _look_closely(self, upto: int) -> None:
        with self._path.open("rb") as file:
            file.seek(self._begun)
            data = file.read(upto - self._begun)
        begun = at = 0
        while at < len(data) and (field := _FIELD.match(data, at)):
            at = field.end()
            if field[1] != b",":
                self._hold_record(begun, at)
                begun = at if field[1] else begun
        self._begun += begun
        self._quoted = bool(data.count(b'"', begun) % 2)

    def _hold_record(self, begun: int, end: int) -> None:
        if end - begun > MAX_LINE_BYTES:
            raise InputError(
                f"{self._path}: the row at line {self._line(self._begun + begun)} has more than "
                f"{MAX_LINE_BYTES:,} bytes: is a quote left open there?"
            )

    def _is_utf_16(self) -> bool:
        """Staging says so, and how to mend it."""
        with self._path.open("rb") as file:
            return file.read(2) in (b"\xff\xfe", b"\xfe\xff")

    def _line(self, offset: int) -> int:
        """The number, from 1, of the line at an offset."""
        ends = {b"\n": 0, b"\r": 0}
        with self._path.open("rb") as file:
            while offset > 0 and (chunk := file.read(min(CHUNK, offset))):
                offset -= len(chunk)
                for end in ends:
                    ends[end] += chunk.count(end)
        return (ends[b"\n"] or ends[b"\r"]) + 1
