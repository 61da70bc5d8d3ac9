"""A format-year's rows into a file: CSV, parquet, an SQLite table, or JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from velo.errors import InputError
from velo.sql_text import identifier
from velo.synth.formats.declaration import Container, Format

SUFFIXES: dict[Container, tuple[str, ...]] = {
    "flat": (".csv", ".parquet", ".db", ".sqlite"),
    "prices": (".csv",),
    "json-results": (".json",),
    "json-by-region": (".json",),
    "json-racecards": (".json",),
}
_TABLE = "racing_data"
_RACE = ("date", "course", "off")
_NEVER_RAN = pa.array(["WV", "NR", "VOI"])


def check_suffix(path: Path, form: Format) -> None:
    """Hold a file's suffix to the format.

    Raises:
        InputError: the path names no file, or the format is not written so.
    """
    if not path.name:
        raise InputError("--out is empty: name a file")
    allowed = SUFFIXES[form.container]
    if path.suffix in allowed or (form.container == "flat" and path.suffix not in (".json",)):
        return
    raise InputError(f"{path}: {form.name} is written as {' or '.join(allowed)}; rename --out")


def write(path: Path, suffix: str, form: Format, sheets: Iterable[pa.Table]) -> None:
    """Write the raceform sheets as the format-year lays them out.

    Args:
        path: the file; it is written anew.
        suffix: of the file's last name, which tells CSV, parquet and SQLite apart.
        form: the format-year.
        sheets: the raceform sheet in parts, a race's rows in order.
    """
    if form.last_day:
        sheets = _last_day(sheets)
    if form.container == "prices":
        sheets = (sheet.filter(_was_bet_on(sheet)) for sheet in sheets)
    tables = (form.table(sheet) for sheet in sheets)
    if form.container.startswith("json"):
        _write_json(path, form, tables)
    elif suffix == ".parquet":
        _write_parquet(path, tables)
    elif suffix in (".db", ".sqlite"):
        _write_sqlite(path, form, tables)
    else:
        _write_csv(path, form, tables)


def _last_day(sheets: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of the last day; days come in order."""
    held: list[pa.Table] = []
    for sheet in sheets:
        last = pc.max(sheet["date"])
        part = sheet.filter(pc.equal(sheet["date"], last))
        if held and held[-1]["date"][0] != last:
            held = []
        held.append(part)
    if held:
        yield _with_race_prize(pa.concat_tables(held))


def _with_race_prize(sheet: pa.Table) -> pa.Table:
    """The sheet and `race_prize`, what the winner of the race is to have: a card declares it."""
    races = list(zip(*(sheet[name].to_pylist() for name in _RACE), strict=True))
    won = zip(races, sheet["pos"].to_pylist(), sheet["prize"].to_pylist(), strict=True)
    first = {race: prize for race, pos, prize in won if pos == "1"}
    prizes = pa.array([first.get(race, "") for race in races], pa.string())
    return sheet.append_column("race_prize", prizes)


def _was_bet_on(sheet: pa.Table) -> pa.ChunkedArray:
    ran = pc.invert(pc.is_in(sheet["pos"], value_set=_NEVER_RAN))
    return pc.and_(ran, pc.not_equal(sheet["sp"], ""))


def _write_csv(path: Path, form: Format, tables: Iterable[pa.Table]) -> None:
    mark = '"' if form.quoted else ""
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as sink:
        sink.write((",".join(f"{mark}{name}{mark}" for name in form.columns) + "\n").encode())
        with pacsv.CSVWriter(sink, _schema(form), write_options=options) as writer:
            for table in tables:
                writer.write_table(table)


def _write_parquet(path: Path, tables: Iterable[pa.Table]) -> None:
    writer: pq.ParquetWriter | None = None
    for table in tables:
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _write_sqlite(path: Path, form: Format, tables: Iterable[pa.Table]) -> None:
    path.unlink(missing_ok=True)
    columns = ", ".join(f"{identifier(name)} TEXT" for name in form.columns)
    places = ", ".join("?" * len(form.columns))
    with closing(sqlite3.connect(path)) as con, con:
        con.execute(f"CREATE TABLE {_TABLE} ({columns})")
        for table in tables:
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            con.executemany(f"INSERT INTO {_TABLE} VALUES ({places})", rows)


def _schema(form: Format) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in form.columns])


def _write_json(path: Path, form: Format, tables: Iterable[pa.Table]) -> None:
    races = _races(form, (row for table in tables for row in table.to_pylist()))
    if form.container == "json-by-region":
        regions: dict[str, Any] = {}
        for race in races:
            courses = regions.setdefault(race["region"], {})
            courses.setdefault(race["course"], {})[race["off_time"]] = race
        path.write_text(json.dumps(regions, ensure_ascii=False), encoding="utf-8")
        return
    name = "results" if form.container == "json-results" else "racecards"
    with path.open("w", encoding="utf-8") as sink:
        sink.write(f'{{"{name}": [')
        for k, race in enumerate(races):
            sink.write((",\n" if k else "\n") + json.dumps(race, ensure_ascii=False))
        sink.write("\n]}\n")


def _races(form: Format, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Each race with its runners; a race's rows follow each other."""
    race: dict[str, Any] = {}
    for row in rows:
        own = {name: text for name, text in row.items() if name in form.of_race}
        if not race or any(race[name] != text for name, text in own.items()):
            if race:
                yield race
            race = {**own, "runners": []}
        race["runners"].append(
            {
                {"runner_region": "region"}.get(name, name): _typed(name, text)
                for name, text in row.items()
                if name not in form.of_race
            }
        )
    if race:
        yield race


def _typed(name: str, text: str) -> str | bool:
    return text == "true" if name in ("non_runner", "reserve") else text
