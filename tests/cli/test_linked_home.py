"""A home that is a link, and one whose link is moved on while a command runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.velo_command import ALONE, velo
from velo import cli
from velo.backup.restore import restore
from velo.disk.file_hash import sha256_of
from velo.home import Home

EARLIER = Path(__file__).resolve().parent.parent / "homes" / "v1.1.0"


def point(link: Path, at: Path) -> None:
    """Move a link on in one step, as somebody does who swaps homes."""
    fresh = link.with_name("fresh")
    fresh.symlink_to(at, target_is_directory=True)
    fresh.replace(link)


def test_a_command_stays_in_the_home_that_it_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
    one.mkdir()
    other.mkdir()
    point(link, one)
    monkeypatch.setenv("VELO_HOME", str(link))
    cli._options(debug=False)
    point(link, other)
    assert Home.current().root == one


SWAPPED = """
import os, sys
from pathlib import Path
import velo.live.predict as predict
link, other = Path(sys.argv[1]), Path(sys.argv[2])
del sys.argv[1:3]
kept = predict.keep_card
def then_swapped(*words, **named):
    done = kept(*words, **named)
    fresh = link.with_name("fresh")
    fresh.symlink_to(other, target_is_directory=True)
    fresh.replace(link)
    return done
predict.keep_card = then_swapped
from velo.__main__ import main
main()
"""


@pytest.mark.slow
def test_a_card_is_predicted_in_one_home_though_its_link_is_moved_on_meanwhile(
    tmp_path: Path,
) -> None:
    one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
    for home in (one, other):
        restore(EARLIER / "home.tar.gz", home)
    point(link, one)
    assert velo(link, "migrate").code == 0
    before = {path: sha256_of(path) for path in other.rglob("*") if path.is_file()}
    card = str(EARLIER / "card_2016-08-03.csv")
    words = ("predict", card, "--model", "1", "--backfill", "--json")
    done = subprocess.run(
        [sys.executable, "-c", SWAPPED, str(link), str(other), *words],
        env={**os.environ, **ALONE, "VELO_HOME": str(link)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert link.resolve() == other
    assert {path: sha256_of(path) for path in other.rglob("*") if path.is_file()} == before
    assert velo(one, "audit", "--ledger").code == 0
