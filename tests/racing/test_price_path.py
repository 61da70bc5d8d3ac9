"""Snapshots of a race by hand: de-vigged, whole, and none of them after the decision."""

from __future__ import annotations

import math

import numpy as np
import pytest

from velo.arrays import Floats
from velo.racing.price_path import COLUMNS, Snapshot, gone_out, price_path, turned

RACE = np.array([0])
NOW = [2.0, 4.0, 4.0]
"""A fair book: chances of a half and twice a quarter."""


def path(
    decided: float, *snapshots: tuple[float, list[float]], now: list[float] = NOW
) -> dict[str, Floats]:
    """Of one race of three: (minutes before the off, odds) of each snapshot."""
    n = len(now)
    held = [Snapshot(np.full(n, before), np.array(odds)) for before, odds in snapshots]
    return price_path(RACE, np.array(now), np.full(n, decided), held)


def test_a_chance_is_its_share_of_the_book() -> None:
    """1/1.6 + 1/3.2 + 1/3.2 = 1.25: the same chances at a margin of a quarter."""
    fair, dear = path(0.0), path(0.0, now=[1.6, 3.2, 3.2])
    assert fair["log_chance"] == pytest.approx(np.log([0.5, 0.25, 0.25]))
    assert dear["log_chance"] == pytest.approx(fair["log_chance"])
    mean = math.log(0.5) / 3 + 2 * math.log(0.25) / 3
    assert fair["log_chance_to_field"] == pytest.approx(np.log([0.5, 0.25, 0.25]) - mean)


def test_a_book_that_shrinks_moves_nobody() -> None:
    moved = path(0.0, (600.0, [1.6, 3.2, 3.2]))
    assert moved["log_chance"] - moved["first_log_chance"] == pytest.approx(np.zeros(3), abs=1e-12)


def test_the_first_snapshot_and_the_last_an_hour_before() -> None:
    evening, breakfast, show = [4.0, 2.0, 4.0], [4.0, 4.0, 2.0], [3.0, 3.0, 3.0]
    both = path(0.0, (1000.0, evening), (300.0, breakfast), (15.0, show))
    assert both["first_log_chance"] == pytest.approx(np.log([0.25, 0.5, 0.25]))
    assert both["late_log_chance"] == pytest.approx(np.log([0.25, 0.25, 0.5]))
    assert both["snapshot_minutes"].tolist() == [15.0] * 3
    in_another_order = path(0.0, (15.0, show), (300.0, breakfast), (1000.0, evening))
    for name in COLUMNS:
        assert both[name].tolist() == in_another_order[name].tolist()


def test_what_stood_an_hour_before_to_the_minute_is_late_and_59_minutes_is_not() -> None:
    assert not np.isnan(path(30.0, (90.0, NOW))["late_log_chance"]).any()
    assert np.isnan(path(30.0, (89.0, NOW))["late_log_chance"]).all()


def test_no_snapshot_after_the_decision_is_known() -> None:
    later = path(120.0, (119.0, [9.0, 1.5, 9.0]))
    assert np.isnan(later["first_log_chance"]).all()
    assert np.isnan(later["snapshot_minutes"]).all()
    at_it = path(120.0, (120.0, [9.0, 1.5, 9.0]))
    assert at_it["snapshot_minutes"].tolist() == [0.0] * 3


def test_a_snapshot_that_lacks_a_runner_is_none() -> None:
    bare = path(0.0, (600.0, [2.0, math.nan, 4.0]), (500.0, NOW))
    assert bare["first_log_chance"] == pytest.approx(bare["log_chance"])
    assert bare["snapshot_minutes"].tolist() == [500.0] * 3


def test_without_a_price_or_an_off_there_is_no_path() -> None:
    unpriced = path(0.0, (600.0, NOW), now=[2.0, math.nan, 4.0])
    assert np.isnan(unpriced["log_chance"]).all()
    assert not np.isnan(unpriced["first_log_chance"]).any()
    no_off = path(math.nan, (math.nan, NOW))
    assert np.isnan(no_off["first_log_chance"]).all()
    assert not np.isnan(no_off["log_chance"]).any()


def test_a_race_knows_nothing_of_another() -> None:
    offsets = np.array([0, 2])
    odds = np.array([2.0, 2.0, 4.0, 4.0 / 3])
    quoted = np.array([4.0, 4.0 / 3, math.nan, 2.0])
    both = price_path(offsets, odds, np.zeros(4), [Snapshot(np.full(4, 60.0), quoted)])
    assert both["log_chance"] == pytest.approx(np.log([0.5, 0.5, 0.25, 0.75]))
    assert both["first_log_chance"][:2] == pytest.approx(np.log([0.25, 0.75]))
    assert np.isnan(both["first_log_chance"][2:]).all()


def test_a_price_has_gone_out_against_the_last_start_and_not_on_debut() -> None:
    today = np.array([-0.5, -0.5, math.nan])
    assert gone_out(np.array([0.25, math.nan, math.nan]), today).tolist() == [0.75, 0.0, 0.0]
    assert np.isnan(gone_out(np.array([0.25]), np.array([math.nan]))).all()


def test_a_turn_is_a_late_move_against_the_whole_and_neither_is_small() -> None:
    total = np.array([0.2, 0.2, -0.06, 0.2, 0.05, math.nan])
    late = np.array([-0.06, 0.06, 0.06, -0.05, -0.2, -0.2])
    assert turned(total, late)[:5].tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert np.isnan(turned(total, late)[5])
