"""What a model sees is a step of its own: the same for a fold, the holdout and one card."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.simulated_races import fields
from training.data import field_relative
from training.data.inputs import MOST, RAREST, Inputs
from training.statistics.races import Races
from velo.errors import ModelError

NAN = float("nan")
BOTH = Inputs(("rate", "days", "ground"), "both", {"ground": ("firm", "soft")})
# Few distinct values, so that ties and missing ones are common.
FIGURE = st.one_of(st.just(NAN), st.integers(-3, 3).map(float), st.floats(-1e4, 1e4, width=32))
RACE = st.lists(FIGURE, min_size=1, max_size=9)


def column(races: list[list[float]]) -> tuple[np.ndarray, Races]:
    values = np.array([[value] for race in races for value in race], dtype=np.float32)
    return values, Races.of(np.repeat(np.arange(len(races)), [len(race) for race in races]))


def beside(race: list[float], step: str) -> list[float]:
    values, races = column([race])
    return getattr(field_relative, step)(values, races)[:, 0].tolist()


def test_a_difference_is_to_the_mean_of_those_who_have_a_value() -> None:
    np.testing.assert_array_equal(
        beside([0.25, 0.75, NAN, 0.5], "difference"), [-0.25, 0.25, NAN, 0]
    )


def test_ties_share_the_mean_of_their_ranks() -> None:
    np.testing.assert_array_equal(beside([7, 3, 7, NAN, 9], "rank"), [0.5, 0, 0.5, NAN, 1])


def test_a_runner_alone_with_a_value_stands_in_the_middle() -> None:
    np.testing.assert_array_equal(beside([NAN, 4, NAN], "difference"), [NAN, 0, NAN])
    np.testing.assert_array_equal(beside([NAN, 4, NAN], "rank"), [NAN, 0.5, NAN])


@given(st.lists(RACE, min_size=1, max_size=8))
def test_ranks_are_those_of_a_table_program(races: list[list[float]]) -> None:
    values, index = column(races)
    frame = pd.Series(values[:, 0]).groupby(index.index)
    place, known = frame.rank(method="average"), frame.transform("count")
    expected = ((place - 1) / (known - 1)).where(known > 1, 0.5).where(place.notna())
    np.testing.assert_allclose(field_relative.rank(values, index)[:, 0], expected, atol=1e-6)


@given(st.lists(RACE, min_size=1, max_size=8))
def test_differences_sum_to_nothing_in_every_race(races: list[list[float]]) -> None:
    values, index = column(races)
    apart = field_relative.difference(values, index)
    np.testing.assert_array_equal(np.isnan(apart), np.isnan(values))
    np.testing.assert_allclose(index.sum(np.nan_to_num(apart)), 0, atol=0.02)


@pytest.mark.few(1)
@pytest.mark.parametrize("step", ["difference", "rank"])
@given(races=st.lists(RACE, min_size=1, max_size=8))
def test_a_race_has_to_the_bit_what_it_has_among_others(
    step: str, races: list[list[float]]
) -> None:
    values, index = column(races)
    together = getattr(field_relative, step)(values, index)
    alone = [value for race in races for value in beside(race, step)]
    np.testing.assert_array_equal(together[:, 0], alone)


@given(RACE)
def test_ranks_turn_over_with_the_sign(race: list[float]) -> None:
    backwards = beside([-value for value in race], "rank")
    np.testing.assert_allclose(backwards, 1 - np.array(beside(race, "rank")), atol=1e-6)


def frame_of(ground: list[str | None]) -> pd.DataFrame:
    count = len(ground)
    return pd.DataFrame(
        {"rate": np.linspace(0.1, 0.2, count), "days": [NAN, *range(count - 1)], "ground": ground}
    )


def test_columns_are_the_features_then_differences_then_ranks_of_the_numbers() -> None:
    assert BOTH.columns == (
        "rate",
        "days",
        "ground",
        "rate.difference",
        "days.difference",
        "rate.rank",
        "days.rank",
    )
    assert BOTH.origin == ("rate", "days", "ground", "rate", "days", "rate", "days")
    assert (BOTH.categorical, BOTH.levels) == ((2,), (0, 0, 2, 0, 0, 0, 0))
    assert Inputs(("rate",)).columns == ("rate",)
    assert Inputs(("rate",), "rank").columns == ("rate", "rate.rank")


def test_an_unknown_category_is_a_missing_one() -> None:
    frame = frame_of(["soft", None, "firm", "heavy"])
    made = BOTH.matrix(frame, Races.of(np.array([1, 1, 2, 2])))
    np.testing.assert_array_equal(made[:, 2], [1, NAN, 0, NAN])
    assert made.dtype == np.float32
    again = BOTH.matrix(frame.astype({"ground": "category"}), Races.of(np.array([1, 1, 2, 2])))
    np.testing.assert_array_equal(made, again)


def test_the_matrix_of_a_card_is_the_piece_of_the_matrix_of_all() -> None:
    rng = np.random.default_rng(4)
    races = fields(200, seed=3)
    frame = pd.DataFrame(
        {
            "rate": rng.random(races.n),
            "days": np.where(rng.random(races.n) < 0.2, np.nan, rng.integers(5, 90, races.n)),
            "ground": rng.choice(["firm", "soft", "heavy"], races.n),
        }
    )
    whole = BOTH.matrix(frame, races)
    chosen = np.arange(len(races)) == 77
    rows, card = races.keep(chosen)
    np.testing.assert_array_equal(BOTH.matrix(frame[rows], card), whole[rows])


def test_categories_are_the_common_ones_in_the_order_of_their_names() -> None:
    ground = ["soft"] * RAREST + ["firm"] * (RAREST + 5) + ["heavy"] * (RAREST - 1) + [None] * 200
    frame = frame_of(ground)
    learnt = Inputs.learnt(frame, ("rate", "days", "ground"), ("ground",), "none")
    assert learnt.categories == {"ground": ("firm", "soft")}


def test_no_more_categories_than_a_model_can_hold() -> None:
    ground = [f"course {k:03}" for k in range(MOST + 3) for _ in range(RAREST + (k > 2))]
    learnt = Inputs.learnt(frame_of(ground), ("ground",), ("ground",), "none")
    assert len(learnt.categories["ground"]) == MOST
    assert learnt.categories["ground"][0] == "course 003"


def test_the_step_goes_through_json_unchanged() -> None:
    assert Inputs.from_dict(json.loads(json.dumps(BOTH.to_dict()))) == BOTH


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"field_relative": "ratio"}, "'ratio' to the field"),
        ({"categories": {"course": ["york"]}}, "categories of 'course'"),
    ],
)
def test_a_step_of_another_version_is_refused(change: dict, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Inputs.from_dict({**BOTH.to_dict(), **change})


@pytest.mark.slow
def test_two_hundred_thousand_runners_are_set_beside_their_fields_in_a_second() -> None:
    races = fields(22_000, seed=6)
    values = np.random.default_rng(7).random((races.n, 21), dtype=np.float32)
    begun = time.perf_counter()
    field_relative.difference(values, races)
    field_relative.rank(values, races)
    assert time.perf_counter() - begun < 3
