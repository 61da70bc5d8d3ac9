"""The fundamental model: LightGBM over races (evaluation.md, Fundamental model).

LightGBM is imported when it is first needed, for it is slow to import. Its text format is the only
form in which a model is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from training.data import constraints
from training.data.inputs import Inputs
from training.model import temperature
from training.model.objective import METRIC, ConditionalLogit, mean_log_likelihood
from training.statistics.sample import Sample
from velo import settings
from velo.arrays import Floats
from velo.cores import usable_cores, wait_passively
from velo.errors import ModelError

Evaluation = Callable[[Floats, Any], tuple[str, float, bool]]


FEW = 500
"""Rows that one thread scores sooner than several can be woken, by far on a busy machine."""


@dataclass(frozen=True)
class FittedRanker:
    """A fitted booster, held as its text.

    Attributes:
        text: LightGBM's text format.
        rounds: trees in it.
        objective: what it was fitted to.
        curve: the stopping slice's race log-likelihood after each round that was tried; empty
            where there is none, and not kept in the text.
    """

    text: str
    rounds: int
    objective: str
    curve: tuple[float, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def from_text(cls, text: str, objective: str = "conditional_logit") -> FittedRanker:
        """Read a booster from LightGBM's text format.

        Raises:
            ModelError: the text is not a LightGBM model.
        """
        ranker = cls(text, 0, objective)
        return cls(text, ranker._booster.num_trees(), objective)

    def scores(self, matrix: npt.NDArray[Any]) -> Floats:
        """Raw scores, [rows], of a matrix [rows, columns]; a starting score is not in them."""
        raw = self._booster.predict(matrix, raw_score=True, **_threads(matrix))
        return np.asarray(raw, dtype=np.float64)

    def importance(self) -> dict[str, float]:
        """Total gain of each column."""
        booster = self._booster
        gains = booster.feature_importance(importance_type="gain")
        return {name: float(gain) for name, gain in zip(booster.feature_name(), gains, strict=True)}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, all but the text."""
        return {"rounds": self.rounds}

    def shares(self, matrix: npt.NDArray[Any]) -> Floats:
        """Each column's share of the raw scores, [rows, columns]: exact SHAP values of the trees.

        Lundberg et al. (2020), as LightGBM computes them; the constant is left out.
        """
        values = self._booster.predict(matrix, pred_contrib=True, **_threads(matrix))
        return np.asarray(values, dtype=np.float64)[:, :-1]

    @cached_property
    def _booster(self) -> Any:
        lightgbm = _lightgbm()
        try:
            return lightgbm.Booster(model_str=self.text)
        except lightgbm.basic.LightGBMError as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"the ranker is not a LightGBM model: {reason}") from None


def _threads(matrix: npt.NDArray[Any]) -> dict[str, int]:
    return {"num_threads": 1 if len(matrix) <= FEW else usable_cores()}


def _lightgbm() -> Any:
    wait_passively()
    import lightgbm

    return lightgbm


@dataclass(frozen=True, eq=False)
class Binned:
    """A sample in LightGBM's histogram bins: made once, fitted as often as one likes.

    Attributes:
        sample: what is fitted on.
        inputs: what its columns are.
        stopping: a later slice that says when to stop, or None for a fixed number of rounds.
    """

    sample: Sample
    inputs: Inputs
    stopping: Sample | None
    _train: Any
    _stop: Any


def binned(
    sample: Sample,
    inputs: Inputs,
    ranker: settings.Ranker,
    stopping: Sample | None = None,
) -> Binned:
    """Bin a sample (and its stopping slice in the same bins)."""
    lightgbm = _lightgbm()

    def columns(part: Sample, reference: Any) -> Any:
        dataset = lightgbm.Dataset(
            part.features,
            # Relevance for lambdarank and xendcg; the conditional logit has the shares themselves.
            label=(part.win_share > 0).astype(np.float32),
            group=part.races.sizes,
            init_score=part.start,
            feature_name=list(inputs.columns),
            categorical_feature=list(inputs.categorical),
            reference=reference,
            params={
                "max_bin": ranker.max_bin,
                "feature_pre_filter": False,
                "num_threads": ranker.threads,
                "verbosity": -1,
            },
            free_raw_data=False,
        )
        return dataset.construct()

    train = columns(sample, None)
    return Binned(
        sample, inputs, stopping, train, None if stopping is None else columns(stopping, train)
    )


