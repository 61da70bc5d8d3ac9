"""Forecasts of early positions: what they rest on, and days that follow each other."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from velo.racing.early_history import EarlyInputs
from velo.racing.early_pace import INPUTS, PARTS, centred, forecast, ingredients
from velo.racing.early_regression import EarlyFit, least_squares
from velo.racing.field_wide import field_wide
from velo.racing.gear import first_time

FIRST = pd.Timestamp("2022-12-20")
RULE = EarlyInputs()
NOTHING = pd.DataFrame(
    {name: [] for name in ("known", "horse_id", "jockey_id", "trainer_id", *RULE.state)}
)
NO_REGION = pd.DataFrame({name: [] for name in ("known", "region", *EarlyFit.state)})
X = [f"x_{nth}" for nth in range(1, INPUTS + 1)]


def runs_of(seed: int, days: int = 12) -> pd.DataFrame:
    """Random races of few horses, some of whom run twice in a day, some with nothing known."""
    rng = Random(seed)
    rows: list[dict[str, Any]] = []
    for day in range(days):
        ran: dict[int, int] = {}
        for race in range(rng.randint(1, 3)):
            for horse in rng.sample(range(12), rng.randint(1, 6)):
                ran[horse] = ran.get(horse, 0) + 1
                rows.append(
                    {
                        "known": FIRST + pd.Timedelta(day * 3, "D"),
                        "race_id": day * 10 + race,
                        "horse_id": horse,
                        "jockey_id": rng.choice((None, 1, 2, 3)),
                        "trainer_id": rng.choice((1, 2)),
                        "nth_of_day": ran[horse],
                        "early_position": rng.choice((None, 0.0, rng.random())),
                        "draw_position": rng.choice((None, rng.random())),
                        "distance_m": rng.choice((None, 1000.0, 1600.0)),
                        "pounds": rng.choice((None, 120.0, 133.0)),
                        "new_gear": float(rng.random() < 0.2),
                    }
                )
    ids = ("race_id", "horse_id", "jockey_id", "trainer_id", "nth_of_day")
    frame = pd.DataFrame(rows).astype(dict.fromkeys(ids, "Int64"))
    numbers = ("early_position", "draw_position", "distance_m", "pounds")
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    return frame.sort_values(["known", "race_id", "horse_id"], ignore_index=True)


def newest(rows: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """The newest row of each key, of horses the last start's."""
    return pd.concat(
        [rows[rows[key].notna()].sort_values("known").groupby(key).tail(1) for key in keys]
    )


@given(st.integers(0, 2**20), st.integers(1, 11))
@settings(max_examples=15, deadline=None)
def test_days_given_one_after_the_other_come_to_the_same_bits(seed: int, cut: int) -> None:
    runs = runs_of(seed)
    whole = RULE.advance(runs, NOTHING)
    turn = FIRST + pd.Timedelta(cut * 3, "D")
    before = RULE.advance(runs[runs["known"] < turn].reset_index(drop=True), NOTHING)
    state = newest(before, ("horse_id", "jockey_id", "trainer_id"))
    after = RULE.advance(runs[runs["known"] >= turn].reset_index(drop=True), state)
    order = ["known", "horse_id", "jockey_id", "trainer_id", "nth_of_day"]
    columns = [*order, *X, "early", *RULE.state]
    both = pd.concat([before[columns], after[columns]]).sort_values(order, ignore_index=True)
    expected = whole[columns].sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(both, expected, check_exact=True)


@given(st.integers(0, 2**20), st.integers(1, 11))
@settings(max_examples=10, deadline=None)
def test_a_regions_sums_go_on_from_any_day(seed: int, cut: int) -> None:
    starts = RULE.advance(runs_of(seed), NOTHING)
    starts = starts[starts["horse_id"].notna()].assign(region=["GB", "HK"][seed % 2])
    whole = EarlyFit().advance(starts, NO_REGION)
    turn = FIRST + pd.Timedelta(cut * 3, "D")
    before = EarlyFit().advance(starts[starts["known"] < turn], NO_REGION)
    after = EarlyFit().advance(starts[starts["known"] >= turn], before.groupby("region").tail(1))
    both = pd.concat([before, after], ignore_index=True)
    pd.testing.assert_frame_equal(both, whole, check_exact=True, check_dtype=False)


def test_two_starts_of_a_day_are_judged_by_what_was_known_before_it() -> None:
    runs = runs_of(3)
    rows = RULE.advance(runs, NOTHING)
    twice = rows[rows["horse_id"].notna() & (rows["nth_of_day"] == 2)]
    assert len(twice)
    for _, row in twice.iterrows():
        same = (rows["horse_id"] == row["horse_id"]) & (rows["known"] == row["known"])
        states = rows.loc[same, [f"early_{nth}" for nth in range(1, 7)]]
        assert states.drop_duplicates().shape[0] == 1, "after the day they are one"


