"""Which features moved a runner, and by how much: what the model sees that the market may not.

Trees are taken apart by TreeSHAP (Lundberg et al. 2020, LightGBM's `pred_contrib`), a line by its
own terms: beside the market w z h of each feature, exactly. Within a race only differences count,
so a feature's push is its part of the score less the field's mean part, in the unit of the blended
log-strength: a push of 0.1 makes a runner e^0.1 times as strong beside its field.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from training.blending import market_chances
from training.model.model import Model
from training.statistics.races import Races
from velo.arrays import Floats

MOST = 3
BLOCK_ROWS = 1 << 15
"""Rows that are explained at once: a share for each feature of each takes room."""
EXPLAINED = tuple(
    f"{part}_{place}" for place in range(1, MOST + 1) for part in ("feature", "push", "value")
)


def pushes(model: Model, frame: pd.DataFrame) -> Floats:
    """The push of each feature on each runner, [rows, features], nats.

    Without a calibrator the pushes of a runner and the market's own term make up its blended
    log-probability, but for a constant of the race. A race without a whole book has the pushes
    of a price scale of 1.

    Args:
        model: a fitted model.
        frame: one row a runner with the model's features, a race's rows together; beside the
            market, `decision_odds` too.
    """
    fundamental = model.fundamental
    races = Races.of(frame["race_id"].to_numpy())
    matrix = fundamental.inputs.matrix(frame, races)
    shares = fundamental.shares(matrix, races, _price_scale(model, frame, races))
    scale = model.blend.exponent
    if not fundamental.starts_from_market:
        scale /= fundamental.temperature
    pushed: Floats = shares * scale
    return pushed


def _price_scale(model: Model, frame: pd.DataFrame, races: Races) -> Floats | None:
    scale = model.blend.scale
    if scale is None:
        return None
    odds = frame["decision_odds"].to_numpy(dtype=np.float64)
    return np.nan_to_num(scale.of(market_chances.probabilities(odds, races, model.devig)), nan=1.0)


def explained(model: Model, frame: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions, and beside each runner the three features that moved it most.

    Args:
        model: what predicted, on three features at least.
        frame: what it predicted from, the same rows.
        predictions: as `Model.predict` gives them.

    Returns:
        The predictions' columns and `feature_1`, `push_1` (nats), `value_1` (NaN where the
        feature is missing) to `value_3`, largest push first whichever its sign.
    """
    races = Races.of(frame["race_id"].to_numpy())
    spans = list(races.spans(BLOCK_ROWS)) or [slice(0)]
    beside = pd.concat([_strongest(model, frame.iloc[rows]) for rows in spans])
    return pd.concat([predictions, beside.set_axis(predictions.index)], axis=1)


def _strongest(model: Model, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns `EXPLAINED` of whole races."""
    names = np.array(model.fundamental.features, dtype=object)
    pushed = pushes(model, frame)
    races = Races.of(frame["race_id"].to_numpy())
    values = model.fundamental.inputs.matrix(frame, races)[:, : len(names)].astype(np.float64)
    order = np.argsort(-np.abs(pushed), axis=1, kind="stable")
    columns: dict[str, Any] = {}
    for place in range(MOST):
        at = order[:, place : place + 1]
        columns[f"feature_{place + 1}"] = pd.Categorical(names[at[:, 0]], categories=list(names))
        columns[f"push_{place + 1}"] = np.take_along_axis(pushed, at, axis=1)[:, 0]
        columns[f"value_{place + 1}"] = np.take_along_axis(values, at, axis=1)[:, 0]
    return pd.DataFrame(columns, copy=False)
