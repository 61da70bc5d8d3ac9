"""The independent reader reads the cases as their table says, and generated files as planted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.differential.exchange_files import FORMS, generate_prices
from tests.differential.generated import Planted, generate
from tests.differential.layouts import LAYOUTS
from tests.differential.reading import Reading, Row
from tests.differential.shared import CASES, DATA, needs_data, read_case
from tests.differential.trial import read

FILES_EACH = 12


def by_horse(reading: Reading, *fields: str) -> list[list[Any]]:
    """The expected values of each horse, the horses in order."""
    rows = sorted((row for row in reading.rows if row.key), key=lambda row: row.key[2])
    return [[row.cells[name].values[0] for name in fields] for row in rows]


def wanted(case: str, *columns: int) -> list[list[Any]]:
    cases = {c["id"]: c for c in json.loads((DATA / "cases/expected.json").read_text("utf-8"))}
    return [[row[k] for k in columns] for row in cases[case]["want"]]


@needs_data
@pytest.mark.parametrize(
    ("case", "file", "fields", "columns"),
    [
        ("01", "01-rpscrape-default.csv", ("race_name", "weight", "sp"), (1, 2, 3)),
        ("01b", "01b-lbs-without-wgt.csv", ("weight",), (1,)),
        ("02", "02-rpscrape-2019-feb.csv", ("jockey", "trainer"), (1, 2)),
        ("02b", "02b-rpscrape-2018-dec.csv", ("jockey", "trainer"), (1, 2)),
        (
            "03",
            "03-rpscrape-2019-2020.csv",
            ("off", "distance", "weight", "sp", "jockey", "trainer"),
            (1, 2, 3, 4, 5, 6),
        ),
        ("08", "08-results-with-position.csv", ("sp", "weight", "number"), (2, 3, 4)),
    ],
)
def test_a_case_is_read_as_its_table_says(
    case: str, file: str, fields: tuple[str, ...], columns: tuple[int, ...]
) -> None:
    ours = by_horse(read_case(file), *fields)
    theirs = wanted(case, *columns)
    assert all(
        mine == pytest.approx(yours) if isinstance(yours, float) else mine == yours
        for one, other in zip(ours, theirs, strict=True)
        for mine, yours in zip(one, other, strict=True)
    ), (ours, theirs)


@needs_data
@pytest.mark.parametrize(
    ("case", "file"),
    [("04", "04-two-clocks.csv"), ("05", "05-region-column.csv"), ("06", "06-california.csv")],
)
def test_the_offs_of_a_case_are_those_of_its_table(case: str, file: str) -> None:
    offs = {
        (row.cells["course"].values[0], row.cells["off"].values) for row in read_case(file).rows
    }
    assert sorted(offs) == sorted((course, (off,)) for course, off in wanted(case, 0, 1))


@needs_data
def test_the_spreadsheets_case_loses_three_prices_and_four_weights() -> None:
    rows = read_case("09-saved-in-spreadsheet.csv").rows
    lost = {f: sum(row.cells[f].report == "must" for row in rows) for f in ("sp", "weight")}
    assert lost == {"sp": 3, "weight": 4}


@needs_data
def test_the_month_first_case_has_no_race_in_may_and_august() -> None:
    days = {row.key[0].isoformat()[5:] for row in read_case("10-month-first.csv").rows if row.key}
    assert days == {"01-05", "01-19", "02-09", "02-23", "03-08", "03-22", "04-05", "04-26"}


@needs_data
def test_the_card_of_case_12_names_two_that_do_not_run() -> None:
    rows = read_case("12-card-with-non-runners.json").rows
    running = {row.key[2] for row in rows if row.key and row.cells["standing"].values == (None,)}
    assert running == {"alder bough", "cedar lane", "elder field"}


@needs_data
def test_stalls_coupled_entries_and_the_impossible_are_seen_for_what_they_are() -> None:
    assert all(row.cells["draw"].values == (None,) for row in read_case("13-stall-0.csv").rows)
    assert len(read_case("16-coupled.csv").coupled) == 1
    first, _, third = read_case("17-beyond-reason.csv").rows
    assert (first.cells["sp"].report, third.cells["position"].report) == ("must", "must")


@needs_data
def test_every_case_is_read() -> None:
    files = {p.name for p in (DATA / "cases").iterdir() if p.name[0].isdigit()}
    assert files - set(CASES) == {"04-bsp.csv", "07-bsp-aus.csv"}
    assert all(read_case(name).rows for name in CASES)


def disagreement(planted: Planted, row: Row) -> list[str]:
    """Where the reader does not see what was planted; another column may stand in for one."""
    lines = []
    for name, cell in planted.cells.get(row.line, {}).items():
        seen = row.cells[name]
        stands_in = seen.report == "free" or (cell.values == (None,) and cell.report == "no")
        agrees = all(seen.accepts(value) for value in cell.values) and seen.report == cell.report
        if not agrees and not (stands_in and name in ("sp", "weight", "seconds")):
            lines.append(f"{planted.path.name} {row.line} {name}: {seen}, planted {cell}")
    at = planted.moments[row.line]
    off = row.cells["off"]
    if off.report == "no" and at not in row.cells["off_at"].values:
        lines.append(f"{planted.path.name} {row.line}: the off is {off}, planted {at}")
    return lines


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_oddity_is_seen_where_it_was_planted(name: str, tmp_path: Path) -> None:
    oddities = 0
    for seed in range(FILES_EACH):
        planted = generate(tmp_path, name, seed)
        reading = read(planted.path, planted.layout)
        oddities += planted.oddities
        assert reading.refused_whole == planted.refused_whole
        if reading.refused_whole:
            continue
        assert {row.line for row in reading.rows if row.refused} == planted.refused
        accepted = [row for row in reading.rows if not row.refused]
        assert [line for row in accepted for line in disagreement(planted, row)] == []
    assert oddities > 4 * FILES_EACH


def test_a_seed_gives_the_same_file_again(tmp_path: Path) -> None:
    for name in (*LAYOUTS, *FORMS):
        texts = []
        for _ in range(2):
            if name in FORMS:
                _, planted, _ = generate_prices(tmp_path, name, 3)
            else:
                planted = generate(tmp_path, name, 3)
            texts.append(planted.path.read_bytes())
        assert texts[0] == texts[1]
