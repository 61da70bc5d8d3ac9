"""Races of a year whose price curve is not fitted are not trained on where features rest on it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pandas as pd
import pytest

from tests.training.judged_worlds import SETTINGS, built, home_at
from training.data.dataset import Dataset, assemble
from training.data.unfitted_years import is_trained_on
from velo.errors import DataError
from velo.offline.spine import Spine
from velo.settings import Settings


def service(name: str, history_days: int = 100, holdout_days: int = 60) -> Settings:
    """The days from the hundredth on: the rest of the first year has no curve."""
    changes = {
        "service": name,
        "history_days": history_days,
        "holdout_days": holdout_days,
        "first_test_share": 0.7,
        "folds": 2,
    }
    training = SETTINGS.training.model_copy(update=changes)
    return SETTINGS.model_copy(update={"training": training})


def test_only_days_before_the_holdout_are_left_out() -> None:
    assert is_trained_on((), date(2016, 1, 1)) == ""
    asked = is_trained_on((("HK", 2015), ("O'B", 2016)), date(2016, 9, 1))
    assert "region = 'O''B'" in asked
    assert asked.endswith("event_timestamp < TIMESTAMPTZ '2016-09-01 00:00:00+00')")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """Two years and more of a synthetic world."""
    with home_at(tmp_path_factory.mktemp("unfitted")) as here:
        built(here, 12_000, 0.85, 7)
        yield here


@pytest.fixture(scope="module")
def whole(home) -> Dataset:
    return assemble(home, service("velo_v1_1_0"))


@pytest.mark.slow
def test_rows_of_unfitted_years_are_left_out_and_counted_by_region_and_year(
    home, whole: Dataset
) -> None:
    spine = Spine(home)
    assert ("GB", 2015) in spine.unfitted
    assert ("GB", 2016) not in spine.unfitted
    data = assemble(home, service("velo_prices_v1"))
    days = data.plan.history_end, data.plan.train_end
    entries = spine.connect().execute(
        "SELECT region, year(event_timestamp), race_id FROM entries WHERE was_run "
        "AND event_timestamp >= CAST($1 AS TIMESTAMPTZ) "
        "AND event_timestamp < CAST($2 AS TIMESTAMPTZ)",
        days,
    )
    trained = whole.frame["date"] < pd.Timestamp(days[1])
    usable = set(whole.frame["race_id"][trained])
    runners = Counter(tuple(key) for *key, race in entries.fetchall() if race in usable)
    assert {(each.region, each.year): each.rows for each in data.unfitted} == {
        key: count for key, count in runners.items() if key in spine.unfitted
    }
    assert len(data.frame) == len(whole.frame) - sum(each.rows for each in data.unfitted)
    assert whole.unfitted == ()


@pytest.mark.slow
def test_where_no_year_has_a_curve_the_features_are_not_in_the_data(home) -> None:
    """Rows and holdout stay, and a card of such a day is priced as ever."""
    end = date(2015, 11, 1)
    prices = assemble(home, service("velo_prices_v1", 20), end, 30)
    assert prices.features == ("jockey_ae_60d", "trainer_ae_60d")
    data = assemble(home, service("velo_runs_v1", 20), end, 30)
    assert data.unmet_needs["surprise_class"] == "price_curve"
    assert "won_last" in data.features
    assert data.unfitted == ()
    assert data.frame["date"].min() < pd.Timestamp(2015, 4, 1)
    assert data.frame["date"].max() > pd.Timestamp(end)


@pytest.mark.slow
def test_a_first_test_before_any_fitted_year_is_refused_in_one_line(home) -> None:
    with pytest.raises(DataError, match="no day before the first test"):
        assemble(home, service("velo_prices_v1", 20), date(2016, 3, 1), 30)
