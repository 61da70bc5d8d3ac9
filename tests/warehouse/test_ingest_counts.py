"""Every row of a file is accepted, updated, unchanged or quarantined, and counted once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.raceform_file import (
    ask,
    contents,
    file_of,
    load,
    race,
    row,
    rows_by_csv,
    text_of,
)
from velo.errors import InputError
from velo.home import Home


def test_a_new_file_is_accepted_row_by_row(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, race())
    batch = load(home, path)
    assert (batch.rows_read, batch.accepted) == (rows_by_csv(path), 3)
    assert (batch.updated, batch.unchanged, batch.quarantined) == (0, 0, 0)


def test_the_counts_are_in_the_import_batches_with_the_files_name_and_format(
    home: Home, tmp_path: Path
) -> None:
    path = file_of(tmp_path, [*race(), row("", "4")])
    load(home, path)
    assert ask(
        home,
        "SELECT file, format, rows_read, accepted, updated, unchanged, quarantined, "
        "started <= finished FROM import_batches",
    ) == [(str(path.resolve()), "raceform", 4, 3, 0, 0, 1, True)]


def test_the_same_file_twice_changes_nothing(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [*race(), row("", "4")])
    load(home, path)
    tables = (*contents(home), "import_batches", "quarantine")
    before = contents(home, tables)
    again = load(home, path)
    assert contents(home, tables) == before
    assert (again.unchanged, again.quarantined, again.accepted, again.updated) == (3, 1, 0, 0)


@pytest.mark.slow
def test_the_same_rows_in_another_file_and_order_are_unchanged(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    batch = load(home, file_of(tmp_path, reversed(race()), "copy.csv"))
    assert (batch.unchanged, batch.rows_read) == (3, 3)
    assert contents(home) == before


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("change", "table"),
    [
        ({"rpr": "75"}, "results"),
        ({"comment": "led close home"}, "results"),
        ({"pos": "PU"}, "results"),
        ({"wgt": "9-5"}, "runners"),
        ({"jockey": "Another Rider"}, "runners"),
        ({"sp": "9/2"}, "prices_history"),
    ],
)
def test_a_changed_row_is_exactly_one_update(
    home: Home, tmp_path: Path, change: dict[str, str], table: str
) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    rows = race()
    rows[1] |= change
    batch = load(home, file_of(tmp_path, rows, "corrected.csv"))
    assert (batch.updated, batch.unchanged, batch.accepted) == (1, 2, 0)
    after = contents(home)
    assert len(set(after[table]) - set(before[table])) == 1
    assert len(after[table]) == len(before[table])


@pytest.mark.slow
def test_a_figure_that_moves_to_another_column_is_a_change(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1", rpr="80", ts="")]))
    batch = load(home, file_of(tmp_path, [row("Alpha", "1", rpr="", ts="80")], "b.csv"))
    assert batch.updated == 1
    assert ask(home, "SELECT rpr, ts FROM results") == [(None, 80.0)]


@pytest.mark.slow
def test_a_correction_of_one_runner_leaves_the_race_its_prize(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, file_of(tmp_path, [race()[2] | {"rpr": "1"}], "corrected.csv"))
    assert ask(home, "SELECT prize FROM races") == [(4000.0,)]


def test_a_row_without_position_or_price_leaves_the_earlier_ones(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, [row("Alpha", "1")]))
    batch = load(home, file_of(tmp_path, [row("Alpha", "", sp="")], "card.csv"))
    assert batch.unchanged == 1
    assert ask(home, "SELECT status, finish FROM results") == [("finished", 1)]
    assert ask(home, "SELECT decimal_odds FROM prices_history WHERE kind = 'sp'") == [(3.0,)]


@pytest.mark.slow
def test_a_card_becomes_a_result_when_its_positions_come(home: Home, tmp_path: Path) -> None:
    card = [{**runner, "pos": "", "sp": ""} for runner in race()]
    assert load(home, file_of(tmp_path, card, "card.csv")).accepted == 3
    assert ask(home, "SELECT count(*) FROM results") == [(0,)]
    assert load(home, file_of(tmp_path, race())).updated == 3
    assert ask(home, "SELECT count(*) FROM results WHERE finish = 1") == [(1,)]
    assert ask(home, "SELECT count(*) FROM races") == [(1,)]


def test_a_header_alone_is_a_file_of_no_rows(home: Home, tmp_path: Path) -> None:
    assert load(home, file_of(tmp_path, [])).rows_read == 0


def test_a_file_that_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv: no such file"):
        load(home, tmp_path / "gone.csv")


@pytest.mark.slow
def test_names_are_text_and_nothing_else(home: Home, tmp_path: Path) -> None:
    horse = "Robert'); DROP TABLE races;-- (IRE)"
    owner = 'The "Quick" Partnership, & Co; SELECT 1'
    load(home, file_of(tmp_path, [row(horse, "1", owner=owner)]))
    assert ask(home, "SELECT horse, owner FROM runners") == [(horse, owner)]
    assert ask(home, "SELECT count(*) FROM races") == [(1,)]


def test_a_record_may_run_over_several_lines(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, [row("Alpha", "1", comment="led\nstayed on"), row("Bravo", "2")])
    assert load(home, path).accepted == rows_by_csv(path) == 2
    assert ("led\nstayed on",) in ask(home, "SELECT comment FROM results")


@pytest.mark.slow
def test_changing_every_row_takes_no_more_than_a_few_times_as_long_as_loading_them(
    home: Home, tmp_path: Path
) -> None:
    """Twelve horses meet every third day."""
    first_day = dt.date(1980, 1, 1)
    rows = [
        row(
            f"Horse {place % 12}",
            str(place % 12 + 1),
            race_name=f"Race {place // 12}",
            off="",
            date=str(first_day + dt.timedelta(days=3 * (place // 12))),
            age="",
        )
        for place in range(60_000)
    ]
    first = load(home, file_of(tmp_path, rows))
    again = load(home, file_of(tmp_path, [{**runner, "rpr": "1"} for runner in rows], "b.csv"))
    assert (first.accepted, again.updated) == (60_000, 60_000)
    assert again.seconds < 4 * first.seconds


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cs"]),
    max_size=12,
)
written = st.lists(
    st.builds(
        row,
        names,
        st.one_of(st.sampled_from(["1", "2", "3", "PU", "WV", "4 DH", "", "-", "?"]), names),
        date=st.one_of(st.sampled_from(["2015-04-26", "26 Apr 2015", "", "2015-02-30"]), names),
        course=st.sampled_from(["Ripon", "Kempton (AW)", "", "–"]),
        off=st.one_of(st.sampled_from(["2:30", "14:30", ""]), names),
        age=st.one_of(st.sampled_from(["4", "-3", "nan", "1e99", "99999999999"]), names),
        wgt=names,
        sp=st.one_of(st.sampled_from(["2/1F", "0/0", "1/0"]), names),
        or_=st.one_of(st.sampled_from(["inf", "-", "70"]), names),
        prize=names,
        time=names,
        dist=names,
        rating_band=names,
        comment=names,
    ),
    max_size=40,
)


@pytest.mark.slow
@given(written)
@settings(max_examples=8)
def test_whatever_is_written_is_counted_as_the_csv_reader_counts_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    path = folder / "any.csv"
    path.write_text(text_of(rows), encoding="utf-8")
    home = Home(folder)
    assert load(home, path).rows_read == rows_by_csv(path)
    before = contents(home)
    assert load(home, file_of(folder, rows, "copy.csv")).accepted == 0
    assert contents(home) == before
