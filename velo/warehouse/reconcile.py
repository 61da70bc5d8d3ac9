"""One race, several tellers: what each says is kept, and the most trusted who says it is heard.

A table's row holds, field by field, what the most trusted source says of it; trust is the order of
`velo.warehouse.readers.READERS`. As soon as a second source tells of a row, both tellings are kept
whole, so that the merged row does not depend on which file came first. Where two sources say
different things, the table `conflicts` has both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from velo.sql_text import literal
from velo.warehouse.earlier_rows import keep_earlier, keep_tellings, same_keys
from velo.warehouse.row_counts import rows_written


@dataclass(frozen=True)
class Told:
    """Something that sources tell of.

    Attributes:
        keys: columns that name it.
        fields: columns that merge each on its own, each with what a file must have to tell it.
        block: columns that merge as one, from a source that gives the last of them.
        with_block: fields that are known only with the block: a telling without it leaves them.
        compared: fields in which sources may conflict, and SQL on when their texts `a` and `b` do.
        tellings: table of what each source said.
        doubtful: SQL over a telling `v`: its block gives way to that of any source without doubt.
    """

    keys: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    block: tuple[str, ...]
    with_block: tuple[str, ...]
    compared: Mapping[str, str]
    tellings: str
    doubtful: str = "false"


_DIFFERENT = "a <> b"
_BEHIND_ALL = 10_000
"""Above any source's precedence."""

# `D Whyte` is `Douglas Whyte`: the first letter and the last name without a claim.
_CLAIMLESS = "regexp_replace(lower(strip_accents({side})), '\\s*\\([^()]*\\)\\s*$', '')"
_ANOTHER_PERSON = " OR ".join(
    f"{part.format(text=_CLAIMLESS.format(side='a'))} "
    f"<> {part.format(text=_CLAIMLESS.format(side='b'))}"
    for part in ("left({text}, 1)", "split_part({text}, ' ', -1)")
)


def _further_apart(distance: float) -> str:
    return f"abs(CAST(a AS DOUBLE) - CAST(b AS DOUBLE)) > {distance}"


RUNNER = Told(
    keys=("race_id", "horse_id"),
    fields={
        **{
            name: (name,)
            for name in (
                "number",
                "draw",
                "horse",
                "age",
                "sex",
                "official_rating",
                "headgear",
                "jockey",
                "trainer",
                "owner",
                "sire",
                "dam",
                "damsire",
                "beaten",
                "rpr",
                "ts",
                "comment",
            )
        },
        "pounds": ("weight",),
        "jockey_id": ("jockey",),
        "trainer_id": ("trainer",),
        "seconds": ("seconds", "time"),
        "prize_won": ("prize",),
        "early_position": ("running_position", "pace", "comment"),
        "number_letter": ("number",),
        "standing": ("standing",),
    },
    block=("position", "finish", "status"),
    with_block=("seconds", "beaten", "rpr", "ts", "prize_won", "comment", "early_position"),
    compared={
        **dict.fromkeys(
            ("number", "draw", "age", "pounds", "official_rating", "finish", "status", "rpr", "ts"),
            _DIFFERENT,
        ),
        "jockey": _ANOTHER_PERSON,
        "trainer": _ANOTHER_PERSON,
        "seconds": _further_apart(1.0),
    },
    tellings="runner_tellings",
)
RACE = Told(
    keys=("race_id",),
    fields={
        **{
            name: (name,)
            for name in (
                "source_race_id",
                "date",
                "region",
                "course",
                "race_no",
                "race_type",
                "class",
                "pattern",
                "rating_band",
                "going",
                "rail",
                "ran",
            )
        },
        "course_id": ("course",),
        "name": ("race_name",),
        "distance_m": ("distance",),
        "distance_band": ("distance",),
        "going_group": ("going",),
        "surface": ("surface", "going", "race_type"),
        "declared_level": ("class", "pattern", "rating_band"),
        "declared_prize": ("race_prize",),
        "prize": ("prize",),
        "off_zone": ("course",),
    },
    block=("off_at", "off_doubt", "off"),
    with_block=(),
    compared={
        **dict.fromkeys(("off", "surface", "declared_level", "going_group", "ran"), _DIFFERENT),
        "distance_m": _further_apart(30),
    },
    tellings="race_tellings",
    doubtful="coalesce(v.off_doubt > 0, v.off_at IS NULL)",
)


