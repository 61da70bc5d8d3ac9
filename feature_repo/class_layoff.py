"""Family 2: class drop and layoff."""

import pandas as pd
from entities import horse
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64, UnixTimestamp
from sources import LASTING, offline_table
from today import layoff_curve, today

horse_last_start = FeatureView(
    name="horse_last_start",
    entities=[horse],
    ttl=LASTING,
    source=offline_table("horse_last_start"),
    schema=[
        Field(name="horse_starts", dtype=Int64),
        Field(name="last_start", dtype=UnixTimestamp),
        Field(name="last_class_level", dtype=Float64),
        Field(name="last_pounds", dtype=Float64),
        Field(name="last_official_rating", dtype=Float64),
    ],
)


@on_demand_feature_view(
    name="class_layoff",
    sources=[horse_last_start, today, layoff_curve],
    schema=[
        Field(name="class_drop", dtype=Float64),
        Field(name="classdrop_flag", dtype=Float64),
        Field(name="layoff_days", dtype=Float64),
        Field(name="layoff_penalty", dtype=Float64),
        Field(name="freshness_flag", dtype=Float64),
        Field(name="weight_delta", dtype=Float64),
        Field(name="or_delta", dtype=Float64),
    ],
    mode="pandas",
    description="Class drop and layoff: what changed since the last start",
    tags={
        "means:class_drop": "Today's class level less the last start's: positive is an easier "
        "race.",
        "unit:class_drop": "class levels",
        "means:classdrop_flag": "Whether the race is a class or more easier than the last start's.",
        "unit:classdrop_flag": "0 or 1",
        "means:layoff_days": "Days since the last start.",
        "unit:layoff_days": "days",
        "means:layoff_penalty": "The layoff on the settings' curve: nothing in the sweet spot, "
        "rising on both sides.",
        "unit:layoff_penalty": "points of the curve",
        "means:freshness_flag": "Whether the layoff is in the sweet spot.",
        "unit:freshness_flag": "0 or 1",
        "means:weight_delta": "Weight carried today less that of the last start.",
        "unit:weight_delta": "pounds",
        "means:or_delta": "Official rating today less that of the last start.",
        "unit:or_delta": "pounds of rating",
        "missing_when": "not (horse_starts > 0)",
        "missing_when:or_delta": "not (horse_starts > 0) or official_rating != official_rating "
        "or last_official_rating != last_official_rating",
    },
)
def class_layoff(facts: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.layoff import days_away, flag, penalty_on

    compared = ("class_level", "pounds", "official_rating")
    names = [*compared, *(f"last_{name}" for name in compared), "sweet_spot_from", "sweet_spot_to"]
    (level, pounds, rating, last_level, last_pounds, last_rating, sweet_from, sweet_to) = (
        facts[names].to_numpy("float64").T
    )

    away = days_away(facts["race_date"], facts["last_start"])
    drop = level - last_level
    return pd.DataFrame(
        {
            "class_drop": drop,
            "classdrop_flag": flag(drop >= 1, drop),
            "layoff_days": away,
            "layoff_penalty": penalty_on(away, facts["layoff_knots"].to_numpy()),
            "freshness_flag": flag((away >= sweet_from) & (away <= sweet_to), away),
            "weight_delta": pounds - last_pounds,
            "or_delta": rating - last_rating,
        },
        index=facts.index,
    )
