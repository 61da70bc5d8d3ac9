"""A study: the trials of one search, kept in the home by optuna, so that a killed one goes on.

What a trial was and how it did are plain numbers and text in SQLite. A trial that a killed process
left behind is given up, never counted.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from training.record.opening import opening
from training.record.process import is_dead, this_process
from training.record.trial import Trial
from velo.arrays import Floats
from velo.home import Home, sqlite_url
from velo.settings import Choices, SearchRange
from velo.settings.section import Section

if TYPE_CHECKING:
    import optuna

BASE, BASE_BY_DAY, DATA, PROCESS, OUTCOME = "base", "base_by_day", "data", "process", "outcome"


@dataclass(frozen=True)
class Study:
    """The trials under one name; `data` names what they were tried on."""

    home: Home
    name: str
    data: str

    @cached_property
    def _study(self) -> optuna.Study:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.ERROR)
        with opening(self.home), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = optuna.create_study(
                storage=self._storage,
                study_name=self.name,
                direction="maximize",
                load_if_exists=True,
            )
            study.set_user_attr(DATA, self.data)
        return study

    @cached_property
    def _storage(self) -> optuna.storages.RDBStorage:
        from optuna.storages import RDBStorage

        return RDBStorage(
            sqlite_url(self.home.studies), engine_kwargs={"connect_args": {"timeout": 60}}
        )

    @property
    def base(self) -> Trial | None:
        """How the settings as they stand did, once `keep_base` has written it."""
        outcome = self._study.user_attrs.get(BASE)
        return None if outcome is None else Trial.from_dict(None, {}, outcome)

    @property
    def base_by_day(self) -> Floats:
        """Their log-likelihood summed by race day and the races of each, [days, 2]."""
        return np.array(self._study.user_attrs[BASE_BY_DAY])

    def keep_base(self, base: Trial, by_day: Floats) -> None:
        """Write down how the settings as they stand did."""
        self._study.set_user_attr(BASE_BY_DAY, by_day.tolist())
        self._study.set_user_attr(BASE, base.to_dict())

    def ended(self) -> tuple[Trial, ...]:
        """The trials that came through, in the order of their numbers."""
        from optuna.trial import TrialState

        complete = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        return tuple(
            Trial.from_dict(each.number, each.params, each.user_attrs[OUTCOME]) for each in complete
        )

    def begin(
        self, space: Mapping[str, SearchRange | Choices], section: Section, seed: int
    ) -> tuple[int, dict[str, Any]]:
        """Ask for the next trial: its number and its parameters, settings of a section.

        The suggestion is drawn from the seed and the trials so far, not from a sampler's state
        that would die with its process.
        """
        from optuna.samplers import TPESampler

        study = self._study
        with opening(self.home):
            study.sampler = TPESampler(seed=seed + self._clear())
            trial = study.ask(_distributions(space, section))
            trial.set_user_attr(PROCESS, this_process(self.home))
        return trial.number, dict(trial.params)

    def end(self, trial: Trial) -> None:
        """Write down how a trial that was begun did."""
        assert trial.number is not None, "the settings as they stand are no trial"
        begun = self._study.get_trials(deepcopy=False)[trial.number]
        self._storage.set_trial_user_attr(begun._trial_id, OUTCOME, trial.to_dict())
        self._study.tell(trial.number, trial.log_likelihood)

    def give_up(self, number: int) -> None:
        """Leave a trial uncounted."""
        from optuna.trial import TrialState

        self._study.tell(number, state=TrialState.FAIL, skip_if_finished=True)

    def ended_on_these_data(self) -> int:
        """Trials that came through in every study of the same data."""
        import optuna
        from optuna.trial import TrialState

        return sum(
            len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
            for study in (
                optuna.load_study(study_name=name, storage=self._storage)
                for name in optuna.get_all_study_names(self._storage)
            )
            if study.user_attrs.get(DATA) == self.data
        )

    def _clear(self) -> int:
        """Give up what killed processes left behind; the number of trials that count or run."""
        from optuna.trial import TrialState

        standing = 0
        for trial in self._study.get_trials(deepcopy=False):
            owner = trial.user_attrs.get(PROCESS)
            if trial.state == TrialState.RUNNING and (owner is None or is_dead(owner, self.home)):
                self.give_up(trial.number)
            else:
                standing += trial.state in (TrialState.COMPLETE, TrialState.RUNNING)
        return standing


def _distributions(
    searched: Mapping[str, SearchRange | Choices], section: Section
) -> dict[str, Any]:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    space: dict[str, Any] = {}
    for name, dimension in sorted(searched.items()):
        if not isinstance(dimension, SearchRange):
            space[name] = CategoricalDistribution(dimension.choices)
        elif isinstance(getattr(section, name), int):
            space[name] = IntDistribution(int(dimension.low), int(dimension.high), dimension.log)
        else:
            space[name] = FloatDistribution(dimension.low, dimension.high, dimension.log)
    return space
