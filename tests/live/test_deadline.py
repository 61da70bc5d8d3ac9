"""Until when a prediction counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from pydantic import ValidationError

from velo.live.deadline import deadline
from velo.settings import Live


def race(**changes: Any) -> dict[str, Any]:
    """A race of the roster without an off, or as `changes` say."""
    usual = {
        "day": date(2026, 7, 1),
        "course": "Ripon",
        "region": "GB",
        "off": None,
        "off_at": None,
        "off_zone": None,
        "off_doubt": None,
    }
    return usual | changes


def test_a_race_is_predicted_until_its_off() -> None:
    at = datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert deadline(race(off="14:30", off_at=at, off_doubt=0), Live()) == at


def test_a_doubtful_off_is_never_timely_on_the_doubtful_side() -> None:
    at = datetime(2026, 7, 1, 20, 30, tzinfo=UTC)
    doubtful = race(off="21:30", off_at=at, off_doubt=720)
    assert deadline(doubtful, Live()) == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("course", "region", "until"),
    [
        ("Ripon", "GB", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("Sha Tin", "HK", datetime(2026, 7, 1, 3, 15, tzinfo=UTC)),
        ("Randwick (AUS)", "AUS", datetime(2026, 7, 1, 0, 15, tzinfo=UTC)),
        ("Del Mar (USA)", "USA", datetime(2026, 7, 1, 17, 15, tzinfo=UTC)),
    ],
)
def test_a_race_without_an_off_is_predicted_until_its_region_may_race(
    course: str, region: str, until: datetime
) -> None:
    assert deadline(race(course=course, region=region), Live()) == until


def test_the_home_may_set_an_earlier_morning_but_no_later_one() -> None:
    sha_tin = race(course="Sha Tin", region="HK")
    early = Live(timezone="Asia/Hong_Kong", morning=time(9, 0))
    late = Live(timezone="Asia/Hong_Kong", morning=time(18, 0))
    assert deadline(sha_tin, early) == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    assert deadline(sha_tin, late) == datetime(2026, 7, 1, 3, 15, tzinfo=UTC)


def test_a_race_declared_before_moments_were_kept_goes_by_its_off() -> None:
    old = {"day": date(2026, 7, 1), "course": "Ripon", "off": "14:30"}
    assert deadline(old, Live()) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    abroad = {"day": date(2026, 7, 1), "course": "Del Mar (USA)", "off": "00:15", "region": "USA"}
    assert deadline(abroad, Live()) == datetime(2026, 7, 1, 23, 15, tzinfo=UTC)


def test_a_time_zone_that_nobody_keeps_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be a time zone such as"):
        Live(timezone="Europe/Lodnon")
