"""Races in JSON: rpscrape's cards of every layout, The Racing API's cards and results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.headers import RACING_API, file_with
from tests.warehouse.raceform_file import ask, load
from tests.warehouse.staged import staged
from velo.errors import InputError
from velo.home import Home
from velo.warehouse import json_races

OLD_RUNNER = {
    "age": 6,
    "horse_id": 77,
    "name": "Alder Bough",
    "sex": "gelding",
    "sex_code": "G",
    "region": "IRE",
    "dam": "Dam One",
    "sire": "Sire One",
    "damsire": "Damsire One",
    "trainer": "B Trainer",
    "owner": "Owner One",
    "comment": "Should win",
    "number": 3,
    "draw": 0,
    "headgear": "t",
    "lbs": 168,
    "ofr": 124,
    "rpr": 130,
    "ts": 104,
    "jockey": "A Rider",
    "quotes": [{"date": "2020-07-21"}],
    "stats": {"course": {"runs": "3"}},
}
OLD_RACE = {
    "course": "Fakenham",
    "race_id": 889417,
    "date": "2025-04-01",
    "off_time": "4:20",
    "race_name": "Invented Hurdle",
    "distance": "2m4f1y",
    "distance_f": 20.0,
    "region": "GB",
    "race_class": "Class 3",
    "type": "Hurdle",
    "prize": "£7,922",
    "field_size": 1,
    "going": "Good",
    "surface": "Turf",
    "runners": [OLD_RUNNER],
}
NEW_RUNNER = {name: value for name, value in OLD_RUNNER.items() if name not in ("sex", "stats")} | {
    "sex": None,
    "draw": None,
    "non_runner": False,
    "reserve": False,
}
NEW_RACE = {name: value for name, value in OLD_RACE.items() if name != "type"} | {
    "race_type": "Hurdle",
    "race_class": 2,
    "off_time": "12:15",
    "date": "2026-01-01",
}


def json_file(folder: Path, document: Any) -> Path:
    path = folder / "card.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def by_region(race: dict[str, Any]) -> dict[str, Any]:
    return {"GB": {race["course"]: {race["off_time"]: race}}}


@pytest.mark.parametrize(("race", "runner"), [(OLD_RACE, OLD_RUNNER), (NEW_RACE, NEW_RUNNER)])
def test_rpscrape_s_cards_of_both_layouts_give_the_same_columns(
    tmp_path: Path, race: dict[str, Any], runner: dict[str, Any]
) -> None:
    staging, (read,) = staged(json_file(tmp_path, by_region(race | {"runners": [runner]})))
    assert (staging.reader.name, staging.unknown, staging.notes) == ("racecard", (), ())
    expected = {
        "line": 1,
        "date": race["date"],
        "course": "Fakenham",
        "region": "GB",
        "source_race_id": "889417",
        "off": race["off_time"],
        "race_name": "Invented Hurdle",
        "race_type": "Hurdle",
        "class": str(race["race_class"]),
        "distance": "20.0f",
        "surface": "Turf",
        "going": "Good",
        "ran": "1",
        "number": "3",
        "horse": "Alder Bough",
        "bred": "IRE",
        "source_horse_id": "77",
        "age": "6",
        "sex": "G",
        "weight": "168",
        "headgear": "t",
        "jockey": "A Rider",
        "trainer": "B Trainer",
        "owner": "Owner One",
        "official_rating": "124",
        "race_prize": "£7,922",
        "sire": "Sire One",
        "dam": "Dam One",
        "damsire": "Damsire One",
    }
    if runner["draw"] is not None:
        expected["draw"] = "0"
    assert {name: value for name, value in read.items() if value is not None} == expected


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"non_runner": True}, "non-runner"),
        ({"non_runner": True, "jockey": ""}, "non-runner"),
        ({"jockey": "Non-Runner"}, "non-runner"),
        ({"jockey": "NON RUNNER"}, "non-runner"),
        ({"jockey": "nr", "number": "NR"}, "non-runner"),
        ({"status": "Withdrawn"}, "non-runner"),
        ({"runner_status": "NR"}, "non-runner"),
        ({"reserve": True}, "reserve"),
        ({"reserve": True, "non_runner": True}, "non-runner"),
        ({"status": "reserve"}, "reserve"),
        ({"number": "R2"}, "reserve"),
        ({"status": "runner", "reserve": False}, None),
        ({"jockey": "N R Rider"}, None),
    ],
)
def test_who_is_out_and_who_stands_by_is_read_and_a_non_runner_is_no_jockey(
    tmp_path: Path, changes: dict[str, Any], standing: str | None
) -> None:
    runner = NEW_RUNNER | changes
    _, (read,) = staged(json_file(tmp_path, by_region(NEW_RACE | {"runners": [runner]})))
    assert read["standing"] == standing
    is_rider = runner["jockey"] in ("A Rider", "N R Rider")
    assert read["jockey"] == (runner["jockey"] if is_rider else None)


def test_a_flat_card_s_non_runners_are_read_as_the_json_s(home: Home, tmp_path: Path) -> None:
    rows = [
        {
            "date": "2099-04-05",
            "course": "Aintree",
            "off": "1:20",
            "horse": horse,
            "jockey": jockey,
            "Non Runner": out,
            "Reserve": standby,
        }
        for horse, jockey, out, standby in (
            ("Alder Bough", "A Rider", "0", "0"),
            ("Birch Hollow", "Non-Runner", "", ""),
            ("Cedar Lane", "C Rider", "TRUE", "0"),
            ("Damson Row", "", "no", "yes"),
        )
    ]
    load(home, file_with(tmp_path / "card.csv", list(rows[0]), *rows))
    assert ask(home, "SELECT horse, jockey, standing FROM runners ORDER BY horse") == [
        ("Alder Bough", "A Rider", None),
        ("Birch Hollow", None, "non-runner"),
        ("Cedar Lane", "C Rider", "non-runner"),
        ("Damson Row", None, "reserve"),
    ]
    assert ask(home, "SELECT count(*) FROM jockeys") == [(2,)]


def test_reserves_that_a_card_before_december_2025_does_not_name_are_concluded_and_said(
    tmp_path: Path,
) -> None:
    names = ("Alder", "Birch", "Cedar", "Damson")
    runners = [OLD_RUNNER | {"name": name, "number": n} for n, name in enumerate(names, 1)]
    for standby in runners[2:]:
        standby["jockey"] = None
    path = json_file(tmp_path, by_region(OLD_RACE | {"runners": runners, "field_size": 2}))
    staging, rows = staged(path)
    assert [row["standing"] for row in rows] == [None, None, "reserve", "reserve"]
    assert staging.notes[0].startswith("2 runners without a jockey")
    path = json_file(tmp_path, by_region(OLD_RACE | {"runners": runners, "field_size": 4}))
    assert [row["standing"] for row in staged(path)[1]] == [None] * 4


API_RACE = {
    "course": "Kempton (AW)",
    "date": "2025-12-17",
    "off_time": "4:05",
    "off_dt": "2025-12-17T16:05:00+00:00",
    "race_name": "Invented Handicap",
    "distance_f": "12.0",
    "region": "GB",
    "race_class": "Class 5",
    "type": "Flat",
    "prize": "£4,187",
    "field_size": "1",
    "going": "Standard To Slow",
    "surface": "AW",
    "race_status": "declared",
    "runners": [
        {
            "horse": "Cedar Lane",
            "age": "4",
            "sex_code": "G",
            "region": "FR",
            "number": "1",
            "draw": "10",
            "lbs": "142",
            "ofr": "70",
            "jockey": "A Rider",
            "form": "-24",
        }
    ],
}


def test_a_card_of_the_racing_api_carries_the_off_with_its_zone(tmp_path: Path) -> None:
    for document in ({"racecards": [API_RACE], "total": 1}, [API_RACE], API_RACE):
        staging, (read,) = staged(json_file(tmp_path, document))
        assert (staging.reader.name, staging.unknown) == ("racecard", ())
        assert (read["off"], read["off_dt"]) == ("4:05", "2025-12-17T16:05:00+00:00")
        assert (read["horse"], read["bred"], read["region"]) == ("Cedar Lane", "FR", "GB")
        assert (read["weight"], read["official_rating"]) == ("142", "70")
        assert (read["race_prize"], read["standing"]) == ("£4,187", None)


API_RESULT = {
    "race_id": "rac_1",
    "date": "2026-06-01",
    "region": "GB",
    "course": "Kempton (AW)",
    "course_id": "crs_28054",
    "off": "9:00",
    "off_dt": "2026-06-01T21:00:00+01:00",
    "race_name": "Invented Stakes",
    "type": "Flat",
    "class": "Class 4",
    "dist": "2m13y",
    "dist_m": "3230",
    "going": "Standard",
    "surface": "AW",
    "non_runners": "Elder (late)",
    "prize": "£9,000",
    "runners": [
        {
            "horse_id": f"hrs_{place}",
            "horse": horse,
            "sp": sp,
            "sp_dec": dec,
            "number": str(place),
            "position": position,
            "draw": str(place),
            "ovr_btn": "0",
            "age": "5",
            "sex": "G",
            "weight": "8-13",
            "weight_lbs": "125",
            "headgear": "",
            "time": "3:5.14",
            "or": "67",
            "rpr": "73",
            "tsr": "75",
            "prize": "6280.80",
            "jockey": "A B",
            "trainer": "C D",
            "comment": "led",
        }
        for place, (horse, position, sp, dec) in enumerate(
            (("Alder Bough (IRE)", "1", "11/4F", "3.75"), ("Birch Hollow (GB)", "F", "-", "10.0")),
            1,
        )
    ],
}


def test_results_of_the_racing_api_are_results_as_json_and_as_csv(
    home: Home, tmp_path: Path
) -> None:
    batch = load(home, json_file(tmp_path, {"results": [API_RESULT], "total": 1}))
    assert (batch.format, batch.accepted, batch.unknown_columns) == ("racing_api", 2, ())
    sql = (
        "SELECT horse, number, pounds, position, decimal_odds, rpr, ts, prize_won, seconds "
        "FROM runners JOIN results USING (race_id, horse_id) "
        "JOIN prices USING (race_id, horse_id) ORDER BY horse"
    )
    assert ask(home, sql) == [
        ("Alder Bough (IRE)", 1, 125.0, "1", 3.75, 73.0, 75.0, 6280.8, 185.14),
        ("Birch Hollow (GB)", 2, 125.0, "F", 10.0, 73.0, 75.0, 6280.8, 185.14),
    ]
    facts: dict[str, Any] = {
        name: value for name, value in API_RESULT.items() if not isinstance(value, list)
    }
    rows = [facts | runner for runner in API_RESULT["runners"]]  # type: ignore[union-attr,operator]
    flat = file_with(tmp_path / "flat.csv", [*RACING_API.split(","), "non_runners"], *rows)
    assert load(home, flat).format == "racing_api"
    assert ask(home, sql)[0][:5] == ("Alder Bough (IRE)", 1, 125.0, "1", 3.75)


def test_a_json_file_beyond_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_races, "LARGEST", 100)
    with pytest.raises(InputError, match="is over"):
        staged(json_file(tmp_path, [API_RACE]))


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a": 1}\n{"a": 2}\n', ""])
def test_what_is_no_json_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is not JSON") as refusal:
        staged(path)
    assert "\n" not in str(refusal.value)


def test_a_json_card_with_results_is_no_card(home: Home, tmp_path: Path) -> None:
    path = json_file(tmp_path, {"results": [API_RESULT]})
    with pytest.raises(InputError, match="finishing positions in its column position"):
        load(home, path, "racecard")
