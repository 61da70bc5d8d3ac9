"""Looks at the same days are counted in a real MLflow store, whoever looked."""

from __future__ import annotations

from datetime import date

import pytest

from training.record.looks import OWN, Look, declare, earlier_looks, of_strategy, of_walk
from training.record.mlflow_store import client
from training.record.tracking import Recorder
from velo.home import Home


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One home with an MLflow store; making its tables takes seconds. Each test has its year."""
    home = Home(tmp_path_factory.mktemp("looks"))
    client(home)
    return home


def trained(home: Home, first: date, last: date) -> str:
    with Recorder(home, "train") as recorder:
        recorder.look(first, last)
    return recorder.run_id


def test_a_look_counts_every_earlier_run_that_saw_one_of_its_days(opened: Home) -> None:
    first, last = date(2021, 3, 1), date(2021, 5, 29)
    with Recorder(opened, "a") as recorder:
        assert recorder.look(first, last) == 0
    with Recorder(opened, "b") as recorder:
        assert recorder.look(last, date(2021, 9, 1)) == 1, "one shared day"
    with Recorder(opened, "c") as recorder:
        assert recorder.look(date(2021, 10, 1), date(2021, 11, 1)) == 0, "other days"
    assert earlier_looks(opened, first, last) == 2


def test_a_shorter_holdout_of_days_that_were_seen_has_been_looked_at(opened: Home) -> None:
    trained(opened, date(2022, 1, 1), date(2022, 6, 30))
    with Recorder(opened, "shorter") as recorder:
        assert recorder.look(date(2022, 4, 1), date(2022, 6, 30)) == 1


def fail_after_looking(recorder: Recorder) -> None:
    recorder.look(date(2023, 1, 1), date(2023, 3, 1))
    _ = 1 / 0


def test_a_run_that_fails_after_looking_has_looked_and_deleting_it_does_not_undo_that(
    opened: Home,
) -> None:
    recorder = Recorder(opened, "fails")
    with pytest.raises(ZeroDivisionError), recorder:
        fail_after_looking(recorder)
    client(opened).delete_run(recorder.run_id)
    assert earlier_looks(opened, date(2023, 3, 1), date(2023, 3, 1)) == 1


def test_a_model_bet_again_on_its_own_holdout_is_no_second_look(opened: Home) -> None:
    first, last = date(2024, 1, 1), date(2024, 3, 31)
    run_id = trained(opened, first, last)
    again = Look(run_id, OWN, first, last)
    assert earlier_looks(opened, first, last, again) == 0
    declare(opened, again)
    assert earlier_looks(opened, first, last) == 1, "for everyone else it is one"


def test_a_backtest_beyond_the_holdout_burns_the_days_for_the_next_model(opened: Home) -> None:
    run_id = trained(opened, date(2025, 1, 1), date(2025, 1, 31))
    beyond = Look(run_id, OWN, date(2025, 2, 1), date(2025, 4, 30))
    assert earlier_looks(opened, beyond.first, beyond.last, beyond) == 0
    declare(opened, beyond)
    declare(opened, beyond)
    with Recorder(opened, "next") as recorder:
        assert recorder.look(date(2025, 4, 1), date(2025, 6, 30)) == 1


def test_a_walk_is_a_look_of_its_own_and_the_same_walk_again_is_the_same_look(
    opened: Home,
) -> None:
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    run_id = trained(opened, first, last)
    walk = of_walk(run_id, first, last, [{"races": 9, "delta_ll": 0.01}])
    same = of_walk(run_id, first, last, [{"delta_ll": 0.01, "races": 9}])
    other = of_walk(run_id, first, last, [{"races": 9, "delta_ll": 0.02}])
    assert earlier_looks(opened, first, last, walk) == 1, "the model's own holdout"
    declare(opened, walk)
    assert earlier_looks(opened, first, last, same) == 1
    assert earlier_looks(opened, first, last, other) == 2
    declare(opened, other)
    assert earlier_looks(opened, first, last) == 3


def test_a_changed_strategy_in_python_is_another_look_and_the_same_one_is_not(
    opened: Home,
) -> None:
    first, last = date(2027, 1, 1), date(2027, 3, 31)
    run_id = trained(opened, first, last)
    own = Look(run_id, OWN, first, last)
    before, after = (of_strategy(run_id, first, last, "mine:Mine", sha256) for sha256 in "ab")
    for look in (own, before):
        assert earlier_looks(opened, first, last, own, before) == 0
        declare(opened, look)
    assert earlier_looks(opened, first, last, own, after) == 1
    declare(opened, after)
    assert earlier_looks(opened, first, last) == 3
