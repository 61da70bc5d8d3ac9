"""A card that is refused leaves nothing behind but its rows in quarantine, and may come again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.carded import FIELD, card_file, field, running, taken
from tests.warehouse.raceform_file import ask, file_of, load, race
from velo.errors import InputError, ModelError
from velo.home import Home
from velo.live.card import Card

KEPT = (
    "races",
    "runners",
    "results",
    "horses",
    "horse_ids",
    "courses",
    "trainers",
    "jockeys",
    "race_flags",
    "conflicts",
    "inferences",
    "unread",
)


def kept(home: Home) -> dict[str, list[tuple[object, ...]]]:
    return {table: ask(home, f"SELECT * FROM {table} ORDER BY ALL") for table in KEPT}


def refuse(card: Card) -> None:
    raise ModelError("version 1 was trained on that day")


@pytest.mark.few(1)
@pytest.mark.parametrize("before", [False, True])
def test_a_refused_card_leaves_nothing_but_its_rows_in_quarantine(
    home: Home, tmp_path: Path, before: bool
) -> None:
    load(home, file_of(tmp_path, race() if before else []))
    was = kept(home)
    path = card_file(tmp_path / "card.csv", field())
    with pytest.raises(ModelError):
        taken(home, path, refuse)
    assert kept(home) == was
    assert not home.cards.exists()
    assert ask(home, "SELECT line, reason, detail FROM quarantine ORDER BY line") == [
        (line, "file-refused", "version 1 was trained on that day") for line in (2, 3, 4, 5)
    ]
    assert all("Ripon" in raw for (raw,) in ask(home, "SELECT raw FROM quarantine"))
    assert ask(
        home, "SELECT kind, rows_read, quarantined, accepted FROM import_batches WHERE batch_id > 1"
    ) == [("refused", 4, 4, 0)]


@pytest.mark.slow
def test_its_bytes_may_come_again_and_be_taken(home: Home, tmp_path: Path) -> None:
    path = card_file(tmp_path / "card.csv", field())
    for _ in range(2):
        with pytest.raises(ModelError):
            taken(home, path, refuse)
    assert ask(home, "SELECT count(*) FROM quarantine") == [(4,)]
    assert running(taken(home, path)) == set(FIELD)
    assert ask(home, "SELECT count(*) FROM races") == [(1,)]


def test_a_card_of_which_no_row_can_be_read_leaves_nothing(home: Home, tmp_path: Path) -> None:
    path = card_file(tmp_path / "card.csv", field(course=""))
    with pytest.raises(InputError, match=r"none of .* could be read"):
        taken(home, path)
    assert all(rows == [] for rows in kept(home).values())
    assert ask(home, "SELECT DISTINCT reason FROM quarantine") == [("course-missing",)]


def test_a_card_that_was_taken_before_is_not_put_into_quarantine(
    home: Home, tmp_path: Path
) -> None:
    path = card_file(tmp_path / "card.csv", field())
    taken(home, path)
    with pytest.raises(ModelError):
        taken(home, path, refuse)
    assert ask(home, "SELECT count(*) FROM quarantine") == [(0,)]
    assert ask(home, "SELECT count(*) FROM runners") == [(4,)]


@pytest.mark.slow
def test_the_card_is_looked_at_before_it_is_kept(home: Home, tmp_path: Path) -> None:
    """The notes on an unknown course and on strangers are there while nothing is committed."""
    load(home, file_of(tmp_path, race()))
    notes: list[str] = []

    def look(card: Card) -> None:
        notes.extend(card.notes)
        refuse(card)

    with pytest.raises(ModelError):
        taken(home, card_file(tmp_path / "card.csv", field(course="Rippon")), look)
    assert notes[0].startswith("4 of 4 horses were never seen")
    assert notes[1].startswith("the course Rippon was never seen")
    assert ask(home, "SELECT course FROM races") == [("Ripon",)]


def test_a_card_of_known_horses_has_no_such_note(home: Home, tmp_path: Path) -> None:
    known = [
        each | {"horse": f"{name} (GB)"}
        for each, name in zip(race(date="2026-04-20"), FIELD, strict=False)
    ]
    load(home, file_of(tmp_path, known))
    card = taken(home, card_file(tmp_path / "card.csv", field()))
    assert card.notes == []


def test_odds_that_cannot_be_read_are_named(home: Home, tmp_path: Path) -> None:
    rows = field({"Cedar Lane": {"odds": "07-Feb"}, "Damson Row": {"odds": "0"}}, odds="7/2")
    card = taken(home, card_file(tmp_path / "card.csv", rows))
    assert "Cedar Lane (GB), line 4: odds '07-Feb' is not a price" in card.notes
    assert not any("Damson" in note for note in card.notes)


def test_cells_that_could_not_be_read_are_named_with_their_lines(
    home: Home, tmp_path: Path
) -> None:
    rows = field({"Birch Hollow": {"wgt": "09-Apr"}})
    card = taken(home, card_file(tmp_path / "card.csv", rows))
    assert "weight: 1 of 4 could not be read (line 3 '09-Apr')" in card.notes


def test_a_race_that_a_card_moves_to_later_is_named(home: Home, tmp_path: Path) -> None:
    first = taken(home, card_file(tmp_path / "card.csv", field(off="14:30")))
    assert not any("was declared for" in note for note in first.notes)
    moved = taken(home, card_file(tmp_path / "moved.csv", field(off="15:30")))
    assert "Ripon 15:30 was declared for 13:30 UTC before" in " ".join(moved.notes)
