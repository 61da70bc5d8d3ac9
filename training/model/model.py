"""A whole model: features in, fundamental, market and blended probabilities out.

The same object scores out-of-fold days, the holdout, a backtest and tomorrow's card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.blending import calibration, market_chances
from training.blending.blend import Blend, log_probability
from training.blending.calibration import Calibrator
from training.blending.market_chances import Method
from training.data.inputs import Inputs
from training.model import scorer, temperature
from training.model.artifact import Artifact
from training.model.scorer import Scorer
from training.model.standard import Standard
from training.statistics.races import Races
from velo.arrays import Floats
from velo.errors import ModelError


@dataclass(frozen=True)
class Fundamental:
    """Scores of runners from their features alone, and the temperature that makes them odds.

    Attributes:
        inputs: the step from features to the scorer's matrix.
        scorer: the boosted ranker or the linear model.
        temperature: of the softmax within the race.
        starts_from_market: whether the scores add to the log of the market (`residual`, `beside`).
        standard: what the scorer's matrix is put into first, against the field (`beside`).
    """

    inputs: Inputs
    scorer: Scorer
    temperature: float
    starts_from_market: bool
    standard: Standard | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features, in the service's order."""
        return self.inputs.features

    def importance(self) -> dict[str, float]:
        """What each feature weighs, in whatever form it goes in; the sum over its columns."""
        weights = self.scorer.importance()
        importance = dict.fromkeys(self.features, 0.0)
        for column, feature in zip(self.inputs.columns, self.inputs.origin, strict=True):
            importance[feature] += weights[column]
        return importance

    def column(self, matrix: npt.NDArray[Any], races: Races) -> Floats:
        """What the blend's first exponent belongs to: ln f, or the raw score from the market on.

        Args:
            matrix: as `inputs` makes it, [rows, columns].
            races: of its rows.
        """
        score = self.scorer.scores(self._seen(matrix, races))
        if self.starts_from_market:
            return score
        return temperature.log_probabilities(score, self.temperature, races)

    def shares(self, matrix: npt.NDArray[Any], races: Races, scale: Floats | None = None) -> Floats:
        """Each feature's share of the raw scores less its mean over the race, [rows, features].

        Only differences within a race move a probability; of trees these are SHAP values.

        Args:
            matrix: as `inputs` makes it, [rows, columns].
            races: of its rows.
            scale: what each runner's score is multiplied by, [rows]; by default 1.
        """
        shares = self.inputs.by_feature(self.scorer.shares(self._seen(matrix, races)))
        if scale is not None:
            shares = shares * scale[:, None]
        centred: Floats = shares - races.broadcast(races.sum(shares) / races.sizes[:, None])
        return centred

    def _seen(self, matrix: npt.NDArray[Any], races: Races) -> npt.NDArray[Any]:
        return matrix if self.standard is None else self.standard.of(matrix, races)


