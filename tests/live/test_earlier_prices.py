"""What a card's race was priced at before: by the warehouse, by the journal, and never later."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.live.predicted import race, runner
from velo.live.earlier_prices import with_price_path
from velo.live.journal import Prediction, record
from velo.settings import PriceHours

OFF = datetime(2026, 5, 2, 13, 30, tzinfo=UTC)
"""14:30 at Ripon."""
EVEN, LONG = [2.0, 2.0], [4.0, 4 / 3]
NOON = OFF - timedelta(minutes=150)


def entries(off: datetime | None = OFF, **quoted: list[float]) -> pa.Table:
    """Two runners of one race, 1 and 2, with odds that the warehouse held."""
    columns: dict[str, Any] = {
        "race_id": [7, 7],
        "horse_id": [1, 2],
        "off_at": pa.array([off] * 2, pa.timestamp("us", "UTC")),
        "off_zone": ["Europe/London"] * 2,
    }
    return pa.table(columns | {f"quoted_{kind}": odds for kind, odds in quoted.items()})


def earlier(odds: list[float], minutes: float, kind: str = "current", **more: Any) -> Prediction:
    """A prediction of the race, so many minutes before the off."""
    made = (OFF - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    runners = [runner(number, price) for number, price in enumerate(odds, 1)]
    return race(7, runners, made=made, price_kind=kind, **more)


def path(
    journal: Path,
    rows: pa.Table,
    kind: str | None,
    now: datetime = NOON,
    odds: list[float] = EVEN,
) -> dict[str, Any]:
    """The first runner's price path."""
    table = with_price_path(rows, np.array(odds), {7: kind}, now, journal, PriceHours())
    return {name: table[name][0].as_py() for name in table.column_names[4:] if "quoted" not in name}


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_without_anything_earlier_there_is_but_todays_price(journal: Path) -> None:
    assert path(journal, entries(), "current") == {
        "log_chance": pytest.approx(math.log(0.5)),
        "log_chance_to_field": pytest.approx(0.0),
        "first_log_chance": None,
        "late_log_chance": None,
        "snapshot_minutes": None,
    }


def test_early_prices_of_the_warehouse_count_up_to_now(journal: Path) -> None:
    """Now is noon: 20:00 and 10:00 are known, the first show at 14:15 is not."""
    seen = path(journal, entries(evening=LONG, morning=EVEN, open=[9.0, 1.1]), "current")
    assert seen["first_log_chance"] == pytest.approx(math.log(0.25))
    assert seen["late_log_chance"] == pytest.approx(math.log(0.5))
    assert seen["snapshot_minutes"] == 120


def test_odds_of_a_kind_are_decided_at_its_hour_and_no_later(journal: Path) -> None:
    """A morning price that is looked at by noon knows of 20:00, not of what stood at eleven."""
    record(journal, [earlier([9.0, 1.1], 210)])
    seen = path(journal, entries(evening=LONG, morning=EVEN), "morning")
    assert seen["first_log_chance"] == pytest.approx(math.log(0.25))
    assert seen["snapshot_minutes"] == 14 * 60


def test_earlier_predictions_are_snapshots(journal: Path) -> None:
    record(journal, [earlier(LONG, 300), earlier([3.0, 1.5], 170)])
    seen = path(journal, entries(), "current")
    assert seen["first_log_chance"] == pytest.approx(math.log(0.25))
    assert seen["late_log_chance"] == pytest.approx(math.log(0.25))
    assert seen["snapshot_minutes"] == pytest.approx(20)


def test_a_prediction_at_an_evening_price_stood_in_the_evening(journal: Path) -> None:
    record(journal, [earlier(LONG, 200, kind="evening")])
    assert path(journal, entries(), "current")["snapshot_minutes"] == pytest.approx(16 * 60)


@pytest.mark.parametrize(
    "other",
    [
        earlier(LONG, 200, backfill=True),
        earlier(LONG, 200, kind="morning"),
        earlier([4.0], 200),
        race(8, [runner(1, 4.0), runner(2, 4 / 3)], made="2026-05-02T09:00:00+00:00"),
        earlier(LONG, 10),
    ],
    ids=["a backfill", "the same price", "a runner is missing", "another race", "later"],
)
def test_what_is_no_snapshot(other: Prediction, journal: Path) -> None:
    record(journal, [other])
    seen = path(journal, entries(), "morning", now=OFF - timedelta(minutes=60))
    assert seen["first_log_chance"] is None


def test_a_horse_that_is_out_by_now_moves_nobody(journal: Path) -> None:
    """Of 3.0, 3.0, 3.0 two are left, at evens each: neither was backed."""
    record(journal, [earlier([3.0, 3.0, 3.0], 300)])
    seen = path(journal, entries(), "current")
    assert seen["first_log_chance"] == pytest.approx(seen["log_chance"])


def test_without_an_off_nothing_earlier_is_known(journal: Path) -> None:
    record(journal, [earlier(LONG, 300)])
    seen = path(journal, entries(off=None, evening=LONG), "current")
    assert seen["first_log_chance"] is None
    assert seen["log_chance"] == pytest.approx(math.log(0.5))
