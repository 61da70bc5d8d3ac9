"""Until when a prediction counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from pydantic import ValidationError

from velo.live.deadline import deadline
from velo.settings import Live


def test_a_race_is_predicted_until_its_off_in_the_clock_of_its_country() -> None:
    summer = deadline(date(2026, 7, 1), "14:30", Live())
    winter = deadline(date(2026, 1, 1), "14:30", Live())
    assert summer == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert winter == datetime(2026, 1, 1, 14, 30, tzinfo=UTC)


def test_a_race_without_an_off_is_predicted_until_the_mornings_cut_off() -> None:
    live = Live(timezone="Asia/Hong_Kong", morning=time(12, 0))
    assert deadline(date(2026, 7, 1), None, live) == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


def test_a_time_zone_that_nobody_keeps_is_refused() -> None:
    with pytest.raises(ValidationError, match="no time zone is called"):
        Live(timezone="Europe/Lodnon")
