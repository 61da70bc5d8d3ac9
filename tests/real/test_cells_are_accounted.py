"""Of every typed column of the real files, the cells given are those stored and those not read.

What is given is counted by Python's own readers, what is stored in the warehouse's tables.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
STORE = Store(memory_limit="2GB", threads=2)
NOTHING = {"", "-", "--", "---", "–", "—", "nan", "None", "not found"}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
)

RUNNERS = {
    "number": "runners.number",
    "draw": "draw",
    "age": "age",
    "weight": "pounds",
    "official_rating": "official_rating",
    "rpr": "rpr",
    "ts": "ts",
    "beaten": "beaten",
    "distance": "distance_m",
    "going": "going_group",
    "ran": "ran",
    "position": "position",
    "date": "races.date",
    "race_no": "race_no",
    "surface": "surface",
}
"""Our field -> where it is stored."""

FILES = {
    "gb_aw_2019_2020.parquet": {
        "number": "num",
        "draw": "draw",
        "age": "age",
        "weight": "wgt",
        "beaten": "ovr_btn",
        "official_rating": "official_rating",
        "rpr": "rpr",
        "ts": "ts",
        "distance": "dist",
        "going": "going",
        "ran": "ran",
        "position": "pos",
        "date": "date",
    },
    "raw/raceform_kaggle_sample_5k.csv": {
        "number": "num",
        "draw": "draw",
        "age": "age",
        "weight": "wgt",
        "official_rating": "or",
        "rpr": "rpr",
        "ts": "ts",
        "beaten": "ovr_btn",
        "distance": "dist",
        "going": "going",
        "ran": "ran",
        "position": "pos",
        "date": "date",
    },
    "raw/rpscrape_gb_2020_06_03.csv": {
        "number": "Num",
        "draw": "Draw",
        "age": "Age",
        "weight": "Wgt",
        "official_rating": "OR",
        "beaten": "Ovr_Btn",
        "distance": "Dist",
        "going": "Going",
        "ran": "Ran",
        "position": "Pos",
        "date": "Date",
    },
    "raw/rpscrape_old_fr-2018.csv": {
        "draw": "draw",
        "age": "age",
        "weight": "weight",
        "rpr": "rpr",
        "ts": "ts",
        "beaten": "btn",
        "distance": "distance",
        "going": "going",
        "position": "pos",
        "date": "date",
    },
}
"""File -> our field -> its column."""


def cells(path: Path) -> Iterator[dict[str, str | None]]:
    if path.suffix == ".parquet":
        for row in pq.read_table(path).to_pylist():
            yield {name: None if value is None else str(value) for name, value in row.items()}
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", FILES)
def test_the_cells_given_are_those_stored_and_those_that_were_not_read(
    tmp_path: Path, name: str
) -> None:
    home, columns = Home(tmp_path), FILES[name]
    batch = ingest(home, STORE, DATA / name)
    assert batch.quarantined == 0
    given: Counter[str] = Counter()
    for row in cells(DATA / name):
        for field, column in columns.items():
            given[field] += (row[column] or "").strip() not in NOTHING
    with warehouse(home, STORE, write=False) as con:
        counted = ", ".join(f"count({RUNNERS[field]})" for field in columns)
        stored = con.execute(
            f"SELECT {counted} FROM runners JOIN races USING (race_id) "
            "JOIN results USING (race_id, horse_id)"
        ).fetchall()[0]
    unread = batch.to_dict()["unread"]
    assert {
        field: read + unread.get(field, 0) for field, read in zip(columns, stored, strict=True)
    } == dict(given)
    assert unread == {}
