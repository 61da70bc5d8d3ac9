"""The shared real files and cases, each with its format-year."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.differential.layouts import LAYOUTS, PARQUET
from tests.differential.reading import Reading, read_records
from tests.differential.trial import read

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
)
CASES = {
    "01-rpscrape-default.csv": "rpscrape",
    "01b-lbs-without-wgt.csv": "rpscrape-chosen",
    "02-rpscrape-2019-feb.csv": "rpscrape-2019-jan",
    "02b-rpscrape-2018-dec.csv": "rpscrape-2018",
    "03-rpscrape-2019-2020.csv": "rpscrape-2019",
    "04-two-clocks.csv": "raceform-24h",
    "05-region-column.csv": "rpscrape-2021",
    "06-california.csv": "raceform",
    "07-raceform-randwick.csv": "raceform",
    "08-results-with-position.csv": "racing-api",
    "09-saved-in-spreadsheet.csv": "raceform",
    "10-month-first.csv": "raceform",
    "11-age-slip.csv": "raceform",
    "12-card-with-non-runners.json": "rpscrape-json-2026",
    "13-stall-0.csv": "racecard",
    "14a-raceform.csv": "raceform",
    "14b-rpscrape-old.csv": "rpscrape-2018",
    "15a-raceform-irish.csv": "raceform",
    "15b-rpscrape-2020-irish.csv": "rpscrape-2020",
    "16-coupled.csv": "raceform",
    "17-beyond-reason.csv": "raceform",
}
RESULTS = {
    "raw/raceform_kaggle_sample_5k.csv": "raceform",
    "raw/rpscrape_gb_2020_06_03.csv": "rpscrape-2020",
    "raw/rpscrape_old_fr-2018.csv": "rpscrape-2018",
}
CARDS = {
    "raw/cards/rpscrape_2025-04-01.json": "rpscrape-json",
    "raw/cards/rpscrape_2026-01-01.json": "rpscrape-json-2026",
    "raw/cards/racing_api_2025-12-17.json": "racing-api-card",
}


def read_case(name: str) -> Reading:
    """A case, read independently."""
    return read(DATA / "cases" / name, LAYOUTS[CASES[name]])


def read_parquet(path: Path, name: str) -> Reading:
    """A parquet file, every value as the text that it stands for."""
    layout = PARQUET[name]
    columns = ", ".join(f'"{column}"::VARCHAR' for column in layout.columns)
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT {columns} FROM read_parquet(?)", [str(path)]).fetchall()
    records = [
        dict(zip(layout.columns, (value or "" for value in row), strict=True)) for row in rows
    ]
    for record in records:
        if name == "hong_kong" and record["date"] < "2016":
            record["official_rating"] = ""
    return read_records(records, list(layout.columns), layout)
