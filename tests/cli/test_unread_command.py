"""What the commands say, and how they end, where cells or dates could not be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.warehouse.raceform_file import file_of, race, row


@pytest.mark.slow
def test_an_ingest_says_what_it_could_not_read_and_strict_ends_with_1(tmp_path: Path) -> None:
    rows = race()
    rows[0]["sp"], rows[1]["wgt"] = "07-Feb", "20-0"
    path = str(file_of(tmp_path, rows))
    loose = velo(tmp_path, "ingest", path)
    assert loose.code == 0
    assert "warning: results.csv: sp: 1 of 3 could not be read (line 2 '07-Feb')" in loose.out
    assert "warning: results.csv: weight: 1 of 3 are beyond reason (line 3 '20-0')" in loose.out
    again = velo(tmp_path, "ingest", path, "--strict", "--json")
    assert again.code == 1
    assert again.json["files"][0]["unread"] == {"price_sp": 1, "weight": 1}
    listed = velo(tmp_path, "quarantine", "--unread", "--json").json["unread"]
    assert [
        (each["field"], each["reason"], each["cells"], each["given"], each["examples"])
        for each in listed
    ] == [
        ("price_sp", "unreadable", 1, 3, [{"line": 2, "text": "07-Feb"}]),
        ("weight", "beyond-reason", 1, 3, [{"line": 3, "text": "20-0"}]),
    ]
    assert {each["file"] for each in listed} == {path}
    assert "07-Feb" in velo(tmp_path, "quarantine", "--unread").out
    stand = velo(tmp_path, "status", "--json").json
    assert {each["field"] for each in stand["warehouse"]["unread"]} == {"price_sp", "weight"}


def test_a_file_of_which_no_row_is_kept_ends_with_1_and_one_refused_whole_with_2(
    tmp_path: Path,
) -> None:
    none = velo(tmp_path, "ingest", str(file_of(tmp_path, [row("Alpha", "1", date="5/1/15")])))
    assert none.code == 1
    assert "none of its 1 rows was kept" in none.out
    both = [row("Alpha", "1", date=day) for day in ("19/01/2023", "01/19/2023")]
    whole = velo(tmp_path, "ingest", str(file_of(tmp_path, both, "both.csv")))
    assert whole.code == 2
    assert "line 2 has '19/01/2023'" in whole.err
    assert "line 3 has '01/19/2023'" in whole.err


def test_a_file_whose_dates_could_be_either_says_which_was_taken(tmp_path: Path) -> None:
    path = file_of(tmp_path, [row("Alpha", "1", date="05/01/2023", ran="1")])
    answer = velo(tmp_path, "ingest", str(path), "--json")
    (note,) = answer.json["files"][0]["notes"]
    assert "day first" in note
    assert answer.code == 0
