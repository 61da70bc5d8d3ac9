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

unraced = "not (horse_starts > 0)"


@on_demand_feature_view(
    name="class_layoff",
    sources=[horse_last_start, today, layoff_curve],
    schema=[
        Field(
            name="class_drop",
            dtype=Float64,
            description="Today's class level less the last start's: positive is an easier race.",
            tags={"unit": "class levels", "missing_when": unraced},
        ),
        Field(
            name="classdrop_flag",
            dtype=Float64,
            description="Whether the race is a class or more easier than the last start's.",
            tags={"unit": "0 or 1", "missing_when": unraced},
        ),
        Field(
            name="layoff_days",
            dtype=Float64,
            description="Days since the last start.",
            tags={"unit": "days", "missing_when": unraced},
        ),
        Field(
            name="layoff_penalty",
            dtype=Float64,
            description="The layoff on the settings' curve: nothing in the sweet spot, rising on "
            "both sides.",
            tags={"unit": "points of the curve", "missing_when": unraced},
        ),
        Field(
            name="freshness_flag",
            dtype=Float64,
            description="Whether the layoff is in the sweet spot.",
            tags={"unit": "0 or 1", "missing_when": unraced},
        ),
        Field(
            name="weight_delta",
            dtype=Float64,
            description="Weight carried today less that of the last start.",
            tags={"unit": "pounds", "missing_when": unraced},
        ),
        Field(
            name="or_delta",
            dtype=Float64,
            description="Official rating today less that of the last start.",
            tags={
                "unit": "pounds of rating",
                "missing_when": f"{unraced} or official_rating != official_rating "
                "or last_official_rating != last_official_rating",
            },
        ),
    ],
    mode="pandas",
    description="Class drop and layoff: what changed since the last start",
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
