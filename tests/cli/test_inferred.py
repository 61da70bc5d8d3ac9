"""What was concluded is listed, undone by its number, and left out where a setting says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.warehouse.bare_files import slug_file
from tests.warehouse.raceform_file import ask, file_of, row
from velo.home import Home

HORSES = ("Cedar Lane (IRE)", "Damson Row (GB)")


def files(folder: Path) -> list[str]:
    irish = [
        row(
            horse,
            str(place),
            num=str(place),
            date="2020-06-12",
            course="Leopardstown (IRE)",
            off="3:10",
        )
        for place, horse in enumerate(HORSES, 1)
    ]
    return [str(file_of(folder, irish)), str(slug_file(folder, HORSES))]


@pytest.mark.slow
def test_a_conclusion_is_listed_and_taken_back_by_its_number(home: Home, tmp_path: Path) -> None:
    assert velo(home.root, "ingest", *files(tmp_path)).code == 0
    listed = velo(home.root, "status", "--inferred", "--json").json["inferences"]
    assert [each["kind"] for each in listed] == ["race", "course"]
    assert listed[0]["evidence"] == "2 of 2 horses are the same"
    assert "2 of 2 horses" in velo(home.root, "status", "--inferred").out
    number = str(listed[0]["inference_id"])
    assert velo(home.root, "ingest", "--unmerge", number).code == 0
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]
    again = velo(home.root, "ingest", "--unmerge", number)
    assert (again.code, "undone by batch 3 already" in again.err) == (2, True)


def test_a_setting_turns_conclusions_off(home: Home, tmp_path: Path) -> None:
    off = {"VELO_INGEST__INFER": "false"}
    assert velo(home.root, "ingest", *files(tmp_path), **off).code == 0
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]
    assert velo(home.root, "status", "--inferred", "--json").json == {"inferences": []}


def test_a_command_without_a_file_or_number_says_what_it_wants(home: Home) -> None:
    answer = velo(home.root, "ingest")
    assert (answer.code, "give files to ingest" in answer.err) == (2, True)
