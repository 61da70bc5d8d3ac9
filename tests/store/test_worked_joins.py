"""Point-in-time joins worked by hand: lives of rows, corrections, missing keys and times."""

from __future__ import annotations

import pandas as pd
import pytest
from feast.errors import FeatureNameCollisionError

from tests.store.little_tables import (
    HORSE,
    HOURS,
    PAIR,
    PLAIN,
    WEATHER,
    Layout,
    LittleStore,
    Row,
    entity_table,
    hour,
    values,
)

SOMEBODY: Row = {"horse_id": 1, "dam_id": 1, "trainer_id": 1, "course": "York", "hour": 9}


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> LittleStore:
    return LittleStore(tmp_path_factory.mktemp("store o'brien"))


def test_a_row_counts_from_its_own_moment_to_the_end_of_its_life(little: LittleStore) -> None:
    """Seven hours: seen at hour 10, 17, not at 9 or 18."""
    little.write(HORSE, [row(10, 1.0, horse_id=1)])
    at = [9, 10, 17, 18]
    assert a_of(little, HORSE, at) == [None, 1.0, 1.0, None]


def test_a_null_is_the_newest_value_and_not_the_one_before_it(little: LittleStore) -> None:
    little.write(PLAIN, [row(1, 1.0, horse_id=1), row(2, None, horse_id=1)])
    assert a_of(little, PLAIN, [1, 2, 3]) == [1.0, None, None]


def test_a_correction_counts_when_it_was_made_only_where_that_is_asked(
    little: LittleStore,
) -> None:
    """Hour 1 said 1.0, corrected to 2.0 in hour 5; hour 3 said 3.0, told in hour 6."""
    little.write(
        HORSE,
        [
            row(1, 1.0, horse_id=1, created_at=hour(1)),
            row(1, 2.0, horse_id=1, created_at=hour(5)),
            row(3, 3.0, horse_id=1, created_at=hour(6)),
        ],
    )
    at = [1, 2, 3, 5, 6]
    assert a_of(little, HORSE, at) == [2.0, 2.0, 3.0, 3.0, 3.0]
    assert a_of(little, HORSE, at, created=True) == [1.0, 1.0, 1.0, 2.0, 3.0]


def test_a_late_word_about_an_older_event_does_not_hide_a_newer_event(
    little: LittleStore,
) -> None:
    little.write(
        HORSE,
        [
            row(3, 3.0, horse_id=1, created_at=hour(3)),
            row(1, 1.0, horse_id=1, created_at=hour(6)),
        ],
    )
    assert a_of(little, HORSE, [2, 3, 7], created=True) == [None, 3.0, 3.0]


def test_a_debutant_comes_back_with_nulls_and_is_never_dropped(little: LittleStore) -> None:
    little.write(HORSE, [row(30, 1.0, horse_id=9)])
    assert a_of(little, HORSE, [1, 2]) == [None, None]


def test_weather_without_a_key_is_everyones(little: LittleStore) -> None:
    little.write(WEATHER, [row(2, 5.0), row(4, 6.0)])
    assert a_of(little, WEATHER, [1, 2, 3, 4]) == [None, 5.0, 5.0, 6.0]


def test_weather_in_a_date_range_is_asked_for_at_its_own_times(little: LittleStore) -> None:
    little.write(WEATHER, [row(2, 5.0), row(4, 6.0), row(9, 7.0)])
    job = little.feast.get_historical_features(
        features=[f"{WEATHER.name}:a"], start_date=hour(2), end_date=hour(8)
    )
    assert sorted(values(job.to_arrow(), "event_timestamp", "a")) == [
        (hour(2), 5.0),
        (hour(4), 6.0),
    ]


def test_entity_rows_may_name_their_time_otherwise_and_lack_a_zone(little: LittleStore) -> None:
    """The one time column is taken; without a zone it is UTC."""
    little.write(HORSE, [row(10, 1.0, horse_id=1)])
    naive = [hour(h).replace(tzinfo=None) for h in (9, 10)]
    rows = pd.DataFrame({"horse_id": [1, 1], "off": pd.to_datetime(naive)})
    job = little.feast.get_historical_features(entity_df=rows, features=[f"{HORSE.name}:a"])
    answer = job.to_arrow()
    assert answer.column("a").to_pylist() == [None, 1.0]
    assert answer.column("off").to_pylist() == [hour(9), hour(10)]
    assert job.metadata is not None
    assert job.metadata.min_event_timestamp == hour(9)
    assert job.metadata.max_event_timestamp == hour(10)


