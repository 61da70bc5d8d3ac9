"""Twins of some of the 21 features that say the same in a form that a line can weigh."""

import pandas as pd
from bias import draw_cell, draw_course, draw_distance, horse_course
from class_layoff import horse_last_start, unraced
from entities import course, metres, stall, surface
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from sources import LASTING, offline_table
from today import bias_priors, rate_priors, today
from velocity import jockey_form, pair_form, trainer_form

draw_stall = FeatureView(
    name="draw_stall",
    entities=[course, surface, metres, stall],
    ttl=LASTING,
    source=offline_table("draw_stall"),
    schema=[
        Field(name="draw_stall_wins", dtype=Float64),
        Field(name="draw_stall_expected", dtype=Float64),
    ],
)


@on_demand_feature_view(
    name="connections",
    sources=[trainer_form, jockey_form, pair_form, rate_priors],
    schema=[
        *(
            Field(
                name=f"{who}_log_odds_90d",
                dtype=Float64,
                description=f"Log of the odds on a win at the {who}'s strike rate over the last 90 "
                "days, shrunk as `{who}_sr_90d` is.".replace("{who}", who),
                tags={"unit": "log odds", "cold_when": f"not ({who}_starts > 0)"},
            )
            for who in ("trainer", "jockey")
        ),
        Field(
            name="pair_uplift",
            dtype=Float64,
            description="The pair's strike rate over a year, shrunk towards what both 90-day rates "
            "let expect, less that: the odds of the rates multiplied, to those of the "
            "population's; within 0.3 of zero. Zero where they never met.",
            tags={"unit": "wins a start", "cold_when": "not (pair_starts_365d > 0)"},
        ),
    ],
    mode="pandas",
    description="Connections: trainer and jockey, alone as log odds and together by odds",
)
def connections(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.rate_odds import expected_together, log_odds
    from velo.racing.shrinkage import combo_uplift, eb_rate

    kinds = ("wins", "starts", "wins_90d", "starts_90d", "k0", "k1")
    of_both = [f"{who}_{kind}" for who in ("trainer", "jockey") for kind in kinds]
    known = counts_of(rows, [*of_both, "pair_wins_365d", "pair_starts_365d", "pair_k2", "p0"])

    def rate(who):
        wins, starts = known[f"{who}_wins_90d"], known[f"{who}_starts_90d"]
        return eb_rate(
            wins,
            starts,
            known[f"{who}_wins"] - wins,
            known[f"{who}_starts"] - starts,
            known[f"{who}_k1"],
            known[f"{who}_k0"],
            known["p0"],
        )

    trainer, jockey = rate("trainer"), rate("jockey")
    return pd.DataFrame(
        {
            "trainer_log_odds_90d": log_odds(trainer),
            "jockey_log_odds_90d": log_odds(jockey),
            "pair_uplift": combo_uplift(
                known["pair_wins_365d"],
                known["pair_starts_365d"],
                expected_together(trainer, jockey, known["p0"]),
                known["pair_k2"],
            ),
        },
        index=rows.index,
    )


@on_demand_feature_view(
    name="weights",
    sources=[horse_last_start, today],
    schema=[
        Field(
            name="weight_delta_same",
            dtype=Float64,
            description="Weight carried today less that of the last start, where the class "
            "level is the same; else 0.",
            tags={"unit": "pounds", "missing_when": unraced},
        ),
        Field(
            name="weight_delta_changed",
            dtype=Float64,
            description="Weight carried today less that of the last start, where the class "
            "level is another or is not known; else 0.",
            tags={"unit": "pounds", "missing_when": unraced},
        ),
    ],
    mode="pandas",
    description="Weights: the change of weight within a class level and between two",
)
def weights(facts: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.last_runs import split_by

    names = ["class_level", "pounds", "last_class_level", "last_pounds", "horse_starts"]
    level, pounds, last_level, last_pounds, starts = facts[names].to_numpy("float64").T
    same, changed = split_by(pounds - last_pounds, level == last_level, starts > 0)
    return pd.DataFrame(
        {"weight_delta_same": same, "weight_delta_changed": changed}, index=facts.index
    )


@on_demand_feature_view(
    name="ground",
    sources=[horse_course, draw_cell, draw_distance, draw_course, draw_stall, bias_priors],
    schema=[
        Field(
            name="course_iv",
            dtype=Float64,
            description="The horse's career impact value at today's course, shrunk towards 1 by a "
            "quarter of an expected win.",
            tags={"unit": "wins an expected win", "cold_when": "not (course_expected > 0)"},
        ),
        Field(
            name="draw_stall_iv",
            dtype=Float64,
            description="Impact value of the stall itself at today's course, surface and distance, "
            "shrunk towards `draw_iv`.",
            tags={
                "unit": "wins an expected win",
                "cold_when": "not (draw_course_expected > 0)",
                "needs": "stall",
            },
        ),
    ],
    mode="pandas",
    description="Ground: the course and the stall",
)
def ground(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.shrinkage import impact_value

    levels = {"draw_course": "draw_course_k", "draw_distance": "draw_distance_k"}
    levels |= {"draw": "draw_k", "draw_stall": "draw_k"}
    counts = [f"{of}_{count}" for of in ("course", *levels) for count in ("wins", "expected")]
    known = counts_of(rows, [*counts, *set(levels.values())])
    value = 1.0
    for level, strength in levels.items():
        value = impact_value(
            known[f"{level}_wins"], known[f"{level}_expected"], known[strength], value
        )
    course = impact_value(known["course_wins"], known["course_expected"], 0.25, 1.0)
    return pd.DataFrame({"course_iv": course, "draw_stall_iv": value}, index=rows.index)
