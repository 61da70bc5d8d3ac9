"""One interface to every fundamental model: fit it, score with it, store it, read it again.

`conditional_logit`, `lambdarank` and `rank_xendcg` are boosted trees, `linear` is the plain
conditional logit (evaluation.md, Fundamental model). Callers name an objective and know no more.
`beside` is a line that is fitted with the market, and so by a walk of its own
(`training/walk/beside_market.py`); it is scored, stored and read as the others are.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy.typing as npt

from training.data.inputs import Inputs
from training.model import linear, ranker
from training.model.beside import OBJECTIVE, LineBeside
from training.model.linear import Linear
from training.model.ranker import FittedRanker
from training.statistics.sample import Sample
from velo import settings
from velo.arrays import Floats


class Scorer(Protocol):
    """A fitted score of runners."""

    @property
    def objective(self) -> str:
        """What it was fitted to."""

    @property
    def rounds(self) -> int:
        """Trees in it, 0 where there are none."""

    @property
    def text(self) -> str | None:
        """LightGBM's text format, None where no tree is in it."""

    def scores(self, matrix: npt.NDArray[Any]) -> Floats:
        """Raw scores, [rows], of a matrix as `Fundamental` makes it."""

    def importance(self) -> dict[str, float]:
        """What each column of the matrix weighs; comparable within one model only."""

    def shares(self, matrix: npt.NDArray[Any]) -> Floats:
        """Each column's share of the raw scores, [rows, columns]; a constant is left out."""

    def to_dict(self) -> dict[str, Any]:
        """All but the text, as plain JSON."""


def fit(
    objective: str,
    sample: Sample,
    inputs: Inputs,
    params: settings.Ranker,
    seed: int,
    stopping: Sample | None = None,
    rounds: int | None = None,
) -> Scorer:
    """Fit a model to an objective.

    Args:
        objective: `conditional_logit`, `lambdarank`, `rank_xendcg` or `linear`.
        sample: whole races.
        inputs: what the columns of the sample are.
        params: LightGBM's parameters; the linear model has none.
        seed: fixes every random choice.
        stopping: a later slice whose race log-likelihood says when boosting stops.
        rounds: trees that are kept, whatever the slice says; beats the settings' own.

    Raises:
        ModelError: no such objective, or one that cannot start from the sample's starting score.
        SettingsError: a constraint names no feature.
        DataError: the linear model does not settle.
    """
    if objective == "linear":
        return linear.fit(sample, inputs)
    binned = ranker.binned(sample, inputs, params, stopping)
    return ranker.fit(binned, params, seed, objective, rounds)


def read(objective: str, plain: dict[str, Any], text: str | None) -> Scorer:
    """Rebuild what `to_dict` and `text` hold.

    Raises:
        ModelError: they do not hold a model.
    """
    if objective == OBJECTIVE:
        return LineBeside.from_dict(plain)
    if text is None:
        return Linear.from_dict(plain)
    return FittedRanker.from_text(text, objective)
