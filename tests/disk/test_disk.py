"""A file is seen whole or not at all, and a path is held by one process at a time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from velo.disk.file_lock import held_alone
from velo.disk.spreadsheet import write_frame
from velo.disk.whole_file import write_whole
from velo.errors import HomeError

HOLDS = """
import sys
from pathlib import Path
from velo.disk.file_lock import held_alone
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


def test_a_files_mode_is_what_the_process_gives_its_files(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        path = write_whole(tmp_path / "predictions.json", "{}")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_whole(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_export_on_a_full_disk_leaves_the_one_before(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bets{suffix}"
    write_frame(path, pd.DataFrame({"horse": ["the first"]}))
    first = path.read_bytes()
    large = pd.DataFrame({"horse": [str(n) for n in range(100_000)]})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_frame(path, large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


KILLED = """
import os, sys
from pathlib import Path
from velo.disk.spreadsheet import write_frame
from velo.disk.whole_file import draft_of
with draft_of(Path(sys.argv[1])) as draft:
    draft.write_text("half")
    os.kill(os.getpid(), 9)
"""


def test_a_killed_export_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "bets.csv"
    path.write_text("the first")
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == -9
    assert path.read_text() == "the first"


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
