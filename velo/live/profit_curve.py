"""The ledger along its days: profit so far with its band, and figures over the days before each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.statistics.profit_path import profit_path
from velo.arrays import Floats
from velo.live.ledger import RAN

OVER_DAYS = 30
_ALONG = ("days", "profit", "low", "high", "ae_raw", "clv")


def profit_curve(bets: pd.DataFrame, seed: int) -> dict[str, Any]:
    """How the bets went, day by day, as plain JSON.

    Args:
        bets: as `velo.live.ledger` gives them.
        seed: of the band's draws.

    Returns:
        `days` with a settled bet, ascending; `profit`, `low`, `high`: points so far with the 95%
        band by race day, which is empty over fewer than ten; `ae_raw` and `clv`: over the 30 days
        to each, None without a bet of them that has one; `over_days`.
    """
    picks = bets[(bets["outcome"] == RAN).to_numpy(dtype=bool)]
    days = picks["day"].to_numpy()
    if not len(days):
        nothing: dict[str, Any] = {name: [] for name in _ALONG}
        return nothing | {"over_days": OVER_DAYS}
    path = profit_path(picks["profit"].to_numpy(dtype=np.float64), days, seed)
    values = picks["closing_value"].to_numpy(dtype=np.float64)
    won = picks["win_share"].to_numpy(dtype=np.float64)
    expected = 1 / picks["paid_odds"].to_numpy(dtype=np.float64)
    ratio = _over_days(days)
    return {
        "days": [day.isoformat() for day in path["day"]],
        "profit": path["profit"].round(4).tolist(),
        **{name: path[name].dropna().round(4).tolist() for name in ("low", "high")},
        "ae_raw": ratio(won, expected),
        "clv": ratio(np.nan_to_num(values), np.isfinite(values).astype(np.float64)),
        "over_days": OVER_DAYS,
    }


def _over_days(days: npt.NDArray[Any]) -> Callable[[Floats, Floats], list[float | None]]:
    """A ratio of sums over the last days to each day."""
    distinct, index = np.unique(days, return_inverse=True)
    firsts = [day - timedelta(OVER_DAYS - 1) for day in distinct]
    begin = np.array([distinct.searchsorted(first) for first in firsts])

    def ratio(part: Floats, whole: Floats) -> list[float | None]:
        sums = []
        for column in (part, whole):
            running = np.concatenate(
                [[0.0], np.cumsum(np.bincount(index, column, minlength=len(distinct)))]
            )
            sums.append(running[1:] - running[begin])
        return [
            round(float(top / bottom), 6) if bottom > 1e-12 else None
            for top, bottom in zip(*sums, strict=True)
        ]

    return ratio
