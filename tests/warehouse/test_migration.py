"""A warehouse of an earlier version becomes one of this version, whole or not at all.

`schemas/N.sql` is `schema.sql` as version N had it: when a version is counted up, the text that it
had before is kept there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.disk.killed import killed
from tests.warehouse.raceform_file import STORE, file_of, load, race
from velo.errors import HomeError
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.schema import EARLIEST, SCHEMA_VERSION, bring_schema
from velo.warehouse.steps import STEPS
from velo.warehouse.steps.step import Step

KILLS = int(os.environ.get("VELO_KILLS", "8"))
SCHEMAS = Path(__file__).parent / "schemas"
KEPT = sorted(int(path.stem) for path in SCHEMAS.glob("*.sql"))
PLAIN = {
    "VARCHAR": "'said'",
    "INTEGER": "7",
    "BIGINT": "7",
    "UBIGINT": "7",
    "DOUBLE": "2.5",
    "DATE": "DATE '2015-04-26'",
    "TIMESTAMP": "TIMESTAMP '2015-04-26 14:30'",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ '2015-04-26 14:30Z'",
    "VARCHAR[]": "['said']",
    'STRUCT(line BIGINT, "text" VARCHAR)[]': "[{'line': 7, 'text': 'said'}]",
}
CHECKED = {
    ("import_batches", "rows_read"): "28",
    ("race_flags", "flag"): "'no-winner'",
    ("results", "status"): "'finished'",
    ("prices_history", "kind"): "'sp'",
    ("import_batches", "kind"): "'import'",
    ("unread", "reason"): "'unreadable'",
    ("aliases", "kind"): "'race'",
    ("kept_apart", "kind"): "'race'",
    ("runners", "standing"): "'reserve'",
}
"""Values that a constraint asks for."""

Described = dict[str, list[tuple[Any, ...]]]
MIGRATE = """
import sys
from pathlib import Path
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
print("started", flush=True)
with warehouse(Home(Path(sys.argv[1])), Store(threads=1), write=True):
    print("done", flush=True)