def test_coefficients_are_fitted_from_a_year_of_days_on() -> None:
    """Where the year would begin within 365 days of the first race, nothing is fitted."""
    rng = np.random.default_rng(1)
    days = [pd.Timestamp(text) for text in ("2020-01-02", "2020-12-30", "2021-06-01")]
    frames = []
    for day in days:
        x = rng.normal(size=(40, INPUTS))
        early = x @ np.arange(INPUTS) / 10
        columns = {name: x[:, nth] for nth, name in enumerate(X)}
        frames.append(pd.DataFrame({"known": day, "region": "HK", **columns, "early": early}))
    rows = EarlyFit().advance(pd.concat(frames, ignore_index=True), NO_REGION)
    assert rows["fitted"].tolist() == [1.0, 1.0, 1.0]
    late = EarlyFit().advance(pd.concat(frames[1:], ignore_index=True), NO_REGION)
    assert late["fitted"].tolist() == [0.0, 1.0]
    assert late[["c_1", "c_14"]].iloc[0].isna().all()
    fitted = rows[[f"c_{nth}" for nth in range(1, INPUTS + 1)]].to_numpy()
    np.testing.assert_allclose(fitted, np.tile(np.arange(INPUTS) / 10, (3, 1)), atol=1e-7)


def test_an_input_that_never_varies_weighs_nothing() -> None:
    x = np.random.default_rng(2).normal(size=(60, INPUTS))
    x[:, 9] = 0.0
    table = np.column_stack([x, x[:, 0] * 2])
    coefficients = least_squares(table.T @ table)
    assert coefficients[9] == 0.0
    assert coefficients[0] == pytest.approx(2.0)


def test_an_unknown_stall_counts_as_the_fields_mean() -> None:
    race = np.zeros(3, dtype=np.int64)
    values = np.zeros((3, INPUTS))
    values[:, 3] = [-0.5, 0.5, np.nan]
    values[:, [4, 12]] = np.array([0.0, 0.0, np.nan])[:, None]
    weights = np.zeros((3, INPUTS))
    weights[:, 3] = 0.2
    early = forecast(ingredients(values, weights), race)
    assert early.tolist() == pytest.approx([-0.1, 0.1, 0.0])
    assert centred(np.array([np.nan, np.nan]), race[:2]).tolist() == [0.0, 0.0]


FIELD = {
    "early_always": np.array([-0.5, -0.3, 0.1, 0.7]),
    "early_stall": np.zeros(4),
    "early_distance": np.full(4, np.nan),
    "early_weight": np.array([0.0, np.nan, 0.0, 0.0]),
    "stall_share": np.array([0.9, 0.2, np.nan, 1.0]),
    "metres_today": np.full(4, 1200.0),
    "cell_slope": np.full(4, 2.0),
    "jockey_slope": np.array([1.0, 0.0, -1.0, 0.5]),
}


def of_field(name: str, **other: Any) -> list[float]:
    size = np.full(4, 4)
    values = field_wide((name,), np.full(4, 7), size, {**FIELD, **other})[name]
    return [float(value) for value in values]


def test_pace_is_forecast_over_the_whole_field() -> None:
    assert of_field("early_sprint") == pytest.approx([-0.5, -0.3, 0.1, 0.7])
    assert of_field("early_sprint", metres_today=np.full(4, 1201.0)) == [0.0] * 4
    assert of_field("wide_and_fast") == [1.0, 0.0, 0.0, 0.0]
    assert of_field("style_bias") == pytest.approx([-1.0, -0.6, 0.2, 1.4])
    assert of_field("jockey_style_bias") == pytest.approx([-0.5, 0.0, -0.1, 0.35])
    beyond = 0.3 + 0.1 - 0.17
    assert of_field("pace_pressure") == pytest.approx([x * beyond for x in (-0.5, -0.3, 0.1, 0.7)])


def test_a_region_that_never_raced_has_no_forecast() -> None:
    unknown = {part: np.full(4, np.nan) for part in PARTS}
    for name in ("early_sprint", "wide_and_fast", "style_bias", "pace_pressure"):
        assert np.isnan(of_field(name, **unknown)).all(), name


@pytest.mark.parametrize(
    ("text", "first"), [("B1", True), ("B/TT1", True), ("tp", False), ("B2", False), (None, False)]
)
def test_gear_is_new_where_the_source_says_so(text: str | None, first: bool) -> None:
    assert first_time(text) is first
