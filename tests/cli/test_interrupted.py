"""Ctrl-C at a moment of the test's choosing: as the first import of a module begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PRESSED = """
import os, runpy, signal, sys

module = sys.argv[1]

class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Pressed())
sys.argv[0:2] = ["velo"]
runpy.run_module("velo", run_name="__main__", alter_sys=False)
"""
QUERYING = '''
import os, signal, threading, time
from velo import cli
from velo.disk.interruptible import connect

def press():
    """A press before the query has begun is lost: press again, as a person would."""
    while True:
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

def query():
    threading.Thread(target=press, daemon=True).start()
    connect().sql("SELECT count(*) FROM range(1000000000000) AS a WHERE a.range % 7 = 3").fetchall()

signal.signal(signal.SIGINT, signal.default_int_handler)
cli.app = query
cli.main()
'''
PROJECT = Path(__file__).parents[2]


def pressed(module: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRESSED, module, *words],
        env={**os.environ, "VELO_HOME": str(home)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("module", ["velo.cli", "typer", "velo.cli.ui"])
def test_before_there_is_a_command_line_it_ends_the_process_without_a_word(
    module: str, tmp_path: Path
) -> None:
    done = pressed(module, tmp_path / "home", "status")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
    assert not (tmp_path / "home").exists()


@pytest.mark.few(1)
@pytest.mark.parametrize("module", ["velo.home", "duckdb", "pandas"])
def test_while_a_command_imports_what_it_needs_no_traceback_is_shown(
    module: str, tmp_path: Path
) -> None:
    done = pressed(module, tmp_path / "home", "ledger")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_in_the_midst_of_a_query_it_is_no_fault_of_the_query(tmp_path: Path) -> None:
    """Also where one thread of DuckDB's own holds the whole query, as it does one time in three.

    From a file, as the command runs: under `-c` DuckDB draws a bar in Python all the while.
    """
    script = tmp_path / "query.py"
    script.write_text(QUERYING, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "")
