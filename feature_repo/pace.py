"""Family 5, the part that reads a horse's own early positions: pace and style."""

import pandas as pd
from feast import Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from runs import horse_runs
from today import stall_today
from whole_races import field_wide

UNSEEN = "recent_early != recent_early"


@on_demand_feature_view(
    name="style",
    sources=[horse_runs, stall_today],
    schema=[
        Field(
            name="early_mean",
            dtype=Float64,
            description="Where the horse lies early, 0 the leader to 1 the last: the mean of the "
            "last six starts, each weighing 0.8 of the one after it, shrunk to 0.5 by one start.",
            tags={"unit": "share of the field", "cold_when": UNSEEN, "needs": "early_position"},
        ),
        Field(
            name="style_draw",
            dtype=Float64,
            description="Early position times the stall, both from the middle: positive for a "
            "horse that is held up from a high stall or leads from a low one.",
            tags={
                "unit": "share of the field squared",
                "missing_when": "draw_position != draw_position",
                "cold_when": UNSEEN,
                "needs": "early_position, stall",
            },
        ),
    ],
    mode="pandas",
    description="Style: where the horse lies early",
)
def style(rows: pd.DataFrame) -> pd.DataFrame:
    early = rows["recent_early"].astype("float64").fillna(0.5)
    stall = rows["draw_position"].astype("float64")
    return pd.DataFrame(
        {"early_mean": early, "style_draw": (early - 0.5) * (stall - 0.5)}, index=rows.index
    )


@on_demand_feature_view(
    name="pace",
    sources=[horse_runs],
    schema=[
        Field(
            name="own_early",
            dtype=Float64,
            description="As `early_mean`.",
            tags={"unit": "share of the field"},
        ),
        Field(
            name="own_lead",
            dtype=Float64,
            description="Share of the last six starts that the horse led early, shrunk to 0.08.",
            tags={"unit": "share of starts"},
        ),
    ],
    mode="pandas",
    description="Pace: who is likely to lead, and against whom",
    tags={
        **field_wide(
            "lone_leader",
            "Whether the horse lies in front early (`early_mean` under 0.3) and no other of the "
            "race does.",
            "0 or 1",
            cold_when=UNSEEN,
            needs="early_position",
        ),
        **field_wide(
            "front_pressure",
            "How far forward the horse lies early, from the middle, times how many more of the "
            "field than one are likely to lead.",
            "shares of the field",
            cold_when=UNSEEN,
            needs="early_position",
        ),
    },
)
def pace(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "own_early": rows["recent_early"].astype("float64").fillna(0.5),
            "own_lead": rows["recent_led"].astype("float64").fillna(0.08),
        },
        index=rows.index,
    )
