"""Opening the warehouse: waiting for it, what it declares, and disks that are full."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.raceform_file import STORE, ask, contents, file_of, load, race, row
from velo.errors import HomeError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.readers import READERS

HOLDER = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""
LIMITED = """
import resource, sys
from pathlib import Path
from velo.home import Home
from velo.errors import HomeError
from tests.warehouse.raceform_file import STORE
from velo.warehouse.ingest import ingest
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    ingest(Home(Path(sys.argv[1])), STORE, Path(sys.argv[2]))
except HomeError as error:
    print(error)
"""


def holder(home: Home, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.warehouse), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_one_may_wait_until_the_warehouse_is_free(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    lines: list[str] = []
    process = holder(home, 1.0)
    with warehouse(home, STORE, write=True, wait=60, waiting=lines.append) as con:
        assert con.execute("SELECT count(*) FROM races").fetchall() == [(1,)]
    process.wait()
    (line,) = lines
    assert f"in use by pid {process.pid}" in line


def test_who_waits_in_vain_is_told_who_has_it(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    process = holder(home, 60)
    try:
        begun = time.monotonic()
        with (
            pytest.raises(HomeError, match=f"in use by pid {process.pid}"),
            warehouse(home, STORE, write=True, wait=0.6),
        ):
            pass
        assert 0.6 <= time.monotonic() - begun < 10
    finally:
        process.kill()
        process.wait()


def test_the_warehouse_says_whom_it_believes(home: Home) -> None:
    for _ in range(2):
        with warehouse(home, STORE, write=True) as con:
            con.execute("UPDATE sources SET precedence = precedence + 100")
    with warehouse(home, STORE, write=True):
        pass
    assert ask(home, "SELECT source FROM sources ORDER BY precedence") == [
        (reader.name,) for reader in READERS
    ]


@pytest.mark.parametrize("write", [True, False])
def test_a_file_whose_tables_say_no_version_is_not_touched(home: Home, write: bool) -> None:
    home.root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("CREATE TABLE import_batches (batch_id INTEGER)")
    with (
        pytest.raises(HomeError, match=r"say no version: restore the home"),
        warehouse(home, STORE, write=write),
    ):
        pass
    with duckdb.connect(str(home.warehouse)) as con:
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(1,)]


def test_a_connection_has_the_memory_and_the_threads_that_are_set(home: Home) -> None:
    with warehouse(home, Store(memory_limit="123MB", threads=3), write=True) as con:
        (bounds,) = con.execute(
            "SELECT current_setting('memory_limit'), current_setting('threads')"
        ).fetchall()
    assert bounds == ("117.3 MiB", 3)


def test_what_is_spilt_is_bounded(home: Home) -> None:
    with warehouse(home, Store(spill_limit="10MB", memory_limit="100MB"), write=True) as con:
        ((limit,),) = con.execute("SELECT current_setting('max_temp_directory_size')").fetchall()
        assert limit == "9.5 MiB"
    with (
        pytest.raises(HomeError, match="memory"),
        warehouse(home, Store(spill_limit="10MB", memory_limit="100MB"), write=True) as con,
    ):
        con.execute(
            "CREATE TEMP TABLE t AS SELECT md5(i::VARCHAR) AS m FROM range(9000000) r(i) ORDER BY m"
        )


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_leaves_the_home_as_it_was(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    rows = [
        row(f"Horse {place}", "2", date=f"20{place % 80 + 10}-01-02") for place in range(30_000)
    ]
    path = file_of(tmp_path, rows, "more.csv")
    size = home.warehouse.stat().st_size
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(home.root), str(path), str(size + 500_000)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    assert len(ran.stdout.splitlines()) == 1, ran.stderr
    assert "the disk is full" in ran.stdout
    assert contents(home) == before
    assert load(home, path).accepted == 30_000
