"""A world can be written in any format-year, and each says what the raceform sheet says."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.synth.written_worlds import Sheet
from velo.errors import InputError
from velo.synth.formats import FORMATS, named
from velo.synth.world import write_world

WEIGHTS = {"9-4": "130", "8-13": "125", "11-12": "166", "10-0": "140"}


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    return Sheet.of(tmp_path_factory.mktemp("sheet"), 1_500)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_raceform_is_written_as_it_always_was(sheet: Sheet, tmp_path: Path) -> None:
    assert rows(sheet.written(tmp_path, "raceform")) == sheet.table.to_pylist()


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if not f.last_day])
def test_every_runner_is_written_in_the_sheets_order(
    sheet: Sheet, tmp_path: Path, name: str
) -> None:
    path = sheet.written(tmp_path, name)
    if path.suffix == ".json":
        races = json.loads(path.read_text("utf-8"))["results"]
        horses = [runner["horse"] for race in races for runner in race["runners"]]
    else:
        column = {"rpscrape-2019": "horse_name", "exchange": "SELECTION_NAME"}
        column |= dict.fromkeys(("rpscrape-2018", "rpscrape-2019-jan"), "name")
        column |= dict.fromkeys(("rpscrape-2020", "rpscrape-2021"), "Horse")
        horses = [row[column.get(name, "horse")] for row in rows(path)]
    suffixes = name not in ("rpscrape-2018", "rpscrape-2019-jan", "rpscrape-2019", "exchange")
    theirs = [
        row["horse"] if suffixes else row["horse"].rpartition(" (")[0]
        for row in sheet.table.to_pylist()
        if name != "exchange" or (row["sp"] and row["pos"] not in ("WV", "NR", "VOI"))
    ]
    assert horses == theirs


def test_rpscrapes_weights_prices_and_clocks_are_the_sheets(sheet: Sheet, tmp_path: Path) -> None:
    default = rows(sheet.written(tmp_path, "rpscrape"))
    for ours, theirs in zip(default, sheet.table.to_pylist(), strict=True):
        if theirs["wgt"] in WEIGHTS:
            assert ours["lbs"] == WEIGHTS[theirs["wgt"]]
        if theirs["sp"].startswith("9/2"):
            assert ours["dec"] == "5.50"
        assert (ours["region"] == "IRE") == theirs["course"].endswith("(IRE)")
        assert not ours["course"].endswith("(IRE)")


def test_until_december_2018_jockey_and_trainer_are_swapped(sheet: Sheet, tmp_path: Path) -> None:
    before, after = (
        rows(sheet.written(tmp_path, name)) for name in ("rpscrape-2018", "rpscrape-2019-jan")
    )
    for old, new in zip(before, after, strict=True):
        assert (old["jockey"], old["trainer"]) == (new["trainer"], new["jockey"])
    assert "dec" not in before[0]


def test_a_day_clock_of_24_hours_is_twelve_later_in_the_afternoon(
    sheet: Sheet, tmp_path: Path
) -> None:
    late = rows(sheet.written(tmp_path, "raceform-24h"))
    for ours, theirs in zip(late, sheet.table.to_pylist(), strict=True):
        hour, minute = map(int, theirs["off"].split(":"))
        assert ours["off"] == f"{hour + 12 if hour < 10 else hour}:{minute:02d}"


def test_a_card_names_the_last_days_withdrawn_as_non_runners(sheet: Sheet, tmp_path: Path) -> None:
    last = max(sheet.table["date"].to_pylist())
    today = [row for row in sheet.table.to_pylist() if row["date"] == last]
    gone = {row["horse"].rpartition(" (")[0] for row in today if row["pos"] in ("WV", "NR")}
    for name in ("racecard-json", "racecard-json-2026"):
        card = json.loads(sheet.written(tmp_path, name).read_text("utf-8"))
        runners = [
            runner
            for courses in card.values()
            for offs in courses.values()
            for race in offs.values()
            for runner in race["runners"]
        ]
        assert len(runners) == len(today)
        out = {r["name"] for r in runners if r["jockey"] == "Non-Runner" or r.get("non_runner")}
        assert out == gone


def test_racing_data_can_be_a_database(sheet: Sheet, tmp_path: Path) -> None:
    path = tmp_path / "velo_racing.db"
    made = write_world(1_500, 5, 0.85, path, form="racing-data")
    with closing(sqlite3.connect(path)) as con:
        counts = con.execute("SELECT count(*), count(DISTINCT horse) FROM racing_data").fetchone()
    horses = sheet.table["horse"].to_pylist()
    assert counts == (made.runners, len(set(horses)))


def test_an_unknown_format_or_suffix_is_refused_before_anything_is_simulated(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="rpscrape-2018"):
        named("rpscrape-1999")
    with pytest.raises(InputError, match=r"racing-api is written as \.json"):
        write_world(1_500, 5, 0.85, tmp_path / "world.csv", form="racing-api")
    assert list(tmp_path.iterdir()) == []
