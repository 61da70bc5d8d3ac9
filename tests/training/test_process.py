"""A process is told from one that is gone, wherever it runs and whatever its machine is called."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.training.crashing import started
from training.record.process import FOLDER, is_dead, this_process
from velo.home import Home

TRAINING_THERE = """
import platform, sys
from pathlib import Path
from training.record.process import this_process
from velo.home import Home

platform.node = lambda: sys.argv[2]
print(this_process(Home(Path(sys.argv[1]))), flush=True)
input()
"""
"""A process on a machine of any name."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_this_process_is_alive(home: Home) -> None:
    assert not is_dead(this_process(home), home)
    assert this_process(home) == this_process(home)
    assert len(list((home.root / FOLDER).iterdir())) == 1


@pytest.mark.parametrize("name", ["another-container", platform.node()])
def test_a_process_of_a_machine_of_any_name_is_alive_until_it_is_killed(
    home: Home, name: str
) -> None:
    other = started(TRAINING_THERE, str(home.root), name)
    tag = other.stdout.readline().strip()
    machine, _, began, file = tag.split(" ")
    assert machine == name
    # Its number means another process here, or none, as in another container.
    elsewhere = f"{machine} 4194305 {began} {file}"
    assert not is_dead(tag, home)
    assert not is_dead(elsewhere, home)
    other.kill()
    other.wait()
    assert is_dead(tag, home)
    assert is_dead(elsewhere, home)
    this_process(home)
    assert file not in os.listdir(home.root / FOLDER), "what it left is cleared"


def test_a_process_that_ends_by_itself_leaves_no_file(home: Home) -> None:
    other = started(TRAINING_THERE, str(home.root), "a-machine")
    tag = other.stdout.readline().strip()
    other.communicate("\n")
    assert is_dead(tag, home)
    assert not list((home.root / FOLDER).iterdir())


def test_in_a_copy_of_a_home_nobody_trains(home: Home, tmp_path: Path) -> None:
    tag = this_process(home)
    assert is_dead(tag, Home(tmp_path / "copy"))


def test_a_killed_process_of_an_earlier_version_is_dead_also_before_its_parent_asks_for_it(
    home: Home,
) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = f"{platform.node()} {child.pid} {psutil.Process(child.pid).create_time():.2f}"
    assert not is_dead(known, home)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(known, home), "a zombie"
    child.wait()
    assert is_dead(known, home)


@pytest.mark.parametrize("file", ["", " -"])
def test_a_number_that_was_given_out_again_is_not_the_process(home: Home, file: str) -> None:
    machine, number, began, _ = this_process(home).split(" ")
    assert is_dead(f"{machine} {number} {float(began) - 60}{file}", home)


@pytest.mark.parametrize(
    "tag", ["", "elsewhere 1 0.0", "elsewhere 1 0.0 -", "x", "a b c d e", f"{platform.node()} x y"]
)
def test_of_what_names_no_process_of_this_machine_nothing_is_known(home: Home, tag: str) -> None:
    assert not is_dead(tag, home)
