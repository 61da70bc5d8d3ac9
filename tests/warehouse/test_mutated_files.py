"""Damaged files: never a traceback, never a hang, and every row that was read is accounted for.

`VELO_MUTATIONS=20000` tries that many; the default run tries a few of every kind.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import signal
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.warehouse.raceform_file import STORE, ask, race, text_of
from velo.errors import VeloError
from velo.home import Home
from velo.warehouse.deliveries import expand
from velo.warehouse.ingest import ingest

SHARDS = 8
MUTATIONS = int(os.environ.get("VELO_MUTATIONS", "160"))
SECONDS = 60
EXCHANGE = (
    "EVENT_ID,MENU_HINT,EVENT_NAME,EVENT_DT,SELECTION_ID,SELECTION_NAME,WIN_LOSE,BSP,PPWAP,"
    "MORNINGWAP,PPMAX,PPMIN,IPMAX,IPMIN\n"
    "1,GB / Ripon 26th Apr,6f Hcap,26-04-2015 14:30,7,Alpha,1,3.1,3.2,3.3,4,2.9,5,1.01\n"
    "1,GB / Ripon 26th Apr,6f Hcap,26-04-2015 14:30,8,Zulu,0,8.1,8.2,8.3,9,7.9,99,5\n"
)
CARD = "date,course,off,horse,num,age,jockey\n2015-04-27,Ripon,2:30,Alpha (IRE),1,4,A Rider\n"
NASTY = (
    "",
    "-",
    "–",
    "nan",
    "inf",
    "-1",
    "0",
    "1e308",
    "9" * 400,
    "1/0",
    "0/0",
    "'; DROP TABLE races; --",
    '"',
    '""',
    "\\",
    "\x00",
    "\r",
    "\n",
    "\t",
    ",",
    ";",
    "\u202e",
    "\ud7ff",
    "é",
    "🐎",
    "½f",
    "NULL",
    "2015-02-30",
    "9999-12-31",
    "0001-01-01",
    "99:99",
    "DROP",
    "x" * 5000,
    "%s",
    "{}",
    "$batch",
    "1e-320",
    "١٢٣",
    "True",
    "6.0",
    "-0",
    "1_000",
    "0x10",
)

Rng = random.Random


def flip_bytes(data: bytes, rng: Rng) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut_out(data: bytes, rng: Rng) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 200) :]


def cut_short(data: bytes, rng: Rng) -> bytes:
    return data[: rng.randrange(len(data))]


def repeat_part(data: bytes, rng: Rng) -> bytes:
    start = rng.randrange(len(data))
    end = start + rng.randint(1, 400)
    return data[:end] + data[start:end] * rng.randint(1, 20) + data[end:]


def put_in(data: bytes, rng: Rng) -> bytes:
    start = rng.randrange(len(data))
    text = rng.choice(NASTY).encode("utf-8", "surrogatepass") * rng.choice((1, 1, 1, 3, 400))
    return data[:start] + text + data[start:]


def huge_field(data: bytes, rng: Rng) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + b"x" * rng.choice((10_000, 300_000, 1_999_000, 2_100_000)) + data[start:]


def other_encoding(data: bytes, rng: Rng) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp500")), "replace")


def other_line_ends(data: bytes, rng: Rng) -> bytes:
    ends = (b"\r\n", b"\r", b"\n\n", b"\n\r", b"", b"\x1e")
    if rng.random() < 0.5:
        return data.replace(b"\n", rng.choice(ends))
    return b"".join(line + rng.choice((b"\n", *ends)) for line in data.split(b"\n"))


def other_cells(data: bytes, rng: Rng) -> bytes:
    rows = [line.split(",") for line in data.decode("utf-8", "replace").split("\n")]
    for _ in range(rng.randint(1, 8)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(NASTY)
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "replace")


def other_columns(data: bytes, rng: Rng) -> bytes:
    rows = [line.split(",") for line in data.decode("utf-8", "replace").split("\n")]
    a, b = rng.randrange(len(rows[0])), rng.randrange(len(rows[0]))
    how = rng.choice(("drop", "swap", "double", "rename"))
    for row in rows if how != "rename" else rows[:1]:
        if max(a, b) >= len(row):
            continue
        if how == "drop":
            del row[a]
        elif how == "swap":
            row[a], row[b] = row[b], row[a]
        elif how == "double":
            row.insert(a, row[b])
        else:
            row[a] = rng.choice((*NASTY, rows[0][b]))
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "replace")


TEXT: tuple[Callable[[bytes, Rng], bytes], ...] = (
    flip_bytes,
    cut_out,
    cut_short,
    repeat_part,
    put_in,
    huge_field,
    other_encoding,
    other_line_ends,
    other_cells,
    other_columns,
)
BINARY = (flip_bytes, cut_out, cut_short, repeat_part, put_in)


def originals(folder: Path) -> dict[str, bytes]:
    """Sound files of every kind, by name."""
    text = text_of(race(name="Sun, Stakes")).encode()
    table = pa.csv.read_csv(io.BytesIO(text))
    sink = io.BytesIO()
    pq.write_table(table, sink)
    database = folder / "original.db"
    with sqlite3.connect(database) as con:
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        con.execute(f"CREATE TABLE racing_data ({columns})")
        marks = ", ".join("?" * table.num_columns)
        con.executemany(
            f"INSERT INTO racing_data VALUES ({marks})",
            [[str(value) for value in row.values()] for row in table.to_pylist()],
        )
    con.close()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("../a.csv", text)
        bundle.writestr("b.csv", CARD)
    return {
        "raceform.csv": text,
        "card.csv": CARD.encode(),
        "exchange.csv": EXCHANGE.encode(),
        "flat.parquet": sink.getvalue(),
        "flat.db": database.read_bytes(),
        "flat.csv.gz": gzip.compress(text),
        "several.zip": packed.getvalue(),
    }


@contextmanager
def at_most(seconds: int, what: Path) -> Iterator[None]:
    """A hang is a failure that names its file. Processor time counts: the machine may be busy."""

    def stop(*_: object) -> None:
        raise AssertionError(f"{what} took more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.few(2)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_damaged_file_is_refused_in_one_line_or_wholly_accounted_for(
    home: Home, tmp_path: Path, shard: int
) -> None:
    rng = random.Random(f"damage {shard}")
    sound = originals(tmp_path)
    ends: Counter[str] = Counter()
    for number in range(MUTATIONS // SHARDS):
        name = rng.choice([*sound, "raceform.csv", "raceform.csv"])
        ways = TEXT if name.endswith(".csv") else BINARY
        damaged = sound[name]
        for _ in range(rng.choice((1, 1, 2, 3))):
            damaged = rng.choice(ways)(damaged or b"x", rng)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(damaged)
        with at_most(SECONDS, path):
            try:
                for delivery in expand([path]):
                    with delivery.unpacked(home, STORE) as plain:
                        batch = ingest(home, STORE, plain, label=delivery.name)
                    parts = (batch.accepted, batch.updated, batch.unchanged, batch.quarantined)
                    assert batch.rows_read == sum(parts), path
                    assert min(parts) >= 0, path
                    for each in batch.unread:
                        assert 0 < each.cells <= each.given <= batch.rows_read, path
                        assert each.examples, path
                    ends["read"] += 1
            except VeloError as error:
                ends["refused" if "\n" not in str(error).strip() else f"{path}: {error}"] += 1
        path.unlink()
    (kept, refused, lost) = ask(
        home,
        "SELECT sum(accepted), sum(quarantined), (SELECT count(*) FROM quarantine) "
        "FROM import_batches",
    )[0]
    assert refused == lost
    assert set(ends) == {"read", "refused"}
    print(f"shard {shard}: {dict(ends)}, {kept} rows accepted, {refused} quarantined")
