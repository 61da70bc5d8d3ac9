"""Champion against challenger, paired, on races that neither was trained on.

The days are the challenger's holdout. A champion that was refitted through later days has learnt
some of them; then the version that was judged for it stands in its place where that leaves more
days. The level stays at 95% however often the days were looked at: a wider interval would make
"not wholly worse" easier to reach, not harder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from training.promotion.recorded_run import RecordedRun, recipe_of
from training.record.registry import aliases
from training.record.run_report import plain
from training.scoring import Stored, score_period, stored_model
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.paired import paired_gain
from velo.errors import DataError, ModelError
from velo.formats import in_text
from velo.home import Home

UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class ChampionComparison:
    """The race log-likelihood of a challenger less that of the champion.

    Attributes:
        champion: its version.
        opponent: the version whose model was scored: the champion, or the one judged for it.
        first, last: days compared, both included; None where none is fair.
        races: compared, those with a probability from both.
        gain: nats a race, 95% interval by race day; above 0 the challenger is the better.
        note: what to know when reading it.
    """

    champion: str
    opponent: str
    first: date | None
    last: date | None
    races: int
    gain: Estimate
    note: str

    @property
    def holds(self) -> bool:
        """Whether the challenger is not wholly worse: the interval reaches 0."""
        same = self.races > 0 and self.gain.value == 0
        return bool(same or self.gain.high >= 0)

    def words(self) -> str:
        """The outcome in one sentence."""
        if not self.races:
            return f"not compared with champion {self.champion}: {self.note}"
        gain = self.gain
        value, low, high = map(in_text.nats, (gain.value, gain.low, gain.high))
        words = (
            f"{value} [{low}, {high}] nats a race against champion {self.champion} on the "
            f"{self.races:,} races from {self.first} to {self.last}"
        )
        outcome = "not wholly worse" if self.holds else "wholly worse"
        if np.isnan(gain.high) and not self.holds:
            outcome = "too few race days for an interval"
        return f"{words}: {outcome}" + (f" ({self.note})" if self.note else "")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        whole: dict[str, Any] = plain(self)
        return whole | {"holds": self.holds, "words": self.words()}


@dataclass(frozen=True, eq=False)
class Holdout:
    """A challenger's holdout as it predicted it.

    Attributes:
        predictions: as `Model.predict` gives them.
        first, last: days, both included.
        decision: kind of the price that it decides at.
        resampling: of the race days.
    """

    predictions: pd.DataFrame
    first: date
    last: date
    decision: str
    resampling: Resampling


def compare(home: Home, challenger: RecordedRun, champion: str) -> ChampionComparison:
    """Score both on the challenger's holdout and compare race by race.

    Args:
        home: its current build is read.
        challenger: the judged version.
        champion: a version number.

    Raises:
        ModelError: a model is gone, was tampered with, or its features are no longer declared.
        DataError: the current build has no usable race on those days.
    """
    standing = _standing(home, champion)
    if any(each.version == challenger.version for each in standing):
        return _of_its_own_recipe(challenger, champion)
    first, last = challenger.holdout
    stored = stored_model(home, challenger.version)
    holdout = Holdout(
        score_period(home, stored, first, last).predictions,
        first,
        last,
        stored.card.prices.decision,
        challenger.report.resampling,
    )
    return _against(home, standing, holdout)


def against_champion(home: Home, holdout: Holdout) -> str:
    """How a run that is not registered yet compares with the champion, in words.

    If the champion cannot be scored, the words say so: the run stands without it.
    """
    champion = aliases(home).get("champion", {}).get("version")
    if champion is None:
        return "no champion yet"
    try:
        return _against(home, _standing(home, champion), holdout).words()
    except (ModelError, DataError) as error:
        return f"not compared with champion {champion}: {error}"


def _standing(home: Home, champion: str) -> list[Stored]:
    """The champion, and the version that was judged for it where it is a refit."""
    reigning = stored_model(home, champion)
    recipe = recipe_of(reigning.registered)
    return [reigning] if recipe is None else [reigning, stored_model(home, recipe)]


def _against(home: Home, standing: Sequence[Stored], holdout: Holdout) -> ChampionComparison:
    champion, last = standing[0].version, holdout.last
    opponent, begin = fairest(standing, holdout.first)
    if begin > last:
        return ChampionComparison(
            champion,
            opponent.version,
            None,
            None,
            0,
            UNKNOWN,
            f"it was trained on days before {begin}, all of the holdout {holdout.first} to {last} "
            f"among them; train the challenger with a holdout of days from {begin} on",
        )
    theirs = score_period(home, opponent, begin, last).predictions
    ours = holdout.predictions[holdout.predictions["date"] >= pd.Timestamp(begin)]
    try:
        met = paired_gain(ours, theirs, holdout.resampling)
    except DataError as error:
        return ChampionComparison(champion, opponent.version, begin, last, 0, UNKNOWN, str(error))
    notes = []
    if opponent is not standing[0]:
        notes.append(f"version {opponent.version}, judged for it, stands in its place")
    if begin > holdout.first:
        notes.append(f"days before {begin} are left out: it was trained on them")
    decision = opponent.card.prices.decision
    if decision != holdout.decision:
        notes.append(f"the challenger decides at {holdout.decision}, the champion at {decision}")
    return ChampionComparison(
        champion, opponent.version, begin, last, met.races, met.gain, "; ".join(notes)
    )


def fairest(standing: Sequence[Stored], first: date) -> tuple[Stored, date]:
    """Of models that stand for the champion the one that leaves most days, the earlier if equal.

    Returns:
        The model, and the first day from `first` on that it was not trained on.
    """
    begins = [max(first, each.train_end) for each in standing]
    best = begins.index(min(begins))
    return standing[best], begins[best]


def _of_its_own_recipe(challenger: RecordedRun, champion: str) -> ChampionComparison:
    first, last = challenger.holdout
    races = int(challenger.report.holdout["races"] or 0)
    return ChampionComparison(
        champion,
        challenger.version,
        first,
        last,
        races,
        Estimate(0.0, 0.0, 0.0),
        "one and the same recipe",
    )
