"""A refused row is kept with its reason, its file and its line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import STORE, ask, file_of, load, race, row, text_of
from velo.home import Home
from velo.warehouse import quarantine
from velo.warehouse.connection import warehouse

REFUSED = {
    "date-unreadable": row("Delta", "4", date="31 Feb 2015"),
    "course-missing": row("Delta", "4", course="–"),
    "horse-missing": row("  ", "4"),
    "race-unnamed": row("Delta", "4", off="", race_name="", race_id=""),
    "off-unreadable": row("Delta", "4", off="25:00", race_id=""),
    "position-unreadable": row("Delta", "first"),
    "duplicate-runner": row("Alpha (IRE)", "2"),
}


def refusals(home: Home) -> list[quarantine.RefusedRow]:
    with warehouse(home, STORE, write=False) as con:
        return quarantine.refusals(con, limit=10)


@pytest.mark.few(1)
@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_is_refused_with_its_reason_file_and_line(
    home: Home, tmp_path: Path, reason: str
) -> None:
    path = file_of(tmp_path, [*race(), REFUSED[reason], row("Echo", "5")])
    batch = load(home, path)
    assert (batch.accepted, batch.quarantined) == (4, 1)
    (refusal,) = refusals(home)
    assert (refusal.file, refusal.line, refusal.reason) == (str(path.resolve()), 5, reason)
    assert json.loads(refusal.raw or "")["jockey"] == "A Rider"


def test_a_line_that_does_not_split_is_kept_as_it_stands(home: Home, tmp_path: Path) -> None:
    lines = text_of([*race(), row("Echo", "5")]).splitlines()
    lines.insert(3, "2015-04-26,Ripon,too short")
    path = tmp_path / "short.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    batch = load(home, path)
    assert (batch.rows_read, batch.accepted, batch.quarantined) == (5, 4, 1)
    (refusal,) = refusals(home)
    assert (refusal.line, refusal.reason) == (4, "malformed-line")
    assert refusal.raw == "2015-04-26,Ripon,too short"


def test_lines_are_the_files_own_behind_malformed_ones(home: Home, tmp_path: Path) -> None:
    good = text_of([row("Alpha", "1"), row("Bravo", "2"), row("", "3"), row("", "4")]).splitlines()
    lines = [good[0], "bad", good[1], "bad", "bad", good[3], good[2], good[4], "bad"]
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    load(home, path)
    where = [(refusal.line, refusal.reason) for refusal in refusals(home)]
    assert where == [
        (2, "malformed-line"),
        (4, "malformed-line"),
        (5, "malformed-line"),
        (6, "horse-missing"),
        (8, "horse-missing"),
        (9, "malformed-line"),
    ]


def test_every_reason_that_can_occur_is_explained(home: Home, tmp_path: Path) -> None:
    of_price_files = {"place-market", "price-missing"}
    of_whole_files = {"malformed-line", "file-refused"}
    assert {*REFUSED, *of_price_files, *of_whole_files} == set(quarantine.REASONS)


def test_reasons_are_counted_most_first(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("", "1"), row("", "2"), row("Alpha", "first")]))
    with warehouse(home, STORE, write=False) as con:
        counts = quarantine.counts_by_reason(con)
    assert list(counts.items()) == [("horse-missing", 2), ("position-unreadable", 1)]


def test_the_export_holds_every_refused_row(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [*race(), *REFUSED.values()])
    load(home, path)
    target = tmp_path / "o'brien's refused.csv"
    with warehouse(home, STORE, write=False) as con:
        assert quarantine.export(con, target) == len(REFUSED)
    with target.open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    assert [(refusal["line"], refusal["reason"]) for refusal in exported] == [
        (str(line), reason) for line, reason in enumerate(REFUSED, 5)
    ]


def test_a_dash_is_no_position_and_no_reason_to_refuse(home: Home, tmp_path: Path) -> None:
    batch = load(home, file_of(tmp_path, [row("Alpha", "–"), row("Bravo", "-")]))
    assert (batch.accepted, batch.quarantined) == (2, 0)
    assert ask(home, "SELECT count(*) FROM results") == [(0,)]