def test_times_in_another_zone_are_the_same_moments(little: LittleStore) -> None:
    little.write(HORSE, [row(10, 1.0, horse_id=1)])
    zoned = pd.to_datetime([hour(9), hour(10)]).tz_convert("Asia/Hong_Kong")
    rows = pd.DataFrame({"horse_id": [1, 1], "event_timestamp": zoned})
    job = little.feast.get_historical_features(entity_df=rows, features=[f"{HORSE.name}:a"])
    assert job.to_arrow().column("a").to_pylist() == [None, 1.0]


def test_an_entity_row_without_a_time_knows_nothing(little: LittleStore) -> None:
    little.write(HORSE, [row(10, 1.0, horse_id=1)])
    times = pd.to_datetime([None, hour(10)], utc=True)
    rows = pd.DataFrame({"horse_id": [1, 1], "event_timestamp": times})
    job = little.feast.get_historical_features(entity_df=rows, features=[f"{HORSE.name}:a"])
    assert job.to_arrow().column("a").to_pylist() == [None, 1.0]


def test_times_written_as_text_are_moments(little: LittleStore) -> None:
    little.write(HORSE, [row(10, 1.0, horse_id=1)])
    rows = pd.DataFrame(
        {"horse_id": [1, 1], "event_timestamp": [hour(9).isoformat(), "2024-01-01T18:00:00+08:00"]}
    )
    job = little.feast.get_historical_features(entity_df=rows, features=[f"{HORSE.name}:a"])
    assert job.to_arrow().column("a").to_pylist() == [None, 1.0]
    assert job.metadata is not None
    assert job.metadata.max_event_timestamp == hour(10)


def test_a_date_range_without_a_zone_is_utc(little: LittleStore) -> None:
    little.write(WEATHER, [row(2, 5.0), row(4, 6.0), row(9, 7.0)])
    job = little.feast.get_historical_features(
        features=[f"{WEATHER.name}:a"],
        start_date=hour(4).replace(tzinfo=None),
        end_date=hour(4).replace(tzinfo=None),
    )
    assert values(job.to_arrow(), "event_timestamp", "a") == [(hour(4), 6.0)]


def test_two_features_of_one_name_want_full_names(little: LittleStore) -> None:
    little.write(HORSE, [row(8, 1.0, horse_id=1)])
    little.write(WEATHER, [row(8, 2.0)])
    rows = pd.DataFrame({"horse_id": [1], "event_timestamp": [hour(9)]})
    asked = [f"{HORSE.name}:a", f"{WEATHER.name}:a"]
    with pytest.raises(FeatureNameCollisionError, match="full_feature_names"):
        little.feast.get_historical_features(entity_df=rows, features=asked)
    both = little.feast.get_historical_features(
        entity_df=rows, features=asked, full_feature_names=True
    ).to_arrow()
    assert values(both, f"{HORSE.name}__a", f"{WEATHER.name}__a") == [(1.0, 2.0)]


def test_a_missing_key_column_is_named(little: LittleStore) -> None:
    rows = pd.DataFrame({"horse_id": [1], "event_timestamp": [hour(1)]})
    with pytest.raises(Exception, match="trainer_id"):
        little.feast.get_historical_features(entity_df=rows, features=[f"{PAIR.name}:a"])


def test_the_rows_come_back_in_their_order_however_many(little: LittleStore) -> None:
    """200,000 rows in no order of key or time, from a frame and from a query."""
    little.write(PLAIN, [row(h, float(h), horse_id=h % 3) for h in range(HOURS)])
    shuffled = (
        "SELECT range AS runner, CAST(hash(range) % 3 AS BIGINT) AS horse_id, "
        "TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL 1 HOUR * (hash(range) % 40)::BIGINT "
        "AS event_timestamp FROM range(200000)"
    )
    ask = [f"{PLAIN.name}:a"]
    of_query = little.feast.get_historical_features(entity_df=shuffled, features=ask).to_df()
    assert of_query["runner"].is_monotonic_increasing
    assert len(of_query) == 200_000
    frame = of_query[["runner", "horse_id", "event_timestamp"]].sample(frac=1, random_state=1)
    of_frame = little.feast.get_historical_features(entity_df=frame, features=ask).to_df()
    assert of_frame["runner"].tolist() == frame["runner"].tolist()
    again = of_frame.sort_values("runner", ignore_index=True)
    pd.testing.assert_series_equal(again["a"], of_query["a"])


def row(at: int, a: float | None, **more: object) -> Row:
    return {"happened_at": hour(at), "raw_a": a, "note": None, **more}


def a_of(
    little: LittleStore, layout: Layout, at: list[int], created: bool = False
) -> list[float | None]:
    """Feature `a` of horse 1 at some hours."""
    rows = [{**SOMEBODY, "hour": h} for h in at]
    answer = little.feast.get_historical_features(
        entity_df=entity_table(rows).to_pandas(),
        features=[f"{layout.name}:a"],
        filter_by_created_timestamp=created,
    )
    return answer.to_arrow().column("a").to_pylist()
