"""Which races are flagged as not whole, and when the flag goes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, file_of, load, race, row
from velo.home import Home


def flags(home: Home) -> dict[str, str]:
    return dict(ask(home, "SELECT flag, detail FROM race_flags"))


def field(*prices: str, ran: int | None = None) -> list[dict[str, str]]:
    """A race of as many runners as prices, placed in that order."""
    return [
        row(f"Horse {place}", str(place), num=str(place), sp=sp, ran=str(ran or len(prices)))
        for place, sp in enumerate(prices, 1)
    ]


def test_a_whole_race_has_no_flag(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    assert flags(home) == {}


def test_a_race_that_nobody_won_is_flagged(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "2", ran="2", sp="Evens"),
        row("Bravo", "PU", num="2", ran="2", sp="Evens"),
    ]
    load(home, file_of(tmp_path, rows))
    assert flags(home) == {"no-winner": "2 ran, nobody first"}


@pytest.mark.few(1)
@pytest.mark.parametrize("positions", [("VOI", "VOI"), ("1", "1"), ("", "")])
def test_a_void_race_a_dead_heat_and_a_race_to_come_lack_no_winner(
    home: Home, tmp_path: Path, positions: tuple[str, str]
) -> None:
    rows = [
        row(f"Horse {place}", position, num=str(place), ran="2", sp="Evens")
        for place, position in enumerate(positions, 1)
    ]
    load(home, file_of(tmp_path, rows))
    assert flags(home) == {}


def test_two_runners_on_one_number_are_named(home: Home, tmp_path: Path) -> None:
    rows = [
        row("Alpha", "1", num="4"),
        row("Bravo", "2", num="4"),
        row("Charlie", "3", num="1"),
        row("Delta", "WV", num="1"),
    ]
    load(home, file_of(tmp_path, rows))
    assert flags(home) == {"number-twice": "number 4: Alpha, Bravo"}


def coupled(*numbers: str) -> list[dict[str, str]]:
    """Runners on these numbers, placed in that order, at prices that make a book."""
    ran = str(len(numbers))
    return [
        row(f"Horse {place}", str(place), num=number, sp="3/1", ran=ran)
        for place, number in enumerate(numbers, 1)
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("numbers", "detail"),
    [
        (("1", "1A", "2", "3"), "1 Horse 1, 1A Horse 2"),
        (("1A", "2", "1X", "3"), "1A Horse 1, 1X Horse 3"),
        (("2b", "2", "1", "3"), "2 Horse 2, 2B Horse 1"),
    ],
)
def test_coupled_entries_keep_number_and_letter_and_are_flagged(
    home: Home, tmp_path: Path, numbers: tuple[str, ...], detail: str
) -> None:
    load(home, file_of(tmp_path, coupled(*numbers)))
    assert flags(home) == {"coupled": detail}
    assert ask(
        home, "SELECT number || coalesce(number_letter, '') FROM runners ORDER BY horse"
    ) == [(number.upper(),) for number in numbers]


@pytest.mark.slow
def test_a_letter_whose_partner_is_withdrawn_is_a_bet_of_its_own(
    home: Home, tmp_path: Path
) -> None:
    rows = coupled("1", "1A", "2", "3")
    rows[1] |= {"pos": "NR"}
    load(home, file_of(tmp_path, [runner | {"ran": "3"} for runner in rows]))
    assert "coupled" not in flags(home)


@pytest.mark.slow
def test_one_number_and_letter_twice_is_a_slip_and_no_coupling(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, coupled("1A", "1A", "2", "3")))
    assert flags(home) == {"number-twice": "number 1A: Horse 1, Horse 2"}


@pytest.mark.slow
def test_a_letter_that_is_corrected_is_an_update(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, coupled("1", "1", "2", "3")))
    batch = load(home, file_of(tmp_path, coupled("1", "1A", "2", "3"), "corrected.csv"))
    assert batch.updated == 1
    assert flags(home) == {"coupled": "1 Horse 1, 1A Horse 2"}


@pytest.mark.slow
def test_a_runner_of_a_results_file_without_a_result_is_missing_where_no_field_is_given(
    home: Home, tmp_path: Path
) -> None:
    rows = [
        row("Alpha", "1", ran=""),
        row("Bravo", "2", num="2", ran=""),
        row("Charlie", "", num="3", ran=""),
    ]
    load(home, file_of(tmp_path, rows))
    assert flags(home)["runners-missing"] == "2 of 3"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (("4/1", "4/1", "4/1"), {"book-low": "book 0.60"}),
        (("1/2", "1/2", "1/2", "1/2"), {"book-high": "book 2.67"}),
        (("4/1", "4/1", ""), {}),
        (("9", "9/1", "10/9", "3.7"), {}),
    ],
)
def test_a_book_that_no_market_makes_is_flagged_where_every_starter_has_a_price(
    home: Home, tmp_path: Path, prices: tuple[str, ...], expected: dict[str, str]
) -> None:
    load(home, file_of(tmp_path, field(*prices)))
    assert flags(home) == expected


def test_a_withdrawn_horse_is_in_neither_the_book_nor_the_field(home: Home, tmp_path: Path) -> None:
    rows = [*field("2/1", "2/1", "2/1"), row("Delta", "WV", num="4", sp="1/10", ran="3")]
    load(home, file_of(tmp_path, rows))
    assert flags(home) == {}


def test_missing_runners_are_counted_until_they_come(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field("2/1", "2/1", ran=3)))
    assert flags(home) == {"book-low": "book 0.67", "runners-missing": "2 of 3"}
    load(home, file_of(tmp_path, field("2/1", "2/1", "2/1"), "whole.csv"))
    assert flags(home) == {}


def test_a_correction_of_one_result_is_seen_though_the_race_is_as_it_was(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, field("2/1", "2/1", "2/1")))
    rows = field("2/1", "2/1", "2/1")
    load(home, file_of(tmp_path, [rows[0] | {"pos": "DSQ"}], "corrected.csv"))
    assert flags(home) == {"no-winner": "3 ran, nobody first"}


@pytest.mark.slow
def test_races_of_other_batches_keep_their_flags(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, field("4/1", "4/1")))
    load(home, file_of(tmp_path, race(off="3:00"), "other.csv"))
    assert set(flags(home)) == {"book-low"}
    assert ask(home, "SELECT batch_id FROM race_flags") == [(1,)]
