"""Which prices a prediction may take: those that can be known when it is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from velo.home import Home
from velo.live.card_file import CardRow, quoted_kind
from velo.live.odds_taken import held_odds, match_odds, unknown_kinds
from velo.live.price_notes import price_notes
from velo.settings import PriceHours, Settings
from velo.warehouse.connection import warehouse

CLOCK = PriceHours()
OFF = datetime(2020, 6, 3, 13, 30, tzinfo=UTC)  # 14:30 in London
THE_EVENING_BEFORE = datetime(2020, 6, 2, 19, 30, tzinfo=UTC)  # 20:30 in London


def runner(horse_id: int, **changes: Any) -> dict[str, Any]:
    usual = {
        "race_id": 7,
        "horse_id": horse_id,
        "horse": f"Horse {horse_id}",
        "day": OFF.date(),
        "course": "Kempton (AW)",
        "off": "14:30",
        "source_race_id": None,
        "off_at": OFF,
        "off_zone": "Europe/London",
    }
    return usual | changes


def card(**odds: float) -> list[CardRow]:
    return [CardRow(line, f"Horse {line}", odds=odds) for line in (1, 2)]


FIELD = [runner(1), runner(2)]


@pytest.mark.parametrize(
    ("hours", "decision", "unknown"),
    [
        (0, "evening", {"breakfast", "morning", "open", "sp", "bsp", "wap"}),
        (14, "evening", {"open", "sp", "bsp", "wap"}),
        (0, "sp", {"breakfast", "morning", "open"}),
        (18, "evening", set()),
    ],
)
def test_what_cannot_be_known_yet_goes_by_the_hour_of_its_kind(
    hours: int, decision: str, unknown: set[str]
) -> None:
    now = THE_EVENING_BEFORE + timedelta(hours=hours)
    assert unknown_kinds(FIELD, decision, now, CLOCK) == unknown


def test_of_a_race_without_an_off_nothing_is_known_to_be_later() -> None:
    nowhere = [runner(1, off_at=None, off_zone=None)]
    assert unknown_kinds(nowhere, "evening", THE_EVENING_BEFORE, CLOCK) == set()


def test_a_later_price_never_stands_for_the_evenings() -> None:
    """A file with the whole day in it, as those of past days are."""
    unknown = unknown_kinds(FIELD, "evening", THE_EVENING_BEFORE, CLOCK)
    assert match_odds(card(evening=4.0, morning=3.0, sp=2.0), FIELD, "evening", unknown).odds[
        0
    ] == pytest.approx(4.0)
    without = match_odds(card(morning=3.0, sp=2.0), FIELD, "evening", unknown)
    assert without.kind is None
    assert np.isnan(without.odds).all()
    assert quoted_kind(card(current=5.0, morning=3.0), "evening", unknown) == "current"


def test_what_is_passed_over_and_what_may_be_gone_is_said() -> None:
    def notes(hours: int) -> list[str]:
        now = THE_EVENING_BEFORE + timedelta(hours=hours)
        unknown = unknown_kinds(FIELD, "evening", now, CLOCK)
        rows = card(evening=4.0, morning=3.0)
        return price_notes("evening", rows, FIELD, unknown, now, CLOCK)

    (early,) = notes(0)
    assert "morning prices of the card are not read: they stand for 10:00 on the day" in early
    (late,) = notes(14)
    assert "the odds are evening prices (20:00 the day before)" in late
    assert "the hour of morning prices has passed" in late


QUOTES = [
    # horse, nth, quoted by the clock of the course, odds
    (1, 1, None, 4.0),
    (2, 1, datetime(2020, 6, 2, 20, 0), 5.0),
    (2, 2, datetime(2020, 6, 2, 20, 15), 6.0),
    (3, 1, datetime(2020, 6, 3, 9, 0), 7.0),
]


@pytest.fixture
def held(home: Home) -> Home:
    with warehouse(home, Settings().store, write=True) as con:
        con.executemany(
            "INSERT INTO prices_history VALUES (7, ?, 'exchange', 'evening', ?, ?, ?, 1)",
            [list(each) for each in QUOTES],
        )
    return home


@pytest.mark.parametrize(
    ("minutes", "odds"),
    [
        (-60, [None, None, None]),  # 19:30: the evening price without a time is of 20:00
        (0, [4.0, 5.0, None]),
        (18 * 60, [4.0, 5.0, 7.0]),
    ],
)
def test_no_price_of_after_the_decision_is_read_from_the_warehouse(
    held: Home, minutes: int, odds: list[float | None]
) -> None:
    field = [runner(1), runner(2), runner(3)]
    now = THE_EVENING_BEFORE + timedelta(minutes=minutes)
    known = held_odds(held, Settings(), field, "evening", now)
    assert [None if np.isnan(each) else each for each in known.odds] == odds
    assert held_odds(held, Settings(), field, "evening").odds.tolist() == [4.0, 5.0, 7.0]