@dataclass(frozen=True)
class Model:
    """A fitted model.

    Attributes:
        fundamental: scores from features.
        devig: how the margin is taken out of a book.
        blend: the model with the market.
        power_market: the market alone with its exponent, the honest opponent.
        calibrator: of the blend, chosen out of fold.
        market_calibrator: of the opponent, chosen by the same procedure.
    """

    fundamental: Fundamental
    devig: Method
    blend: Blend
    power_market: Blend
    calibrator: Calibrator
    market_calibrator: Calibrator

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Probabilities of whole races.

        Args:
            frame: one row a runner, a race's rows together: `race_id`, `decision_odds` and the
                model's features.

        Returns:
            The frame's columns without the features, `score` (as `at` takes it), `p_model` (the
            fundamental alone; of a score from the market on, that score on an even field) and
            what `at` gives.
        """
        races = Races.of(frame["race_id"].to_numpy())
        runners = frame.drop(columns=list(self.fundamental.features))
        return self.predict_matrix(runners, self.fundamental.inputs.matrix(frame, races))

    def predict_matrix(
        self, runners: pd.DataFrame, matrix: npt.NDArray[np.float32]
    ) -> pd.DataFrame:
        """The same of runners whose features are the scorer's matrix already.

        Args:
            runners: one row a runner, a race's rows together: `race_id` and `decision_odds`.
            matrix: [rows, columns], as the model's inputs make it.
        """
        races = Races.of(runners["race_id"].to_numpy())
        score = self.fundamental.column(matrix, races)
        odds = runners["decision_odds"].to_numpy(dtype=np.float64)
        return runners.assign(
            score=score, p_model=races.softmax(score), **self.at(odds, score, races)
        )

    def score(self, frame: pd.DataFrame) -> Floats:
        """What the features say of each runner, whatever its price, [rows].

        ln f of a `benter` blend, the boosted score of a `residual` one, t = sum of w z of a
        `beside` one. Kept once a runner it answers for every price to come.

        Args:
            frame: as `predict` takes it; prices are not looked at.
        """
        races = Races.of(frame["race_id"].to_numpy())
        return self.fundamental.column(self.fundamental.inputs.matrix(frame, races), races)

    def at(self, odds: Floats, score: Floats, races: Races) -> dict[str, Floats]:
        """Probabilities of whole races at given prices.

        Args:
            odds: decimal, [rows]; NaN where there is none.
            score: of the same runners, as `score` gives it. When one is withdrawn, the features
                and scores of its race are made anew.
            races: which rows make a race.

        Returns:
            [rows] each: `p_market` (de-vigged), `p_market_power` and `p` (blended), both
            calibrated. A race with a price missing has NaN throughout.
        """
        fair = market_chances.probabilities(odds, races, self.devig)
        opponent = self.power_market.probabilities(None, fair, races)
        blended = self.blend.probabilities(score, fair, races)
        return {
            "p_market": fair,
            "p_market_power": self.market_calibrator.probabilities(opponent, races),
            "p": self.calibrator.probabilities(blended, races),
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, all but the ranker's text."""
        fitted, standard = self.fundamental.scorer, self.fundamental.standard
        plain: dict[str, Any] = {
            "inputs": self.fundamental.inputs.to_dict(),
            "objective": fitted.objective,
            "scorer": fitted.to_dict(),
            "temperature": self.fundamental.temperature,
            "starts_from_market": self.fundamental.starts_from_market,
            "devig": self.devig,
            "blend": self.blend.to_dict(),
            "power_market": self.power_market.to_dict(),
            "calibrator": self.calibrator.to_dict(),
            "market_calibrator": self.market_calibrator.to_dict(),
        }
        return plain if standard is None else plain | {"standard": standard.to_dict()}

    @property
    def ranker_text(self) -> str | None:
        """LightGBM's text, None for a line."""
        return self.fundamental.scorer.text

    @classmethod
    def of(cls, artifact: Artifact) -> Model:
        """Rebuild the model that an artifact holds.

        Raises:
            ModelError: the artifact lacks a part.
        """
        plain = artifact.model
        standard = plain.get("standard")
        try:
            return cls(
                Fundamental(
                    Inputs.from_dict(plain["inputs"]),
                    scorer.read(plain["objective"], plain["scorer"], artifact.ranker),
                    float(plain["temperature"]),
                    bool(plain["starts_from_market"]),
                    None if standard is None else Standard.from_dict(standard),
                ),
                plain["devig"],
                Blend.from_dict(plain["blend"]),
                Blend.from_dict(plain["power_market"]),
                calibration.from_dict(plain["calibrator"]),
                calibration.from_dict(plain["market_calibrator"]),
            )
        except (KeyError, TypeError) as error:
            raise ModelError(f"the artifact's model.json lacks {error}; train again") from None


def market_start(odds: Floats, beta0: float, races: Races, devig: Method) -> Floats:
    """The score beta0 * ln pi that residual boosting starts from; NaN without a whole book."""
    start: Floats = beta0 * log_probability(market_chances.probabilities(odds, races, devig))
    return start
