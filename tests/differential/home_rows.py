"""What a home holds of one batch, and how it differs from an independent reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.differential.cells import Cell
from tests.differential.reading import Key, Reading, Row, canonical, folded
from velo.errors import VeloError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

STORE = Store(memory_limit="1GB", threads=1)
_COLUMNS = {
    "race_name": "r.name",
    "race_type": "r.race_type",
    "class": "r.class",
    "pattern": "r.pattern",
    "rating_band": "r.rating_band",
    "going": "r.going",
    "going_group": "r.going_group",
    "distance": "r.distance_m",
    "ran": "r.ran",
    "race_no": "r.race_no",
    "off": "r.off",
    "off_at": "r.off_at",
    "off_doubt": "r.off_doubt",
    "number": "u.number",
    "number_letter": "u.number_letter",
    "draw": "u.draw",
    "age": "u.age",
    "sex": "u.sex",
    "weight": "u.pounds",
    "official_rating": "u.official_rating",
    "headgear": "u.headgear",
    "jockey": "u.jockey",
    "trainer": "u.trainer",
    "owner": "u.owner",
    "sire": "u.sire",
    "dam": "u.dam",
    "damsire": "u.damsire",
    "standing": "u.standing",
    "position": "x.finish",
    "status": "x.status",
    "seconds": "x.seconds",
    "beaten": "x.beaten",
    "rpr": "x.rpr",
    "ts": "x.ts",
    "prize": "x.prize_won",
    "comment": "x.comment",
    "country": "h.country",
    "race_prize": "r.declared_prize",
    "surface": "r.surface",
}
UNREAD_NAMES = {
    "weight": ("weight",),
    "distance": ("distance",),
    "going_group": ("going",),
    "number": ("number",),
    "draw": ("draw",),
    "age": ("age",),
    "seconds": ("seconds", "time"),
    "official_rating": ("official_rating",),
    "rpr": ("rpr",),
    "ts": ("ts",),
    "beaten": ("beaten",),
    "prize": ("prize",),
    "position": ("position",),
    "off": ("off",),
    "sp": ("price_sp",),
    "ran": ("ran",),
    "race_prize": ("race_prize",),
    **{
        kind: (f"price_{kind.replace('-', '_')}",)
        for kind in (
            "bsp",
            "wap",
            "morning",
            "max",
            "min",
            "in-play-max",
            "in-play-min",
            "breakfast",
            "evening",
        )
    },
}
PRICES = (
    "sp",
    "bsp",
    "wap",
    "morning",
    "max",
    "min",
    "in-play-max",
    "in-play-min",
    "breakfast",
    "evening",
)

Runners = dict[Any, list[dict[str, Any]]]


def taken(home: Home, *paths: Path) -> VeloError | None:
    """Ingest each file in turn; the refusal of the last one, if it was refused."""
    refusal: VeloError | None = None
    for path in paths:
        try:
            ingest(home, STORE, path)
            refusal = None
        except VeloError as error:
            refusal = error
    return refusal


def differences(home: Home, reading: Reading, refusal: VeloError | None) -> list[str]:
    """One line for each fault: a value that is wrong, or a cell lost without a word."""
    if reading.refused_whole:
        return [] if refusal is not None else ["the file was not refused"]
    if refusal is not None:
        return [f"refused: {refusal}"]
    with warehouse(home, STORE, write=False) as con:
        return list(_differences(con, reading))


def _differences(con: duckdb.DuckDBPyConnection, reading: Reading) -> Iterator[str]:
    runners = _runners(con)
    refused = {
        line
        for (line,) in con.execute(
            "SELECT line FROM quarantine WHERE batch_id = (SELECT max(batch_id) FROM "
            "import_batches)"
        ).fetchall()
    }
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for row in reading.rows:
        yield from _of_row(row, runners, refused, expected)
    yield from _unread(con, expected, reading)
    if (
        reading.remark
        and not con.execute("SELECT count(*) FROM import_batches WHERE len(notes) > 0").fetchall()[
            0
        ][0]
    ):
        yield "ambiguous dates: nothing is noted of the file"
    for day, course, off in reading.coupled:
        flags = con.execute(
            "SELECT count(*) FROM race_flags JOIN races USING (race_id) "
            "WHERE flag = 'coupled' AND date = ? AND lower(course) LIKE ? || '%'",
            [day, canonical(course)],
        ).fetchall()[0][0]
        if not flags:
            yield f"{day} {course} {off}: coupled entries are not flagged"


def _runners(con: duckdb.DuckDBPyConnection) -> Runners:
    selected = ", ".join(f'{sql} AS "{name}"' for name, sql in _COLUMNS.items())
    relation = con.execute(
        f"SELECT r.date AS day, trim(r.course) AS course, u.horse AS horse, r.race_id, "
        f"u.horse_id, {selected} "
        "FROM runners u JOIN races r USING (race_id) JOIN horses h USING (horse_id) "
        "LEFT JOIN results x USING (race_id, horse_id)"
    )
    names = [column[0] for column in relation.description or []]
    runners: Runners = {}
    by_id: dict[tuple[int, int], dict[str, Any]] = {}
    for values in relation.fetchall():
        row = dict(zip(names, values, strict=True))
        row |= {"open": [], "touched": []}
        runners.setdefault(key_of(row), []).append(row)
        by_id[row["race_id"], row["horse_id"]] = row
    prices = con.execute(
        "SELECT race_id, horse_id, kind, decimal_odds FROM prices_history ORDER BY kind, nth"
    ).fetchall()
    for race_id, horse_id, kind, price in prices:
        row = by_id[race_id, horse_id]
        if kind in ("open", "touched"):
            row[kind].append(price)
        else:
            row[kind] = price
    return runners


def key_of(row: dict[str, Any]) -> Key:
    return row["day"], canonical(row["course"]), folded(row["horse"])


def _of_row(
    row: Row, runners: Runners, refused: set[int], expected: dict[str, Counter[str]]
) -> Iterator[str]:
    if row.refused:
        if row.line not in refused:
            yield f"line {row.line}: not in quarantine"
        for name, cell in row.cells.items():  # of a refused row too it is said what was not read
            if cell.report == "must":
                expected[name]["least"] += 1
            elif cell.report != "no":
                expected[name]["more"] += 1
        return
    if row.line in refused:
        if not row.may_be_refused:
            yield f"line {row.line}: in quarantine"
        return
    ours = _same_race(row, runners.get(row.key, []))
    if ours is None:
        yield f"line {row.line}: no runner {row.key}"
        return
    for name, cell in row.cells.items():
        if cell.values == ("ANY",):
            continue
        value = ours.get(name)
        if name == "off_at":
            if not _moment_agrees(value, ours["off_doubt"], cell):
                yield f"line {row.line}: off_at is {value}, expected {cell.values[0]}"
            continue
        if not cell.accepts(value):
            yield f"line {row.line}: {name} is {value!r}, expected {_shown(cell)}"
        elif cell.report == "must" or (cell.report == "if-null" and value is None):
            expected[name]["least"] += 1
        elif cell.report in ("free", "if-null"):
            expected[name]["more"] += 1


def _same_race(row: Row, ours: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the day's entries of a horse the one of the row's race."""
    marks = {name: row.cells[name] for name in ("race_no", "off") if name in row.cells}
    agreeing = [each for each in ours if all(c.accepts(each[name]) for name, c in marks.items())]
    return next(iter(agreeing or ours), None)