"""


def made(path: Path, version: int) -> Path:
    """A warehouse as a version made it, with a row in every table and every cell filled."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute((SCHEMAS / f"{version}.sql").read_text(encoding="utf-8"))
        con.execute("INSERT INTO warehouse_schema VALUES (?)", [version])
        for table, columns in tables(con).items():
            if table != "warehouse_schema":
                cells = [CHECKED.get((table, name), PLAIN.get(kind)) for name, kind in columns]
                assert None not in cells, f"{table} has a type of which no value is planted"
                con.execute(f"INSERT INTO {table} VALUES ({', '.join(map(str, cells))})")
    return path


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Table -> its columns and their types."""
    columns_of: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() JOIN duckdb_tables() "
        "USING (table_name) ORDER BY table_name, column_index"
    ).fetchall():
        columns_of.setdefault(table, []).append((column, kind))
    return columns_of


def described(con: duckdb.DuckDBPyConnection) -> Described:
    """Everything that a file says of its tables, views and constraints."""
    return {
        what: con.execute(f"SELECT {columns} FROM {what}() ORDER BY ALL").fetchall()
        for what, columns in {
            "duckdb_tables": "table_name, sql",
            "duckdb_columns": "table_name, column_index, column_name, data_type, is_nullable, "
            "column_default",
            "duckdb_constraints": "table_name, constraint_type, constraint_text, "
            "constraint_column_names",
            "duckdb_views": "view_name, sql",
            "duckdb_indexes": "index_name, table_name, sql",
        }.items()
    }


def rows(con: duckdb.DuckDBPyConnection, columns: dict[str, list[tuple[str, str]]]) -> Described:
    """Every row of some tables in some columns."""
    return {
        table: con.execute(
            f"SELECT {', '.join(chr(34) + name + chr(34) for name, _ in names)} "
            f"FROM {table} ORDER BY ALL"
        ).fetchall()
        for table, names in columns.items()
        if table not in ("warehouse_schema", "sources")
    }


@pytest.fixture
def new(tmp_path: Path) -> Described:
    """What a warehouse says of itself that this version made."""
    with warehouse(Home(_folder(tmp_path / "new")), STORE, write=True) as con:
        return described(con)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def test_every_earlier_version_has_its_text_and_its_step() -> None:
    assert KEPT[0] == EARLIEST
    assert set(range(EARLIEST, SCHEMA_VERSION)) <= set(KEPT)
    assert [step.version for step in STEPS] == list(range(EARLIEST + 1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("version", KEPT)
def test_a_migrated_warehouse_has_the_tables_of_a_new_one(
    home: Home, new: Described, version: int
) -> None:
    made(home.warehouse, version)
    with warehouse(home, STORE, write=True) as con:
        objects = described(con)
        assert con.execute("FROM warehouse_schema").fetchall() == [(SCHEMA_VERSION,)]
    for what, wanted in new.items():
        assert objects[what] == wanted


@pytest.mark.parametrize("version", KEPT)
def test_a_migrated_warehouse_has_every_row_that_it_had(home: Home, version: int) -> None:
    made(home.warehouse, version)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("SET TimeZone = 'UTC'")
        columns = tables(con)
        before = rows(con, columns)
    assert all(len(held) == 1 for held in before.values())
    with warehouse(home, STORE, write=True) as con:
        assert rows(con, columns) == before


def test_what_version_2_could_not_say_is_unknown_and_its_readers_were_the_first(
    home: Home,
) -> None:
    made(home.warehouse, 2)
    with warehouse(home, STORE, write=True) as con:
        assert con.execute("SELECT off_at, off_zone, off_doubt FROM races").fetchall() == [
            (None, None, None)
        ]
        assert con.execute("SELECT number_letter, standing FROM entries").fetchall() == [
            (None, None)
        ]
        assert con.execute("SELECT reader_version, kind FROM import_batches").fetchall() == [
            (1, "import")
        ]


def test_only_a_writer_migrates_and_a_reader_is_told_the_command(home: Home) -> None:
    made(home.warehouse, 2)
    bytes_before = home.warehouse.read_bytes()
    with (
        pytest.raises(HomeError, match=r"^[^\n]* is of version 2, [^\n]*run `velo migrate`$"),
        warehouse(home, STORE, write=False),
    ):
        pass
    assert home.warehouse.read_bytes() == bytes_before
    lines: list[str] = []
    with warehouse(home, STORE, write=True, waiting=lines.append):
        pass
    with warehouse(home, STORE, write=True, waiting=lines.append):
        pass
    assert lines == [f"bringing {home.warehouse} from version 2 to {SCHEMA_VERSION}"]
    with warehouse(home, STORE, write=False):
        pass


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    ("version", "words"),
    [(SCHEMA_VERSION + 1, "made by a later VÉLØ"), (EARLIEST - 1, "restore the home")],
)
def test_a_version_without_a_way_is_one_line(
    home: Home, write: bool, version: int, words: str
) -> None:
    made(home.warehouse, 2)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("UPDATE warehouse_schema SET version = ?", [version])
        before = described(con)
    with (
        pytest.raises(HomeError, match=rf"^[^\n]*of version {version}[^\n]*{words}[^\n]*$"),
        warehouse(home, STORE, write=write),
    ):
        pass
    with duckdb.connect(str(home.warehouse)) as con:
        assert described(con) == before


def test_a_migrated_warehouse_takes_files_as_a_new_one_does(home: Home, tmp_path: Path) -> None:
    with duckdb.connect(str(_folder(home.root) / home.warehouse.name)) as con:
        con.execute((SCHEMAS / "2.sql").read_text(encoding="utf-8"))
        con.execute("INSERT INTO warehouse_schema VALUES (2)")
    other = Home(_folder(tmp_path / "other"))
    path = file_of(tmp_path, race())
    assert load(home, path).accepted == load(other, path).accepted > 0


def test_what_somebody_else_put_into_the_file_stays(home: Home) -> None:
    made(home.warehouse, 2)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("CREATE TABLE my_notes AS SELECT 'mine' AS note")
        con.execute("CREATE VIEW my_runners AS SELECT race_id, horse FROM runners")
        con.execute("CREATE INDEX my_index ON runners (horse)")
    with warehouse(home, STORE, write=True) as con:
        assert con.execute("FROM my_notes").fetchall() == [("mine",)]
        assert con.execute("FROM my_runners").fetchall() == [(7, "said")]
        assert con.execute("SELECT index_name, table_name FROM duckdb_indexes()").fetchall() == [
            ("my_index", "runners")
        ]


def test_steps_reshape_the_old_tables_and_fill_the_new_ones_in_order(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(home.warehouse, 2)
    run: list[str] = []

    def reshape(con: duckdb.DuckDBPyConnection) -> None:
        run.append("reshape")
        assert "off_zone" not in dict(tables(con)["races"])
        con.execute("UPDATE races SET course = course || ' Park'")

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        run.append("fill")
        con.execute("UPDATE races SET off_zone = 'Europe/London' WHERE course LIKE '% Park'")

    steps = (Step(3, reshape, fill), Step(4, reshape, fill))
    monkeypatch.setattr("velo.warehouse.schema.STEPS", steps)
    with duckdb.connect(str(home.warehouse)) as con:
        bring_schema(con, home.warehouse, run.append)
        assert run[1:] == ["reshape", "reshape", "fill", "fill"]
        assert con.execute("SELECT course, off_zone FROM races").fetchall() == [
            ("said Park Park", "Europe/London")
        ]


def test_rows_that_the_new_tables_refuse_leave_the_warehouse_as_it_was(home: Home) -> None:
    made(home.warehouse, 2)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("ALTER TABLE courses ADD COLUMN mine INTEGER")
        before = described(con)
    with (
        pytest.raises(HomeError, match=r"cannot be brought [^\n]* nothing in it was changed"),
        warehouse(home, STORE, write=True),
    ):
        pass
    with duckdb.connect(str(home.warehouse)) as con:
        assert described(con) == before


@pytest.mark.slow
def test_killed_at_any_point_it_is_of_one_version_or_the_other(tmp_path: Path) -> None:
    home = Home(_folder(tmp_path / "home"))
    kept = made(tmp_path / "kept.duckdb", 2)
    with duckdb.connect(str(kept)) as con:
        con.execute(
            "INSERT INTO runners SELECT runners.* REPLACE (n AS race_id) "
            "FROM runners, range(100, 200000) AS r(n)"
        )
        columns = tables(con)
        before = rows(con, {"runners": columns["runners"]})
    took = migrated(home, kept, None)
    landed = []
    for kill in range(KILLS):
        migrated(home, kept, took * (kill + 0.5) / KILLS)
        with duckdb.connect(str(home.warehouse)) as con:
            landed += con.execute("SELECT version FROM warehouse_schema").fetchall()
            assert rows(con, {"runners": columns["runners"]}) == before
            assert ("off_at" in dict(tables(con)["races"])) == (landed[-1] == (SCHEMA_VERSION,))
        with warehouse(home, STORE, write=True) as con:
            assert con.execute("FROM warehouse_schema").fetchall() == [(SCHEMA_VERSION,)]
            assert rows(con, {"runners": columns["runners"]}) == before
    print(f"{took:.2f} s; {KILLS} kills landed on versions {[version for (version,) in landed]}")


def migrated(home: Home, kept: Path, seconds: float | None) -> float:
    """Migrate a copy, killed some seconds after it began; returns the seconds taken."""
    for path in home.root.glob(f"{home.warehouse.name}*"):
        path.unlink()
    shutil.copy(kept, home.warehouse)
    return killed(MIGRATE, home.root, seconds)
