"""Which format a file is in: told by its columns, or by the user."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.headers import (
    GB_ALL_WEATHER,
    HEADERS,
    RACEFORM,
    RACING_API,
    RPSCRAPE_2020,
    file_with,
)
from tests.warehouse.raceform_file import COLUMNS, ask, file_of, load, race, text_of
from tests.warehouse.staged import staged
from velo.errors import InputError, UnknownFormat
from velo.home import Home
from velo.warehouse.readers import recognise


def test_an_unknown_format_names_the_columns_the_nearest_and_what_it_lacks(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "cards.csv"
    path.write_text(text_of(race(), [column for column in COLUMNS if column != "horse"]))
    with pytest.raises(UnknownFormat) as refusal:
        load(home, path)
    (line,) = str(refusal.value).splitlines()
    assert line.startswith(f"{path}: no known format has these columns (date, course, race_id,")
    assert "the nearest is raceform, which needs horse as well" in line
    assert "--format" in line


def test_a_refused_file_leaves_no_batch(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnknownFormat):
        load(home, path)
    assert ask(home, "SELECT count(*) FROM import_batches") == [(0,)]


def test_the_user_may_say_which_format_it_is(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(text_of(race(), [column for column in COLUMNS if column != "ts"]))
    assert load(home, path, "raceform").accepted == 3
    assert ask(home, "SELECT DISTINCT ts FROM results") == [(None,)]


def test_a_format_that_is_none_is_told_with_those_that_are(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match=r"no format is called 'racefrom'; known are hong_kong"):
        load(home, file_of(tmp_path, race()), "racefrom")


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["results.txt", "results", "results.csv.gz"])
def test_another_ending_is_refused_with_those_that_are_read(
    home: Home, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError, match=r"files end in"):
        load(home, file_of(tmp_path, race(), name))


@pytest.mark.parametrize(("form", "header"), HEADERS.values(), ids=HEADERS)
def test_each_format_year_is_known_by_its_columns_in_any_order_and_case(
    form: str, header: str
) -> None:
    columns = [*header.split(","), "another"]
    for given in (columns, columns[::-1], sorted(columns), [f"  {c.upper()} " for c in columns]):
        assert recognise("file", given).name == form


@pytest.mark.parametrize(
    "without", ["rpr ts or pattern", "sp dec", "wgt lbs", "sire dam damsire owner", "comment time"]
)
def test_optional_columns_never_decide(without: str) -> None:
    for form, header in HEADERS.values():
        if form in ("raceform", "rpscrape", "rpscrape_old"):
            left = [c for c in header.split(",") if c.lower() not in without.split()]
            assert recognise("file", left).name == form


def test_a_result_column_of_any_spelling_makes_a_file_results() -> None:
    columns = ["date", "course", "off", "horse", "num", "jockey"]
    assert recognise("file", columns).role == "card"
    for spelling in (
        "pos",
        "Position",
        " finish_pos",
        "Finishing Position",
        "PLACING",
        "place",
        "Fin",
        "finish",
        "finishpos",
        "Fin. Pos",
    ):
        assert recognise("file", [*columns, spelling]).role == "results", spelling


def test_a_file_that_two_formats_would_read_differently_is_refused_with_both_named() -> None:
    """`time` is the off in a file of 2018, and the race's time in one of 2022."""
    columns = ["date", "course", "time", "race_name", "pos", "horse", "sp", "jockey", "trainer"]
    with pytest.raises(UnknownFormat, match=r"rpscrape and rpscrape_old both .* read time diff"):
        recognise("file", columns)
    assert recognise("file", [*columns, "gear", "band"]).name == "rpscrape_old"
    assert recognise("file", [*columns, "off"]).name == "rpscrape"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("form", "header", "lost"),
    [
        ("raceform", RACING_API, "weight, weight_lbs"),
        ("raceform", GB_ALL_WEATHER, "morn_price, break_price, eve_price"),
        ("hong_kong", RACEFORM, "sp"),
        ("rpscrape_old", RPSCRAPE_2020, "a column off"),
        ("racecard", RACEFORM, "finishing positions in its column pos"),
    ],
)
def test_a_named_format_that_would_lose_prices_weights_or_positions_is_refused(
    home: Home, tmp_path: Path, form: str, header: str, lost: str
) -> None:
    columns = header.split(",")
    row = dict.fromkeys(columns, "1") | {columns[0]: "2024-05-01"}
    path = file_with(tmp_path / "file.csv", columns, row)
    with pytest.raises(UnknownFormat, match=lost) as refusal:
        load(home, path, form)
    assert "leave --format" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert ask(home, "SELECT count(*) FROM import_batches") == [(0,)]


@pytest.mark.parametrize(("form", "header"), HEADERS.values(), ids=HEADERS)
def test_a_file_may_be_named_by_its_own_format(form: str, header: str, tmp_path: Path) -> None:
    path = file_with(tmp_path / "file.csv", header.split(","), {})
    assert staged(path, form)[0].reader.name == form


def test_columns_that_no_format_knows_are_listed(home: Home, tmp_path: Path) -> None:
    path = file_with(tmp_path / "file.csv", [*COLUMNS, "Tip", "my rating"], *race())
    batch = load(home, path)
    assert batch.unknown_columns == ("tip", "my_rating")
    assert ask(home, "SELECT unknown_columns FROM import_batches") == [(["tip", "my_rating"],)]


def test_a_parquet_file_is_read_as_the_csv_file(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    table = pa.table({name: [runner.get(name) or None for runner in race()] for name in COLUMNS})
    pq.write_table(table, tmp_path / "results.parquet")
    batch = load(home, tmp_path / "results.parquet")
    assert (batch.format, batch.unchanged) == ("raceform", 3)
