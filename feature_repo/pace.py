"""Family 5: pace and style."""

import pandas as pd
from early import (
    early_curve,
    going_draw_cell,
    jockey_bias,
    jockey_style,
    rail_draw_cell,
    style_cell,
    trainer_style,
)
from feast import Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from runs import NEVER_RUN, horse_runs
from today import pace_today, stall_today
from whole_races import field_wide

UNSEEN = "recent_early != recent_early"
NO_STALL = "draw_position != draw_position"
NO_CURVE = "forecast_1 != forecast_1"


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
                "missing_when": NO_STALL,
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
    name="stalls",
    sources=[rail_draw_cell, going_draw_cell, pace_today],
    schema=[
        Field(
            name="draw_slope_rail",
            dtype=Float64,
            description="What the price has missed of the stalls at this course, surface, distance "
            "and place of the rail: the slope of surprise on the stall, decayed over 700 days and "
            "shrunk to 0, times today's stall from the middle.",
            tags={
                "unit": "normal scores",
                "missing_when": NO_STALL,
                "cold_when": "not (rail_draw_square > 0)",
                "needs": "stall, rail, price_curve",
            },
        ),
        Field(
            name="draw_slope_going",
            dtype=Float64,
            description="The same at this course and surface on this going.",
            tags={
                "unit": "normal scores",
                "missing_when": NO_STALL,
                "cold_when": "not (going_draw_square > 0)",
                "needs": "stall, price_curve",
            },
        ),
    ],
    mode="pandas",
    description="Stalls: what the price has missed of the draw",
)
def stalls(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.decay import decay, shrunk_slope

    faded = decay(rows["race_date"], 700.0)
    from_middle = rows["draw_position"].to_numpy("float64") - 0.5

    def slope(cell):
        bias, square = rows[[f"{cell}_draw_bias", f"{cell}_draw_square"]].to_numpy("float64").T
        return shrunk_slope(faded * bias, faded * square, 60.0)

    return pd.DataFrame(
        {f"draw_slope_{cell}": slope(cell) * from_middle for cell in ("rail", "going")},
        index=rows.index,
    )


@on_demand_feature_view(
    name="pace",
    sources=[
        horse_runs,
        early_curve,
        jockey_style,
        trainer_style,
        jockey_bias,
        style_cell,
        pace_today,
    ],
    schema=[
        Field(
            name=name,
            dtype=Float64,
            description=description,
            tags={"unit": unit},
        )
        for name, description, unit in (
            ("own_early", "As `early_mean`.", "share of the field"),
            (
                "own_lead",
                "Share of the last six starts that the horse led early, shrunk to 0.08.",
                "share of starts",
            ),
            (
                "early_always",
                "What horse, jockey, trainer and gear add to the forecast of the early position.",
                "share of the field",
            ),
            ("early_stall", "What the stall adds to it.", "share of the field"),
            ("early_distance", "What the change of distance adds to it.", "share of the field"),
            ("early_weight", "What the weight adds to it.", "share of the field"),
            ("stall_share", "Rank of the stall.", "share of the field"),
            ("metres_today", "Distance.", "metres"),
            (
                "cell_slope",
                "Slope of surprise on forecast early positions at this course, surface and "
                "distance, decayed over 250 days and shrunk to 0.",
                "normal scores a share of the field",
            ),
            (
                "jockey_slope",
                "The same of the jockey's mounts, decayed over 1000 days.",
                "normal scores a share of the field",
            ),
        )
    ],
    mode="pandas",
    description="Pace: who is likely to lead, and against whom",
    tags={
        **field_wide(
            "early_sprint",
            "How far forward the horse is forecast to lie early, less its race's mean and below 0 "
            "in front, in races up to 1,200 m; else 0.",
            "share of the field",
            missing_when=NO_CURVE,
            cold_when=NEVER_RUN,
            needs="early_position",
        ),
        **field_wide(
            "wide_and_fast",
            "Whether the stall is among the highest 30% and the horse is forecast to lie 0.1 of "
            "the field or more in front of the mean.",
            "0 or 1",
            missing_when=NO_CURVE,
            cold_when=NEVER_RUN,
            needs="early_position, stall",
        ),
        **field_wide(
            "style_bias",
            "What the price has missed of early pace at this course, surface and distance, for "
            "where the horse is forecast to lie.",
            "normal scores",
            missing_when=NO_CURVE,
            cold_when="not (cell_square > 0)",
            needs="early_position, price_curve",
        ),
        **field_wide(
            "jockey_style_bias",
            "The same for today's jockey.",
            "normal scores",
            missing_when=NO_CURVE,
            cold_when="not (jockey_square > 0)",
            needs="early_position, price_curve",
        ),
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
        **field_wide(
            "pace_pressure",
            "Where the horse is forecast to lie, times how much more than usual of the field is "
            "forecast to go on.",
            "shares of the field squared",
            missing_when=NO_CURVE,
            cold_when=NEVER_RUN,
            needs="early_position",
        ),
    },
)
def pace(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.decay import decay, shrunk_slope
    from velo.racing.early_pace import STYLE_DAYS, Styles, ingredients, inputs, shrunk_style
    from velo.racing.gear import first_time

    def of(*names):
        return rows[list(names)].to_numpy("float64").T

    def slope(which, tau):
        bias, square = of(f"{which}_bias", f"{which}_square") * decay(rows["race_date"], tau)
        return shrunk_slope(bias, square, 12.0)

    early = rows["recent_early"].astype("float64").fillna(0.5).to_numpy()
    led = rows["recent_led"].astype("float64").fillna(0.08).to_numpy()
    last, before, won, last_metres = of("last_early", "early_before", "last_won", "distance_1")
    people = of("jockey_late", "jockey_rides", "trainer_late", "trainer_rides")
    people = people * decay(rows["race_date"], STYLE_DAYS)
    stall, metres, pounds = of("draw_position", "distance_m", "pounds")
    gear = [first_time(text if isinstance(text, str) else None) for text in rows["gear"]]
    styles = Styles(
        mean=early,
        led=led,
        last=last,
        before_last=before,
        jockey=shrunk_style(*people[:2]),
        trainer=shrunk_style(*people[2:]),
        debut=(won != won).astype("float64"),
        last_metres=last_metres,
    )
    new_gear = pd.Series(gear, dtype="float64").to_numpy()
    values = inputs(styles, stall, metres, pounds, new_gear)
    coefficients = of(*(f"forecast_{nth}" for nth in range(1, 15))).T
    return pd.DataFrame(
        {
            "own_early": early,
            "own_lead": led,
            **ingredients(values, coefficients),
            "stall_share": stall,
            "metres_today": metres,
            "cell_slope": slope("cell", 250.0),
            "jockey_slope": slope("jockey", 1000.0),
        },
        index=rows.index,
    )
