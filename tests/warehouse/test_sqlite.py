"""SQLite files: the flat table of a `velo_racing.db`, read in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import COLUMNS, ask, contents, file_of, load, race, row
from tests.warehouse.staged import STORE, staged
from velo.errors import InputError, UnknownFormat
from velo.home import Home
from velo.warehouse.bounds import inspect


def table_of(
    path: Path,
    rows: Iterable[Mapping[str, object]],
    table: str = "racing_data",
    columns: Iterable[str] = COLUMNS,
) -> Path:
    """An SQLite file with these rows in a table, beside those that it has."""
    names = list(columns)
    with closing(sqlite3.connect(path)) as lite:
        declared = ", ".join(f'"{name}"' for name in names)
        lite.execute(f'CREATE TABLE IF NOT EXISTS "{table}" ({declared})')
        lite.executemany(
            f'INSERT INTO "{table}" VALUES ({", ".join("?" for _ in names)})',
            [[each.get(name) for name in names] for each in rows],
        )
        lite.commit()
    return path


@pytest.mark.few(1)
@pytest.mark.parametrize("suffix", ["db", "sqlite", "sqlite3"])
def test_the_same_rows_from_sqlite_change_nothing(home: Home, tmp_path: Path, suffix: str) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    batch = load(home, table_of(tmp_path / f"velo_racing.{suffix}", race()))
    assert (batch.format, batch.rows_read, batch.unchanged) == ("raceform", 3, 3)
    assert contents(home) == before


def test_a_flat_table_is_read_with_its_own_names(home: Home, tmp_path: Path) -> None:
    renamed = {"or": "official_rating"}
    columns = [renamed.get(name, name) for name in COLUMNS]
    rows = [{renamed.get(k, k): v for k, v in each.items()} for each in race()]
    batch = load(home, table_of(tmp_path / "velo_racing.db", rows, columns=columns))
    assert (batch.format, batch.accepted) == ("racing_data", 3)
    assert ask(home, "SELECT DISTINCT official_rating FROM runners") == [(70.0,)]


def test_values_of_any_type_become_their_text(tmp_path: Path) -> None:
    typed = {**row("Alpha", "1"), "num": 7, "draw": 8.5, "age": None, "comment": b"made all"}
    _, (read,) = staged(table_of(tmp_path / "typed.db", [typed]))
    assert (read["number"], read["draw"], read["age"]) == ("7", "8.5", None)
    assert read["comment"] == "made all"


def test_rows_are_numbered_in_the_table_s_order(tmp_path: Path) -> None:
    path = table_of(tmp_path / "three.db", race())
    with closing(sqlite3.connect(path)) as lite:
        lite.execute("CREATE INDEX by_horse ON racing_data (horse DESC)")
        lite.commit()
    assert [(each["line"], each["horse"]) for each in staged(path)[1]] == [
        (1, "Alpha (IRE)"),
        (2, "Bravo"),
        (3, "Charlie (FR)"),
    ]


@pytest.mark.slow
def test_rows_keep_their_numbers_over_many_batches(tmp_path: Path) -> None:
    rows = [row(f"Horse {place}", "1") for place in range(1, 70_001)]
    staging, read = staged(table_of(tmp_path / "many.db", rows))
    assert staging.rows_read == 70_000
    assert all(each["horse"] == f"Horse {each['line']}" for each in read)


def test_a_text_of_several_lines_is_one_value(tmp_path: Path) -> None:
    rows = [row("Alpha", "1", comment="led\r\n\nheaded"), row("Bravo", "2")]
    _, read = staged(table_of(tmp_path / "lines.db", rows))
    assert [each["comment"] for each in read] == ["led\r\n\nheaded", "made all(op 5/2)"]


def test_a_text_that_is_not_utf_8_is_replaced_and_read_on(tmp_path: Path) -> None:
    path = table_of(tmp_path / "latin.db", [*race(), row("Delta", "4", owner="Zoë")])
    with closing(sqlite3.connect(path)) as lite:
        lite.execute("UPDATE racing_data SET comment = CAST(x'6b657074ff' AS TEXT) WHERE num = '2'")
        lite.commit()
    _, read = staged(path)
    assert read[1]["comment"] == "kept�"
    assert read[3]["owner"] == "Zoë"


def test_a_value_with_the_parting_sign_is_named(tmp_path: Path) -> None:
    path = table_of(tmp_path / "odd.db", [*race(), row("Del\x1fta", "4")])
    with pytest.raises(InputError, match=r"odd\.db: row 4 holds the control sign"):
        staged(path)


def test_the_one_table_of_known_columns_is_found_among_others(tmp_path: Path) -> None:
    path = table_of(tmp_path / "two.db", [{"a": 1}], "notes", ["a", "b"])
    table_of(path, race(), "results 2015")
    assert staged(path)[0].rows_read == 3


def test_two_tables_of_known_columns_are_named_and_refused(tmp_path: Path) -> None:
    path = table_of(table_of(tmp_path / "two.db", race(), "old"), race(), "new")
    with pytest.raises(InputError, match=r"several tables of known columns \(new, old\)"):
        staged(path)
    table_of(path, race(), "racing_data")
    assert staged(path)[0].rows_read == 3


def test_a_file_without_a_known_table_names_those_it_has(tmp_path: Path) -> None:
    path = table_of(tmp_path / "none.db", [], "notes", ["a"])
    table_of(path, [], "more", ["b"])
    with pytest.raises(UnknownFormat, match=r"its tables are more, notes"):
        staged(path)


def test_a_view_is_never_run(tmp_path: Path) -> None:
    path = table_of(tmp_path / "view.db", race(), "kept")
    with closing(sqlite3.connect(path)) as lite:
        lite.execute(
            "CREATE VIEW racing_data AS WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS date FROM n"
        )
        lite.commit()
    assert staged(path)[0].rows_read == 3


def test_what_a_writer_has_not_yet_folded_in_is_read_and_hashed(tmp_path: Path) -> None:
    path = table_of(tmp_path / "live.db", race())
    with closing(sqlite3.connect(path)) as lite:
        lite.execute("PRAGMA journal_mode = WAL")
        before = inspect(path, STORE)
        lite.execute("INSERT INTO racing_data SELECT * FROM racing_data WHERE num = '1'")
        lite.commit()
        assert inspect(path, STORE) != before
        assert staged(path)[0].rows_read == 4


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda whole: whole[:-100], "is cut short"),
        (lambda whole: b"no database" * 100, "is not an SQLite file"),
        (lambda whole: b"", "is not an SQLite file"),
        (lambda whole: whole[:100] + b"\xff" * (len(whole) - 100), "cannot be read as an SQLite"),
        (lambda whole: whole.replace(b"CREATE TABLE", b"CREATE TABL\xf4"), "it is damaged"),
    ],
    ids=["torn", "text", "empty", "garbled", "complained of in bytes that are no text"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, spoil: object, reason: str) -> None:
    assert callable(spoil)
    path = table_of(tmp_path / "whole.db", race())
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=reason):
        staged(spoilt)
