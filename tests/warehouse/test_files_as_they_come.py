"""Files as they come: line ends, quotes, odd names, garbage. Read, or refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.warehouse.raceform_file import (
    COLUMNS,
    ask,
    contents,
    file_of,
    load,
    race,
    row,
    rows_by_csv,
    text_of,
)
from velo.errors import InputError, VeloError
from velo.home import Home

HEADER = ",".join(COLUMNS).encode()


def as_it_is(folder: Path, content: bytes, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.rstrip(b"\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\n\n") + b"\n\n",
        lambda text: text.replace(b"date,course,", b" Date , COURSE ,", 1),
        lambda text: text.replace(b"comment\n", b"comment,\n", 1).replace(b")\n", b"),\n"),
    ],
    ids=["CR LF", "CR", "no last line end", "byte order mark", "blank lines", "header", "trailing"],
)
def test_the_same_rows_however_they_are_laid_out(
    home: Home, tmp_path: Path, changed: Callable[[bytes], bytes]
) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    path = as_it_is(tmp_path, changed(text_of(race()).encode()), "laid out.csv")
    batch = load(home, path)
    assert (batch.rows_read, batch.unchanged) == (3, 3)
    assert contents(home) == before


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "mixed",
    [lambda text: text.replace(b"\n", b"\r\n"), lambda text: text.replace(b"all", b"all\r", 1)],
    ids=["CR LF behind LF", "a stray CR"],
)
def test_line_ends_of_two_kinds_are_refused_rather_than_misread(
    home: Home, tmp_path: Path, mixed: Callable[[bytes], bytes]
) -> None:
    text = text_of(race()).encode()
    path = as_it_is(tmp_path, text + mixed(text))
    with pytest.raises(InputError, match=r"line \d+ ends unlike those before it"):
        load(home, path)


def test_one_bad_quote_costs_one_row(home: Home, tmp_path: Path) -> None:
    rows = [row(f"Horse {place}", str(place)) for place in range(1, 30)]
    text = text_of(rows).replace("Horse 3,", '"Horse" 3,')
    batch = load(home, as_it_is(tmp_path, text.encode()))
    assert (batch.rows_read, batch.accepted, batch.quarantined) == (29, 28, 1)
    assert ask(home, "SELECT line, reason FROM quarantine") == [(4, "malformed-line")]


def test_a_text_that_is_not_utf_8_costs_its_row(home: Home, tmp_path: Path) -> None:
    text = text_of([*race(), row("Delta", "4", dist="5½f")]).encode("latin-1")
    batch = load(home, as_it_is(tmp_path, text))
    assert (batch.rows_read, batch.accepted, batch.quarantined) == (4, 3, 1)


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "name",
    ["o'brien.csv", "of [1].csv", "of *.csv", "of ?.csv", "of {a,b}.csv", "a;b -- c.csv", "é.csv"],
)
def test_a_name_is_a_name_and_never_a_pattern(home: Home, tmp_path: Path, name: str) -> None:
    for decoy in ("of 1.csv", "of x.csv", "of a.csv", "of b.csv"):
        file_of(tmp_path, [row("Decoy", "1")], decoy)
    load(home, file_of(tmp_path, race(), name))
    assert ask(home, "SELECT count(*) FROM runners WHERE horse <> 'Decoy'") == [(3,)]
    assert ask(home, "SELECT count(*) FROM runners") == [(3,)]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_named_like_a_partition_gives_no_column(
    home: Home, tmp_path: Path, ending: str
) -> None:
    path = file_of(tmp_path, race(), "date=1999-01-01/course=Ascot/results.csv")
    if ending == "parquet":
        target = path.with_suffix(".parquet")
        duckdb.execute(
            f"COPY (FROM read_csv('{path}', all_varchar = true, hive_partitioning = false)) "
            f"TO '{target}'"
        )
        path = target
    load(home, path)
    assert ask(home, "SELECT date::VARCHAR, course FROM races") == [("2015-04-26", "Ripon")]


def test_an_empty_file_says_that_it_has_no_header(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"empty\.csv has no header"):
        load(home, as_it_is(tmp_path, b"", "empty.csv"))


def test_a_parquet_file_that_is_none_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"torn\.parquet cannot be read"):
        load(home, as_it_is(tmp_path, b"PAR1 and no more", "torn.parquet"))


def test_a_folder_is_no_file(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "results.csv"
    folder.mkdir()
    with pytest.raises(InputError, match=r"is a folder: name a plain file"):
        load(home, folder)


def test_columns_may_come_in_any_order_and_twice(home: Home, tmp_path: Path) -> None:
    columns = [*reversed(COLUMNS), "horse", "notes"]
    path = as_it_is(tmp_path, text_of(race(), columns).encode())
    assert load(home, path).accepted == rows_by_csv(path)
    assert ask(home, "SELECT count(*) FROM runners WHERE horse = 'Bravo'") == [(1,)]


garbage = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=300).map(lambda tail: HEADER + b"\n" + tail),
    st.lists(st.sampled_from([b'"', b",", b"\n", b"\r", b"x", b"\x00", b"\xff", b"1"]), max_size=80)
    .map(b"".join)
    .map(lambda tail: HEADER + b"\n" + tail),
)


@pytest.mark.slow
@given(garbage, st.sampled_from(["csv", "parquet"]))
@example(HEADER + b'\n"', "csv")
@example(b"\n\n\n", "csv")
@example(b"\xff\xfe" + "date,course".encode("utf-16-le"), "csv")
@settings(max_examples=25)
def test_garbage_is_counted_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    folder = tmp_path_factory.mktemp("home")
    path = as_it_is(folder, content, f"garbage.{ending}")
    refusal = refusal_of(Home(folder), path)
    assert refusal is None or (str(path) in refusal and len(refusal.splitlines()) == 1)


def refusal_of(home: Home, path: Path) -> str | None:
    try:
        load(home, path)
    except VeloError as refusal:
        return str(refusal)
    return None
