"""A correction is what counts from then on; what it replaced stays, with the batch that did it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.raceform_file import ask, contents, file_of, load, race, row, statuses
from velo.home import Home


def disqualified() -> list[dict[str, str]]:
    """The winner loses the race months later."""
    alpha, bravo, charlie = race()
    return [alpha | {"pos": "DSQ"}, bravo | {"pos": "1"}, charlie | {"pos": "2"}]


def test_a_disqualification_months_later_counts_and_the_first_result_is_kept(
    home: Home, tmp_path: Path
) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, file_of(tmp_path, disqualified(), "corrected.csv"))
    assert batch.updated == 3
    assert statuses(home)["Alpha (IRE)"] == ("non-finisher", None)
    earlier = ask(
        home,
        "SELECT horse, e.position, e.finish, e.batch_id, e.replaced_by FROM earlier_results AS e "
        "JOIN runners USING (race_id, horse_id) ORDER BY horse",
    )
    assert earlier == [
        ("Alpha (IRE)", "1", 1, 1, 2),
        ("Bravo", "2", 2, 1, 2),
        ("Charlie (FR)", "3", 3, 1, 2),
    ]


@pytest.mark.slow
def test_only_what_changed_is_counted_and_kept(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    changed = [runner | ({"rpr": "99"} if runner["horse"] == "Bravo" else {}) for runner in race()]
    batch = load(home, file_of(tmp_path, changed, "corrected.csv"))
    assert (batch.updated, batch.unchanged) == (1, 2)
    assert ask(home, "SELECT rpr FROM earlier_results") == [(72.0,)]
    for table in ("earlier_runners", "earlier_races", "earlier_prices_history"):
        assert ask(home, f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.slow
def test_a_corrected_price_keeps_the_earlier_one(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    load(home, file_of(tmp_path, [race()[0] | {"sp": "4/1"}], "corrected.csv"))
    kept = "SELECT decimal_odds, replaced_by FROM earlier_prices_history WHERE kind = 'sp'"
    assert ask(home, kept) == [(3.0, 2)]


@pytest.mark.slow
def test_touched_prices_that_a_correction_no_longer_names_go(home: Home, tmp_path: Path) -> None:
    runner = row("Alpha", "1", comment="led (op 6/1 tchd 11/2 and 5/1)")
    load(home, file_of(tmp_path, [runner]))
    load(home, file_of(tmp_path, [runner | {"comment": "led (op 6/1 tchd 7/1)"}], "corrected.csv"))
    touched = "SELECT nth, decimal_odds FROM {} WHERE kind = 'touched' ORDER BY nth"
    assert ask(home, touched.format("prices_history")) == [(1, 8.0)]
    assert ask(home, touched.format("earlier_prices_history")) == [(1, 6.5), (2, 6.0)]


@pytest.mark.slow
def test_a_race_whose_going_is_corrected_counts_all_its_rows(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    batch = load(home, file_of(tmp_path, race(going="Soft"), "corrected.csv"))
    assert (batch.updated, batch.unchanged) == (3, 0)
    assert ask(home, "SELECT going FROM races") == [("Soft",)]
    assert ask(home, "SELECT going, replaced_by FROM earlier_races") == [("Good", 2)]


@pytest.mark.slow
def test_a_file_without_a_column_takes_nothing_away(home: Home, tmp_path: Path) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home, ("races", "results", "prices_history"))
    runners = ask(home, "SELECT * EXCLUDE (content) FROM runners ORDER BY ALL")
    narrow = tmp_path / "narrow.csv"
    columns = ("date", "course", "race_id", "off", "pos", "horse", "age", "sp", "or", "rpr", "ts")
    lines = [",".join(columns)] + [",".join(runner[name] for name in columns) for runner in race()]
    narrow.write_text("\n".join(lines) + "\n")
    batch = load(home, narrow)
    assert (batch.format, batch.unchanged) == ("raceform", 3)
    assert contents(home, ("races", "results", "prices_history")) == before
    assert ask(home, "SELECT * EXCLUDE (content) FROM runners ORDER BY ALL") == runners


def test_a_file_that_was_imported_before_changes_nothing_even_after_a_correction(
    home: Home, tmp_path: Path
) -> None:
    first = file_of(tmp_path, race())
    load(home, first)
    load(home, file_of(tmp_path, disqualified(), "corrected.csv"))
    corrected = contents(home)
    batch = load(home, first)
    assert (batch.unchanged, batch.updated) == (3, 0)
    assert contents(home) == corrected


@pytest.mark.slow
def test_a_correction_of_a_correction_keeps_both(home: Home, tmp_path: Path) -> None:
    for number, place in enumerate(("1", "2", "3")):
        load(home, file_of(tmp_path, [row("Alpha", place)], f"{number}.csv"))
    kept = "SELECT finish, batch_id, replaced_by FROM earlier_results ORDER BY replaced_by"
    assert ask(home, kept) == [(1, 1, 2), (2, 2, 3)]
    assert ask(home, "SELECT finish FROM results") == [(3,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"pos": "3"}, "SELECT finish FROM results"),
        ({"sp": "9/1"}, "SELECT decimal_odds FROM prices_history WHERE kind = 'sp'"),
        ({"going": "Soft"}, "SELECT going FROM races"),
        ({"comment": "fell back"}, "SELECT comment FROM results"),
        ({"draw": "9"}, "SELECT draw FROM runners"),
    ],
)
def test_a_correction_that_is_taken_back_is_taken_back(
    home: Home, tmp_path: Path, change: dict[str, str], asked: str
) -> None:
    runner = row("Alpha", "1")
    load(home, file_of(tmp_path, [runner], "first.csv"))
    before = ask(home, asked)
    load(home, file_of(tmp_path, [runner | change], "corrected.csv"))
    assert ask(home, asked) != before
    again = load(home, file_of(tmp_path, [runner, row("Bravo", "2")], "again.csv"))
    assert (again.updated, again.accepted) == (1, 1)
    assert ask(home, f"{asked} ORDER BY ALL")[0] == before[0]


@pytest.mark.slow
def test_a_card_in_the_results_format_takes_no_figure_of_the_result_back(
    home: Home, tmp_path: Path
) -> None:
    runners = race(time="1:12.5", ovr_btn="2.5")
    load(home, file_of(tmp_path, runners))
    before = contents(home, ("results", "prices_history"))
    bare = [
        {
            **each,
            **dict.fromkeys(("pos", "sp", "rpr", "ts", "comment", "prize", "time", "ovr_btn"), ""),
        }
        for each in runners
    ]
    batch = load(home, file_of(tmp_path, bare, "card.csv"))
    assert batch.unchanged == 3
    assert contents(home, ("results", "prices_history")) == before
