"""Features of whole races: one pure function a feature, over the rows of every race at once.

A function gets columns of ``n`` runners: ``race``, a number a race from 0 on, and the ingredients
that its view hands on. It returns float64 ``[n]``. Rows may come in any order; races are not cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from velo.arrays import Flags, Floats, Integers
from velo.errors import DataError
from velo.racing.early_pace import SPRINT, forecast

Columns = Mapping[str, npt.NDArray[Any]]

MOST_CHOSEN = 2
IN_FRONT = 0.3
"""Early position under which a horse is one that leads."""
WIDE, FAST = 0.7, -0.1
"""Stalls above this share of the field are wide; forecasts below this are in front."""
GOES_ON, USUAL_PACE = -0.2, 0.17
"""A forecast below the first counts as pace; a field's usually comes to the second."""


def jockey_left(field: Columns) -> Floats:
    """1 where the last start's jockey rides another horse of the race, else 0.

    `rider_id` is today's jockey, `last_rider_id` the last start's; 0 is nobody.
    """
    ridden = pd.MultiIndex.from_arrays([field["race"], field["rider_id"]])
    last = pd.MultiIndex.from_arrays([field["race"], field["last_rider_id"]])
    return np.asarray(last.isin(ridden) & _changed(field), dtype=np.float64)


def jockey_chose(field: Columns) -> Floats:
    """How many rivals today's jockey rode at their last start, and now does not; 2 at most."""
    last = pd.MultiIndex.from_arrays([field["race"], field["last_rider_id"]])
    left = last[_changed(field)].value_counts()
    ridden = pd.MultiIndex.from_arrays([field["race"], field["rider_id"]])
    counts = left.reindex(ridden).fillna(0).to_numpy(np.float64)
    return np.minimum(counts, MOST_CHOSEN)


def lone_leader(field: Columns) -> Floats:
    """1 where `own_early` is under 0.3 and no other runner's of the race is, else 0."""
    in_front = field["own_early"] < IN_FRONT
    leaders = np.bincount(field["race"], weights=in_front)
    return np.asarray(in_front & (leaders[field["race"]] == 1), dtype=np.float64)


def front_pressure(field: Columns) -> Floats:
    """0.5 less `own_early`, times the sum of the race's `own_lead` less 1.

    The sum is made in the order of the rates, so the order of runners does not show in it.
    """
    order = np.argsort(field["own_lead"], kind="stable")
    leading = np.bincount(field["race"][order], weights=field["own_lead"][order])
    pressure = (0.5 - field["own_early"]) * (leading[field["race"]] - 1.0)
    return np.asarray(pressure, dtype=np.float64)


def early_sprint(field: Columns) -> Floats:
    """The forecast early position (`velo.racing.early_pace`) in sprints, else 0.

    NaN in a region without coefficients. `early_always`, `early_stall`, `early_distance` and
    `early_weight` are the forecast's parts.
    """
    return np.where(field["metres_today"] <= SPRINT, _forecast(field), 0.0)


def wide_and_fast(field: Columns) -> Floats:
    """1 where `stall_share` is above 0.7 and the forecast below -0.1, else 0."""
    early = _forecast(field)
    fast = (field["stall_share"] > WIDE) & (early < FAST)
    return np.where(np.isnan(early), np.nan, fast)


def style_bias(field: Columns) -> Floats:
    """`cell_slope` times the forecast."""
    return np.asarray(field["cell_slope"] * _forecast(field), dtype=np.float64)


def jockey_style_bias(field: Columns) -> Floats:
    """`jockey_slope` times the forecast."""
    return np.asarray(field["jockey_slope"] * _forecast(field), dtype=np.float64)


def pace_pressure(field: Columns) -> Floats:
    """The forecast times what the field's front runners go beyond the usual pace, 0.5 at most."""
    early = _forecast(field)
    steps = np.rint(np.maximum(GOES_ON - np.nan_to_num(early), 0.0) * 2.0**40)
    pace = np.bincount(field["race"], steps) / 2.0**40
    return np.asarray(early * np.clip(pace - USUAL_PACE, -0.5, 0.5)[field["race"]])


def _forecast(field: Columns) -> Floats:
    return forecast(field, field["race"])


def _changed(field: Columns) -> Flags:
    """Whether a known jockey of the last start rides it no more."""
    last: Integers = field["last_rider_id"]
    return np.asarray((last != 0) & (last != field["rider_id"]), dtype=np.bool_)


def of_known_rivals(ingredient: str) -> Callable[[Columns], Floats]:
    """A feature that is its ingredient, or where that is NaN the mean of the field's others.

    0 where the whole field has none.
    """

    def values(field: Columns) -> Floats:
        own, race = np.asarray(field[ingredient], dtype=np.float64), field["race"]
        known = ~np.isnan(own)
        total = np.bincount(race, np.where(known, own, 0.0))
        means = total / np.maximum(np.bincount(race, known), 1)
        return np.where(known, own, means[race])

    return values


FIELD_WIDE: Mapping[str, Callable[[Columns], Floats]] = {
    "jockey_left": jockey_left,
    "jockey_chose": jockey_chose,
    "early_sprint": early_sprint,
    "wide_and_fast": wide_and_fast,
    "style_bias": style_bias,
    "jockey_style_bias": jockey_style_bias,
    "pace_pressure": pace_pressure,
    "lone_leader": lone_leader,
    "front_pressure": front_pressure,
    "rating_margin": of_known_rivals("horse_margin_part"),
    "rating_rank": of_known_rivals("horse_rank_part"),
    "price_rating": of_known_rivals("horse_price_part"),
}
"""Feature -> its function."""


def field_wide(
    names: tuple[str, ...],
    race_ids: Integers,
    field_sizes: Integers,
    ingredients: Columns,
) -> dict[str, Floats]:
    """Features of whole races, by name.

    Args:
        names: which.
        race_ids: each runner's race, ``[n]``.
        field_sizes: how many runners its race has.
        ingredients: what the views hand on, ``[n]`` each.

    Raises:
        DataError: a race is not whole, or nothing computes a feature of that name.
    """
    unknown = [name for name in names if name not in FIELD_WIDE]
    if unknown:
        raise DataError(
            f"nothing computes {unknown[0]} over whole races: name its function in "
            "velo/racing/field_wide.py"
        )
    race, numbers = pd.factorize(race_ids)
    runners = np.bincount(race, minlength=len(numbers))[race]
    cut = np.flatnonzero(runners != field_sizes)
    if len(cut):
        first = cut[0]
        raise DataError(
            f"race {race_ids[first]} has {field_sizes[first]} runners and {runners[first]} were "
            f"given: {names[0]} needs all of them"
        )
    field = {"race": race, **ingredients}
    return {name: FIELD_WIDE[name](field) for name in names}
