"""A batch that is taken back leaves the warehouse as it was before, table for table."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live.carded import card_file, runner
from tests.warehouse.exchange_file import exchange_file
from tests.warehouse.raceform_file import STORE, ask, contents, file_of, load, race, row
from velo.errors import InputError
from velo.home import Home
from velo.warehouse.connection import warehouse
from velo.warehouse.undo import Undone, undo


def tables(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but `import_batches` and `declared_offs`, which only grow."""
    with warehouse(home, STORE, write=True) as con:
        names = [
            name
            for (name,) in con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
            ).fetchall()
        ]
    return contents(home, sorted(set(names) - {"import_batches", "declared_offs"}))


def taken_back(home: Home, batch: int, predicted: Collection[int] = ()) -> Undone:
    return undo(home, STORE, batch, lambda: predicted)


def prices_file(folder: Path, name: str, price: str, horses: tuple[str, ...]) -> Path:
    """The exchange's file of a day's starting prices."""
    head = "EVENT_ID,MENU_HINT,EVENT_NAME,EVENT_DT,SELECTION_ID,SELECTION_NAME,WIN_LOSE,BSP"
    lines = [
        f"1,GB / Ripon 26th Apr,6f Hcap,26-04-2015 14:30,{number},{horse},0,{price}"
        for number, horse in enumerate(horses)
    ]
    path = folder / name
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def pool(folder: Path) -> list[Path]:
    """Files of one meeting that add to each other, correct each other and contradict each other."""
    first = race()
    second = race(race_id="2", off="3:00", race_name="Moon Stakes")
    other = [
        row("Delta (IRE)", "1", off="3:30", race_id="3"),
        row("Echo", "2", off="3:30", race_id="3"),
    ]
    corrected = [first[0] | {"pos": "2", "sp": "9/1"}, first[1] | {"pos": "1"}, first[2]]
    card = [
        runner(name, number, date="2015-04-26", jockey="Another Rider", race_id="624581")
        for number, name in enumerate(("Alpha", "Bravo", "Charlie"), 1)
    ]
    names = ("Alpha", "Bravo", "Charlie")
    return [
        file_of(folder, first, "first.csv"),
        file_of(folder, [*first, *second], "both.csv"),
        file_of(folder, corrected, "corrected.csv"),
        file_of(folder, [each | {"going": "Soft", "comment": ""} for each in first], "soft.csv"),
        file_of(folder, [each | {"horse": each["horse"].upper()} for each in first], "loud.csv"),
        file_of(folder, other, "other.csv"),
        exchange_file(folder, [each | {"rpr": "1", "jockey": "B"} for each in first], list("123")),
        card_file(folder / "card.csv", card),
        card_file(folder / "smaller_card.csv", card[:2]),
        card_file(folder / "out.csv", [card[0] | {"non_runner": "1"}, *card[1:]]),
        prices_file(folder, "bsp.csv", "4.5", names),
        prices_file(folder, "bsp_later.csv", "5.5", names[:2]),
        prices_file(folder, "bsp_again.csv", "5.5", names),
    ]


FILES = 13


