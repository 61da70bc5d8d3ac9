"""Predictions by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from velo.live.journal import PredictedRunner, Prediction

DAY = date(2026, 5, 2)


def runner(horse_id: int, odds: float | None = 6.0, **changes: Any) -> PredictedRunner:
    """A runner at 5/1 that nobody backs."""
    usual: dict[str, Any] = {
        "horse": f"Horse {horse_id}",
        "number": horse_id,
        "rank": 1,
        "p_model": 0.25,
        "p_market": 0.25,
        "p_market_power": 0.25,
        "p": 0.25,
        "verdict": "pass",
        "stakes": {},
        "unknown": [],
        "moved": [],
        "features": {"form_ewma": 0.5, "or_delta": None},
    }
    return PredictedRunner(horse_id=horse_id, odds=odds, **{**usual, **changes})


def backed(horse_id: int, points: float = 1.0, **changes: Any) -> PredictedRunner:
    """The same, backed by top20."""
    return runner(horse_id, verdict="back", stakes={"top20": points}, **changes)


def race(race_id: int, runners: Sequence[PredictedRunner], **changes: Any) -> Prediction:
    """A race at Ripon, predicted in the morning at starting prices."""
    usual: dict[str, Any] = {
        "made": "2026-05-02T08:00:00+00:00",
        "deadline": "2026-05-02T13:30:00+00:00",
        "backfill": False,
        "day": DAY,
        "course": "Ripon",
        "off": "14:30",
        "race_name": "Stakes",
        "version": "1",
        "run_id": "r",
        "sha256": "s",
        "source": "online",
        "build": "b",
        "price_kind": "sp",
        "decision": "sp",
        "settlement": "sp",
        "strategy": "top20",
    }
    return Prediction(race_id=race_id, runners=tuple(runners), **{**usual, **changes})


def outcome(race_id: int, horse_id: int, **changes: Any) -> Mapping[str, Any]:
    """A beaten starter of a race of four."""
    usual = {
        "race_id": race_id,
        "horse_id": horse_id,
        "status": "finished",
        "finish": 4.0,
        "win_share": 0.0,
        "ran": 4,
        "handicap": False,
        "doubt": None,
        "flag": None,
        "sp": 6.0,
        "bsp": float("nan"),
    }
    return {**usual, **changes}
