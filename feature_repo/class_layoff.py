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
    import numpy as np

    from velo.racing.layoff import knots_of, layoff_penalty

    def number(name):
        return facts[name].to_numpy("float64")

    def moment(name):
        return pd.DatetimeIndex(pd.to_datetime(facts[name], utc=True)).as_unit("us").asi8

    def flag(holds, known):
        return np.where(known, holds * 1.0, np.nan)

    drop = number("class_level") - number("last_class_level")
    raced, seen = moment("race_date"), moment("last_start")
    unknown = np.iinfo("int64").min
    met = (raced != unknown) & (seen != unknown)
    away = np.where(met, (raced - seen) // 86_400_000_000, np.nan)
    penalty = np.full(len(facts), np.nan)
    curves = facts["layoff_knots"].to_numpy()
    for text in pd.unique(curves):
        rows = curves == text
        penalty[rows] = layoff_penalty(away[rows], knots_of(text))
    fresh = (away >= number("sweet_spot_from")) & (away <= number("sweet_spot_to"))
    return pd.DataFrame(
        {
            "class_drop": drop,
            "classdrop_flag": flag(drop >= 1, drop == drop),
            "layoff_days": away,
            "layoff_penalty": penalty,
            "freshness_flag": flag(fresh, met),
            "weight_delta": number("pounds") - number("last_pounds"),
            "or_delta": number("official_rating") - number("last_official_rating"),
        },
        index=facts.index,
    )
