"""The ladder, the margin, and a market that is right on what it knows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.synth.conftest import Printed
from tests.synth.test_world import race_keys
from velo.synth.bookmakers import LADDER, LADDER_DECIMAL, recalibration
from velo.synth.truth import win_probability


def decimal_odds(sp: np.ndarray) -> np.ndarray:
    step = dict(zip(LADDER, LADDER_DECIMAL, strict=True))
    return np.array([step.get(text.rstrip("FJC"), np.nan) for text in sp])


def test_the_ladder_rises() -> None:
    assert (np.diff(LADDER_DECIMAL) > 0).all()
    assert LADDER_DECIMAL[LADDER.index("Evens")] == 2.0
    assert LADDER_DECIMAL[LADDER.index("11/4")] == 3.75


def test_every_book_is_over_round_by_about_the_real_margin(planted: Printed) -> None:
    odds = decimal_odds(planted.columns["sp"])
    _, race = np.unique(race_keys(planted.columns), return_inverse=True)
    book = np.bincount(race, np.where(np.isnan(odds), 0.0, 1 / odds))
    book = book[book > 0]
    assert 1.13 < book.mean() < 1.22
    assert (book > 1).mean() > 0.99


def test_recalibration_finds_the_power_that_the_results_obey() -> None:
    rng = np.random.default_rng(5)
    known = rng.normal(0, 1, 80_000)
    starts, race = np.arange(0, 80_000, 8), np.repeat(np.arange(10_000), 8)
    chance = win_probability(0.7 * known, starts, race)
    winner = (chance + 0).reshape(-1, 8).cumsum(axis=1) > rng.random(10_000)[:, None]
    win = np.zeros((10_000, 8))
    win[np.arange(10_000), winner.argmax(axis=1)] = 1.0
    assert recalibration(known, starts, race, win.ravel()) == pytest.approx(0.7, abs=0.03)
