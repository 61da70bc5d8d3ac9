"""Whether the last days are still those that the champion was made for, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.judging.reference import Reference
from training.model.artifact import load
from training.promotion.title import rightful_champion
from velo.errors import DataError
from velo.home import Home
from velo.monitoring.reading import CALIBRATION, FAMILY, FEATURE, MARKET, Reading
from velo.monitoring.readings import of_chances, of_features
from velo.monitoring.window import Window, window
from velo.result import Result
from velo.settings import Settings

RETRAIN, INVESTIGATE, NOTHING = "retrain", "investigate", "nothing"


@dataclass(frozen=True)
class Advice:
    """The next step, one of `RETRAIN`, `INVESTIGATE`, `NOTHING`, and why."""

    step: str
    why: str


@dataclass(frozen=True, repr=False)
class Drift(Result):
    """What was found.

    Attributes:
        champion: its version.
        reference: what its training kept.
        window: the days that were looked at.
        readings: features, families, calibration, market.
    """

    champion: str
    reference: Reference
    window: Window
    readings: tuple[Reading, ...]

    @property
    def summary(self) -> str:
        """The next step, and why."""
        return f"version {self.champion}: {self.advice.step}: {self.advice.why}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a reading: what it was, what it is, the limit, and whether it drifts."""
        return [each.to_dict() for each in self.readings]

    @property
    def drifting(self) -> list[Reading]:
        """The readings beyond their limits."""
        return [each for each in self.readings if each.drifts]

    @property
    def conclusive(self) -> bool:
        """Whether any reading had enough."""
        return any(each.drifts is not None for each in self.readings)

    @property
    def untold(self) -> list[str]:
        """How many readings had too little and what most of them lack: features, then chances."""
        lines = []
        for kinds, of in (((FEATURE, FAMILY), "features"), ((CALIBRATION, MARKET), "chances")):
            lacking = [each.missing for each in self.readings if each.kind in kinds]
            counts = Counter(missing for missing in lacking if missing is not None)
            if counts:
                most, _ = counts.most_common(1)[0]
                lines.append(
                    f"not enough to tell {counts.total()} of {len(lacking)} readings of {of}; "
                    f"most lack {most}"
                )
        return lines

    @property
    def advice(self) -> Advice:
        """What to do next."""
        return advice(self.readings)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        step = self.advice
        return {
            "champion": self.champion,
            "reference": {
                "first": self.reference.first,
                "last": self.reference.last,
                "runners": self.reference.runners,
                "judged": self.reference.judged,
            },
            "window": {
                "first": self.window.first.isoformat(),
                "last": self.window.last.isoformat(),
                "races": self.window.races,
                "runners": len(self.window.seen),
                "races_of_others": self.window.others,
                "indicative_races": self.window.indicative,
            },
            "drifts": bool(self.drifting) if self.conclusive else None,
            "advice": {"step": step.step, "why": step.why},
            "drifting": [each.words() for each in self.drifting],
            "untold": self.untold,
            "readings": [each.to_dict() for each in self.readings],
        }


def drift(home: Home, settings: Settings) -> Drift:
    """Hold the champion's last predictions against its reference.

    Raises:
        ModelError: there is no champion, `velo promote` did not make it one, or it is not what was
            registered.
        DataError: it was trained before references were kept, or predicted nothing yet.
        HomeError: journal or warehouse cannot be read.
    """
    champion = rightful_champion(home)
    version = champion.version or champion.run_id
    kept = load(champion.folder, champion.sha256).reference
    if kept is None:
        raise DataError(
            f"the champion, version {version}, was trained before references were kept: "
            "`velo train` keeps one"
        )
    reference = Reference.from_dict(kept)
    seen = window(home, settings, version)
    if seen is None or not seen.races:
        raise DataError(
            f"the champion, version {version}, predicted no race of the journal's last "
            f"{settings.drift.days} days: run `velo predict CARD`"
        )
    readings = [
        *of_features(reference, seen.seen, settings.drift),
        *of_chances(reference.judged, seen.runners, settings.drift, settings.training),
    ]
    return Drift(version, reference, seen, tuple(readings))


def advice(readings: Sequence[Reading]) -> Advice:
    """What follows from readings.

    What is missing is mended before anything is trained on it. Chances that are off, or a market
    that has caught up, ask for a new model. A feature that moved while both still hold asks for a
    look.
    """
    drifting = [each for each in readings if each.drifts]
    gone = [each for each in drifting if each.measure == "nulls"]
    harmed = [each for each in drifting if each.kind in (CALIBRATION, MARKET)]
    if gone:
        return Advice(INVESTIGATE, f"{_said(gone)}: mend the source before you retrain")
    if harmed:
        return Advice(RETRAIN, _said(harmed))
    if not any(each.drifts is not None for each in readings):
        return Advice(NOTHING, "there is not enough to tell yet")
    if drifting:
        return Advice(INVESTIGATE, f"{_said(drifting)}: has the source changed, or the racing?")
    return Advice(NOTHING, "nothing drifts")


def _said(readings: Sequence[Reading]) -> str:
    worst = max(readings, key=lambda each: (each.excess or 0.0) / max(each.limit, 1e-9))
    more = len(readings) - 1
    return worst.words() + (f", and {more} more" if more else "")
