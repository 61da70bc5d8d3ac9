"""How a run compares with the champion on its own holdout, for the reviewer's page.

A day on which the champion was trained is no fair day and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from training.bootstrap import Estimate
from training.dataset import Dataset
from training.paired import paired_gain
from training.registry import aliases
from training.scoring import score_period, stored_model
from velo.errors import DataError, ModelError
from velo.home import Home
from velo.settings import Settings


@dataclass(frozen=True)
class AgainstChampion:
    """Mean gain over the champion's race log-likelihood, nats a race; None where there is none."""

    champion: str | None
    races: int
    gain: Estimate | None
    note: str

    def words(self) -> str:
        """The comparison in one sentence."""
        if self.gain is None:
            return self.note
        better = "not told apart from"
        if self.gain.low > 0:
            better = "better than"
        elif self.gain.high < 0:
            better = "worse than"
        return (
            f"{better} champion {self.champion}: {self.gain.value:+.5f} nats a race "
            f"[{self.gain.low:+.5f}, {self.gain.high:+.5f}] on {self.races:,} races{self.note}"
        )


def against_champion(
    home: Home, predictions: pd.DataFrame, data: Dataset, settings: Settings
) -> AgainstChampion:
    """Compare holdout predictions with the champion's on the races that both priced whole.

    A champion that cannot be scored is a note, not an error: the run stands without it.

    Args:
        home: its registry names the champion.
        predictions: as `Model.predict` gives them, over the holdout.
        data, settings: the run's.
    """
    version = aliases(home).get("champion", {}).get("version")
    if version is None:
        return AgainstChampion(None, 0, None, "no champion yet")
    try:
        champion = stored_model(home, version)
        first = max(data.plan.holdout_start, champion.train_end)
        last = data.plan.holdout_end - timedelta(days=1)
        if first > last:
            learnt = f"champion {version} was trained on all of these days, so they do not compare"
            return AgainstChampion(version, 0, None, learnt)
        theirs = score_period(home, champion, first, last).predictions
    except (ModelError, DataError) as error:
        return AgainstChampion(version, 0, None, f"champion {version} was not compared: {error}")
    training = settings.training
    try:
        met = paired_gain(predictions, theirs, training.bootstrap_draws, training.seed)
    except DataError:
        return AgainstChampion(version, 0, None, f"champion {version} priced none of these races")
    note = "" if first == data.plan.holdout_start else f", from {first}: it learnt the days before"
    return AgainstChampion(version, met.races, met.gain, note)
