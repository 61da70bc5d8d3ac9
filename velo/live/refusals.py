"""Why a race is not predicted, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from training.scoring import Stored
from velo.errors import ModelError
from velo.live.deadline import deadline, has_off
from velo.settings import Live

Kind = Literal["past its off", "too few runners", "too many runners", "incomplete"]


@dataclass(frozen=True)
class Refusal:
    """A reason, as a rule and as a person reads it."""

    kind: Kind
    why: str


def refusal(
    race: Mapping[str, Any],
    runners: int,
    incomplete: bool,
    now: datetime,
    backfill: bool,
    live: Live,
) -> Refusal | None:
    """Why a race is not predicted now; None where it can be.

    Args:
        race: as `deadline` asks for it, and whether it was `told`: has a result.
        runners: how many of it can be scored.
        incomplete: whether a declared runner could not be read.
        now: the moment, with its zone.
        backfill: whether a race that is over may be predicted, and marked so.
        live: cut-off of the morning, the largest field, and what is done with an incomplete race.
    """
    until = deadline(race, live)
    if now >= until and not backfill:
        called = "its off was" if has_off(race) else "it has no off time, and its cut-off was"
        return Refusal(
            "past its off",
            f"{called} {until:%Y-%m-%d %H:%M} UTC; --backfill predicts it all the same and marks "
            "it for good",
        )
    if race["told"] and not backfill:
        return Refusal(
            "past its off",
            "it has a result, so it is over, whatever the clock says; --backfill predicts it",
        )
    if runners < 2:
        return Refusal("too few runners", "it has fewer than two runners")
    if runners > live.most_runners:
        return Refusal(
            "too many runners",
            f"it has {runners} runners, and no race has more than {live.most_runners} "
            "(live.most_runners)",
        )
    if incomplete and live.incomplete == "decline":
        return Refusal(
            "incomplete",
            "one of its runners could not be read (live.incomplete = 'score' scores the others)",
        )
    return None


def require_later_day(stored: Stored, day: Any) -> None:
    """See that a model does not judge a day that it learned from.

    Raises:
        ModelError: it was trained on the day.
    """
    if day < stored.train_end:
        raise ModelError(
            f"version {stored.version} was trained on {day} as well, as on every day before "
            f"{stored.train_end}: choose an earlier model with --model"
        )
