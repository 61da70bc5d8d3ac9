"""Small raceform files by hand, ingested for real, and the warehouse's tables as content."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.warehouse.first_imports import first_import
from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch, ingest

STORE = Store(memory_limit="1GB", threads=1)
COLUMNS = (
    "date",
    "course",
    "race_id",
    "off",
    "race_name",
    "type",
    "class",
    "pattern",
    "rating_band",
    "age_band",
    "sex_rest",
    "dist",
    "going",
    "ran",
    "num",
    "pos",
    "draw",
    "ovr_btn",
    "btn",
    "horse",
    "age",
    "sex",
    "wgt",
    "hg",
    "time",
    "sp",
    "jockey",
    "trainer",
    "prize",
    "or",
    "rpr",
    "ts",
    "sire",
    "dam",
    "damsire",
    "owner",
    "comment",
)
FACTS = ("races", "runners", "results", "prices_history", "horses")


def row(horse: str, pos: str, **changes: str) -> dict[str, str]:
    """A runner of the 2:30 at Ripon on 26 April 2015, or as `changes` say (`or_` is `or`)."""
    usual = {
        "date": "2015-04-26",
        "course": "Ripon",
        "race_id": "624581",
        "off": "2:30",
        "race_name": "Sun Stakes",
        "type": "Flat",
        "class": "Class 4",
        "dist": "6f",
        "going": "Good",
        "ran": "3",
        "num": "1",
        "pos": pos,
        "draw": "1",
        "horse": horse,
        "age": "4",
        "sex": "G",
        "wgt": "9-4",
        "sp": "2/1",
        "jockey": "A Rider",
        "trainer": "A Trainer",
        "or": "70",
        "rpr": "72",
        "ts": "60",
        "sire": "A Sire (GB)",
        "dam": "A Dam (IRE)",
        "damsire": "Another",
        "owner": "An Owner",
        "comment": "made all(op 5/2)",
    }
    return usual | {name.rstrip("_"): value for name, value in changes.items()}


def race(**changes: str) -> list[dict[str, str]]:
    """Three finishers."""
    return [
        row("Alpha (IRE)", "1", num="1", draw="3", prize="4000", **changes),
        row("Bravo", "2", num="2", draw="1", prize="1200", sp="5/1", **changes),
        row("Charlie (FR)", "3", num="3", draw="2", sp="EvensF", **changes),
    ]


def text_of(rows: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS) -> str:
    """The file's text."""
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


def file_of(folder: Path, rows: Iterable[Mapping[str, str]], name: str = "results.csv") -> Path:
    """A raceform file of these rows."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(rows), encoding="utf-8")
    return path


def rows_by_csv(path: Path) -> int:
    """Rows of a file as Python's reader counts them, header and blank lines left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for record in csv.reader(file) if record) - 1


def load(home: Home, path: Path, form: str | None = None) -> Batch:
    """Ingest a file, and hold that its counts add up."""

    def imported() -> Batch:
        return ingest(home, STORE, path, form)

    is_first = path.is_file() and not home.warehouse.exists()
    batch = first_import(home, STORE, path, form, imported) if is_first else imported()
    assert batch.rows_read == (batch.accepted + batch.updated + batch.unchanged + batch.quarantined)
    return batch


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """What the home's warehouse answers."""
    with warehouse(home, STORE, write=False) as con:
        return con.execute(sql).fetchall()


def contents(home: Home, tables: Iterable[str] = FACTS) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables, in order."""
    with warehouse(home, STORE, write=False) as con:
        return {
            table: con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in tables
        }


def statuses(home: Home) -> dict[str, tuple[str, int | None]]:
    """Horse -> (status, finish)."""
    return {
        horse: (status, finish)
        for horse, status, finish in ask(
            home,
            "SELECT horse, status, finish FROM runners JOIN results USING (race_id, horse_id)",
        )
    }


def prices(home: Home) -> dict[str, float]:
    """Horse -> its starting price, decimal."""
    return dict(
        ask(
            home,
            "SELECT horse, decimal_odds FROM runners JOIN prices_history USING (race_id, horse_id) "
            "WHERE kind = 'sp'",
        )
    )


def horses(home: Home) -> list[int]:
    """How many runs each horse has, fewest first."""
    return [
        count
        for (count,) in ask(home, "SELECT count(*) AS n FROM runners GROUP BY horse_id ORDER BY n")
    ]
