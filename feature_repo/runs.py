"""Families 6 to 8, the parts that read a horse's last starts."""

import pandas as pd
from entities import horse
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, String
from sources import LASTING, offline_table
from today import run_today

TEN = range(1, 11)

horse_runs = FeatureView(
    name="horse_runs",
    entities=[horse],
    ttl=LASTING,
    source=offline_table("horse_runs"),
    schema=[
        Field(name="recent_liking", dtype=Float64),
        Field(name="score_spread", dtype=Float64),
        Field(name="recent_top3", dtype=Float64),
        Field(name="recent_early", dtype=Float64),
        Field(name="recent_led", dtype=Float64),
        Field(name="last_early", dtype=Float64),
        Field(name="early_before", dtype=Float64),
        Field(name="last_won", dtype=Float64),
        Field(name="last_log_chance", dtype=Float64),
        Field(name="usual_pounds", dtype=Float64),
        Field(name="best_mark", dtype=Float64),
        Field(name="last_jockey", dtype=String),
        Field(name="last_gear", dtype=String),
        *(
            Field(name=f"{fact}_{run}", dtype=Float64)
            for fact in ("sur", "distance", "level")
            for run in TEN
        ),
    ],
)

NEVER_RUN = "last_won != last_won"


@on_demand_feature_view(
    name="own_price",
    sources=[horse_runs, run_today],
    schema=[
        Field(
            name="liked_and_beaten",
            dtype=Float64,
            description="How much better the horse was thought of than it ran: the log of its "
            "price less 1.1 times the normal score of its finish, each the mean of the last six "
            "starts, each weighing 0.85 of the one after it.",
            tags={"unit": "normal scores", "cold_when": "recent_liking != recent_liking"},
        ),
        Field(
            name="surprise_distance",
            dtype=Float64,
            description="How much better than its price the horse finished within 100 m of today's "
            "distance, among its last ten starts, shrunk to 0 by 3 runs.",
            tags={
                "unit": "normal scores a run",
                "cold_when": NEVER_RUN,
                "needs": "price_curve",
            },
        ),
        Field(
            name="surprise_class",
            dtype=Float64,
            description="How much better than its price the horse finished at today's class level, "
            "among its last ten starts, shrunk to 0 by 3 runs.",
            tags={
                "unit": "normal scores a run",
                "cold_when": NEVER_RUN,
                "needs": "price_curve",
            },
        ),
    ],
    mode="pandas",
    description="The horse against its own prices",
)
def own_price(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.last_runs import over_distance, surprise_of

    def last_ten(fact):
        return rows[[f"{fact}_{run}" for run in range(1, 11)]].to_numpy("float64")

    surprises = last_ten("sur")
    metres, level = rows[["distance_m", "class_level"]].to_numpy("float64").T
    return pd.DataFrame(
        {
            "liked_and_beaten": rows["recent_liking"].astype("float64").fillna(0.0),
            "surprise_distance": surprise_of(
                surprises, over_distance(last_ten("distance"), metres)
            ),
            "surprise_class": surprise_of(surprises, last_ten("level") == level[:, None]),
        },
        index=rows.index,
    )


@on_demand_feature_view(
    name="steadiness",
    sources=[horse_runs],
    schema=[
        Field(
            name="spread",
            dtype=Float64,
            description="Variance of the normal score of the last eight finishes, shrunk to 0.6 by "
            "4 starts.",
            tags={"unit": "normal scores squared", "cold_when": NEVER_RUN},
        ),
        Field(
            name="top3_rate",
            dtype=Float64,
            description="Share of the last ten starts among the first three, each weighing 0.95 of "
            "the one after it, shrunk to 0.25 by 3 starts.",
            tags={"unit": "share of starts", "cold_when": NEVER_RUN},
        ),
        Field(
            name="won_last",
            dtype=Float64,
            description="Whether the horse won its last start.",
            tags={"unit": "0 or 1", "cold_when": NEVER_RUN},
        ),
    ],
    mode="pandas",
    description="Steadiness: how often the horse was near, and how alike its finishes are",
)
def steadiness(runs: pd.DataFrame) -> pd.DataFrame:
    columns = runs[["score_spread", "recent_top3", "last_won"]].astype("float64")
    return pd.DataFrame(
        {
            "spread": columns["score_spread"].fillna(0.6),
            "top3_rate": columns["recent_top3"].fillna(0.25),
            "won_last": columns["last_won"].fillna(0.0),
        },
        index=runs.index,
    )


@on_demand_feature_view(
    name="change",
    sources=[horse_runs, run_today],
    schema=[
        Field(
            name="weight_vs_usual",
            dtype=Float64,
            description="Weight carried today less the usual one: the mean of the last five "
            "starts, each weighing 0.9 of the one after it. 0 on debut.",
            tags={
                "unit": "pounds",
                "missing_when": "pounds != pounds and usual_pounds == usual_pounds",
                "cold_when": "usual_pounds != usual_pounds",
            },
        ),
        Field(
            name="mark_vs_best",
            dtype=Float64,
            description="Today's mark less the best of the last ten starts; a mark is the official "
            "rating, or in Hong Kong what band and weight say.",
            tags={
                "unit": "pounds of rating",
                "missing_when": "mark != mark or best_mark != best_mark",
                "needs": "official_rating or rating_band",
            },
        ),
        Field(
            name="gear_off",
            dtype=Float64,
            description="Whether something that was worn at the last start is not worn today.",
            tags={"unit": "0 or 1", "cold_when": NEVER_RUN, "needs": "gear"},
        ),
        Field(
            name="distance_change",
            dtype=Float64,
            description="Today's distance less the last start's, 1 being 200 m. 0 on debut.",
            tags={
                "unit": "200 metres",
                "missing_when": "distance_m != distance_m and distance_1 == distance_1",
                "cold_when": "distance_1 != distance_1",
            },
        ),
    ],
    mode="pandas",
    description="Change: what is otherwise than at the last starts",
)
def change(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.gear import taken_off
    from velo.racing.last_runs import less_usual

    names = ["pounds", "usual_pounds", "mark", "best_mark", "distance_m", "distance_1"]
    pounds, usual, mark, best, metres, last = rows[names].to_numpy("float64").T
    gear = [
        taken_off(*(text if isinstance(text, str) else None for text in pair))
        for pair in zip(rows["last_gear"], rows["gear"], strict=True)
    ]
    return pd.DataFrame(
        {
            "weight_vs_usual": less_usual(pounds, usual),
            "mark_vs_best": mark - best,
            "gear_off": pd.array(gear, dtype="float64"),
            "distance_change": less_usual(metres, last) / 200.0,
        },
        index=rows.index,
    )
