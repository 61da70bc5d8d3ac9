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
        starts_from_market: whether the scores add to the log of the market (residual mode).
    """

    inputs: Inputs
    scorer: Scorer
    temperature: float
    starts_from_market: bool

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
        """What the blend's first exponent belongs to: ln f, or the raw score s in residual mode.

        Args:
            matrix: as `inputs` makes it, [rows, columns].
            races: of its rows.
        """
        score = self.scorer.scores(matrix)
        if self.starts_from_market:
            return score
        return temperature.log_probabilities(score, self.temperature, races)

    def shares(self, matrix: npt.NDArray[Any], races: Races) -> Floats:
        """Each feature's share of the raw scores less its mean over the race, [rows, features].

        Only differences within a race move a probability; of trees these are SHAP values.

        Args:
            matrix: as `inputs` makes it, [rows, columns].
            races: of its rows.
        """
        shares = self.inputs.by_feature(self.scorer.shares(matrix))
        centred: Floats = shares - races.broadcast(races.sum(shares) / races.sizes[:, None])
        return centred


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
            The frame's columns without the features, and `p_model` (the fundamental alone; in
            residual mode boosted score on an even field), `p_market` (de-vigged),
            `p_market_power` and `p` (blended), both calibrated. A race with a price missing has
            NaN in the last three.
        """
        races = Races.of(frame["race_id"].to_numpy())
        column = self.fundamental.column(self.fundamental.inputs.matrix(frame, races), races)
        odds = frame["decision_odds"].to_numpy(dtype=np.float64)
        fair = market_chances.probabilities(odds, races, self.devig)
        opponent = self.power_market.probabilities(None, fair, races)
        blended = self.blend.probabilities(column, fair, races)
        return frame.drop(columns=list(self.fundamental.features)).assign(
            p_model=races.softmax(column),
            p_market=fair,
            p_market_power=self.market_calibrator.probabilities(opponent, races),
            p=self.calibrator.probabilities(blended, races),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, all but the ranker's text."""
        fitted = self.fundamental.scorer
        return {
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

    @property
    def ranker_text(self) -> str | None:
        """LightGBM's text, None for a linear model."""
        return self.fundamental.scorer.text

    @classmethod
    def of(cls, artifact: Artifact) -> Model:
        """Rebuild the model that an artifact holds.

        Raises:
            ModelError: the artifact lacks a part.
        """
        plain = artifact.model
        try:
            return cls(
                Fundamental(
                    Inputs.from_dict(plain["inputs"]),
                    scorer.read(plain["objective"], plain["scorer"], artifact.ranker),
                    float(plain["temperature"]),
                    bool(plain["starts_from_market"]),
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