def _moment_agrees(value: Any, doubt: int | None, cell: Cell) -> bool:
    """The moment is that of the off, or is left open, or says by how much it may be earlier."""
    if value is None:
        return None in cell.values
    late = [(value - each).total_seconds() / 60 for each in cell.values if each is not None]
    return any(each == 0 or (each > 0 and each == (doubt or 0)) for each in late)


def _shown(cell: Cell) -> str:
    return " or ".join(repr(value) for value in cell.values)


def _unread(
    con: duckdb.DuckDBPyConnection, expected: dict[str, Counter[str]], reading: Reading
) -> Iterator[str]:
    """The counts of the table `unread` against those of the cells that we could not read."""
    counts: Counter[str] = Counter()
    lines: dict[str, set[int]] = defaultdict(set)
    for name, cells, examples in con.execute(
        "SELECT field, cells, examples FROM unread WHERE batch_id = "
        "(SELECT max(batch_id) FROM import_batches)"
    ).fetchall():
        counts[name] += cells
        lines[name] |= {example["line"] for example in examples}
        if not 1 <= len(examples) <= 3:
            yield f"unread {name}: {len(examples)} examples"
    fields = {name: names for name, names in UNREAD_NAMES.items() if names}
    for name, names in fields.items():
        count = sum(counts.pop(each, 0) for each in names)
        least = expected[name]["least"]
        most = least + expected[name]["more"]
        if not least <= count <= most:
            yield f"unread {name}: {count} counted, {least} to {most} expected"
        doubtful = {
            row.line for row in reading.rows if row.cells.get(name, Cell((), "no")).report != "no"
        }
        if strange := set().union(*(lines[each] for each in names)) - doubtful:
            yield f"unread {name}: lines {sorted(strange)} are well written"
    for name, count in counts.items():
        yield f"unread {name}: {count} counted, none expected"
