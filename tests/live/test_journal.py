"""What was predicted stays as it was printed."""

from __future__ import annotations

import resource
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.live.predicted import DAY, backed, race, runner
from velo.errors import HomeError
from velo.live.journal import bare_predictions, last_day, predictions, record


def test_what_is_read_is_what_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    made = race(2**62, [backed(1), runner(2, odds=None, p=None, p_market=None, unknown=["horse"])])
    assert record(path, [made]) == [1]
    assert predictions(path) == [replace(made, revision=1)]


def test_bare_predictions_are_the_same_without_what_no_bet_is_settled_by(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    record(path, [race(7, [backed(1, unknown=["horse"]), runner(2)])])
    (whole,), (bare,) = predictions(path), bare_predictions(path)
    bet, other = (replace(each, unknown=[], moved=[], features={}) for each in whole.runners)
    assert bare == replace(whole, runners=(bet, other))
    assert bet.stakes == {"top20": 1.0}


def test_the_last_day_is_that_of_the_last_race(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    assert last_day(path) is None
    record(path, [race(n, [runner(1)], day=date(2026, 5, n)) for n in (3, 1)])
    assert last_day(path) == date(2026, 5, 3)


def test_predicting_again_adds_a_revision_and_leaves_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = race(7, [backed(1), runner(2)])
    second = race(7, [runner(1), backed(2)], version="2")
    assert record(path, [first]) == [1]
    assert record(path, [second, race(8, [runner(1)])]) == [2, 1]
    kept = [each for each in predictions(path) if each.race_id == 7]
    assert kept == [replace(first, revision=1), replace(second, revision=2)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE predictions SET backfill = 0",
        "DELETE FROM predictions",
        "UPDATE runners SET odds = 2.0",
        "DELETE FROM runners",
    ],
)
def test_nobody_changes_a_prediction(tmp_path: Path, change: str) -> None:
    path = tmp_path / "ledger.db"
    record(path, [race(7, [backed(1)], backfill=True)])
    with (
        closing(sqlite3.connect(path)) as con,
        pytest.raises(sqlite3.IntegrityError, match="never"),
    ):
        con.execute(change)
    assert predictions(path)[0].backfill


def test_a_card_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    twice = race(8, [runner(1), runner(1)])
    with pytest.raises(HomeError, match="cannot be used"):
        record(path, [race(7, [runner(1)]), twice])
    assert predictions(path) == []


def test_two_that_predict_one_race_at_once_get_a_revision_each(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    record(path, [race(1, [runner(1)])])
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: record(path, [race(7, [runner(1)])])[0], range(12)))
    assert sorted(given) == list(range(1, 13))


def test_days_are_asked_for_with_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    record(path, [race(n, [runner(1)], day=date(2026, 5, n)) for n in (1, 2, 3)])
    assert [each.day for each in predictions(path, (DAY, DAY))] == [DAY]
    assert predictions(tmp_path / "none.db") == []


def test_a_journal_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 99")
    with pytest.raises(HomeError, match="version 99, made by a later VÉLØ"):
        record(path, [race(7, [runner(1)])])


def test_a_full_disk_keeps_what_was_predicted_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    record(path, [race(1, [runner(1)])])
    before, bounds = predictions(path), resource.getrlimit(resource.RLIMIT_FSIZE)
    more = [race(n, [runner(horse, horse="x" * 500) for horse in range(40)]) for n in range(2, 9)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, bounds[1]))
    try:
        with pytest.raises(HomeError, match=r"ledger\.db: the disk is full, .* is undone; make"):
            record(path, more)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
    assert predictions(path) == before
    assert record(path, more) == [1] * 7