def fit(
    data: Binned, ranker: settings.Ranker, seed: int, objective: str, rounds: int | None = None
) -> FittedRanker:
    """Boost a ranker.

    With a stopping slice, boosting ends when the slice's race log-likelihood has not risen for
    `early_stopping` rounds. The best round is kept, or the first `rounds`, which boosting never
    ends before; so the slice says what would have been best, and has no say in what is kept.
    Without a slice it runs `rounds`.

    Args:
        data: the binned sample.
        ranker: LightGBM's parameters.
        seed: fixes every random choice.
        objective: `conditional_logit`, `lambdarank` or `rank_xendcg`.
        rounds: trees that are kept; by default the best, or without a slice the settings' own.

    Raises:
        ModelError: no such objective, or a starting score given to a ranking objective.
        SettingsError: a constraint names no feature.
    """
    if objective not in ("conditional_logit", "lambdarank", "rank_xendcg"):
        raise ModelError(f"{objective!r} is not an objective of the ranker; see ranker.objective")
    lightgbm = _lightgbm()
    logit = objective == "conditional_logit"
    if data.sample.start is not None and not logit:
        raise ModelError(f"{objective} cannot start from the market; use conditional_logit")
    fobj: Any = objective
    if logit:
        fobj = ConditionalLogit(data.sample.win_share, data.sample.races, ranker.threads)
    stops = data.stopping is not None
    seen: dict[str, dict[str, list[float]]] = {}
    watching: list[Callable[..., Any]] = [
        lightgbm.record_evaluation(seen),
        _stopping(ranker.early_stopping, rounds or 0),
    ]
    booster = lightgbm.train(
        {
            **_parameters(ranker, seed),
            **constraints.parameters(data.inputs, ranker),
            "objective": fobj,
        },
        data._train,
        num_boost_round=max(rounds or 0, ranker.rounds) if stops else rounds or ranker.rounds,
        valid_sets=[data._stop] if stops else None,
        feval=_evaluation(data.stopping, logit) if data.stopping is not None else None,
        callbacks=watching if stops else None,
        keep_training_booster=True,  # else LightGBM itself cuts the trees after the best round
    )
    best = booster.best_iteration if stops and booster.best_iteration > 0 else booster.num_trees()
    kept = rounds or best
    curve = tuple(value for metrics in seen.values() for value in metrics[METRIC])
    return FittedRanker(booster.model_to_string(num_iteration=kept), kept, objective, curve)


def _stopping(patience: int, least: int) -> Callable[[Any], None]:
    """LightGBM's early stopping, which is not heard before round `least`."""
    lightgbm = _lightgbm()
    stop = lightgbm.early_stopping(patience, verbose=False)

    def heard(env: Any) -> None:
        try:
            stop(env)
        except lightgbm.callback.EarlyStopException:
            if env.iteration + 1 >= least:
                raise

    heard.order = stop.order  # type: ignore[attr-defined]
    heard.before_iteration = False  # type: ignore[attr-defined]
    return heard


def _evaluation(stopping: Sample, logit: bool) -> Evaluation:
    if logit:
        return ConditionalLogit(stopping.win_share, stopping.races).evaluate

    def evaluate(score: Floats, dataset: Any) -> tuple[str, float, bool]:
        # A ranking objective fixes no scale, so it is judged at its own best temperature.
        scale = temperature.fit(score, stopping.win_share, stopping.races)
        value = mean_log_likelihood(score / scale, stopping.win_share, stopping.races)
        return METRIC, value, True

    return evaluate


def _parameters(ranker: settings.Ranker, seed: int) -> dict[str, Any]:
    return {
        "metric": "None",
        "learning_rate": ranker.learning_rate,
        "num_leaves": ranker.num_leaves,
        "min_data_in_leaf": ranker.min_data_in_leaf,
        "min_sum_hessian_in_leaf": ranker.min_sum_hessian_in_leaf,
        "lambda_l2": ranker.lambda_l2,
        "feature_fraction": ranker.feature_fraction,
        "bagging_fraction": ranker.bagging_fraction,
        # By runner: by race LightGBM draws nothing, or nothing it can split, for our own objective.
        "bagging_freq": 1 if ranker.bagging_fraction < 1 else 0,
        "max_bin": ranker.max_bin,
        "feature_pre_filter": False,
        "lambdarank_truncation_level": 5,
        "num_threads": ranker.threads,
        "deterministic": True,
        "force_col_wise": True,
        "seed": seed,
        "verbosity": -1,
    }
