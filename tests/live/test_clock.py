"""A clock that is wrong does not date a prediction before the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.live.predicted import race, runner
from velo.live.clock import never_back
from velo.live.journal import last_made, record

MADE = datetime(2026, 5, 2, 8, tzinfo=UTC)


def test_without_a_journal_the_clock_is_believed(tmp_path: Path) -> None:
    assert never_back(tmp_path / "ledger.db", lambda: MADE)() == MADE
    assert not (tmp_path / "ledger.db").exists()


@given(hours=st.integers(-48, 48))
def test_it_is_no_earlier_than_the_last_fair_prediction(
    tmp_path_factory: pytest.TempPathFactory, hours: int
) -> None:
    journal = tmp_path_factory.mktemp("journal") / "ledger.db"
    record(journal, [race(1, [runner(1), runner(2)])])
    now = MADE + timedelta(hours=hours)
    assert never_back(journal, lambda: now)() == max(now, MADE)


def test_a_backfill_says_nothing_of_the_time(tmp_path: Path) -> None:
    """It may have been made by a clock that ran years ahead."""
    journal = tmp_path / "ledger.db"
    late = race(1, [runner(1), runner(2)], made="2036-05-02T08:00:00+00:00", backfill=True)
    record(journal, [late])
    assert last_made(journal) is None
    assert never_back(journal, lambda: MADE)() == MADE
