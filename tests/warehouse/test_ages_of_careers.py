"""A wrong age splits no career; ages that contradict one another, or another dam, do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, horses, load, row
from velo.home import Home


def career(folder: Path, ages: list[str], **changes: str) -> Path:
    """A run a month from June 2024."""
    return file_of(
        folder,
        [
            row("Juniper Row (USA)", "1", date=f"2024-{6 + month:02}-01", age=age, **changes)
            for month, age in enumerate(ages)
        ],
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("slip", ["31", "13", "22", "5", "1", ""])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_one_wrong_age_does_not_split_a_career(
    home: Home, tmp_path: Path, slip: str, place: int
) -> None:
    ages = ["3"] * 4
    ages[place] = slip
    load(home, career(tmp_path, ages))
    assert horses(home) == [4]
    assert ask(home, "SELECT foaled FROM horses") == [(2021,)]
    if slip == "31":
        assert ask(home, "SELECT count(*) FROM runners WHERE age IS NULL") == [(1,)]


@pytest.mark.slow
def test_a_wrong_age_between_two_files_does_not_split_a_career(home: Home, tmp_path: Path) -> None:
    bare = {"sire": "", "dam": ""}
    for number, (day, age) in enumerate(
        [("2024-06-01", "3"), ("2024-08-01", "13"), ("2024-07-01", "3"), ("2024-09-01", "3")]
    ):
        load(
            home,
            file_of(
                tmp_path,
                [row("Juniper Row (USA)", "1", date=day, age=age, **bare)],
                f"{number}.csv",
            ),
        )
    assert horses(home) == [4]
    assert ask(home, "SELECT kind, evidence FROM inferences") == [
        ("age-slip", "its one run lies between the others")
    ]


def test_two_ages_that_contradict_are_two_horses(home: Home, tmp_path: Path) -> None:
    load(home, career(tmp_path, ["3", "9", "9", "3"], sire="", dam=""))
    assert horses(home) == [2, 2]


def test_another_dam_is_another_horse_whatever_lies_between(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Juniper Row (USA)", "1", date=f"2024-{month:02}-01", age=age, dam=dam)
        for month, age, dam in ((6, "3", "A Dam"), (7, "9", "Another"), (8, "3", "A Dam"))
    ]
    load(home, file_of(tmp_path, rows))
    assert horses(home) == [1, 2]
