"""Non-runners and reserves of a card: named, not priced, and right on every later card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live.carded import FIELD, SETTINGS, card_file, field, out, runner, running, taken
from tests.warehouse.raceform_file import ask, file_of, row
from velo.errors import InputError
from velo.home import Home
from velo.live.card import held_card
from velo.live.card_file import card_rows
from velo.live.odds_taken import match_odds
from velo.warehouse.ingest import ingest

CASE = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("cells", "standing"),
    [
        ({"non_runner": "true"}, "non-runner"),
        ({"non_runner": "1"}, "non-runner"),
        ({"reserve": "True"}, "reserve"),
        ({"jockey": "Non-Runner"}, "non-runner"),
        ({"jockey": "NON-RUNNER"}, "non-runner"),
        ({"standing": "NR"}, "non-runner"),
        ({"standing": "Reserve"}, "reserve"),
    ],
)
def test_a_horse_that_is_not_to_run_is_named_and_the_race_is_whole_without_it(
    home: Home, tmp_path: Path, cells: dict[str, str], standing: str
) -> None:
    card = taken(home, card_file(tmp_path / "card.csv", field({"Birch Hollow": cells})))
    assert out(card) == {"Birch Hollow": standing}
    assert running(card) == set(FIELD) - {"Birch Hollow"}
    assert (card.unscored, card.incomplete) == ([], frozenset())
    assert set(card.entries["field_size"].to_pylist()) == {3}
    assert ask(home, "SELECT ran FROM races") == [(3,)]


def test_nobody_is_called_non_runner(home: Home, tmp_path: Path) -> None:
    taken(home, card_file(tmp_path / "card.csv", field({"Birch Hollow": {"jockey": "Non-Runner"}})))
    assert ask(home, "SELECT count(*) FROM jockeys WHERE name ILIKE 'non%'") == [(0,)]
    birch = "SELECT jockey, jockey_id FROM runners WHERE horse LIKE 'Birch%'"
    assert ask(home, birch) == [(None, None)]


def test_stalls_are_compared_among_those_that_run(home: Home, tmp_path: Path) -> None:
    """With stall 1 out, stalls 2 to 4 are the low, the middle and the high third."""
    rows = field({"Alder Bough": {"non_runner": "true"}})
    card = taken(home, card_file(tmp_path / "card.csv", rows))
    thirds = dict(
        zip(card.entries["draw"].to_pylist(), card.entries["draw_third"].to_pylist(), strict=True)
    )
    assert thirds == {2: 1, 3: 2, 4: 3}


def test_odds_of_those_that_run_suffice_for_a_market(home: Home, tmp_path: Path) -> None:
    rows = field({"Birch Hollow": {"non_runner": "true", "odds": ""}}, odds="7/2")
    path = card_file(tmp_path / "card.csv", rows)
    card = taken(home, path)
    quoted = match_odds(card.rows, card.entries.to_pylist(), "sp")
    assert quoted.odds.tolist() == [4.5, 4.5, 4.5]


@pytest.mark.slow
def test_a_later_card_is_right_each_time(home: Home, tmp_path: Path) -> None:
    """It runs, is taken out, runs after all, and is then no longer named."""
    cards = [
        card_file(tmp_path / f"{number}.csv", rows)
        for number, rows in enumerate(
            [
                field({"Birch Hollow": {"non_runner": "false"}}),
                field({"Birch Hollow": {"non_runner": "true"}}),
                field({"Birch Hollow": {"non_runner": "false"}}, going="Soft"),
                [each for each in field(non_runner="false") if "Birch" not in each["horse"]],
            ]
        )
    ]
    whole, three = set(FIELD), set(FIELD) - {"Birch Hollow"}
    for path, expected in zip(cards, (whole, three, whole, three), strict=True):
        assert running(taken(home, path)) == expected
        assert running(held_card(home, SETTINGS, card_rows(path)[0].day)) == expected
    assert running(taken(home, cards[2])) == whole
    assert running(held_card(home, SETTINGS, card_rows(cards[2])[0].day)) == whole


@pytest.mark.slow
def test_a_card_without_a_word_on_standing_says_that_its_horses_run(
    home: Home, tmp_path: Path
) -> None:
    taken(home, card_file(tmp_path / "1.csv", field({"Cedar Lane": {"non_runner": "true"}})))
    card = taken(home, card_file(tmp_path / "2.csv", field()))
    assert (running(card), out(card)) == (set(FIELD), {})


def test_a_reserve_that_gets_a_run_runs(home: Home, tmp_path: Path) -> None:
    taken(home, card_file(tmp_path / "1.csv", field({"Damson Row": {"reserve": "true"}})))
    card = taken(home, card_file(tmp_path / "2.csv", field({"Alder Bough": {"non_runner": "1"}})))
    assert running(card) == set(FIELD) - {"Alder Bough"}


def results(folder: Path, ran: dict[str, str]) -> Path:
    return file_of(
        folder,
        [
            row(f"{horse} (GB)", pos, date="2026-05-02", ran="", num=str(number), draw=str(number))
            for number, (horse, pos) in enumerate(ran.items(), 1)
        ],
    )


@pytest.mark.slow
def test_a_result_of_a_non_runner_wins_over_the_card(home: Home, tmp_path: Path) -> None:
    taken(home, card_file(tmp_path / "card.csv", field({"Birch Hollow": {"non_runner": "true"}})))
    path = results(tmp_path, dict(zip(FIELD, "1234", strict=True)))
    ingest(home, SETTINGS.store, path)
    day = card_rows(card_file(tmp_path / "again.csv", field()))[0].day
    assert running(held_card(home, SETTINGS, day)) == set(FIELD)
    assert ask(home, "SELECT DISTINCT standing FROM runners") == [(None,)]
    assert ask(home, "SELECT count(*) FROM race_flags") == [(0,)]


def test_a_non_runner_whose_result_says_withdrawn_stays_out(home: Home, tmp_path: Path) -> None:
    taken(home, card_file(tmp_path / "card.csv", field({"Birch Hollow": {"non_runner": "true"}})))
    ran = {"Alder Bough": "1", "Birch Hollow": "NR", "Cedar Lane": "2", "Damson Row": "3"}
    ingest(home, SETTINGS.store, results(tmp_path, ran))
    day = card_rows(card_file(tmp_path / "again.csv", field()))[0].day
    assert running(held_card(home, SETTINGS, day)) == set(FIELD) - {"Birch Hollow"}
    assert ask(
        home,
        "SELECT status FROM results JOIN runners USING (race_id, horse_id) "
        "WHERE horse LIKE 'Birch%'",
    ) == [("withdrawn",)]


def test_a_row_that_cannot_be_read_is_not_taken_for_a_withdrawal(
    home: Home, tmp_path: Path
) -> None:
    taken(home, card_file(tmp_path / "1.csv", field()))
    card = taken(home, card_file(tmp_path / "2.csv", field({"Birch Hollow": {"horse": ""}})))
    assert out(card) == {}
    assert len(card.incomplete) == 1


def test_a_card_of_non_runners_alone_is_refused_and_says_why(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"every horse of .* is a non-runner or a reserve"):
        taken(home, card_file(tmp_path / "card.csv", field(non_runner="true")))


def test_two_horses_of_one_number_are_no_doubt_where_one_is_out(home: Home, tmp_path: Path) -> None:
    rows = [*field({"Birch Hollow": {"non_runner": "true"}}), runner("Elder Field", 2)]
    taken(home, card_file(tmp_path / "card.csv", rows))
    assert ask(home, "SELECT count(*) FROM race_flags") == [(0,)]


def test_a_json_card_says_it_by_non_runner_reserve_or_the_jockey(
    home: Home, tmp_path: Path
) -> None:
    horses = [
        {"name": "Alder Bough", "number": 1, "jockey": "A", "non_runner": False, "reserve": False},
        {"name": "Birch Hollow", "number": 2, "jockey": "B", "non_runner": True, "reserve": False},
        {"name": "Cedar Lane", "number": 3, "jockey": "Non-Runner", "non_runner": False},
        {"name": "Damson Row", "number": 4, "jockey": "D", "non_runner": False, "reserve": True},
        {"name": "Elder Field", "number": 5, "jockey": "E"},
    ]
    race = {"course": "Ripon", "date": "2026-05-02", "off_time": "14:30", "runners": horses}
    path = tmp_path / "card.json"
    path.write_text(json.dumps({"GB": {"Ripon": {"14:30": race}}}))
    card = taken(home, path)
    assert running(card) == {"Alder Bough", "Elder Field"}
    assert out(card) == {
        "Birch Hollow": "non-runner",
        "Cedar Lane": "non-runner",
        "Damson Row": "reserve",
    }


@pytest.mark.skipif(not CASE.is_dir(), reason="the shared cases are not here")
def test_the_shared_card_with_non_runners(home: Home) -> None:
    card = taken(home, CASE / "12-card-with-non-runners.json")
    assert running(card) == {"Alder Bough", "Cedar Lane", "Elder Field"}
    assert out(card) == {"Birch Hollow": "non-runner", "Damson Row": "non-runner"}
