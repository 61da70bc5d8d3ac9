"""Races of one day and course: told apart by their horses, whatever the cards say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, row
from velo.home import Home

A = ("Able", "Acorn", "Admiral", "Arrow")
B = ("Badger", "Bandit", "Beacon", "Bishop")
C = ("Cadet", "Canyon", "Castle", "Comet")


def field(
    horses: tuple[str, ...], off: str, race_id: str = "", name: str = "", **changes: str
) -> list[dict[str, str]]:
    """A race of these horses, the first named the winner."""
    return [
        row(
            horse,
            str(place),
            off=off,
            race_id=race_id,
            race_name=name or f"Race {horses[0]}",
            num=str(place),
            ran="4",
            **changes,
        )
        for place, horse in enumerate(horses, 1)
    ]


def races(home: Home) -> list[tuple[str | None, str]]:
    """Each race's off and the first letters of its horses, in the order of the offs."""
    return ask(
        home,
        "SELECT any_value(off), string_agg(left(horse, 1), '' ORDER BY horse) AS horses "
        "FROM races JOIN runners USING (race_id) GROUP BY race_id ORDER BY 1, 2",
    )


def test_a_meeting_that_runs_late_keeps_its_races_apart(home: Home, tmp_path: Path) -> None:
    card = [*field(A, "13:30"), *field(B, "14:00"), *field(C, "14:30")]
    late = [*field(A, "14:00"), *field(B, "14:30"), *field(C, "15:00")]
    load(home, file_of(tmp_path, card, "card.csv"))
    load(home, file_of(tmp_path, late, "late.csv"))
    assert races(home) == [("14:00", "AAAA"), ("14:30", "BBBB"), ("15:00", "CCCC")]


def test_races_that_were_swapped_take_their_horses_along(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00") + field(B, "14:30"), "card.csv"))
    load(home, file_of(tmp_path, field(B, "14:00") + field(A, "14:30"), "results.csv"))
    assert races(home) == [("14:00", "BBBB"), ("14:30", "AAAA")]


@pytest.mark.slow
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (2, 1, 0), (0, 2, 1)])
def test_an_off_that_another_race_had_before_is_free_again(
    home: Home, tmp_path: Path, order: tuple[int, ...]
) -> None:
    files = [
        file_of(tmp_path, field(A, "14:00", "1"), "0.csv"),
        file_of(tmp_path, field(A, "14:05", "1"), "1.csv"),
        file_of(tmp_path, field(B, "14:00", "2"), "2.csv"),
    ]
    for number in order:
        load(home, files[number])
    assert [horses for _, horses in races(home)] in (["AAAA", "BBBB"], ["BBBB", "AAAA"])


@pytest.mark.slow
def test_two_ids_at_one_off_are_two_races(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00", "1") + field(B, "14:00", "2")))
    assert races(home) == [("14:00", "AAAA"), ("14:00", "BBBB")]


@pytest.mark.slow
def test_two_names_at_one_off_are_two_races_where_there_are_no_ids(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, field(A, "14:00", "", "Sun") + field(B, "14:00", "", "Moon")))
    assert races(home) == [("14:00", "AAAA"), ("14:00", "BBBB")]


@pytest.mark.slow
def test_a_blank_off_is_that_of_its_id(home: Home, tmp_path: Path) -> None:
    rows = field(A, "14:00", "1")
    rows[2]["off"] = ""
    load(home, file_of(tmp_path, rows))
    assert races(home) == [("14:00", "AAAA")]


def test_races_without_offs_of_one_name_go_by_their_ids(home: Home, tmp_path: Path) -> None:
    runners = field(A, "", "1", "Maiden Stakes") + field(B, "", "2", "Maiden Stakes")
    load(home, file_of(tmp_path, runners))
    assert [horses for _, horses in races(home)] == ["AAAA", "BBBB"]


def test_an_off_that_cannot_be_read_is_refused_where_only_the_name_is_left(
    home: Home, tmp_path: Path
) -> None:
    batch = load(home, file_of(tmp_path, field(A, "25:00", "", "Maiden Stakes")))
    assert batch.quarantined == 4
    assert ask(home, "SELECT DISTINCT reason FROM quarantine") == [("off-unreadable",)]


@pytest.mark.slow
def test_newcastle_with_a_region_of_australia_is_another_course(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00", course="Newcastle")))
    abroad = field(B, "14:00", course="Newcastle (AUS)")
    load(home, file_of(tmp_path, abroad, "abroad.csv"))
    assert [horses for _, horses in races(home)] == ["AAAA", "BBBB"]


@pytest.mark.slow
def test_a_race_that_is_run_again_is_another_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00", "1"), "first.csv"))
    both = field(A, "14:00", "1") + field(A, "17:00", "2")
    batch = load(home, file_of(tmp_path, both, "both.csv"))
    assert (batch.unchanged, batch.accepted, batch.quarantined) == (4, 4, 0)
    assert races(home) == [("14:00", "AAAA"), ("17:00", "AAAA")]


@pytest.mark.slow
def test_half_of_a_field_in_common_does_not_make_another_off_the_same_race(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, field(A, "14:00"), "a.csv"))
    load(home, file_of(tmp_path, field((*A[:2], *B[:2]), "15:00"), "b.csv"))
    assert races(home) == [("14:00", "AAAA"), ("15:00", "AABB")]


@pytest.mark.slow
def test_of_two_races_it_is_the_one_with_more_horses_in_common(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00") + field((*A[:1], *B), "15:00"), "a.csv"))
    load(home, file_of(tmp_path, field((*A[:1], *B[:3]), "16:00"), "b.csv"))
    assert races(home) == [("14:00", "AAAA"), ("16:00", "ABBBB")]


@pytest.mark.slow
def test_a_lone_runner_of_another_off_is_another_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(("Able (IRE)",), "14:00"), "a.csv"))
    load(home, file_of(tmp_path, field(("Able (FR)", *B[:3]), "15:00"), "b.csv"))
    assert races(home) == [("14:00", "A"), ("15:00", "ABBB")]


def test_a_runner_who_was_left_out_joins_his_race(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field(A, "14:00", "1")[:3], "a.csv"))
    load(home, file_of(tmp_path, field(A, "14:00", "1")[3:], "b.csv"))
    assert races(home) == [("14:00", "AAAA")]


def test_two_winners_and_a_second_are_flagged(home: Home, tmp_path: Path) -> None:
    rows = field(A, "14:00")
    rows[3]["pos"] = "1"
    load(home, file_of(tmp_path, rows))
    assert ask(home, "SELECT flag, detail FROM race_flags") == [
        ("two-winners", "2 first and 1 second")
    ]
