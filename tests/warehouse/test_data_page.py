"""docs/data.md describes what the warehouse is, column for column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import STORE
from velo.home import Home
from velo.racing import reason
from velo.warehouse.connection import warehouse
from velo.warehouse.quarantine import REASONS
from velo.warehouse.readers import READERS, named
from velo.warehouse.readers.reader import PRICE_KINDS
from velo.warehouse.staging import MISSING

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
WHEN = {
    "before",
    "off",
    "after",
    "import",
    "after (before where declared)",
    "by its kind",
}


def sections() -> dict[str, list[list[str]]]:
    """Heading -> the rows of the table below it, as cells."""
    tables: dict[str, list[list[str]]] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
            tables[heading] = []
        elif line.startswith("|"):
            tables[heading].append([cell.strip() for cell in line.strip("|").split("|")])
    return {heading: rows[2:] for heading, rows in tables.items()}


def described() -> dict[str, dict[str, list[str]]]:
    """Table or view -> column -> the cells that describe it."""
    return {
        named[2]: {cells[0].strip("`"): cells[1:] for cells in rows}
        for heading, rows in sections().items()
        if (named := re.fullmatch(r"(Table|View) `(\w+)`", heading))
    }


def existing(home: Home) -> dict[str, list[str]]:
    """Table or view -> its columns in order."""
    with warehouse(home, STORE, write=True) as con:
        rows = con.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE schema_name = 'main' AND NOT internal GROUP BY table_name"
        ).fetchall()
    return {table: list(columns) for table, columns in rows}


def is_copy(table: str) -> bool:
    """Whether the page describes the table by another."""
    return table.startswith("earlier_") or table.endswith("_tellings")


def test_every_column_of_the_warehouse_is_described_in_its_order(home: Home) -> None:
    tables = {name: columns for name, columns in existing(home).items() if not is_copy(name)}
    assert {table: list(columns) for table, columns in described().items()} == tables


def test_copies_have_the_columns_that_the_page_says(home: Home) -> None:
    tables = existing(home)
    page = PAGE.read_text(encoding="utf-8")
    for name in filter(is_copy, tables):
        assert f"`{name}`" in page
        if name.startswith("earlier_"):
            assert tables[name] == [*tables[name.removeprefix("earlier_")], "replaced_by"]
    assert tables["race_tellings"] == tables["races"]
    assert set(tables["runner_tellings"]) == {*tables["runners"], *tables["results"]}


def test_every_flag_is_described(home: Home) -> None:
    with warehouse(home, STORE, write=True) as con:
        (checks,) = con.execute(
            "SELECT string_agg(expression, ' ') FROM duckdb_constraints() "
            "WHERE table_name = 'race_flags'"
        ).fetchall()[0]
    flags = {cells[0].strip("`") for cells in sections()["Races that are flagged"]}
    assert flags == set(re.findall(r"'([a-z-]+)'", checks))


def test_every_kind_of_price_is_described() -> None:
    named = " ".join(cells[0] for cells in sections()["Kinds of price"])
    assert set(re.findall(r"`([a-z-]+)`", named)) == set(PRICE_KINDS)


def test_every_column_says_what_it_means_and_when_it_is_known() -> None:
    for table, columns in described().items():
        for column, cells in columns.items():
            assert cells[0], f"{table}.{column} has no meaning"
            if f"View `{table}`" not in sections():
                assert cells[-1] in WHEN, f"{table}.{column}: when is it known?"


@pytest.mark.parametrize("column", ["rpr", "ts", "comment", "seconds", "prize_won", "beaten"])
def test_what_is_earned_in_the_race_is_known_after_it(column: str) -> None:
    assert described()["results"][column][-1] == "after"


def test_the_views_columns_are_what_the_page_says(home: Home) -> None:
    columns = existing(home)
    views = ("racing_data", "prices", "entries")
    for cells in (cells for view in views for cells in described()[view].values()):
        named = re.match(r"`(\w+)\.(\w+)`", cells[0])
        assert named
        assert named[2] in columns[named[1]]


def test_every_format_is_described_with_its_prices() -> None:
    rows = {cells[0].strip("`"): cells for cells in sections()["Formats"]}
    assert list(rows) == [reader.name for reader in READERS]
    for reader in READERS:
        _, _, prices, mark = rows[reader.name]
        assert set(re.findall(r"`([\w-]+)`", prices)) == set(reader.prices)
        columns = reader.spelt | reader.signs | reader.unused
        assert set(re.findall(r"`(\w+)`", mark)) <= columns


def test_every_column_of_the_format_years_is_one_that_its_reader_knows() -> None:
    rows = [cells for cells in table_of_format_years() if "`raceform`" not in cells[2]]
    assert len(rows) > 10
    for _, _, form, spelt in rows:
        if "same" not in form:
            reader = named(form.strip("`"))
            for name in re.findall(r"(?:^|[;,] |else )(?:[a-z]+ )*`([\w()£]+)`", spelt):
                assert name in reader.spelt, (form, name)


def table_of_format_years() -> list[list[str]]:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("### Format-years")[2].partition("| --- |")[2].partition("\n\n")[0]
    lines = table.splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_reason_is_described_in_its_own_words() -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in sections()["Quarantine reasons"]}
    assert rows == REASONS


def test_the_ways_of_writing_nothing_are_named_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (sentence,) = re.findall(r"^- A missing value is written as empty, (.*)\.$", page, re.MULTILINE)
    assert re.findall(r"`([^`]+)`", sentence) == list(
        dict.fromkeys(word.lower() for word in MISSING if word)
    )


def test_the_bounds_of_reason_are_those_of_the_code() -> None:
    written = {cells[0].strip("`"): tuple(cells[1:]) for cells in sections()["Bounds of reason"]}
    assert written == {
        name: (
            "above 1" if name == "PRICE" else f"{bound.least:.12g}",
            f"{bound.most:.12g}",
            "" if bound.blank is None else f"{bound.blank:g}",
        )
        for name, bound in vars(reason).items()
        if isinstance(bound, reason.Bound)
    }
