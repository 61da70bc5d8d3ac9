"""From text to facts: each racing rule applied once to each distinct text of a column.

A rule is a scalar function of `velo.racing`. Two million rows hold a few hundred odds and a few
thousand jockeys, so a rule runs over the distinct texts and the rows take its answer by a join.
The rule that reads one card's runner is the rule that reads eleven years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa

from velo.racing.class_level import declared_level
from velo.racing.courses import course, course_key
from velo.racing.distance import distance_band, metres
from velo.racing.finish import finish
from velo.racing.going import going_group
from velo.racing.names import horse_name, person_name, stable_id
from velo.racing.odds import decimal_odds, opening_and_touched
from velo.racing.off_time import clock_of, off_time
from velo.racing.prize import prize_money
from velo.racing.race_time import seconds
from velo.racing.racing_day import racing_day
from velo.racing.standing import rides_nobody, standing
from velo.racing.surface import surface
from velo.racing.weight import pounds

_COUNTRY = re.compile(r"[A-Z]{2,3}")

# The last bracket of a comment that begins like price moves; `velo.racing.odds` reads it. Nearly
# always that is the very last, which is found in a tenth of the time.
_BEGINS = r"\s*(?:op|opened|tchd|touched)\b"
_MOVES = f"""
    CASE WHEN NOT contains(s.comment, '(') THEN NULL
        WHEN regexp_matches(split_part(s.comment, '(', -1), '(?i)^{_BEGINS}[^)]*\\)')
        THEN '(' || split_part(s.comment, '(', -1)
        ELSE nullif(regexp_extract(s.comment, '(?is).*(\\({_BEGINS}[^)]*\\))', 1), '')
    END
"""


@dataclass(frozen=True)
class Rule:
    """A rule over the distinct values of some staging columns.

    Attributes:
        inputs: SQL expressions over the staging table (alias `s`).
        outputs: name -> SQL type of what the rule gives.
        apply: scalar function of the inputs; a tuple as long as the outputs.
    """

    inputs: tuple[str, ...]
    outputs: Mapping[str, pa.DataType]
    apply: Callable[..., tuple[Any, ...]]


def rules(clock: Literal[12, 24]) -> dict[str, Rule]:
    """Every rule of an ingest, by the name of its lookup table.

    Args:
        clock: 12 or 24, how the file writes off times.
    """
    text, integer, real = pa.string(), pa.int64(), pa.float64()
    return {
        "day": Rule(("s.date",), {"date": pa.date32()}, lambda t: (racing_day(t),)),
        "off": Rule(("s.off", "s.course"), {"off": text}, _off(clock)),
        "course": Rule(
            ("s.course", "s.region"),
            {"course_id": integer, "track": text, "track_surface": text, "country": text},
            _course,
        ),
        "class": Rule(
            ("s.class", "s.pattern", "s.rating_band", "s.race_type"),
            {"declared_level": real},
            lambda *t: (declared_level(*t),),
        ),
        "distance": Rule(("s.distance",), {"distance_m": real, "distance_band": text}, _distance),
        "going": Rule(("s.going",), {"going_group": text}, lambda t: (going_group(t),)),
        "race_name": Rule(
            ("s.race_name",),
            {"named_surface": text},
            lambda t: (surface(None, None, None, None, t),),
        ),
        "surface": Rule(
            ("s.surface", "s.course", "s.going", "s.race_type"),
            {"surface": text},
            lambda *t: (surface(*t),),
        ),
        "position": Rule(
            ("s.position",),
            {"status": text, "finish": integer},
            lambda t: (lambda f: (f.status, f.position))(finish(t)),
        ),
        "horse": Rule(("s.horse",), {"name": text, "country": text}, horse_name),
        "jockey": Rule(("s.jockey",), {"jockey_id": integer}, _person("jockey")),
        "standing": Rule(
            ("s.standing", "s.jockey"), {"standing": text}, lambda *t: (standing(*t),)
        ),
        "trainer": Rule(("s.trainer",), {"trainer_id": integer}, _person("trainer")),
        "prize": Rule(("s.prize",), {"prize": real}, lambda t: (prize_money(t),)),
        "race_prize": Rule(("s.race_prize",), {"race_prize": real}, lambda t: (prize_money(t),)),
        "weight": Rule(("s.weight",), {"pounds": real}, lambda t: (pounds(t),)),
        "moves": Rule(
            (_MOVES,),
            {"opening": pa.list_(real), "touched": pa.list_(real)},
            opening_and_touched,
        ),
        "time": Rule(("coalesce(s.seconds, s.time)",), {"seconds": real}, lambda t: (seconds(t),)),
    }


def build_lookups(con: duckdb.DuckDBPyConnection, prices: Sequence[str]) -> dict[str, Rule]:
    """Apply every rule to the staging table's distinct texts; one temporary table a rule.

    Args:
        con: a connection with a filled `staging`.
        prices: the columns of `staging` that hold odds.

    Returns:
        The rules, as `joins` wants them.
    """
    texts = [row[0] for row in con.execute("SELECT DISTINCT off FROM staging").fetchall()]
    found = rules(clock_of([text for text in texts if text]))
    for name, rule in found.items():
        _lookup(con, name, rule)
    odds = " UNION ".join(f"SELECT {price} AS k0 FROM staging" for price in prices)
    if prices:
        values = [
            row[0]
            for row in con.execute(
                f"SELECT DISTINCT k0 FROM ({odds}) WHERE k0 IS NOT NULL"
            ).fetchall()
        ]
        _register(
            con,
            "odds",
            pa.table(
                {
                    "k0": pa.array(values, pa.string()),
                    "decimal_odds": pa.array(
                        [decimal_odds(value) for value in values], pa.float64()
                    ),
                }
            ),
        )
    return found


def joins(found: Mapping[str, Rule]) -> str:
    """LEFT JOINs of every lookup to `staging AS s`; lookup tables carry the rules' names."""
    clauses = []
    for name, rule in found.items():
        match = " AND ".join(
            f"{expression} IS NOT DISTINCT FROM rule_{name}.k{i}"
            for i, expression in enumerate(rule.inputs)
        )
        clauses.append(f"LEFT JOIN rule_{name} ON {match}")
    return "\n".join(clauses)


