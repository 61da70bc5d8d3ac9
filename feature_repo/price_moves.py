"""Today's price path: a service of its own, to be trained on beside another."""

import pandas as pd
from feast import Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from runs import horse_runs
from today import todays_prices

UNPRICED = "log_chance != log_chance"
UNMOVED = f"{UNPRICED} or first_log_chance != first_log_chance"
EARLIER = {"needs": "earlier_price"}
NOT_LATE = f"{UNPRICED} or late_log_chance != late_log_chance"


@on_demand_feature_view(
    name="price_moves",
    sources=[horse_runs, todays_prices],
    schema=[
        Field(
            name="price_gone_out",
            dtype=Float64,
            description="How much longer the horse's price is than at its last start: the log of "
            "its chance less the race's mean then, less today's at the decision price. 0 where it "
            "had none.",
            tags={
                "unit": "log of a chance",
                "missing_when": f"({UNPRICED}) and last_log_chance == last_log_chance",
                "cold_when": "last_log_chance != last_log_chance",
            },
        ),
        Field(
            name="move_total",
            dtype=Float64,
            description="Log of the chance at the decision price less that at the first snapshot: "
            "positive for a horse that was backed.",
            tags={"unit": "log of a chance", "missing_when": UNMOVED, **EARLIER},
        ),
        Field(
            name="move_late",
            dtype=Float64,
            description="Log of the chance at the decision price less that at the last snapshot "
            "an hour or more before it.",
            tags={"unit": "log of a chance", "missing_when": NOT_LATE, **EARLIER},
        ),
        Field(
            name="steam_flag",
            dtype=Float64,
            description="Whether `move_total` is 0.16 or more.",
            tags={"unit": "0 or 1", "missing_when": UNMOVED, **EARLIER},
        ),
        Field(
            name="drift_flag",
            dtype=Float64,
            description="Whether `move_total` is -0.18 or less.",
            tags={"unit": "0 or 1", "missing_when": UNMOVED, **EARLIER},
        ),
        Field(
            name="turned_flag",
            dtype=Float64,
            description="Whether `move_late` is against `move_total`, both beyond 0.05.",
            tags={"unit": "0 or 1", "missing_when": f"{UNMOVED} or {NOT_LATE}", **EARLIER},
        ),
        Field(
            name="snapshot_age",
            dtype=Float64,
            description="Time from the last snapshot to the decision.",
            tags={
                "unit": "minutes",
                "missing_when": "snapshot_minutes != snapshot_minutes",
                **EARLIER,
            },
        ),
    ],
    mode="pandas",
    description="Price moves: how today's price came to where the bet is decided",
)
def price_moves(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.layoff import flag
    from velo.racing.price_path import COLUMNS, DRIFT, STEAM, gone_out, turned

    names = ["last_log_chance", *COLUMNS]
    last, chance, to_field, first, late, minutes = rows[names].to_numpy("float64").T
    total, lately = chance - first, chance - late
    return pd.DataFrame(
        {
            "price_gone_out": gone_out(last, to_field),
            "move_total": total,
            "move_late": lately,
            "steam_flag": flag(total >= STEAM, total),
            "drift_flag": flag(total <= DRIFT, total),
            "turned_flag": turned(total, lately),
            "snapshot_age": minutes,
        },
        index=rows.index,
    )
