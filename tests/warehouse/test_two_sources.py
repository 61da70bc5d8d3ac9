"""One race told by two sources: the most trusted is heard, the others fill in, none is lost."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.raceform_file import ask, contents, file_of, load, race, row
from velo.home import Home

RPSCRAPE = (
    "Date",
    "Course",
    "Off",
    "Name",
    "Type",
    "Class",
    "Pattern",
    "Rating_Band",
    "Age_Band",
    "Sex_Rest",
    "Dist",
    "Dist_Y",
    "Dist_M",
    "Dist_F",
    "Going",
    "Num",
    "Pos",
    "Ran",
    "Draw",
    "Btn",
    "Ovr_Btn",
    "Horse",
    "SP",
    "Dec",
    "Age",
    "Sex",
    "Wgt",
    "Lbs",
    "HG",
    "Time",
    "Jockey",
    "Trainer",
    "OR",
    "RPR",
    "TS",
    "Prize",
    "Sire",
    "Dam",
    "Damsire",
    "Owner",
    "Comment",
)
MERGED = (
    "races",
    "runners",
    "results",
    "prices_history",
    "horses",
    "conflicts",
    "race_tellings",
    "runner_tellings",
)


def scraped(folder: Path, runners: dict[str, dict[str, str]], **race_: str) -> Path:
    """The same race at Ripon as rpscrape writes it."""
    lines = [",".join(RPSCRAPE)]
    for horse, own in runners.items():
        usual = {
            "Date": "2015-04-26",
            "Course": "Ripon",
            "Off": "2:30",
            "Name": "Sun Stakes",
            "Type": "Flat",
            "Class": "Class 4",
            "Dist": "6f",
            "Going": "Good",
            "Ran": "3",
            "Horse": horse,
            "Age": "4",
            "Sex": "G",
            "Wgt": "9-4",
            "SP": "2/1",
            "Jockey": "A Rider",
            "Trainer": "A Trainer",
        }
        cells = usual | race_ | own
        lines.append(",".join(cells.get(name, "") for name in RPSCRAPE))
    path = folder / "scraped.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def field(**changes: dict[str, str]) -> dict[str, dict[str, str]]:
    """Alpha first, Bravo second, Charlie third."""
    plain = {"Alpha (IRE)": {"Pos": "1"}, "Bravo": {"Pos": "2"}, "Charlie (FR)": {"Pos": "3"}}
    return {horse: cells | changes.get(horse[0], {}) for horse, cells in plain.items()}


def rows_in(home: Home, name: str) -> list[tuple[Any, ...]]:
    """A table's rows without the columns that tell how they came."""
    columns = ask(
        home,
        "SELECT string_agg(column_name, ', ' ORDER BY column_index) FROM duckdb_columns() WHERE "
        f"schema_name = 'main' AND table_name = '{name}' "
        "AND column_name NOT IN ('batch_id', 'content')",
    )[0][0]
    return table(home, columns, name)


def table(home: Home, columns: str, name: str, order: str = "ALL") -> list[tuple[Any, ...]]:
    """Some columns of a table."""
    return ask(home, f"SELECT {columns} FROM {name} ORDER BY {order}")


def test_a_race_that_two_sources_tell_of_is_one_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, scraped(tmp_path, field()))
    assert table(home, "count(*)", "races") == [(1,)]
    assert table(home, "count(*)", "runners") == [(3,)]
    assert (batch.accepted, batch.format) == (0, "rpscrape")


@pytest.mark.slow
def test_what_the_trusted_source_leaves_open_the_other_fills(home: Home, tmp_path: Path) -> None:
    bare = [runner | {"draw": "", "jockey": "", "going": ""} for runner in race()]
    load(home, file_of(tmp_path, bare))
    batch = load(
        home,
        scraped(tmp_path, field(A={"Draw": "7", "Jockey": "B Rider"}), Going="Soft"),
    )
    assert batch.updated == 3
    assert table(home, "draw, jockey", "runners WHERE horse LIKE 'Alpha%'") == [(7, "B Rider")]
    assert table(home, "going, going_group", "races")[0][0] == "Soft"


@pytest.mark.few(1)
@pytest.mark.parametrize("trusted_first", [True, False])
def test_the_trusted_source_is_heard_and_the_conflict_recorded(
    home: Home, tmp_path: Path, trusted_first: bool
) -> None:
    files = [
        file_of(tmp_path, race()),
        scraped(tmp_path, field(A={"Pos": "2", "Draw": "8"}, B={"Pos": "1"}), Going="Heavy"),
    ]
    for path in files if trusted_first else files[::-1]:
        load(home, path)
    places = dict(
        ask(home, "SELECT horse, finish FROM runners JOIN results USING (race_id, horse_id)")
    )
    assert places == {"Alpha (IRE)": 1, "Bravo": 2, "Charlie (FR)": 3}
    assert table(home, "going", "races") == [("Good",)]
    conflicts = ask(
        home,
        "SELECT coalesce(horse, 'the race'), field, kept_source, kept, other_source, other "
        "FROM conflicts LEFT JOIN runners USING (race_id, horse_id) ORDER BY ALL",
    )
    assert conflicts == [
        ("Alpha (IRE)", "draw", "raceform", "3", "rpscrape", "8"),
        ("Alpha (IRE)", "finish", "raceform", "1", "rpscrape", "2"),
        ("Bravo", "finish", "raceform", "2", "rpscrape", "1"),
        ("the race", "going_group", "raceform", "good", "rpscrape", "heavy"),
    ]


