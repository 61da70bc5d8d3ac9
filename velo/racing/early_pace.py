"""How far forward a horse is likely to lie early, less the mean of its race: the forecast `eh`.

It is linear in fourteen inputs, each less its mean over the race: what the horse did, where it
starts from, what its people usually do, and what is new today. The coefficients are those of a
region and year (`velo.racing.early_regression`). An early position is 0 for the leader and 1 for
the last, so a forecast below 0 is in front.

A past race's inputs and today's are made by one function, `inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from velo.arrays import Floats, Integers
from velo.racing.last_runs import less_usual

INPUTS = 14
RECENT = 6
"""Starts that a recent mean looks at."""
FADES = 0.8
"""What a start weighs of the one after it."""
MIDDLE, LEADS = 0.5, 0.08
"""Early position and share of races led of a horse of which nothing is known, worth one start."""
SPRINT = 1200.0
"""Metres up to which a race is a sprint."""
STYLE_DAYS = 700.0
STYLE_RIDES = 20.0
"""Time constant of a person's style, and the rides at 0 that it is shrunk by."""
USUAL_POUNDS = 123.0

FROM_STALL, FROM_DISTANCE, FROM_WEIGHT = (3, 4, 12), (7,), (13,)
"""Places of the inputs that are unknown where the stall, the distance or the weight is."""
ALWAYS = tuple(sorted({*range(INPUTS)} - {*FROM_STALL, *FROM_DISTANCE, *FROM_WEIGHT}))
PARTS: Mapping[str, tuple[int, ...]] = {
    "early_always": ALWAYS,
    "early_stall": FROM_STALL,
    "early_distance": FROM_DISTANCE,
    "early_weight": FROM_WEIGHT,
}
"""Ingredient of the forecast -> the inputs that it adds up: those that are unknown together."""


@dataclass(frozen=True)
class Styles:
    """What is known of some runners before their race, ``[n]`` each.

    Attributes:
        mean, led: recent means of early position and of having led.
        last, before_last: early positions of the last two starts, NaN where unknown.
        jockey, trainer: how much further back than usual their runners lie, shrunk.
        debut: whether it never ran.
        last_metres: of the last start, NaN on debut.
    """

    mean: Floats
    led: Floats
    last: Floats
    before_last: Floats
    jockey: Floats
    trainer: Floats
    debut: Floats
    last_metres: Floats


def inputs(
    styles: Styles, stall: Floats, metres: Floats, pounds: Floats, new_gear: Floats
) -> Floats:
    """The fourteen inputs of a forecast, ``[n, 14]``, before their race's mean is taken.

    Args:
        styles: what is known of the runners.
        stall: rank of the stall as a share of the field, NaN where there is none.
        metres, pounds: of today, NaN where unknown.
        new_gear: 1 where the source says that gear is worn for the first time.

    Returns:
        NaN where an input is not known.
    """
    from_middle, early = stall - 0.5, styles.mean - 0.5
    return np.column_stack(
        [
            styles.mean,
            np.where(np.isnan(styles.last), MIDDLE, styles.last),
            styles.led,
            from_middle,
            from_middle * early,
            styles.jockey,
            styles.trainer,
            less_usual(metres, styles.last_metres) / 200.0,
            styles.debut,
            new_gear,
            early * early,
            np.where(np.isnan(styles.before_last), MIDDLE, styles.before_last),
            np.where(metres <= SPRINT, from_middle, from_middle * 0.0),
            (pounds - USUAL_POUNDS) / 10.0,
        ]
    )


def centred(values: Floats, race: Integers) -> Floats:
    """Less the race's mean over the runners that have a value; 0 where a runner has none.

    Args:
        values: ``[n]``.
        race: number of each one's race, from 0.
    """
    known = np.isfinite(values)
    # Held to steps, so that the order of the runners does not show in the sum.
    steps = np.rint(np.where(known, values, 0.0) * 2.0**40)
    count = np.maximum(np.bincount(race, known), 1)
    means = np.bincount(race, steps) / 2.0**40 / count
    return np.where(known, values - means[race], 0.0)


def ingredients(values: Floats, coefficients: Floats) -> dict[str, Floats]:
    """What a forecast adds up once each part is less its race's mean: part -> ``[n]``.

    Args:
        values: `inputs`, ``[n, 14]``.
        coefficients: of each runner's region and year, ``[n, 14]``, NaN where there are none.
    """
    terms = values * coefficients
    return {part: terms[:, list(places)].sum(axis=1) for part, places in PARTS.items()}


def forecast(parts: Mapping[str, Floats], race: Integers) -> Floats:
    """Early positions less the race's mean, ``[n]``; NaN in a region without coefficients.

    Args:
        parts: `ingredients` of whole races.
        race: number of each runner's race, from 0.
    """
    total = np.add.reduce([centred(parts[part], race) for part in PARTS])
    return np.where(np.isnan(parts["early_always"]), np.nan, total)


def shrunk_style(late: Floats, rides: Floats) -> Floats:
    """A person's style: the mean of `late` over `rides`, towards 0; 0 where nothing is known."""
    return np.nan_to_num(late) / (np.nan_to_num(rides) + STYLE_RIDES)


def recent_mean(values: Floats, base: float) -> Floats:
    """Over the last starts, ``[n, RECENT]``, the most recent first, with one more at `base`."""
    weights = FADES ** np.arange(RECENT) * ~np.isnan(values)
    total: Floats = (weights * np.nan_to_num(values)).sum(axis=1) + base
    mean: Floats = total / (weights.sum(axis=1) + 1.0)
    return mean
