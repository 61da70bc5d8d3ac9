"""`velo status` of a home that results and a card came into."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.warehouse.raceform_file import COLUMNS, load, race, row, text_of
from velo.home import Home
from velo.monitoring.status import elsewhere
from velo.offline.build import build
from velo.offline.manifest import NAME
from velo.settings import Settings

AFTER = ("pos", "ovr_btn", "btn", "time", "prize", "rpr", "ts", "comment", "sp")


@pytest.mark.slow
def test_results_leave_the_build_behind_and_a_card_alone_does_not(
    home: Home, tmp_path: Path
) -> None:
    (tmp_path / "results.csv").write_text(text_of(race()), encoding="utf-8")
    load(home, tmp_path / "results.csv")
    build(home, Settings())

    declared = [name for name in COLUMNS if name not in AFTER]
    tomorrow = race(date="2099-04-27", race_id="9")
    (tmp_path / "card.csv").write_text(text_of(tomorrow, declared), encoding="utf-8")
    assert load(home, tmp_path / "card.csv").accepted == 3
    status = velo(home.root, "status", "--json")
    assert status.json["staleness"]["build_behind"] == 0
    assert status.json["staleness"]["next_race_day"] == "2099-04-27"

    late = [row("Delta", "1", race_id="10", off="3:00")]
    (tmp_path / "late.csv").write_text(text_of(late), encoding="utf-8")
    load(home, tmp_path / "late.csv")
    status = velo(home.root, "status", "--json")
    assert status.code == 1
    assert status.json["staleness"]["build_behind"] == 1
    assert status.json["next"] == "velo build"


@pytest.mark.slow
def test_a_build_of_an_earlier_version_is_used_and_due(home: Home, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(text_of(race()), encoding="utf-8")
    load(home, tmp_path / "results.csv")
    build(home, Settings())
    assert velo(home.root, "status", "--json").json["build"]["hashed"]
    (home.current_build / NAME).unlink()
    status = velo(home.root, "status", "--json").json
    assert status["due"][0] == {
        "command": "velo build",
        "why": "the build is from before files had hashes",
    }


def test_a_home_that_was_moved_says_so_and_how_it_is_brought_over(
    home: Home, tmp_path: Path
) -> None:
    """MLflow's database says where its artifacts lie."""
    home.root.rename(tmp_path / "moved")
    moved = Home(tmp_path / "moved")
    with closing(sqlite3.connect(moved.root / "mlflow.db")) as con, con:
        con.execute("CREATE TABLE experiments (artifact_location TEXT)")
        con.execute("INSERT INTO experiments VALUES (?)", [home.artifacts.as_uri()])
    old_homes = elsewhere(moved)
    assert old_homes == (str(home.root),)
    (tmp_path / "home").symlink_to(moved.root)
    assert elsewhere(moved) == (), "a link leads there"
