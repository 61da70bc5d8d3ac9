"""Which format a file is in: told by its columns, or by the user."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.raceform_file import COLUMNS, ask, file_of, load, race, text_of
from velo.errors import InputError, UnknownFormat
from velo.home import Home
from velo.warehouse.readers import READERS, named, recognise


def test_an_unknown_format_names_the_columns_the_nearest_and_what_it_lacks(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "cards.csv"
    path.write_text(text_of(race(), [column for column in COLUMNS if column not in ("off", "ts")]))
    with pytest.raises(UnknownFormat) as refusal:
        load(home, path)
    (line,) = str(refusal.value).splitlines()
    assert line.startswith(f"{path}: no known format has these columns (date, course, race_id,")
    assert "the nearest is raceform, which needs off, ts as well" in line
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


@pytest.mark.parametrize("name", ["results.txt", "results", "results.csv.gz"])
def test_another_ending_is_refused_with_those_that_are_read(
    home: Home, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError, match=r"files end in"):
        load(home, file_of(tmp_path, race(), name))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: str(reader.name))
def test_each_format_is_known_by_its_own_mark(reader: object) -> None:
    found = next(each for each in READERS if each is reader)
    columns = sorted(found.mark | {"another"})
    assert recognise("file", [column.upper() for column in columns]) is found


def test_of_two_complete_marks_the_longer_is_believed() -> None:
    card, results = named("racecard"), named("raceform")
    assert card.mark < results.mark
    assert recognise("file", results.mark | {"another"}) is results


def test_no_two_formats_have_one_mark() -> None:
    assert len({reader.mark for reader in READERS}) == len(READERS)


def test_runners_without_positions_are_a_card() -> None:
    columns = {"date", "course", "off", "horse", "num", "jockey"}
    assert recognise("file", columns).role == "card"
    with pytest.raises(UnknownFormat):
        recognise("file", columns | {"pos"})


def test_a_parquet_file_is_read_as_the_csv_file(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    table = pa.table({name: [runner.get(name) or None for runner in race()] for name in COLUMNS})
    pq.write_table(table, tmp_path / "results.parquet")
    batch = load(home, tmp_path / "results.parquet")
    assert (batch.format, batch.unchanged) == ("raceform", 3)
