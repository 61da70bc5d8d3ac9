"""Races to look at: where blend and market differ most, and where the blend lost most to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from training.model.explanation import MOST
from training.statistics.races import Races
from velo.arrays import Floats
from velo.racing.running_style import STYLE

RACES = 10


def notable(predictions: pd.DataFrame) -> dict[str, Any]:
    """The ten races of either kind, most extreme first.

    Blend and market differ by the relative entropy of the one to the other, nats: what the blend
    expects to gain in that race over the power-calibrated market. A race without a complete book
    has no market and is left out.

    Args:
        predictions: of whole races, sorted by race, as `read_holdout` gives them.

    Returns:
        `different` and `worst`: races with `race_id`, `date`, `course`, `expected` and `gain`
        (nats), `runner` (place of the one that moved most) and `runners`; of `different` also the
        sum of both over the ten, as `expected` and `gain`.
    """
    races = Races.of(predictions["race_id"].to_numpy())
    known = predictions[["p", "p_market_power"]].notna().all(axis=1).to_numpy()
    rows, races = races.keep(races.all(known))
    frame = predictions[rows].reset_index(drop=True)
    p, market = (frame[name].to_numpy(dtype=np.float64) for name in ("p", "p_market_power"))
    won = frame["win_share"].to_numpy(dtype=np.float64)
    expected = races.sum(p * np.log(p / market))
    gain = races.log_likelihood(p, won) - races.log_likelihood(market, won)
    different = _first(-expected)
    worst = [place for place in _first(gain) if gain[place] < 0]
    return {
        "different": [_race(frame, races, place, expected, gain) for place in different],
        "expected": float(expected[different].sum()),
        "gain": float(gain[different].sum()),
        "worst": [_race(frame, races, place, expected, gain) for place in worst],
    }


def _first(order: Floats) -> list[int]:
    return [int(place) for place in np.argsort(order, kind="stable")[:RACES]]


def _race(
    frame: pd.DataFrame, races: Races, place: int, expected: Floats, gain: Floats
) -> dict[str, Any]:
    start = int(races.offsets[place])
    field = frame.iloc[start : start + int(races.sizes[place])]
    moved = (field["p"] - field["p_market_power"]).abs().to_numpy()
    order = np.argsort(-field["p"].to_numpy(), kind="stable")
    first = field.iloc[0]
    return {
        "race_id": str(first["race_id"]),
        "date": first["date"].date(),
        "course": str(first["course"]),
        "expected": float(expected[place]),
        "gain": float(gain[place]),
        "runner": int(np.flatnonzero(order == moved.argmax())[0]),
        "runners": [_runner(field.iloc[i]) for i in order],
    }


def _runner(row: pd.Series[Any]) -> dict[str, Any]:
    return {
        "horse": str(row["horse"]),
        "style": str(row.get(STYLE) or ""),
        "win_share": float(row["win_share"]),
        "decision_odds": float(row["decision_odds"]),
        "p": float(row["p"]),
        "p_model": float(row["p_model"]),
        "p_market": float(row["p_market"]),
        "p_market_power": float(row["p_market_power"]),
        "moved_by": [
            {
                "feature": str(row[f"feature_{k}"]),
                "push": float(row[f"push_{k}"]),
                "value": float(row[f"value_{k}"]),
            }
            for k in range(1, MOST + 1)
        ],
    }
