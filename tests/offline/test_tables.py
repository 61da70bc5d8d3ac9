"""The SQL as it is run: snapshots, order, other dialects, and mistakes that are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from velo.errors import InputError
from velo.offline.tables import Table, load_tables
from velo.settings import PROJECT_ROOT, Windows

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "VELO_UPDATE_SNAPSHOTS"
TABLES = {table.name: table for table in load_tables(Windows())}


def write(repo: Path, folder: str = "tables", **tables: str) -> Path:
    """A feature repo with these tables and no others, or fragments beside them."""
    (repo / folder).mkdir(parents=True)
    for name, sql in tables.items():
        (repo / folder / f"{name}.sql").write_text(sql, encoding="utf-8")
    return repo


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_sql_is_the_one_that_was_reviewed(table: Table) -> None:
    """Set VELO_UPDATE_SNAPSHOTS=1 to write the snapshots anew, then read the difference."""
    snapshot = SNAPSHOTS / f"{table.name}.sql"
    if os.environ.get(UPDATE):
        SNAPSHOTS.mkdir(exist_ok=True)
        snapshot.write_text(table.sql + "\n", encoding="utf-8")
    assert snapshot.exists(), f"{snapshot.name} is missing: run once with {UPDATE}=1"
    assert snapshot.read_text(encoding="utf-8") == table.sql + "\n"


def test_every_snapshot_has_its_table() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.sql")} == set(TABLES)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_one_select_that_spark_can_run_too(table: Table) -> None:
    (statement,) = sqlglot.parse(table.sql, read="duckdb")
    assert isinstance(statement, exp.Select)
    spark = statement.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(sqlglot.parse_one(spark, read="spark"), exp.Select)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_joins_by_equality_alone(table: Table) -> None:
    """No ASOF join and no QUALIFY: what only DuckDB knows would close the door to Spark."""
    statement = sqlglot.parse_one(table.sql, read="duckdb")
    assert not [join for join in statement.find_all(exp.Join) if join.method]
    assert not list(statement.find_all(exp.Qualify))


def test_a_table_comes_after_all_that_it_reads() -> None:
    order = list(TABLES)
    for name, table in TABLES.items():
        read = {node.name for node in sqlglot.parse_one(table.sql, "duckdb").find_all(exp.Table)}
        for other in read & set(TABLES) - {name}:
            assert order.index(other) < order.index(name), f"{name} reads {other}"


def test_a_table_reads_the_warehouse_or_other_tables_and_nothing_else() -> None:
    known = {"races", "runners", "results", "prices", "race_flags"} | set(TABLES)
    for name, table in TABLES.items():
        statement = sqlglot.parse_one(table.sql, "duckdb")
        steps = {step.alias for step in statement.find_all(exp.CTE)}
        read = {node.name for node in statement.find_all(exp.Table)} - steps
        assert read <= known, name
        if table.kind == "feature":
            assert not read & {"results", "runners", "races"}, f"{name} skips the base tables"


def test_windows_are_filled_in_from_the_settings() -> None:
    tables = {
        t.name: t.sql
        for t in load_tables(Windows(prize_ladder=7, prize_ladder_races=9, par_races=3))
    }
    assert "INTERVAL '7' DAY PRECEDING" in tables["race_levels"]
    assert ">= 9" in tables["race_levels"]
    assert ">= 3" in tables["par_times"]
    assert not any("{" in sql for sql in tables.values())


def test_an_unknown_window_is_named_with_its_file_and_the_known_ones(tmp_path: Path) -> None:
    repo = write(tmp_path, spells="SELECT {strike_rate_weekly} AS days")
    with pytest.raises(InputError, match=r"spells\.sql.*\{strike_rate_weekly\}.*prize_ladder"):
        load_tables(Windows(), repo)


def test_a_fragment_is_written_out_where_a_select_names_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        "tables/fragments",
        best="-- The best of a `what`.\n-- Lower is better.\nmin(\n    {what}\n)\n",
        placed="{best(what: finish)} <= {par_races}",
    )
    (tmp_path / "tables" / "runs.sql").write_text(
        "-- Runs.\nSELECT\n    {best(what: seconds)} AS fastest,\n    {placed} AS placed\n"
        "FROM starts",
        encoding="utf-8",
    )
    (table,) = load_tables(Windows(par_races=3), tmp_path)
    assert table.windows == ("par_races",)
    assert table.sql.splitlines() == [
        "-- Runs.",
        "SELECT",
        "    min(",
        "        seconds",
        "    ) AS fastest,",
        "    min(",
        "        finish",
        "    ) <= 3 AS placed",
        "FROM starts",
    ]


def test_an_argument_of_a_fragment_may_be_a_list_of_columns(tmp_path: Path) -> None:
    write(
        tmp_path,
        "tables/fragments",
        totals="SELECT {keys}, sum({what}) FROM starters GROUP BY {keys}",
    )
    (tmp_path / "tables" / "runs.sql").write_text(
        "{totals(keys: horse_id, course_id, what: seconds)}", encoding="utf-8"
    )
    (table,) = load_tables(Windows(), tmp_path)
    assert table.sql == (
        "SELECT horse_id, course_id, sum(seconds) FROM starters GROUP BY horse_id, course_id"
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT {best(which: seconds)}", r"runs\.sql.*best has no place for 'which: seconds'"),
        ("SELECT {best(seconds)}", r"runs\.sql.*best has no place for 'seconds'"),
        ("SELECT {best}", r"runs\.sql.*\{what\}.*best"),
        ("SELECT {worst}", r"runs\.sql.*\{worst\}.*best"),
        ("SELECT {again}", r"runs\.sql.*again names itself"),
    ],
)
def test_a_fragment_that_does_not_fit_is_named_with_its_file(
    tmp_path: Path, sql: str, words: str
) -> None:
    write(tmp_path, "tables/fragments", best="min({what})", again="1 + {again}")
    (tmp_path / "tables" / "runs.sql").write_text(sql, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_tables(Windows(), tmp_path)


@pytest.mark.parametrize(
    "rule",
    [
        "LIKE '%handicap%'",
        "THEN 1.0 / count(",
        "AS breakfast",
        "OVER medium",
        "ORDER BY known\n    ROWS",
    ],
)
def test_a_rule_that_several_selects_need_is_written_once(rule: str) -> None:
    rooms = [PROJECT_ROOT / room for room in ("feature_repo", "velo")]
    sources = [p for room in rooms for p in room.rglob("*") if p.suffix in (".sql", ".py")]
    (source,) = [p for p in sources if rule in p.read_text(encoding="utf-8")]
    assert source.parent.name == "fragments"


def test_tables_that_read_each_other_in_a_circle_are_named(tmp_path: Path) -> None:
    repo = write(
        tmp_path, hen="SELECT * FROM egg", egg="SELECT * FROM nest", nest="SELECT * FROM hen"
    )
    with pytest.raises(InputError, match="read each other") as caught:
        load_tables(Windows(), repo)
    assert all(name in str(caught.value) for name in ("hen", "egg", "nest"))


def test_a_comment_is_no_reading(tmp_path: Path) -> None:
    repo = write(tmp_path, hen="SELECT 1 AS n -- before the egg", egg="SELECT * FROM hen")
    assert [table.name for table in load_tables(Windows(), repo)] == ["hen", "egg"]
