"""`velo train --tune N`: a search for parameters that never sees the holdout.

Those of the ranker are searched, or with the blend `beside` those of the line.

A trial walks forward with its parameters and is judged by the blend's out-of-fold race
log-likelihood; the settings as they stand are walked first and are what has to be beaten. The
study is named by everything that a trial's value depends on, so the same command goes on where a
killed one stopped, and ends as if it had not been.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from training.blending.calibration_choice import Trials
from training.data.dataset import Dataset
from training.record.trial import Trial
from training.search import luck
from training.search.study import Study
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Estimate, Resampling
from training.statistics.races import Races
from training.walk import evaluation
from training.walk.recipe import Recipe
from training.walk.stage_timer import Progress
from velo.arrays import Floats
from velo.errors import DataError, SettingsError
from velo.home import Home
from velo.settings import Choices, SearchRange, Settings

NO_GAIN = Estimate(0.0, 0.0, 0.0)


class TrialRecord(Protocol):
    """Where the trials of a study are written down."""

    def trial(self, study: str, trial: Trial) -> None:
        """Record one trial of a study."""


@dataclass(frozen=True)
class Tuned:
    """What a search came to.

    Attributes:
        study: its name.
        trials: ended in this study.
        on_these_data: ended in all of the home's studies of the same data.
        base: mean out-of-fold race log-likelihood of the settings as they stand.
        best: the best trial; its gain is biased upwards, for it is the best of many.
        by_luck: the gain that the best of `on_these_data` trials without merit would show.
    """

    study: str
    trials: int
    on_these_data: int
    base: float
    best: Trial
    by_luck: float

    @property
    def parameters(self) -> dict[str, Any]:
        """What to train with: the best trial's, none where the settings did better."""
        return dict(self.best.parameters) if self.best.gain.value > 0 else {}

    @property
    def beyond_luck(self) -> float:
        """What is left of the best trial's gain."""
        return self.best.gain.value - self.by_luck

    def applied(self, settings: Settings) -> Settings:
        """The settings with the parameters that did best."""
        return _with(settings, self.parameters)

    def words(self) -> str:
        """The search in one sentence for a person."""
        tried = f"{self.trials} trials out of fold ({self.on_these_data} on these data)"
        gain = self.best.gain
        if not self.parameters:
            return f"{tried}: none did better than the settings, which stay"
        left = f"{self.beyond_luck:.5f} is" if self.beyond_luck > 0 else "nothing is"
        return (
            f"{tried}: the best gains {gain.value:.5f} nats a race [{gain.low:.5f}, "
            f"{gain.high:.5f}] over the settings; the best of so many without merit would show "
            f"{self.by_luck:.5f}, so {left} beyond luck. No trial saw the holdout"
        )

    def to_dict(self) -> dict[str, Any]:
        """For the training report."""
        return {
            "study": self.study,
            "trials": self.trials,
            "trials_on_these_data": self.on_these_data,
            "log_likelihood_of_settings": self.base,
            "best": self.best,
            "parameters": self.parameters,
            "by_luck": self.by_luck,
            "beyond_luck": self.beyond_luck,
            "words": self.words(),
        }


def tune(
    home: Home,
    data: Dataset,
    recipe: Recipe,
    wanted: int,
    record: TrialRecord,
    progress: Progress = lambda stage: None,
) -> Tuned:
    """Search until the study holds `wanted` trials, those of earlier calls counted.

    Args:
        home: keeps the study.
        data: rows after the last training day are not looked at.
        recipe: what every trial shares; its settings hold the space.
        wanted: trials in all, at least 1.
        record: takes every trial, those of earlier calls first.
        progress: called as each begins.

    Raises:
        SettingsError: there is nothing to search.
        DataError: a fold has no usable race.
    """
    settings = recipe.settings
    name, space = _searched(recipe)
    trainable = data.before(data.plan.train_end)
    study = Study(home, study_name(trainable, recipe), _digest(dict(data.fingerprint)))
    base = study.base
    if base is None:
        progress("tuning: the settings as they stand")
        walked = _walk(trainable, recipe)
        base = walked.as_trial(None, {}, NO_GAIN)
        study.keep_base(base, walked.by_day)
    for earlier in (base, *study.ended()):
        record.trial(study.name, earlier)
    while (ended := len(study.ended())) < wanted:
        progress(f"tuning: trial {ended + 1} of {wanted}")
        number, parameters = study.begin(space, getattr(settings, name), settings.training.seed)
        try:
            walked = _walk(trainable, replace(recipe, settings=_with(settings, parameters)))
            gain = walked.gain_over(study.base_by_day, settings)
            trial = walked.as_trial(number, parameters, gain)
        except BaseException:
            study.give_up(number)
            raise
        study.end(trial)
        record.trial(study.name, trial)
    trials, tried = study.ended(), study.ended_on_these_data()
    best = max(trials, key=lambda trial: trial.log_likelihood)
    return Tuned(
        study.name, len(trials), tried, base.log_likelihood, best, luck.by_luck(best.gain, tried)
    )


