"""Homes and files that belong to somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.velo_command import ALONE
from velo.backup.restore import restore
from velo.disk.file_hash import sha256_of
from velo.store.registration import apply

NOBODY = 65534
EARLIER = Path(__file__).resolve().parent.parent / "homes" / "v1.1.0"
WITHOUT_PRIVILEGE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root's Python may lie where nobody else can read it, so it is root who loses its privilege."""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can give a file away, and setpriv takes root's privilege to read it",
)


def unprivileged(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these words as a user who may do to others' files what their modes say."""
    return subprocess.run(
        [*WITHOUT_PRIVILEGE, sys.executable, *words],
        env={**os.environ, **ALONE, "VELO_HOME": str(home)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def give_away(path: Path, mode: int) -> None:
    """Let a file, or a folder with all that is in it, be somebody else's."""
    for each in (path, *path.rglob("*")):
        os.chown(each, NOBODY, NOBODY, follow_symlinks=False)
        if not each.is_symlink():
            each.chmod(mode | 0o111 if each.is_dir() else mode)


OPENED = """
import sys
from pathlib import Path
from velo.disk.sqlite_file import sqlite_file
from velo.errors import HomeError
try:
    with sqlite_file(Path(sys.argv[1]), ["CREATE TABLE IF NOT EXISTS t (a)"]) as con:
        con.execute("INSERT INTO t VALUES (1)")
except HomeError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("mode", "able"), [(0o644, "written to"), (0o600, "read")], ids=["for reading", "for nobody"]
)
def test_a_database_of_another_owner_is_named_with_its_owner(
    tmp_path: Path, mode: int, able: str
) -> None:
    path = tmp_path / "other.db"
    path.touch()
    give_away(path, mode)
    asked = unprivileged(tmp_path, "-c", OPENED, str(path))
    assert asked.stdout == (
        f"{path} cannot be {able} by root: it belongs to nobody; run velo as nobody, or let root "
        "read and write it\n"
    )


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of somebody else's that everybody may read."""
    place = tmp_path_factory.mktemp("owned")
    restore(EARLIER / "home.tar.gz", place / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(place / "home"))
        apply()
    give_away(place / "home", 0o644)
    return place


def hashes(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): sha256_of(path) for path in home.rglob("*") if path.is_file()
    }


WRITING = {
    "ingest": ("ingest", f"{EARLIER}/results_2016-08-03.csv"),
    "undo": ("ingest", "--undo", "1"),
    "recheck": ("ingest", "--recheck"),
    "results": ("results", f"{EARLIER}/results_2016-08-03.csv"),
    "build": ("build",),
    "materialize": ("materialize",),
    "predict": ("predict", f"{EARLIER}/card_2016-08-03.csv", "--model", "1", "--backfill"),
    "train": ("train",),
    "backtest": ("backtest", "--model", "1"),
    "promote": ("promote", "1"),
    "serve": ("serve", "--port", "0"),
    "restore": ("restore", f"{EARLIER}/home.tar.gz", "--into", "{home}/restored"),
    "backup": ("backup", "{home}.velo"),
    "migrate": ("migrate",),
}


@pytest.mark.slow
@pytest.mark.parametrize("words", WRITING.values(), ids=WRITING)
def test_a_home_of_another_owner_is_refused_in_one_line_and_left_as_it_is(
    owned: Path, words: tuple[str, ...]
) -> None:
    home = owned / "home"
    before = hashes(home)
    asked = unprivileged(home, "-m", "velo", *(word.format(home=home) for word in words))
    assert asked.returncode == 2
    assert asked.stderr.startswith("velo: ")
    assert asked.stderr.count("\n") == 1
    assert "by root: it belongs to nobody; run velo as nobody" in asked.stderr
    assert hashes(home) == before


READING = {
    "status": ("status", "--json"),
    "batches": ("ingest", "--batches"),
    "quarantine": ("quarantine",),
    "ledger": ("ledger",),
    "audit": ("audit", "--ledger"),
    "drift": ("drift",),
    "report": ("report",),
}


@pytest.mark.slow
@pytest.mark.parametrize("words", READING.values(), ids=READING)
def test_a_home_of_another_owner_is_read_or_refused_in_one_line_and_left_as_it_is(
    owned: Path, words: tuple[str, ...]
) -> None:
    before = hashes(owned / "home")
    asked = unprivileged(owned / "home", "-m", "velo", *words)
    assert asked.returncode in (0, 1, 2)
    lines = [line for line in asked.stderr.splitlines() if line.startswith("velo: ")]
    assert len(lines) == (asked.returncode == 2)
    assert "Traceback" not in asked.stderr
    assert "unexpected" not in asked.stderr
    assert hashes(owned / "home") == before


@pytest.mark.slow
def test_a_home_that_may_not_be_looked_into_is_refused_in_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    give_away(home, 0o600)
    home.chmod(0o700)
    asked = unprivileged(home, "-m", "velo", "status")
    assert asked.returncode == 2
    assert asked.stderr.startswith(f"velo: {home} cannot be read by root: it belongs to nobody;")


@pytest.mark.slow
def test_a_file_of_another_owner_is_refused_by_name(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    shutil.copy(EARLIER / "results_2016-08-03.csv", secret)
    give_away(secret, 0o600)
    asked = unprivileged(tmp_path / "home", "-m", "velo", "ingest", str(secret))
    assert (asked.returncode, asked.stderr) == (
        2,
        f"velo: {secret} cannot be read: Permission denied\n",
    )