@pytest.mark.slow
def test_the_merged_warehouse_does_not_depend_on_the_order_of_the_files(
    tmp_path: Path,
) -> None:
    files = [
        file_of(tmp_path, [runner | {"draw": ""} for runner in race()]),
        scraped(tmp_path, field(A={"Draw": "8", "RPR": "70"}, B={"Pos": "PU"})),
        file_of(tmp_path, [race()[0] | {"pos": "3"}, race()[2] | {"pos": "1"}], "corrected.csv"),
    ]
    orders = [
        order for order in itertools.permutations(range(3)) if order.index(0) < order.index(2)
    ]
    ends = []
    for number, order in enumerate(orders):
        home = Home(tmp_path / f"home{number}")
        home.root.mkdir()
        for place in order:
            load(home, files[place])
        ends.append({name: rows_in(home, name) for name in MERGED})
    assert ends[1:] == ends[:-1]


@pytest.mark.slow
def test_a_second_source_that_agrees_changes_nothing(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home, ("races", "runners", "results", "horses"))
    same = {
        runner["horse"]: {"Pos": runner["pos"], "Num": runner["num"], "SP": ""} for runner in race()
    }
    batch = load(home, scraped(tmp_path, same))
    assert (batch.unchanged, batch.updated) == (3, 0)
    assert contents(home, ("races", "runners", "results", "horses")) == before
    assert table(home, "count(*)", "conflicts") == [(0,)]


@pytest.mark.slow
def test_both_sources_prices_are_kept_and_the_trusted_one_counts(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, scraped(tmp_path, field(A={"SP": "11/4F"})))
    alpha = "JOIN runners USING (race_id, horse_id) WHERE horse LIKE 'Alpha%' AND kind = 'sp'"
    kept = f"SELECT prices_history.source, decimal_odds FROM prices_history {alpha} ORDER BY 1"
    assert ask(home, kept) == [("raceform", 3.0), ("rpscrape", 3.75)]
    assert ask(home, f"SELECT decimal_odds FROM prices {alpha}") == [(3.0,)]


def test_sources_that_disagree_about_the_off_tell_of_one_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, scraped(tmp_path, field(), Off="2:35"))
    assert table(home, "off", "races") == [("14:30",)]
    assert ask(home, "SELECT field, kept, other FROM conflicts") == [("off", "14:30", "14:35")]


def test_races_that_share_no_horses_stay_apart(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, scraped(tmp_path, {"Delta": {"Pos": "1"}, "Echo": {"Pos": "2"}}, Off="2:35"))
    assert table(home, "off", "races", "off") == [("14:30",), ("14:35",)]


@pytest.mark.slow
def test_a_horse_in_the_same_race_is_the_same_horse_whatever_its_suffix(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, scraped(tmp_path, {"Alpha": {"Pos": "1", "Age": "5"}, "Bravo (USA)": {"Pos": "2"}}))
    assert table(home, "count(*)", "runners") == [(3,)]
    assert table(home, "count(*)", "horses") == [(3,)]


def test_a_card_and_then_its_result_are_no_conflict(home: Home, tmp_path: Path) -> None:
    card = [
        {
            name: value
            for name, value in runner.items()
            if name not in ("pos", "sp", "rpr", "ts", "comment", "prize")
        }
        for runner in race(jockey="The Declared One")
    ]
    columns = list(card[0])
    path = tmp_path / "card.csv"
    path.write_text(
        "\n".join([",".join(columns), *(",".join(runner.values()) for runner in card)]) + "\n"
    )
    batch = load(home, path)
    assert (batch.format, batch.accepted) == ("racecard", 3)
    assert table(home, "count(*)", "results") == [(0,)]
    assert table(home, "count(*)", "entries") == [(3,)]
    batch = load(home, file_of(tmp_path, race()))
    assert (batch.updated, batch.accepted) == (3, 0)
    assert table(home, "DISTINCT jockey", "runners") == [("A Rider",)]
    assert table(home, "count(*)", "conflicts") == [(0,)]
    assert table(home, "DISTINCT jockey", "earlier_runners") == [("The Declared One",)]


@pytest.mark.slow
def test_a_card_that_comes_after_the_result_takes_nothing_back(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home, ("races", "runners", "results", "prices_history"))
    path = tmp_path / "card.csv"
    path.write_text(
        "date,course,off,horse,num,jockey\n2015-04-26,Ripon,2:30,Alpha (IRE),1,Somebody Else\n"
    )
    batch = load(home, path)
    assert (batch.format, batch.unchanged) == ("racecard", 1)
    assert contents(home, ("races", "runners", "results", "prices_history")) == before


@pytest.mark.slow
def test_runners_that_only_one_source_names_stand_with_the_others(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, scraped(tmp_path, {**field(), "Delta": {"Pos": "4"}}, Ran="4"))
    assert batch.accepted == 1
    assert table(home, "count(*)", "runners") == [(4,)]
    assert row("Delta", "4")["horse"] in [name for (name,) in table(home, "horse", "runners")]
