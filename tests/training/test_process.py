"""A process is told from one that is gone, and from another that was given its number."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import psutil
import pytest

from training.record.process import is_dead, this_process


def test_this_process_is_alive():
    assert not is_dead(this_process())


def test_a_killed_process_is_dead_also_before_its_parent_asks_for_it():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = f"{platform.node()} {child.pid} {psutil.Process(child.pid).create_time():.2f}"
    assert not is_dead(known)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(known), "a zombie"
    child.wait()
    assert is_dead(known)


def test_a_number_that_was_given_out_again_is_not_the_process():
    machine, number, began = this_process().split(" ")
    assert is_dead(f"{machine} {number} {float(began) - 60}")


@pytest.mark.parametrize("said", ["", "elsewhere 1 0.0", "x", "a b c d", f"{platform.node()} x y"])
def test_of_what_is_not_of_this_machine_nothing_is_known(said):
    assert not is_dead(said)