def _lookup(con: duckdb.DuckDBPyConnection, name: str, rule: Rule) -> None:
    keys = ", ".join(f"{expression} AS k{i}" for i, expression in enumerate(rule.inputs))
    rows = con.execute(f"SELECT DISTINCT {keys} FROM staging AS s").fetchall()
    answers = [rule.apply(*row) for row in rows]
    columns = {
        f"k{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(len(rule.inputs))
    }
    for i, (output, kind) in enumerate(rule.outputs.items()):
        columns[output] = pa.array([answer[i] for answer in answers], kind)
    _register(con, name, pa.table(columns))


def _register(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("rule_answers", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE rule_{name} AS SELECT * FROM rule_answers")
    con.unregister("rule_answers")


def _off(clock: Literal[12, 24]) -> Callable[[str | None, str | None], tuple[str | None]]:
    def read(text: str | None, where: str | None) -> tuple[str | None]:
        found = course(where)
        time = off_time(text, clock, found.country if found else None)
        return (None if time is None else time.strftime("%H:%M"),)

    return read


def _course(
    text: str | None, region: str | None
) -> tuple[int | None, str | None, str | None, str | None]:
    """The region is the course's country where its name carries none."""
    where = course(text)
    if where is None:
        return None, None, None, None
    said = (region or "").strip().upper()
    if where.country is None and _COUNTRY.fullmatch(said):
        where = where._replace(country=said)
    return stable_id("course", course_key(where)), *where


def _distance(text: str | None) -> tuple[float | None, str | None]:
    length = metres(text)
    return length, None if length is None else distance_band(length)


def _person(kind: str) -> Callable[[str | None], tuple[int | None]]:
    def read(text: str | None) -> tuple[int | None]:
        name = "" if rides_nobody(text) else person_name(text)
        return (stable_id(kind, name) if name else None,)

    return read
