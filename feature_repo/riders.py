"""Family 8, the part that looks at the whole field: where jockeys went."""

import pandas as pd
from feast import Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Int64
from runs import horse_runs
from today import rider_today
from whole_races import field_wide


@on_demand_feature_view(
    name="riders",
    sources=[horse_runs, rider_today],
    schema=[
        Field(
            name="rider_id",
            dtype=Int64,
            description="Number of today's jockey; 0 is nobody.",
            tags={"unit": "number of a jockey"},
        ),
        Field(
            name="last_rider_id",
            dtype=Int64,
            description="Number of the last start's jockey; 0 is nobody.",
            tags={"unit": "number of a jockey"},
        ),
    ],
    mode="pandas",
    description="Riders: whose jockey went where",
    tags={
        **field_wide(
            "jockey_left",
            "Whether the last start's jockey rides another horse of this race.",
            "0 or 1",
            cold_when="last_won != last_won",
        ),
        **field_wide(
            "jockey_chose",
            "How many rivals of this race today's jockey rode at their last start, 2 at most.",
            "horses",
        ),
    },
)
def riders(rows: pd.DataFrame) -> pd.DataFrame:
    def number(texts):
        numbers = [int(text) if isinstance(text, str) and text.isdecimal() else 0 for text in texts]
        return pd.array(numbers, dtype="int64")

    return pd.DataFrame(
        {"rider_id": number(rows["rider"]), "last_rider_id": number(rows["last_jockey"])},
        index=rows.index,
    )
