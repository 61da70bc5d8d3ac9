"""Text of other people's files is shown, and exported, without what a terminal or sheet obeys."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.cli import console
from velo.disk.printable import printable
from velo.disk.spreadsheet import cell, write_frame, write_rows

STEERING = "\x1b]0;title\x07\x9b2J\r\n\u202egnaw\u2028\x7f\u00ad\udcff"
HORSES = ['=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1+1", "＝1+1"]


def seen(text: str) -> set[str]:
    """The categories of what is not to be seen in a text, its own line ends left out."""
    return {unicodedata.category(each) for each in text.replace("\n", "")} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }


@pytest.mark.parametrize("horse", HORSES)
def test_a_horse_named_as_a_formula_is_a_text_in_a_spreadsheet(horse: str) -> None:
    assert cell(horse).startswith("'") or cell(horse).startswith("\\t")


@pytest.mark.parametrize("value", ["-3.5", "+5", "-", "1,200", "-12.5%", "Night Nurse", -3.5, None])
def test_a_number_and_a_name_are_the_same_in_a_spreadsheet(value: object) -> None:
    assert cell(value) == value


@given(st.text())
def test_no_text_steers_a_terminal_or_begins_a_formula(text: str) -> None:
    assert not seen(printable(text))
    assert "\n" not in printable(text)
    begins = str(cell(text)).lstrip()
    assert not begins.startswith(("=", "@", "＝", "＠"))
    assert re.fullmatch(r"[+-]?[\d,.]*%?", begins) or not begins.startswith(("+", "-"))


@given(st.text())
def test_json_that_is_printed_reads_back_as_it_was(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("sys.stdout.write", printed.append)
        console.emit_json({"horse": text})
    assert json.loads(printed[0]) == {"horse": text}
    assert not seen(printed[0])


def test_lines_tables_and_complaints_do_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.say(STEERING)
    console.note(STEERING)
    console.error(STEERING)
    console.table(f"[/red]{STEERING}", ["horse"], [[f"[red]{STEERING}"]])
    console.emit_json({"horse": STEERING})
    printed = capsys.readouterr()
    assert not seen(printed.out + printed.err)
    assert "\\x1b]0;title" in printed.err
    assert "[/red]\\x1b" in printed.out


@pytest.mark.parametrize("name", ["bets.csv", "rows.csv"])
def test_a_csv_for_people_has_harmless_text_and_the_numbers_as_they_are(
    tmp_path: Path, name: str
) -> None:
    path, columns = tmp_path / name, ["horse", "profit"]
    rows = [[horse, -1.25] for horse in [*HORSES, STEERING[:-1]]]
    if name == "rows.csv":
        write_rows(path, columns, rows)
    else:
        write_frame(path, pd.DataFrame(rows, columns=columns))
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["profit"] for row in read] == ["-1.25"] * len(rows)
    assert [row["horse"] for row in read] == [cell(horse) for horse, _ in rows]
    assert not seen("".join(row["horse"] for row in read))


def test_a_parquet_for_programs_has_the_text_as_it_is(tmp_path: Path) -> None:
    frame = pd.DataFrame({"horse": HORSES})
    write_frame(tmp_path / "bets.parquet", frame)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "bets.parquet"), frame)
