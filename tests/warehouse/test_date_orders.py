"""A file's dates are read in one order, day or month first, or the file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.raceform_file import STORE, ask, file_of, load, race, row
from tests.warehouse.test_price_files import prices_of, quote
from velo.errors import InputError
from velo.home import Home
from velo.warehouse.connection import warehouse


def test_a_file_of_both_date_orders_is_refused_whole_with_both_lines(
    home: Home, tmp_path: Path
) -> None:
    rows = [row("Alpha", "1", date=day) for day in ("01/05/2023", "01/19/2023", "19/01/2023")]
    with pytest.raises(InputError, match=r"line 4 has '19/01/2023'.*line 3 has '01/19/2023'"):
        load(home, file_of(tmp_path, rows))
    with warehouse(home, STORE, write=False) as con:
        for table in ("races", "import_batches", "unread", "quarantine"):
            assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("dates", "days", "note"),
    [
        (("01/05/2023", "01/19/2023"), ["2023-01-05", "2023-01-19"], "month first"),
        (("01/05/2023", "19/01/2023"), ["2023-01-19", "2023-05-01"], None),
        (("01/05/2023", "02/05/2023"), ["2023-05-01", "2023-05-02"], "day first"),
        (("2023-01-05", "5 May 2023"), ["2023-01-05", "2023-05-05"], None),
    ],
)
def test_a_files_dates_are_read_in_one_order_and_an_inference_is_said(
    home: Home, tmp_path: Path, dates: tuple[str, str], days: list[str], note: str | None
) -> None:
    rows = [row("Alpha", "1", date=day, ran="1", race_id=day) for day in dates]
    batch = load(home, file_of(tmp_path, rows))
    assert ask(home, "SELECT date::VARCHAR FROM races ORDER BY date") == [(day,) for day in days]
    stored: list[Any] = ask(home, "SELECT notes FROM import_batches")
    assert stored == [(list(batch.notes),)]
    assert (note is None) == (not batch.notes)
    assert note is None or note in batch.notes[0]


def test_the_month_first_holds_for_a_price_file_too(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race(date="2015-04-05")))
    quotes = [
        quote("Alpha", EVENT_DT="04-05-2015 14:30"),
        quote("Zulu", EVENT_DT="04-26-2015 14:30"),
    ]
    batch = load(home, prices_of(tmp_path, quotes))
    assert (batch.accepted, batch.unmatched) == (2, 1)


def test_an_impossible_day_is_refused_by_its_row_alone(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", date="26/04/2015"),
        row("Bravo", "1", date="31/02/2015"),
        row("Charlie", "1", date="5/1/15"),
    ]
    batch = load(home, file_of(tmp_path, rows))
    assert (batch.accepted, batch.quarantined) == (1, 2)
    assert ask(home, "SELECT DISTINCT reason FROM quarantine") == [("date-unreadable",)]
