"""What of a home has gone stale, and what is due: rules over plain facts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from velo.settings import Upkeep


@dataclass(frozen=True)
class Facts:
    """What the parts of a home say of themselves; None where there is no such part.

    Attributes:
        today: in the time zone of the races.
        results_to: last day with a result.
        card_on: first day from today on of which there is a card and no result.
        build: number of the current build.
        unseen: imports since that build, cards left out: a card alone changes no feature.
        applied: whether the features are declared to Feast.
        online: the day that the online store serves, and the build that it was filled from.
        models: alias -> what the registry says of its version.
        outdated: files, still in their place, whose reader has changed since they were read.
        unchecked: whether imports of an earlier version were never looked through.
        misnamed: what the settings name that Feast's registry does not hold.
        hashed: whether the build has hashes of its files.
        elsewhere: places, other than where the home lies, that its files name as the home's.
        unlike: how the build's windows are others than the settings', in words.
        undescribed: a feature of the settings' service that the registry does not describe.
    """

    today: date
    results_to: date | None = None
    card_on: date | None = None
    build: int | None = None
    unseen: int = 0
    applied: bool = False
    online: tuple[date, int] | None = None
    models: dict[str, dict[str, str]] = field(default_factory=dict)
    outdated: int = 0
    unchecked: bool = False
    misnamed: str | None = None
    hashed: bool = True
    elsewhere: tuple[str, ...] = ()
    unlike: str | None = None
    undescribed: str | None = None


@dataclass(frozen=True)
class Staleness:
    """How old each part is.

    Attributes:
        results_days: days since the last result.
        next_race_day: the next day of which there is a card, else the first without results that
            is not over.
        build_behind: imports since the build, cards left out.
        online_as_of: the day that the online store serves.
        online_fresh: whether that is the next race day, from the current build.
        model_days: days since the champion was made.
    """

    results_days: int | None
    next_race_day: date | None
    build_behind: int | None
    online_as_of: date | None
    online_fresh: bool
    model_days: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, days as text."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Due:
    """A command that is due, and why."""

    command: str
    why: str


def staleness(facts: Facts) -> Staleness:
    """How old each part of a home is."""
    today, results_to = facts.today, facts.results_to
    races = facts.card_on
    if races is None and results_to is not None:
        races = max(today, results_to + timedelta(1))
    made = facts.models.get("champion", {}).get("made")
    return Staleness(
        None if results_to is None else max((today - results_to).days, 0),
        races,
        None if facts.build is None else facts.unseen,
        None if facts.online is None else facts.online[0],
        races is not None and facts.online == (races, facts.build),
        None if made is None else max((today - date.fromisoformat(made)).days, 0),
    )


def due(facts: Facts, limits: Upkeep) -> list[Due]:
    """What must be done, the first first.

    A home without a champion predicts nothing: its results, its online store and its models may
    be of any age.
    """
    if facts.elsewhere:
        why = f"the home was moved: its files still name {', '.join(facts.elsewhere)}; restore the "
        return [Due("velo backup FILE", f"{why}archive where the home is to lie")]
    if facts.results_to is None:
        return [Due("velo ingest FILE", "there are no results yet")]
    due_now, stale = _due_to_readers(facts), staleness(facts)
    if facts.build is None:
        due_now.append(Due("velo build", "there are no offline tables yet"))
    elif facts.unlike:
        due_now.append(Due("velo build", facts.unlike))
    elif facts.unseen:
        due_now.append(Due("velo build", f"{facts.unseen} imports came in since the build"))
    elif not facts.hashed:
        due_now.append(Due("velo build", "the build is from before files had hashes"))
    if not facts.applied:
        due_now.append(Due("feast -c feature_repo apply", "the features are not declared to Feast"))
    elif facts.undescribed:
        why = f"the registry does not say what {facts.undescribed} is, so nothing can be trained"
        due_now.append(Due("feast -c feature_repo apply", why))
    if facts.misnamed is not None:
        due_now.append(Due("mend velo.toml", facts.misnamed))
    if not facts.models:
        due_now.append(Due("velo train", "there is no model yet"))
    challenger = facts.models.get("challenger", {})
    if challenger.get("verdict") == "passed" and "promotion" not in challenger:
        due_now.append(Due("velo promote", "the gate holds for the challenger"))
    if "champion" not in facts.models:
        return due_now
    if stale.results_days is not None and stale.results_days > limits.results_days:
        due_now.append(Due("velo ingest FILE", f"the last result is {stale.results_days} days old"))
    if not stale.online_fresh:
        command = f"velo materialize --as-of {stale.next_race_day}"
        due_now.append(Due(command, "the online store does not serve the next race day"))
    if stale.model_days is not None and stale.model_days > limits.model_days:
        due_now.append(Due("velo train", f"the champion is {stale.model_days} days old"))
    return due_now


def _due_to_readers(facts: Facts) -> list[Due]:
    """What was read by a reader that has been mended since."""
    if facts.outdated:
        files = "1 file was" if facts.outdated == 1 else f"{facts.outdated:,} files were"
        why = f"{files} read by an earlier version of the reader: it lists what to ingest again"
        return [Due("velo ingest --recheck", why)]
    if facts.unchecked:
        return [Due("velo ingest --recheck", "imports of an earlier version were not looked over")]
    return []


def due_to_drift(drift: dict[str, Any] | None, already: list[Due]) -> list[Due]:
    """What drift asks for beyond what is due already.

    Args:
        drift: as `velo.monitoring.drift` tells it in plain JSON; None without a champion.
        already: a command is named once.
    """
    if not drift or not drift["drifts"]:
        return []
    step, why = drift["advice"]["step"], drift["advice"]["why"]
    command = {"retrain": "velo train", "investigate": "velo drift"}[step]
    return [] if command in (each.command for each in already) else [Due(command, why)]


def drift_lines(drift: dict[str, Any] | None) -> list[str]:
    """Drift in a few lines of the status table; none without a champion."""
    if drift is None:
        return []
    for why in ("wait", "error"):
        if why in drift:
            return [f"could not tell: {drift[why]}"]
    window = drift["window"]
    of = f"{window['runners']:,} runners, {window['first']} to {window['last']}"
    lines = drift["drifting"][:MOST_LINES]
    if len(drift["drifting"]) > MOST_LINES:
        lines.append(f"and {len(drift['drifting']) - MOST_LINES} more: velo drift")
    if not lines:
        lines = ["cannot be told yet" if drift["drifts"] is None else "none"]
    return [f"{lines[0]} ({of})", *lines[1:], *drift["untold"]]


def exit_code(todo: list[Due], drift: dict[str, Any] | None) -> int:
    """1 when something is due, 2 when drift could not be looked for, else 0.

    A champion that has predicted too little yet is no fault: its days will come.
    """
    if todo:
        return 1
    return 2 if drift is not None and "error" in drift else 0


MOST_LINES = 4
"""Of what drifts, worst or not, in a status that is one screen; `velo drift` has them all."""
