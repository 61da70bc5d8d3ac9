"""From text to facts: each racing rule applied once to each distinct text of a column.

Two million rows hold a few hundred odds and a few thousand jockeys, so a rule runs over the
distinct texts and the rows take its answer by a join.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa

from velo.racing import reason
from velo.racing.odds import odds_written
from velo.racing.racing_day import First
from velo.racing.reason import Fault
from velo.racing.typography import plain_text
from velo.sql_text import literal
from velo.warehouse.containers import MISSING
from velo.warehouse.rules import Rule, figure_of, rules

_Cells = tuple[str, int, int, int, str, str, str]
"""A row of `read_cells`."""


def build_lookups(
    con: duckdb.DuckDBPyConnection,
    prices: Sequence[str],
    first: First = "day",
    sections: Sequence[str] = (),
) -> dict[str, Rule]:
    """Apply every rule to the staging table's distinct texts; one temporary table a rule.

    Makes `read_cells` as well: of each field how many cells the file gives, how many were not read
    for either reason, and the lookup and its key column that know which.

    Args:
        con: a connection with a filled `staging`.
        prices: the columns of `staging` that hold odds.
        first: how the file writes dates in numbers.
        sections: the columns of `staging` that hold the seconds of a section.

    Returns:
        The rules, as `joins` wants them.
    """
    con.execute(_READ_CELLS)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE beyond_reason (line BIGINT, field VARCHAR, text VARCHAR)"
    )
    read = _odds(con, prices) if prices else []
    lookups = {}
    for name, rule in rules(first, sections).items():
        inputs, cells = _lookup(con, name, rule)
        lookups[name] = replace(rule, constant=inputs == 1)
        read += cells
    rows = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(read))
    con.execute(f"INSERT INTO read_cells VALUES {rows}", [cell for row in read for cell in row])
    return lookups


def joins(lookups: Mapping[str, Rule]) -> str:
    """Joins of every lookup to `staging AS s`; lookup tables carry the rules' names."""
    clauses = []
    for name, rule in lookups.items():
        if rule.constant:
            clauses.append(f"CROSS JOIN rule_{name}")
            continue
        match = " AND ".join(
            f"{expression} IS NOT DISTINCT FROM rule_{name}.k{i}"
            for i, expression in enumerate(rule.inputs)
        )
        clauses.append(f"LEFT JOIN rule_{name} ON {match}")
    return "\n".join(clauses)


def _lookup(con: duckdb.DuckDBPyConnection, name: str, rule: Rule) -> tuple[int, list[_Cells]]:
    """Make the lookup of a rule; how many distinct inputs it has, and its rows of `read_cells`."""
    keys = ", ".join(f"{expression} AS k{i}" for i, expression in enumerate(rule.inputs))
    rows = con.execute(f"SELECT {keys}, count(*) FROM staging AS s GROUP BY ALL").fetchall()
    written = [tuple(map(_written, row[:-1])) if rule.reads else row[:-1] for row in rows]
    answers = [rule.apply(*texts) for texts in written]
    columns = {
        f"k{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(len(rule.inputs))
    }
    kinds = {**rule.outputs, **{f"fault_{field}": pa.string() for field in rule.reads}}
    for i, (output, kind) in enumerate(kinds.items()):
        columns[output] = pa.array([answer[i] for answer in answers], kind)
    _register(con, name, pa.table(columns))
    read = []
    for i, (field, place) in enumerate(rule.reads.items(), len(rule.outputs)):
        given: Counter[Fault | None] = Counter()
        for row, texts, answer in zip(rows, written, answers, strict=True):
            if texts[place] is not None:
                given[answer[i]] += row[-1]
        read.append(_read(field, given, name, f"k{place}", f"fault_{field}"))
    return len(rows), read


def _odds(con: duckdb.DuckDBPyConnection, prices: Sequence[str]) -> list[_Cells]:
    """One lookup of all prices: `rule_odds`; its rows of `read_cells`."""
    cells = " UNION ALL ".join(
        f"SELECT {literal(price)} AS field, {price} AS k0, count(*) AS cells FROM staging "
        f"WHERE {price} IS NOT NULL GROUP BY ALL"
        for price in prices
    )
    rows = con.execute(cells).fetchall()
    odds_of = figure_of(odds_written, reason.PRICE)
    answers = {text: odds_of(_written(text)) for _, text, _ in rows}
    _register(
        con,
        "odds",
        pa.table(
            {
                "k0": pa.array(list(answers), pa.string()),
                "decimal_odds": pa.array([odds for odds, _ in answers.values()], pa.float64()),
                "fault": pa.array([fault for _, fault in answers.values()], pa.string()),
            }
        ),
    )
    read = []
    for price in prices:
        given: Counter[Fault | None] = Counter()
        for name, text, count in rows:
            if name == price and _written(text) is not None:
                given[answers[text][1]] += count
        read.append(_read(price, given, "odds", "k0", "fault"))
    return read


def _read(field: str, given: Counter[Fault | None], lookup: str, key: str, fault: str) -> _Cells:
    unread, beyond = given["unreadable"], given["beyond-reason"]
    return field, given.total(), unread, beyond, lookup, key, fault


def _written(text: str | None) -> str | None:
    """The text, None where nothing is written but blanks around a word for nothing."""
    return text if text is not None and plain_text(text) not in MISSING else None


def _register(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("rule_answers", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE rule_{name} AS SELECT * FROM rule_answers")
    con.unregister("rule_answers")


_READ_CELLS = """
CREATE OR REPLACE TEMP TABLE read_cells (
    field VARCHAR, given BIGINT, unreadable BIGINT, beyond BIGINT,
    lookup VARCHAR, key VARCHAR, fault VARCHAR
)
"""
