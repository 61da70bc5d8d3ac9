"""Every real file into one home: each row's outcome, and what two sources say of one race."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from velo.home import Home
from velo.settings import Store
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import Batch, ingest
from velo.warehouse.quarantine import counts_by_reason

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
STORE = Store(memory_limit="2GB", threads=2)
FILES = {
    "hk_2008_2022.parquet": ("hong_kong", 142_716),
    "gb_aw_2019_2020.parquet": ("gb_all_weather", 31_764),
    "raw/betfair_promo_format_3lines.csv": ("exchange", 2),
    "raw/raceform_kaggle_sample_5k.csv": ("raceform", 5_000),
    "raw/rpscrape_gb_2020_06_03.csv": ("rpscrape", 201),
    "raw/rpscrape_old_fr-2018.csv": ("rpscrape_old", 477),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"the real files are not at {DATA.name} beside the project"
    ),
]


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Batch]:
    home = Home(tmp_path_factory.mktemp("all"))
    return {name: ingest(home, STORE, DATA / name) for name in FILES}


@pytest.fixture(scope="module")
def con(
    batches: dict[str, Batch], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.getbasetemp() / "all0")
    with warehouse(home, STORE, write=False) as opened:
        yield opened


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_every_file_is_taken(batches: dict[str, Batch], name: str) -> None:
    batch = batches[name]
    assert (batch.format, batch.rows_read, batch.quarantined) == (*FILES[name], 0)
    assert batch.accepted + batch.updated + batch.unchanged == batch.rows_read


def test_nothing_is_in_quarantine(con: duckdb.DuckDBPyConnection) -> None:
    assert counts_by_reason(con) == {}


def test_the_exchanges_prices_find_their_runners(
    con: duckdb.DuckDBPyConnection, batches: dict[str, Batch]
) -> None:
    assert batches["raw/betfair_promo_format_3lines.csv"].unmatched == 0
    assert con.execute(
        "SELECT horse, round(decimal_odds, 2), quoted::VARCHAR FROM prices_history "
        "JOIN runners USING (race_id, horse_id) WHERE prices_history.source = 'exchange' "
        "AND kind = 'bsp' ORDER BY ALL"
    ).fetchall() == [
        ("Another Touch (GB )", 4.1, "2019-12-31 13:05:00"),
        ("Man Of The Sea (IRE)", 8.0, "2019-12-31 12:00:00"),
    ]


def test_a_hong_kong_race_of_the_raceform_sample_is_the_one_of_the_hong_kong_file(
    con: duckdb.DuckDBPyConnection, batches: dict[str, Batch]
) -> None:
    assert batches["raw/raceform_kaggle_sample_5k.csv"].updated == 6
    assert con.execute("SELECT source FROM race_tellings ORDER BY source").fetchall() == [
        ("hong_kong",),
        ("raceform",),
    ]
    assert con.execute("SELECT count(*) FROM conflicts").fetchall() == [(0,)]
    assert con.execute(
        "SELECT off, race_no IS NOT NULL FROM races WHERE race_id IN "
        "(SELECT race_id FROM race_tellings)"
    ).fetchall() == [("09:05", True)]


def test_the_races_that_are_not_whole_are_flagged(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(
        "SELECT source, flag, count(*) FROM race_flags JOIN races USING (race_id) "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall() == [
        ("hong_kong", "book-low", 3),
        ("raceform", "book-low", 11),
        ("raceform", "no-winner", 7),
        ("raceform", "number-twice", 7),
        ("raceform", "runners-missing", 11),
    ]