def reconcile(
    con: duckdb.DuckDBPyConnection,
    what: Told,
    source: str,
    cards: Collection[str],
    absent: Collection[str],
    batch_id: int,
) -> None:
    """Make the temporary table `merged` from `told` (one source's rows) and `present`.

    All three, and the tellings, have the keys, fields, block, source, content (of runners) and
    batch_id as columns; `present` holds the warehouse's rows of the same keys.

    Args:
        con: a connection in a transaction.
        what: races or runners.
        source: who tells `told`.
        cards: sources that speak before the race: what a result says otherwise is no conflict.
        absent: fields that the file has no column for: what `source` said of them earlier holds.
        batch_id: the batch that does it.
    """
    con.execute(_voices(what, absent), {"source": source})
    con.execute(_merged(what))
    if rows_written(
        con,
        f"CREATE OR REPLACE TEMP TABLE several AS SELECT {_list(what.keys)} FROM voices "
        f"GROUP BY {_list(what.keys)} HAVING count(*) > 1",
    ):
        _keep_apart(con, what, cards, batch_id)
    con.execute("DROP TABLE voices; DROP TABLE several")


def _keep_apart(
    con: duckdb.DuckDBPyConnection, what: Told, cards: Collection[str], batch_id: int
) -> None:
    """Keep whole what each source tells of the rows of `several`, and where they differ."""
    keep_tellings(con, what.tellings, what.keys, "several", batch_id)
    con.execute(
        f"DELETE FROM {what.tellings} USING several "
        f"WHERE {same_keys(what.tellings, 'several', what.keys)}"
    )
    con.execute(
        f"INSERT INTO {what.tellings} BY NAME SELECT v.* FROM voices AS v "
        f"JOIN several AS s ON {same_keys('v', 's', what.keys)}"
    )
    _record_conflicts(con, what, cards, batch_id)


def _voices(what: Told, absent: Collection[str]) -> str:
    """Every source's latest telling of each row of `told`."""
    parts = [
        f"coalesce(former.{name}, told.{name}) AS {name}"
        for name, needed in what.fields.items()
        if set(needed) <= set(absent) and name != "standing"
    ]
    if what.block:
        given = f"told.{what.block[-1]} IS NOT NULL"
        parts += [
            f"CASE WHEN {given} THEN told.{name} ELSE former.{name} END AS {name}"
            for name in what.block
        ]
        parts += [
            f"CASE WHEN {given} THEN told.{name} ELSE coalesce(told.{name}, former.{name}) END "
            f"AS {name}"
            for name in what.with_block
            if not set(what.fields[name]) <= set(absent)
        ]
    own = f"told.* REPLACE ({', '.join(parts)})" if parts else "told.*"
    keys = _list(what.keys)
    return f"""
        CREATE OR REPLACE TEMP TABLE voices AS
        WITH kept AS (
            SELECT t.* FROM {what.tellings} AS t JOIN told ON {same_keys("t", "told", what.keys)}
        ), heard AS (
            SELECT * FROM kept
            UNION ALL BY NAME
            SELECT * FROM present
            WHERE ({keys}) NOT IN (SELECT ({keys}) FROM kept)
        )
        SELECT * FROM heard WHERE source <> $source
        UNION ALL BY NAME
        SELECT {own} FROM told
        LEFT JOIN heard AS former
            ON {same_keys("told", "former", what.keys)} AND former.source = $source
    """