def study_name(data: Dataset, recipe: Recipe) -> str:
    """A digest of everything that a trial's value depends on beside its parameters."""
    settings = recipe.settings
    section = _section(settings)
    own = "beside" if section == "beside" else "space"
    return _digest(
        {
            "data": data.fingerprint,
            "features": data.features,
            "decision": data.decision,
            "plan": data.plan.to_dict(),
            "objective": recipe.objective,
            "devig": recipe.devig,
            section: getattr(settings, section).model_dump(mode="json", exclude={"threads"}),
            # Features are not chosen in a search, so a study goes by no such setting.
            "training": settings.training.model_dump(mode="json", exclude={"select"}),
            "layoff": settings.layoff.model_dump(mode="json"),
            "space": settings.tuning.model_dump(mode="json", include={own}),
        }
    )


@dataclass(frozen=True, eq=False)
class TrialWalk:
    """A walk: the blend's log-likelihood summed by race day and the races of each, [days, 2]."""

    by_day: Floats
    rounds: tuple[int, ...]
    began: float
    ended: float

    def gain_over(self, base: Floats, settings: Settings) -> Estimate:
        """Mean gain a race over another walk of the same races, with its interval by race day."""
        assert np.array_equal(self.by_day[:, 1], base[:, 1]), "a study's walks share their races"
        return bootstrap.ratio(
            self.by_day[:, 0] - base[:, 0],
            base[:, 1],
            Days.of(np.arange(len(base))),
            Resampling.of(settings.training),
        )

    def as_trial(self, number: int | None, parameters: Mapping[str, Any], gain: Estimate) -> Trial:
        """What is written down of it."""
        total, races = self.by_day.sum(axis=0)
        return Trial(
            number, parameters, float(total / races), gain, self.rounds, self.began, self.ended
        )


def _walk(data: Dataset, recipe: Recipe) -> TrialWalk:
    began = time.time()
    settings = recipe.settings
    oof = recipe.out_of_fold(data)
    frame = oof.frame[oof.frame["priced"]]
    if frame.empty:
        raise DataError("no out-of-fold race has a complete book, so no trial can be judged")
    races = Races.of(frame["race_id"].to_numpy())
    column, fair, won = (
        frame[name].to_numpy(dtype=np.float64) for name in ("column", "p_market", "win_share")
    )
    p = evaluation.fit_blend(oof.frame, settings, Trials()).blend.probabilities(column, fair, races)
    days = Days.of(races.first(frame["date"].to_numpy()))
    by_day = days.totals(races.log_likelihood(p, won), np.ones(len(races)))
    return TrialWalk(by_day, tuple(fit.rounds for fit in oof.fits), began, time.time())


def _searched(recipe: Recipe) -> tuple[str, Mapping[str, SearchRange | Choices]]:
    """The section of the settings whose parameters are searched, and where.

    Raises:
        SettingsError: there is nothing to search.
    """
    blend, tuning = recipe.settings.training.blend, recipe.settings.tuning
    if blend == "auto":
        raise SettingsError(
            "--tune searches the settings of one blend: name it with --blend, not auto"
        )
    name = _section(recipe.settings)
    space = tuning.beside if name == "beside" else tuning.space
    if recipe.objective == "linear" or not space:
        raise SettingsError(
            "--tune has nothing to search: choose an --objective of the boosted ranker or --blend "
            "beside, and leave tuning.space or tuning.beside at least one name"
        )
    return name, space


def _section(settings: Settings) -> str:
    return "beside" if settings.training.blend == "beside" else "ranker"


def _with(settings: Settings, parameters: Mapping[str, Any]) -> Settings:
    name = _section(settings)
    section = getattr(settings, name).model_copy(update=dict(parameters))
    return settings.model_copy(update={name: section})


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
