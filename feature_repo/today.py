"""What a feature needs of today's race, and of the training run that fitted the priors."""

from feast import Field, RequestSource
from feast.types import Float64, String, UnixTimestamp

today = RequestSource(
    name="today",
    schema=[
        Field(name="race_date", dtype=UnixTimestamp),
        Field(name="class_level", dtype=Float64),
        Field(name="pounds", dtype=Float64),
        Field(name="official_rating", dtype=Float64),
    ],
)

run_today = RequestSource(
    name="run_today",
    schema=[
        Field(name="class_level", dtype=Float64),
        Field(name="pounds", dtype=Float64),
        Field(name="distance_m", dtype=Float64),
        Field(name="mark", dtype=Float64),
        Field(name="gear", dtype=String),
    ],
)

stall_today = RequestSource(name="stall_today", schema=[Field(name="draw_position", dtype=Float64)])

pace_today = RequestSource(
    name="pace_today",
    schema=[
        Field(name="race_date", dtype=UnixTimestamp),
        Field(name="distance_m", dtype=Float64),
        Field(name="pounds", dtype=Float64),
        Field(name="draw_position", dtype=Float64),
        Field(name="gear", dtype=String),
    ],
)

rider_today = RequestSource(name="rider_today", schema=[Field(name="rider", dtype=String)])

todays_prices = RequestSource(
    name="todays_prices",
    schema=[
        Field(name="log_chance", dtype=Float64),
        Field(name="log_chance_to_field", dtype=Float64),
        Field(name="first_log_chance", dtype=Float64),
        Field(name="late_log_chance", dtype=Float64),
        Field(name="snapshot_minutes", dtype=Float64),
    ],
)

rate_priors = RequestSource(
    name="rate_priors",
    schema=[
        Field(name="p0", dtype=Float64),
        Field(name="trainer_k0", dtype=Float64),
        Field(name="trainer_k1", dtype=Float64),
        Field(name="jockey_k0", dtype=Float64),
        Field(name="jockey_k1", dtype=Float64),
        Field(name="pair_k2", dtype=Float64),
    ],
)

bias_priors = RequestSource(
    name="bias_priors",
    schema=[
        Field(name="horse_k", dtype=Float64),
        Field(name="draw_k", dtype=Float64),
        Field(name="draw_distance_k", dtype=Float64),
        Field(name="draw_course_k", dtype=Float64),
    ],
)

form_priors = RequestSource(
    name="form_priors",
    schema=[Field(name="form_k", dtype=Float64), Field(name="form_v0", dtype=Float64)],
)

layoff_curve = RequestSource(
    name="layoff_curve",
    schema=[
        Field(name="layoff_knots", dtype=String),
        Field(name="sweet_spot_from", dtype=Float64),
        Field(name="sweet_spot_to", dtype=Float64),
    ],
)
