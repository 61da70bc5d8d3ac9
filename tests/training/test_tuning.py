"""A search that does not see the holdout, goes on after a kill, and says what luck would show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.simulated_dataset import SETTINGS, simulated_dataset
from training.record.trial import Trial
from training.search import tuning
from training.search.study import Study
from training.search.tuning import Tuned, tune
from training.walk.recipe import Recipe
from velo.errors import SettingsError
from velo.home import Home
from velo.settings import SearchRange, Tuning


class Kept:
    """A book that remembers what it was told."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []

    def trial(self, study: str, trial: Trial) -> None:
        self.trials.append(trial)


def search(home: Home, wanted: int, data=None, settings=SETTINGS, book=None) -> Tuned:
    data = simulated_dataset() if data is None else data
    return tune(
        home, data, Recipe(settings, "proportional", "conditional_logit"), wanted, book or Kept()
    )


def outcomes(home: Home, outcome: Tuned) -> list[tuple[dict, float]]:
    ended = Study(home, outcome.study, "").ended()
    return [(dict(trial.parameters), trial.log_likelihood) for trial in ended]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search of three trials that nothing interrupted."""
    home = Home(tmp_path_factory.mktemp("whole"))
    book = Kept()
    return home, search(home, 3, book=book), book


def test_the_settings_are_walked_first_and_are_no_trial(whole):
    _, outcome, book = whole
    assert [trial.number for trial in book.trials] == [None, 0, 1, 2]
    assert outcome.trials == outcome.on_these_data == 3
    assert book.trials[0].log_likelihood == outcome.base


def test_a_trials_gain_is_its_likelihood_less_that_of_the_settings(whole):
    _, outcome, book = whole
    of_settings, *tried = book.trials
    assert (of_settings.gain.low, of_settings.gain.value, of_settings.gain.high) == (0, 0, 0)
    for trial in tried:
        assert trial.log_likelihood != outcome.base
        assert trial.gain.value == pytest.approx(trial.log_likelihood - outcome.base, abs=1e-12)
        assert trial.gain.low < trial.gain.value < trial.gain.high


def test_the_best_trial_is_trained_with_and_only_if_it_beats_the_settings(whole):
    _, outcome, book = whole
    best = max(book.trials[1:], key=lambda trial: trial.log_likelihood)
    assert outcome.best == best
    rate = outcome.applied(SETTINGS).ranker.learning_rate
    assert rate == (
        best.parameters["learning_rate"] if best.gain.value > 0 else SETTINGS.ranker.learning_rate
    )
    worse = replace(outcome, best=replace(best, gain=replace(best.gain, value=-0.1)))
    assert worse.applied(SETTINGS) == SETTINGS
    assert "none did better" in worse.words()


def test_the_same_command_tries_nothing_anew(whole):
    home, outcome, _ = whole
    book = Kept()
    assert search(home, 3, book=book) == outcome
    assert len(book.trials) == 4, "all are told to the run that asks"


def test_no_row_after_the_last_training_day_is_read(whole, tmp_path):
    home, outcome, _ = whole
    data = simulated_dataset()
    after = data.frame["date"] >= np.datetime64(data.plan.train_end)
    poisoned = data.frame.copy()
    poisoned.loc[after, ["form", "draw", "noise", "win_share", "decision_odds"]] = np.nan
    other = Home(tmp_path)
    blind = search(other, 3, data=replace(data, frame=poisoned))
    assert after.any()
    assert outcomes(other, blind) == outcomes(home, outcome)


def test_a_search_that_was_interrupted_ends_as_one_that_was_not(whole, tmp_path, monkeypatch):
    home, outcome, _ = whole
    other = Home(tmp_path)
    walk, walks = tuning._walk, iter(range(10))

    def interrupted(*given):
        if next(walks) == 2:
            raise KeyboardInterrupt
        return walk(*given)

    with monkeypatch.context() as patch:
        patch.setattr(tuning, "_walk", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search(other, 3)
    resumed = search(other, 3)
    assert resumed.trials == 3, "the trial that was given up is not counted"
    assert outcomes(other, resumed) == outcomes(home, outcome)


def test_trials_of_other_searches_on_the_same_data_count_against_luck(whole, tmp_path):
    home = Home(tmp_path)
    first = search(home, 2)
    wider = SETTINGS.model_copy(
        update={"tuning": Tuning(space={"num_leaves": {"choices": [3, 5]}})}
    )
    second = search(home, 1, settings=wider)
    assert second.study != first.study
    assert (second.trials, second.on_these_data) == (1, 3)
    assert "1 trials out of fold (3 on these data)" in second.words()


def test_a_linear_model_and_an_empty_space_have_nothing_to_search(tmp_path):
    data = simulated_dataset()
    empty = SETTINGS.model_copy(update={"tuning": Tuning(space={})})
    for settings, objective in ((SETTINGS, "linear"), (empty, "conditional_logit")):
        with pytest.raises(SettingsError, match="nothing to search"):
            tune(Home(tmp_path), data, Recipe(settings, "shin", objective), 1, Kept())


@pytest.mark.parametrize(
    ("space", "complaint"),
    [
        ({"threads": {"low": 1, "high": 4}}, "cannot be searched"),
        ({"objective": {"choices": [1, 2]}}, "cannot be searched"),
        ({"learning_rates": {"low": 0.1, "high": 0.2}}, "cannot be searched"),
        ({"learning_rate": {"low": 0.2, "high": 0.1}}, "low must be below high"),
        ({"lambda_l2": {"low": 0, "high": 1, "log": True}}, "above 0 where log"),
        ({"feature_fraction": {"low": 0.5, "high": 1.5}}, "must be at most 1"),
        ({"max_bin": {"choices": [1, 63]}}, "must be at least 3"),
    ],
)
def test_a_space_that_the_ranker_cannot_take_is_refused(space, complaint):
    with pytest.raises(ValueError, match=complaint):
        Tuning.model_validate({"space": space})


def test_the_line_beside_the_market_is_searched_by_its_own_settings(tmp_path):
    """And a blend that is left open cannot be searched."""
    data = simulated_dataset()
    data = replace(data, frame=data.frame.assign(finish=np.nan))
    spans = Tuning(beside={"shrinkage": SearchRange(low=300, high=30_000, log=True)})
    beside = SETTINGS.model_copy(
        update={
            "tuning": spans,
            "training": SETTINGS.training.model_copy(update={"blend": "beside"}),
        }
    )
    recipe, book = Recipe.of(data, beside), Kept()
    outcome = tune(Home(tmp_path), data, recipe, 2, book)
    assert {name for trial in book.trials[1:] for name in trial.parameters} == {"shrinkage"}
    applied = outcome.applied(beside).beside.shrinkage
    assert applied == outcome.parameters.get("shrinkage", 3000.0)
    wide_open = beside.model_copy(
        update={"training": SETTINGS.training.model_copy(update={"blend": "auto"})}
    )
    with pytest.raises(SettingsError, match="name it with --blend"):
        tune(Home(tmp_path), data, Recipe.of(data, wide_open), 2, book)
