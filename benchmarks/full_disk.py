"""Run every writing command in a home whose disk fills up, and see what is left of the home.

    unshare -rm .venv/bin/python -m benchmarks.full_disk --runners 6000

The home lies on a tmpfs of its own, on which another file leaves so many bytes free. Each command
runs there, then again with that file gone. The first run must end with 2 and one line that names
the full disk, the home must hold what it held, and the second run must come through.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from benchmarks.small_home import SmallHome, small_home

ROOMS = (0, 40_000, 400_000, 4_000_000)
"""Bytes that are free as a command begins."""
SIZE = 2_000_000_000
"""Bytes of the disk: for the home, a copy of it as it was made, and what a command writes."""


def main() -> None:
    """Print one row a command as Markdown, and each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=6_000)
    parser.add_argument("--only", nargs="*", default=None, help="these commands")
    parser.add_argument("--rooms", type=int, nargs="*", default=ROOMS, help="bytes that are free")
    parser.add_argument("--lines", action="store_true", help="print each command's line as well")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="velo-full-") as disk:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "velo", disk], check=True)
        try:
            home = small_home(Path(disk), chosen.runners)
            print("| command | disk full | 2, one line | home as it was | again fails | fits |")
            print("| --- | --- | --- | --- | --- | --- |", flush=True)
            for name, words in home.commands().items():
                if chosen.only is None or name in chosen.only:
                    print(_row(home, name, words, chosen.rooms, chosen.lines), flush=True)
        finally:
            subprocess.run(["umount", disk], check=True)


def _row(home: SmallHome, name: str, words: list[str], rooms: Sequence[int], lines: bool) -> str:
    counted: Counter[str] = Counter()
    for room in rooms:
        _clear(home)
        before = held(home.root)
        ballast = _ballast(home.root.parent, room)
        code, complaint = home.run(*words)
        ballast.unlink()
        if code in (0, 1) and "disk" not in complaint:
            counted["enough"] += 1
            continue
        after = held(home.root)
        one_line = code == 2 and complaint.count("\n") == 1 and "full" in complaint
        counted.update(full=1, one_line=int(one_line), as_it_was=int(after == before))
        if lines or not one_line or after != before:
            print(f"{name}, {room:,} bytes free: {code}: {complaint.strip()[-800:]}")
            for each in before:
                if before[each] != after[each]:
                    print(f"  {each}: {before[each]}, then {after[each]}")
        code, complaint = home.run(*words)
        if code not in (0, 1) or "unexpected" in complaint:
            counted["again"] += 1
            print(f"{name}, again after {room:,}: {code}: {complaint.strip()[-800:]}")
    figures = (counted[each] for each in ("full", "one_line", "as_it_was", "again", "enough"))
    return f"| `{name}` | {' | '.join(map(str, figures))} |"


def held(root: Path) -> dict[str, str]:
    """What a home holds that no failed command may change, in short."""
    inside = {
        "build": os.readlink(root / "offline" / "current"),
        "registry": _short((root / "registry.db").read_bytes()),
        "champions": _dump(root / "mlflow.db", ("model_versions", "registered_model_aliases")),
        "archive": str(root.with_name("archive.velo").exists()),
    }
    for name in ("ledger.db", "cards.db", "online.db"):
        inside[name] = _dump(root / name) if (root / name).exists() else "none"
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as con:
        names = [
            name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        ]
        rows = [
            con.execute(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" AS t').fetchone()
            for name in sorted(names)
        ]
    return inside | {"warehouse": _short(repr(rows).encode())}


def _dump(path: Path, tables: Sequence[str] = ()) -> str:
    """Rows and hash of tables, all by default, without when a card came in last."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as con:
        listed = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {}
        for name in tables or [name for (name,) in listed]:
            columns = con.execute("SELECT name FROM pragma_table_info(?)", [name]).fetchall()
            chosen = ", ".join(f'"{column}"' for (column,) in columns if column != "declared")
            rows[name] = con.execute(f'SELECT {chosen} FROM "{name}" ORDER BY 1, 2').fetchall()
    return f"{sum(map(len, rows.values()))} rows, {_short(repr(rows).encode())}"


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def _clear(home: SmallHome) -> None:
    """The home as it was made, and no archive of it."""
    for path in home.root.parent.glob("archive*"):
        path.unlink()
    home.restore()


def _ballast(disk: Path, room: int) -> Path:
    """A file that leaves so many bytes of a disk free."""
    path = disk / "ballast"
    free = shutil.disk_usage(disk).free
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - room)
    return path


if __name__ == "__main__":
    main()
