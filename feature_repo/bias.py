"""Family 3: going, course and draw bias."""

import pandas as pd
from entities import course, distance_band, draw_third, going_group, horse, surface
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from sources import LASTING, offline_table
from today import bias_priors

horse_going = FeatureView(
    name="horse_going",
    entities=[horse, going_group],
    ttl=LASTING,
    source=offline_table("horse_going"),
    schema=[
        Field(name="going_wins", dtype=Float64),
        Field(name="going_expected", dtype=Float64),
    ],
)

horse_course = FeatureView(
    name="horse_course",
    entities=[horse, course],
    ttl=LASTING,
    source=offline_table("horse_course"),
    schema=[
        Field(name="course_wins", dtype=Float64),
        Field(name="course_expected", dtype=Float64),
    ],
)

draw_cell = FeatureView(
    name="draw_cell",
    entities=[course, surface, distance_band, going_group, draw_third],
    ttl=LASTING,
    source=offline_table("draw_cell"),
    schema=[
        Field(name="draw_wins", dtype=Float64),
        Field(name="draw_expected", dtype=Float64),
        Field(name="draw_wins_180d", dtype=Float64),
        Field(name="draw_expected_180d", dtype=Float64),
        Field(name="draw_variance_180d", dtype=Float64),
    ],
)

draw_distance = FeatureView(
    name="draw_distance",
    entities=[course, surface, distance_band, draw_third],
    ttl=LASTING,
    source=offline_table("draw_distance"),
    schema=[
        Field(name="draw_distance_wins", dtype=Float64),
        Field(name="draw_distance_expected", dtype=Float64),
    ],
)

draw_course = FeatureView(
    name="draw_course",
    entities=[course, draw_third],
    ttl=LASTING,
    source=offline_table("draw_course"),
    schema=[
        Field(name="draw_course_wins", dtype=Float64),
        Field(name="draw_course_expected", dtype=Float64),
    ],
)


@on_demand_feature_view(
    name="bias",
    sources=[horse_going, horse_course, draw_cell, draw_distance, draw_course, bias_priors],
    schema=[
        Field(
            name="course_going_iv",
            dtype=Float64,
            description="Geometric mean of the horse's career impact values on today's going group "
            "and at today's course, each shrunk towards 1.",
            tags={
                "unit": "wins an expected win",
                "cold_when": "not (going_expected > 0) and not (course_expected > 0)",
            },
        ),
        Field(
            name="draw_iv",
            dtype=Float64,
            description="Impact value of the draw cell, shrunk towards its course, surface, "
            "distance band and third, that towards the course and third, and that towards 1.",
            tags={
                "unit": "wins an expected win",
                "cold_when": "not (draw_course_expected > 0)",
            },
        ),
        Field(
            name="draw_bias_z",
            dtype=Float64,
            description="Wins of the draw cell over the last 180 days against the expected ones.",
            tags={
                "unit": "standard deviations",
                "cold_when": "not (draw_variance_180d > 0)",
            },
        ),
    ],
    mode="pandas",
    description="Going, course and draw bias: impact values shrunk towards their wider cells",
)
def bias(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.shrinkage import draw_z, impact_value

    levels = ("draw_course", "draw_distance", "draw")
    of_all = [
        f"{of}_{count}" for of in ("going", "course", *levels) for count in ("wins", "expected")
    ]
    recent = [f"draw_{count}_180d" for count in ("wins", "expected", "variance")]
    known = counts_of(rows, [*of_all, *recent, "horse_k", *(f"{level}_k" for level in levels)])

    def shrunk(of, strength, towards):
        return impact_value(known[f"{of}_wins"], known[f"{of}_expected"], known[strength], towards)

    stalls = 1.0
    for level in levels:
        stalls = shrunk(level, f"{level}_k", stalls)
    return pd.DataFrame(
        {
            "course_going_iv": (shrunk("going", "horse_k", 1.0) * shrunk("course", "horse_k", 1.0))
            ** 0.5,
            "draw_iv": stalls,
            "draw_bias_z": draw_z(*(known[name] for name in recent)),
        },
        index=rows.index,
    )
