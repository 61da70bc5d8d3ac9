"""A trial of a search: one set of the ranker's parameters, and how it did out of fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.statistics.bootstrap import Estimate


@dataclass(frozen=True)
class Trial:
    """One set of parameters and how it did out of fold; the settings themselves have no number.

    Attributes:
        number: from 0, the study's; None for the settings as they stand.
        parameters: name in the section `ranker` -> value.
        log_likelihood: of the blend, mean over races.
        gain: over the settings as they stand, nats a race.
        rounds: of each fold.
        began, ended: seconds since 1970.
    """

    number: int | None
    parameters: Mapping[str, Any]
    log_likelihood: float
    gain: Estimate
    rounds: tuple[int, ...]
    began: float
    ended: float

    def to_dict(self) -> dict[str, Any]:
        """How it did, plain JSON; number and parameters are the study's to keep."""
        gain = self.gain
        return {
            "log_likelihood": self.log_likelihood,
            "gain": [gain.value, gain.low, gain.high],
            "rounds": list(self.rounds),
            "began": self.began,
            "ended": self.ended,
        }

    @classmethod
    def from_dict(
        cls, number: int | None, parameters: Mapping[str, Any], outcome: Mapping[str, Any]
    ) -> Trial:
        """Read what `to_dict` wrote."""
        return cls(
            number,
            dict(parameters),
            outcome["log_likelihood"],
            Estimate(*outcome["gain"]),
            tuple(outcome["rounds"]),
            outcome["began"],
            outcome["ended"],
        )
