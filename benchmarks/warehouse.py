"""The warehouse's speed: a raceform file in, the same from SQLite, again, corrected, and growth.

    python -m benchmarks.warehouse --runners 500000 1000000 2000000 4000000

Every ingest is a process of its own in a home that is thrown away. The yardstick of each size is
a bare `create table as select * from read_csv(..)` into a database file, in the same run.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.whole_way import VELO, measure

CORRECTED = 100
"""Every so many rows one gets another finishing distance."""
BARE = (
    "import sys, duckdb; duckdb.connect(sys.argv[2]).execute("
    "f\"create table t as select * from read_csv('{sys.argv[1]}', all_varchar = true)\")"
)


def main() -> None:
    """Print one row a size as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, nargs="+", default=[500_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-sqlite", action="store_true")
    chosen = parser.parse_args()
    print(
        "| rows | bare read, s | ingest, s | GB | ingest / bare | µs a row | again, s "
        "| 1% changed, s | updated / changed | from SQLite, s | GB |\n" + "| --- " * 11 + "|"
    )
    for runners in chosen.runners:
        folder = Path(tempfile.mkdtemp(prefix="velo-bench-"))
        try:
            print(_row(folder, runners, chosen.seed, not chosen.without_sqlite), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _row(folder: Path, runners: int, seed: int, sqlite: bool) -> str:
    world, home = folder / "world.csv", folder / "home"
    measure(
        [*VELO, "synth", "--runners", str(runners), "--seed", str(seed), "--out", str(world)], home
    )
    bare, _, _ = measure([sys.executable, "-c", BARE, str(world), str(folder / "bare.db")], home)
    (folder / "bare.db").unlink()
    whole, peak, printed = measure([*VELO, "ingest", "--json", str(world)], home)
    rows = json.loads(printed)["files"][0]["rows_read"]
    again, _, _ = measure([*VELO, "ingest", "--json", str(world)], home)
    corrected = folder / "corrected.csv"
    changed = _correct(world, corrected)
    revised, _, printed = measure([*VELO, "ingest", "--json", str(corrected)], home)
    updated = json.loads(printed)["files"][0]["updated"]
    cells = [
        f"{rows:,}",
        f"{bare:.1f}",
        f"{whole:.1f}",
        f"{peak:.1f}",
        f"{whole / bare:.1f}",
        f"{1e6 * whole / rows:.1f}",
        f"{again:.1f}",
        f"{revised:.1f}",
        f"{updated:,} / {changed:,}",
    ]
    print(f"{' | '.join(cells)}", file=sys.stderr, flush=True)
    if sqlite:
        shutil.rmtree(home)
        corrected.unlink()
        database = folder / "velo_racing.db"
        _to_sqlite(world, database)
        seconds, peak, _ = measure([*VELO, "ingest", "--json", str(database)], home)
        cells += [f"{seconds:.1f}", f"{peak:.1f}"]
    else:
        cells += ["-", "-"]
    return f"| {' | '.join(cells)} |"


def _correct(world: Path, target: Path) -> int:
    """The same file with another `rpr` in every hundredth row; how many there are."""
    changed = 0
    with world.open(newline="") as source, target.open("w", newline="") as sink:
        reader, writer = csv.reader(source), csv.writer(sink, lineterminator="\n")
        header = next(reader)
        writer.writerow(header)
        place = header.index("rpr")
        for number, row in enumerate(reader):
            if number % CORRECTED == 0:
                row[place] = "7" if row[place] == "8" else "8"
                changed += 1
            writer.writerow(row)
    return changed


def _to_sqlite(world: Path, target: Path) -> None:
    with sqlite3.connect(target) as database:
        names = [
            row[0]
            for row in duckdb.sql(
                f"DESCRIBE SELECT * FROM read_csv('{world}', all_varchar = true)"
            ).fetchall()
        ]
        columns = ", ".join(f'"{name}"' for name in names)
        database.execute(f"CREATE TABLE racing_data ({columns})")
        rows = duckdb.connect()
        rows.execute(f"SELECT * FROM read_csv('{world}', all_varchar = true)")
        marks = ", ".join("?" * len(names))
        while batch := rows.fetchmany(50_000):
            database.executemany(f"INSERT INTO racing_data VALUES ({marks})", batch)
    database.close()


if __name__ == "__main__":
    begun = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - begun:.0f} s in all")