# A card that names no standing says that the horse runs. The latest card is right, whoever wrote
# it, until a result says that the horse ran.
_STANDING = """
    CASE WHEN count(*) FILTER (v.status IN ('finished', 'non-finisher', 'void')) = 0
    THEN nullif(arg_max(coalesce(v.standing, ''), v.batch_id) FILTER (v.status IS NULL), '') END
"""


def _merged(what: Told) -> str:
    rank = "s.precedence"
    chosen = [
        f"{_STANDING if name == 'standing' else f'arg_min(v.{name}, {rank})'} AS {name}"
        for name in what.fields
    ]
    if what.block:
        packed = ", ".join(f"{name} := v.{name}" for name in what.block)
        best = (
            f"arg_min(struct_pack({packed}), {_block_rank(what)}) "
            f"FILTER (WHERE v.{what.block[-1]} IS NOT NULL)"
        )
        chosen.append(f"{best} AS block")
    opened = "".join(f", block.{name} AS {name}" for name in what.block)
    hidden = " EXCLUDE (block)" if what.block else ""
    content = ", arg_min(v.content, s.precedence) AS content" if what is RUNNER else ""
    return f"""
        CREATE OR REPLACE TEMP TABLE merged AS
        SELECT *{hidden}{opened} FROM (
            SELECT {", ".join(f"v.{key}" for key in what.keys)}, {", ".join(chosen)},
                arg_min(v.source, {rank}) AS source{content}
            FROM voices AS v
            JOIN sources AS s ON s.source = v.source
            GROUP BY {", ".join(f"v.{key}" for key in what.keys)}
        )
    """


def _block_rank(what: Told) -> str:
    return f"s.precedence + CASE WHEN {what.doubtful} THEN {_BEHIND_ALL} ELSE 0 END"


def _record_conflicts(
    con: duckdb.DuckDBPyConnection, what: Told, cards: Collection[str], batch_id: int
) -> None:
    horse = "horse_id" if "horse_id" in what.keys else "NULL"
    level = "IS NOT NULL" if "horse_id" in what.keys else "IS NULL"
    keys = _list(what.keys)
    keep_earlier(con, "conflicts", f"{_among('several', what.keys)} AND horse_id {level}", batch_id)
    con.execute(
        f"DELETE FROM conflicts USING several WHERE {same_keys('conflicts', 'several', what.keys)} "
        f"AND conflicts.horse_id {level}"
    )
    blocked = _list(literal(name) for name in what.block)
    apart = " ".join(f"WHEN {literal(name)} THEN {rule}" for name, rule in what.compared.items())
    con.execute(
        f"""
        INSERT INTO conflicts
        WITH said AS (
            UNPIVOT (
                SELECT {_list(f"v.{key}" for key in what.keys)}, v.source, s.precedence,
                    {_block_rank(what)} AS block_rank,
                    {", ".join(f"CAST(v.{name} AS VARCHAR) AS {name}" for name in what.compared)}
                FROM voices AS v
                JOIN several USING ({keys})
                JOIN sources AS s ON s.source = v.source
                WHERE v.source NOT IN (SELECT unnest($cards::VARCHAR[]))
            ) ON {_list(what.compared)} INTO NAME field VALUE text
        ), kept AS (
            SELECT {keys}, field, arg_min(source, rank) AS source, arg_min(text, rank) AS text
            FROM (SELECT *, CASE WHEN field IN ({blocked}) THEN block_rank ELSE precedence END
                AS rank FROM said)
            GROUP BY {keys}, field
        ), pairs AS (
            SELECT {keys}, field, kept.source AS kept, kept.text AS a, said.source AS other,
                said.text AS b
            FROM said
            JOIN kept USING ({keys}, field)
            WHERE said.source <> kept.source
        )
        SELECT race_id, {horse}, field, kept, a, other, b, $batch
        FROM pairs
        WHERE CASE field {apart} END
        """,
        {"batch": batch_id, "cards": list(cards)},
    )


def _among(relation: str, keys: Collection[str]) -> str:
    """SQL: a row's keys are among a relation's."""
    return f"({_list(keys)}) IN (SELECT ({_list(keys)}) FROM {relation})"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
