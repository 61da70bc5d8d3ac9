"""A card's horses are the horses of the results: by their ids, else by their names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, load
from velo.home import Home

HORSES = {"E175": "HARMONY FIRE", "E271": "SPECIAL M", "D009": "WHIZZ KID"}


def results_of(folder: Path, day: str, horses: dict[str, str], **columns: str) -> Path:
    """A Hong Kong file: no ages, the source's own ids."""
    rows = [
        {
            "date": day,
            "course": "Sha Tin (HK)",
            "region": "HK",
            "race_id": day,
            "race_no": "1",
            "off": "",
            "pos": str(place),
            "num": str(place),
            "horse": name,
            "bred": "AUS",
            "horse_id": own_id,
            "sp_dec": "3.5",
            "rail": "",
            "running_position": "",
            "win_div": "",
        }
        | columns
        for place, (own_id, name) in enumerate(horses.items(), 1)
    ]
    return written(folder / f"results_{day}.csv", rows)


def card(folder: Path, day: str, horses: dict[str, str], ids: bool = True) -> Path:
    """The card of the same race."""
    rows = [
        {
            "date": day,
            "course": "Sha Tin (HK)",
            "region": "HK",
            "off": "",
            "race_no": "1",
            "num": str(place),
            "horse": name,
            "bred": "AUS",
            "horse_id": own_id if ids else "",
        }
        for place, (own_id, name) in enumerate(horses.items(), 1)
    ]
    return written(folder / f"card_{day}.csv", rows)


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def runs(home: Home) -> dict[str, list[int]]:
    """Name -> how many races each horse of that name has."""
    runs_of: dict[str, list[int]] = {}
    for name, count in ask(
        home,
        "SELECT horse, count(*) AS runs FROM runners GROUP BY horse, horse_id ORDER BY ALL",
    ):
        runs_of.setdefault(name, []).append(count)
    return runs_of


@pytest.mark.few(1)
@pytest.mark.parametrize("ids", [True, False])
def test_a_horse_without_an_age_is_known_again_on_a_card(
    home: Home, tmp_path: Path, ids: bool
) -> None:
    load(home, results_of(tmp_path, "2022-04-03", HORSES))
    load(home, card(tmp_path, "2022-04-06", HORSES, ids))
    assert runs(home) == {name: [2] for name in HORSES.values()}
    load(home, results_of(tmp_path, "2022-04-06", HORSES))
    assert runs(home) == {name: [2] for name in HORSES.values()}


def test_a_debutants_card_and_its_result_are_one_horse(home: Home, tmp_path: Path) -> None:
    load(home, results_of(tmp_path, "2022-04-03", HORSES))
    field = {**HORSES, "G400": "FIRST TIME OUT"}
    load(home, card(tmp_path, "2022-04-06", field))
    load(home, results_of(tmp_path, "2022-04-10", field))
    assert runs(home)["FIRST TIME OUT"] == [2]


@pytest.mark.slow
def test_a_name_given_again_has_another_id_and_is_another_horse(home: Home, tmp_path: Path) -> None:
    load(home, results_of(tmp_path, "2022-04-03", HORSES))
    load(home, card(tmp_path, "2022-04-06", {**HORSES, "D009": "WHIZZ KID", "G401": "NEW ONE"}))
    again = {"E175": "HARMONY FIRE", "E271": "SPECIAL M", "H001": "WHIZZ KID"}
    load(home, card(tmp_path, "2022-04-10", again))
    assert runs(home)["WHIZZ KID"] == [1, 2]


@pytest.mark.slow
def test_an_id_of_another_horse_by_chance_makes_no_horse_of_it(home: Home, tmp_path: Path) -> None:
    load(home, results_of(tmp_path, "2022-04-03", HORSES))
    load(home, card(tmp_path, "2022-04-06", {"E175": "SOMEBODY ELSE", "9": "NOBODY"}))
    assert runs(home)["HARMONY FIRE"] == [1]
    assert runs(home)["SOMEBODY ELSE"] == [1]
