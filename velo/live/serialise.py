"""Predictions as plain rows and plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from velo.formats import in_text
from velo.live.journal import Prediction

if TYPE_CHECKING:
    from velo.live.predict import Predicted


def as_rows(predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    """A row a runner, races in their order and runners by rank.

    `fair_odds` are of the blended probability, or of the model's where there is no market;
    `edge` is the expected profit of a point; `stake` is the followed strategy's, in points.
    """
    return [
        {
            "race_id": race.race_id,
            "day": race.day.isoformat(),
            "course": race.course,
            "off": race.off,
            "race_name": race.race_name,
            "revision": race.revision,
            "rank": each.rank,
            "number": each.number,
            "horse": each.horse,
            "horse_id": each.horse_id,
            "style": each.style,
            "p_model": each.p_model,
            "p_market": each.p_market,
            "p": each.p,
            "fair_odds": _fair(each.p_model if each.p is None else each.p),
            "odds": each.odds,
            "edge": _edge(each.p, each.odds),
            "stake": each.stakes.get(race.strategy, 0.0),
            "verdict": each.verdict,
            "indicative": race.price_kind is not None and race.indicative,
            "backfill": race.backfill,
            "stakes": each.stakes,
            "unknown": each.unknown,
            "moved": each.moved,
        }
        for race in predictions
        for each in sorted(race.runners, key=lambda runner: runner.rank)
    ]


def all_rows(done: Predicted) -> list[dict[str, Any]]:
    """The same, each race followed by its horses that are not to run.

    Those have a `verdict`, `non-runner` or `reserve`, and neither chance nor odds.
    """
    rows = []
    for race in done.predictions:
        of_race = as_rows([race])
        nothing = dict.fromkeys(of_race[0])
        same = {name: of_race[0][name] for name in _SAME}
        rows += of_race
        rows += [
            nothing | same | {"horse": each.horse, "number": each.number, "verdict": each.standing}
            for each in done.absent
            if each.race_id == race.race_id
        ]
    return rows


def to_json(done: Predicted) -> dict[str, Any]:
    """Everything that was predicted, as one JSON object.

    `not_champion` says why the model may not price as champion; null if it may.
    """
    return {
        "not_champion": done.not_champion,
        "races": [race_json(race) for race in done.predictions],
        "unscored": [asdict(each) for each in done.unscored],
        "absent": [asdict(each) for each in done.absent],
        "notes": done.notes,
    }


def race_json(race: Prediction) -> dict[str, Any]:
    """One race as JSON: what was asked, of whom, and each runner by rank."""
    facts = {name: getattr(race, name) for name in _OF_A_RACE}
    return facts | {
        "day": race.day.isoformat(),
        "market": race.price_kind is not None,
        "indicative": race.price_kind is not None and race.indicative,
        "runners": [{name: row[name] for name in _OF_A_RUNNER} for row in as_rows([race])],
    }


def why(moved: Sequence[dict[str, Any]]) -> str:
    """What moved a runner, in words: `trainer_sr_90d +0.12, ...`, nats."""
    return ", ".join(f"{each['feature']} {in_text.nats(each['push'], 2)}" for each in moved)


def _fair(p: float) -> float | None:
    """None of a chance of 0, which models of earlier versions could give."""
    return 1.0 / p if p else None


def _edge(p: float | None, odds: float | None) -> float | None:
    return None if p is None or odds is None else p * odds - 1.0


_OF_A_RACE = tuple(
    name for name in Prediction.__dataclass_fields__ if name not in ("runners", "day")
)
_SAME = ("race_id", "day", "course", "off", "race_name", "revision", "backfill")
_OF_A_RUNNER = (
    "rank",
    "number",
    "horse",
    "horse_id",
    "style",
    "p_model",
    "p_market",
    "p",
    "fair_odds",
    "odds",
    "edge",
    "stake",
    "stakes",
    "verdict",
    "unknown",
    "moved",
)
