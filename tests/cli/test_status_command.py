"""`velo status` of a home that results and a card came into."""

from __future__ import annotations

from pathlib import Path

from tests.cli.velo_command import velo
from tests.warehouse.raceform_file import COLUMNS, load, race, row, text_of
from velo.home import Home
from velo.offline.build import build
from velo.settings import Settings

AFTER = ("pos", "ovr_btn", "btn", "time", "prize", "rpr", "ts", "comment", "sp")


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
    said = velo(home.root, "status", "--json")
    assert said.json["staleness"]["build_behind"] == 0
    assert said.json["staleness"]["next_race_day"] == "2099-04-27"

    late = [row("Delta", "1", race_id="10", off="3:00")]
    (tmp_path / "late.csv").write_text(text_of(late), encoding="utf-8")
    load(home, tmp_path / "late.csv")
    said = velo(home.root, "status", "--json")
    assert said.code == 1
    assert said.json["staleness"]["build_behind"] == 1
    assert said.json["next"] == "velo build"