@pytest.mark.slow
@given(order=st.lists(st.integers(0, FILES - 1), min_size=1, max_size=4))
@settings(max_examples=4)
def test_undo_gives_back_what_was_before_whatever_came_before(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    home, files = Home(folder), pool(folder)
    states = [tables(home)]
    batches = []
    for number in order:
        batch = load(home, files[number]).batch_id
        if batch is not None:
            batches.append(batch)
            states.append(tables(home))
    for batch, before in reversed(list(zip(batches, states, strict=False))):
        taken_back(home, batch)
        after = tables(home)
        assert {name: after[name] for name in after if after[name] != before[name]} == {}


@pytest.mark.slow
def test_the_bytes_may_be_imported_again(home: Home, tmp_path: Path) -> None:
    path = file_of(tmp_path, race())
    first = load(home, path)
    full = tables(home)
    done = taken_back(home, first.batch_id or 0)
    assert (done.undone, len(done.race_ids), done.gone) == (1, 1, 1)
    assert ask(home, "SELECT count(*) FROM races") == [(0,)]
    again = load(home, path)
    assert again.accepted == 3
    numbered = {name: rows for name, rows in tables(home).items() if name == "runners"}
    assert len(numbered["runners"]) == len(full["runners"])


@pytest.mark.slow
def test_it_is_a_batch_of_its_own_and_the_other_says_so(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    done = taken_back(home, 1)
    kept = "SELECT batch_id, kind, undoes, undone_by FROM import_batches ORDER BY batch_id"
    assert ask(home, kept) == [(1, "import", None, 2), (2, "undo", 1, None)]
    assert done.batch_id == 2


def test_a_batch_that_a_later_one_stands_on_is_refused_in_one_line(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, file_of(tmp_path, race(going="Soft"), "later.csv"))
    before = tables(home)
    with pytest.raises(InputError, match=r"batch 2 \(.*later\.csv\).*--undo 2") as refusal:
        taken_back(home, 1)
    assert "\n" not in str(refusal.value)
    assert tables(home) == before


@pytest.mark.slow
def test_a_later_file_that_only_repeats_it_stands_on_it_too(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, file_of(tmp_path, reversed(race()), "copy.csv"))
    with pytest.raises(InputError, match="--undo 2"):
        taken_back(home, 1)


@pytest.mark.slow
def test_a_later_race_of_the_same_horse_stands_on_it_too(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, file_of(tmp_path, [row("Alpha (IRE)", "1", date="2015-05-26")], "later.csv"))
    with pytest.raises(InputError, match="races or horses"):
        taken_back(home, 1)
    taken_back(home, 2)
    taken_back(home, 1)


@pytest.mark.slow
def test_a_later_file_of_other_races_and_horses_does_not_matter(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    other = [row("Delta", "1", date="2015-05-26"), row("Echo", "2", date="2015-05-26")]
    load(home, file_of(tmp_path, other, "later.csv"))
    taken_back(home, 1)
    assert ask(home, "SELECT horse FROM runners ORDER BY 1") == [("Delta",), ("Echo",)]
    assert ask(home, "SELECT name, batch_id FROM trainers") == [("A Trainer", 2)]
    assert ask(home, "SELECT count(*), min(batch_id) FROM courses") == [(1, 2)]


def test_a_race_that_was_predicted_is_not_taken_back(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    ((race_id,),) = ask(home, "SELECT race_id FROM races")
    with pytest.raises(InputError, match="Ripon 14:30 of 2015-04-26 has a prediction"):
        taken_back(home, 1, [race_id])
    taken_back(home, 1, [race_id + 1])


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("prepare", "batch", "words"),
    [
        ("", 9, "there is no batch 9"),
        ("undo", 1, "undone by batch 2 already"),
        ("undo", 2, r"is no file \(undo\)"),
        ("old", 1, "kept no record"),
    ],
)
def test_what_cannot_be_taken_back_says_why(
    home: Home, tmp_path: Path, prepare: str, batch: int, words: str
) -> None:
    load(home, file_of(tmp_path, race()))
    if prepare == "undo":
        taken_back(home, 1)
    if prepare == "old":
        with warehouse(home, STORE, write=True) as con:
            con.execute("UPDATE import_batches SET reader_version = 1")
    with pytest.raises(InputError, match=words):
        taken_back(home, batch)


@pytest.mark.slow
def test_prices_that_the_batch_released_wait_again(home: Home, tmp_path: Path) -> None:
    load(home, prices_file(tmp_path, "bsp.csv", "4.5", ("Alpha", "Bravo", "Charlie")))
    load(home, file_of(tmp_path, race()))
    assert ask(home, "SELECT count(*) FROM waiting_prices") == [(0,)]
    taken_back(home, 2)
    assert ask(home, "SELECT count(*) FROM waiting_prices") == [(3,)]
    load(home, file_of(tmp_path, race()))
    assert ask(home, "SELECT count(*) FROM prices_history WHERE kind = 'bsp'") == [(3,)]
