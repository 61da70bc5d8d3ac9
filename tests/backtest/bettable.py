"""Cards that can be bet: races given as their prices and who won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from backtest.runners import Runners


def frame(races: Sequence[tuple[list[float], int]], days: Sequence[int], **columns: Any) -> Any:
    """One row a runner: prices decide and settle; the market is even; day 1 is 1 March 2021."""
    rows = [
        (number, pd.Timestamp("2021-02-28") + pd.Timedelta(days=day), price, place == winner)
        for number, ((prices, winner), day) in enumerate(zip(races, days, strict=True))
        for place, price in enumerate(prices)
    ]
    made = pd.DataFrame(rows, columns=["race_id", "date", "settlement_odds", "won"])
    even = 1.0 / made.groupby("race_id")["won"].transform("size")
    usual = {
        "horse_id": np.arange(len(made)),
        "course": "Ascot",
        "race_type": "Flat",
        "class_level": 4.0,
        "handicap": False,
        "finish": np.where(made["won"], 1.0, 2.0),
        "win_share": made["won"].astype(float),
        "decision_odds": made["settlement_odds"],
        "p": even,
        "p_market": even,
        "p_market_power": even,
    }
    return made.assign(**{**usual, **columns})


def runners(races: Sequence[tuple[list[float], int]], days: Sequence[int], **columns: Any) -> Any:
    """The same as a card to bet on."""
    return Runners.of(frame(races, days, **columns))
