"""A file is seen whole or not at all, and a path is held by one process at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from velo.disk.held_alone import held_alone
from velo.disk.whole_file import write_whole
from velo.errors import HomeError

HOLDS = """
import sys
from pathlib import Path
from velo.disk.held_alone import held_alone
path = Path(sys.argv[1])
with held_alone(path, "work", path):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_that_cannot_be_written_leaves_the_one_before_and_no_draft(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "reports" / "one.json", "the first")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half of it \ud800")
    assert path.read_text(encoding="utf-8") == "the first"
    assert [each.name for each in path.parent.iterdir()] == ["one.json"]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_path_that_another_process_holds_is_refused_until_that_one_is_dead(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path if kind == "folder" else tmp_path / ".lock"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with (
        pytest.raises(HomeError, match="another work is under way"),
        held_alone(path, "work", path),
    ):
        pass
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    with held_alone(path, "work", path):
        pass
