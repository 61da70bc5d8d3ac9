"""The ledger along its days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.live.profit_curve import OVER_DAYS, profit_curve

FIRST = date(2026, 1, 1)
BETS = st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=1, max_size=60)


def settled(made: list[tuple[int, bool]]) -> pd.DataFrame:
    """Bets at 4/1, each worth a tenth at the close, on days after the first, won or lost."""
    made = sorted(made)
    return pd.DataFrame(
        {
            "day": [FIRST + timedelta(day) for day, _ in made],
            "outcome": "ran",
            "win_share": [float(won) for _, won in made],
            "paid_odds": 5.0,
            "profit": [4.0 if won else -1.0 for _, won in made],
            "closing_value": 0.1,
        }
    )


@given(BETS)
def test_the_path_ends_at_the_profit_and_each_ratio_is_of_its_own_thirty_days(
    made: list[tuple[int, bool]],
) -> None:
    bets = settled(made)
    curve = profit_curve(bets, 1)
    assert curve["profit"][-1] == pytest.approx(bets["profit"].sum())
    assert curve["days"] == sorted({day.isoformat() for day in bets["day"]})
    for day, ratio, value in zip(curve["days"], curve["ae_raw"], curve["clv"], strict=True):
        until = date.fromisoformat(day)
        since = until - timedelta(OVER_DAYS - 1)
        own = bets[(bets["day"] >= since) & (bets["day"] <= until)]
        assert ratio == pytest.approx(own["win_share"].sum() / (len(own) / 5), abs=1e-6)
        assert value == pytest.approx(0.1, abs=1e-6)


def test_bets_without_a_closing_value_leave_no_line() -> None:
    bets = settled([(0, True), (1, False)]).assign(closing_value=np.nan)
    assert profit_curve(bets, 1)["clv"] == [None, None]


def test_before_a_bet_is_settled_there_is_no_path() -> None:
    assert profit_curve(settled([(0, True)]).iloc[:0], 1)["days"] == []
