"""Family 7: ratings that move with every day's races, and what a change of people means by them."""

import pandas as pd
from class_layoff import horse_last_start
from entities import horse, jockey, trainer
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, UnixTimestamp
from sources import LASTING, offline_table
from whole_races import field_wide

horse_ratings = FeatureView(
    name="horse_ratings",
    entities=[horse],
    ttl=LASTING,
    source=offline_table("horse_ratings"),
    schema=[
        Field(name="horse_rank_rating", dtype=Float64),
        Field(name="horse_margin_rating", dtype=Float64),
        Field(name="horse_price_rating", dtype=Float64),
        Field(name="last_jockey_rating", dtype=Float64),
        Field(name="last_trainer_rating", dtype=Float64),
        Field(name="best_figure", dtype=Float64),
    ],
)

jockey_ratings = FeatureView(
    name="jockey_ratings",
    entities=[jockey],
    ttl=LASTING,
    source=offline_table("jockey_ratings"),
    schema=[Field(name="jockey_rank_rating", dtype=Float64)],
)

trainer_ratings = FeatureView(
    name="trainer_ratings",
    entities=[trainer],
    ttl=LASTING,
    source=offline_table("trainer_ratings"),
    schema=[
        Field(name="trainer_rank_rating", dtype=Float64),
        Field(name="trainer_margin_rating", dtype=Float64),
        Field(name="trainer_price_rating", dtype=Float64),
    ],
)

horse_stable = FeatureView(
    name="horse_stable",
    entities=[horse, trainer],
    ttl=LASTING,
    source=offline_table("horse_stable"),
    schema=[Field(name="stable_last_start", dtype=UnixTimestamp)],
)


RATINGS = {
    "margin": ("rating_margin", "compressed lengths", "2.6 compressed lengths"),
    "rank": ("rating_rank", "finishing order", "standard normal scores"),
    "price": ("price_rating", "the logs of its prices", "log price"),
}
"""What a rating follows: its feature, and the same in words with its unit."""


@on_demand_feature_view(
    name="horse_parts",
    sources=[horse_ratings],
    schema=[
        Field(
            name=f"horse_{kind}_part",
            dtype=Float64,
            description=f"The horse's rating by {words}, before the day; none before its first "
            "start.",
            tags={"unit": unit},
        )
        for kind, (_, words, unit) in RATINGS.items()
    ],
    mode="pandas",
    description="Ratings of horses by margin, finishing order and price",
    tags={
        tag: text
        for kind, (feature, words, unit) in RATINGS.items()
        for tag, text in field_wide(
            feature,
            f"The horse's rating by {words}, before the day. A newcomer has the mean of the "
            "field's others.",
            unit,
            cold_when=f"horse_{kind}_rating != horse_{kind}_rating",
        ).items()
    },
)
def horse_parts(known: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            f"horse_{kind}_part": known[f"horse_{kind}_rating"]
            for kind in ("margin", "rank", "price")
        },
        index=known.index,
    ).astype("float64")


@on_demand_feature_view(
    name="ratings",
    sources=[horse_ratings, trainer_ratings],
    schema=[
        *(
            Field(
                name=f"{feature}_trainer",
                dtype=Float64,
                description=f"The trainer's rating by {words}, before the day; 0 of one without "
                "runners.",
                tags={"unit": unit, "cold_when": f"trainer_{kind}_rating != trainer_{kind}_rating"},
            )
            for kind, (feature, words, unit) in RATINGS.items()
        ),
        Field(
            name="figure_best3",
            dtype=Float64,
            description="The best of the platform's own speed figures of the last three starts.",
            tags={
                "unit": "points of 1000 ln(seconds)",
                "missing_when": "best_figure != best_figure",
            },
        ),
    ],
    mode="pandas",
    description="Ratings of trainers by margin, finishing order and price, and speed figures",
)
def ratings(known: pd.DataFrame) -> pd.DataFrame:
    features = {"margin": "rating_margin", "rank": "rating_rank", "price": "price_rating"}
    columns = {
        f"{feature}_trainer": known[f"trainer_{kind}_rating"].astype("float64").fillna(0.0)
        for kind, feature in features.items()
    }
    columns["figure_best3"] = known["best_figure"].astype("float64")
    return pd.DataFrame(columns, index=known.index)


@on_demand_feature_view(
    name="new_people",
    sources=[horse_ratings, jockey_ratings, trainer_ratings, horse_stable, horse_last_start],
    schema=[
        Field(
            name="jockey_up",
            dtype=Float64,
            description="The jockey's rating by finishing order less that of the last start's "
            "jockey, as it stood before that start. One who was never seen counts as 0. 0 before "
            "the first start.",
            tags={
                "unit": "standard normal scores",
                "cold_when": "horse_rank_rating != horse_rank_rating",
            },
        ),
        Field(
            name="new_stable_up",
            dtype=Float64,
            description="The same of the trainer, on the first start since the horse ran for "
            "another; else 0.",
            tags={
                "unit": "standard normal scores",
                "cold_when": "horse_rank_rating != horse_rank_rating",
            },
        ),
    ],
    mode="pandas",
    description="Change of jockey and stable, by what they are worth",
)
def new_people(known: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.layoff import days_away

    people = ("jockey", "trainer")
    # Before the first start there is nobody to compare with.
    raced = known["horse_rank_rating"].notna()
    names = [f"{who}_rank_rating" for who in people] + [f"last_{who}_rating" for who in people]
    rating = counts_of(known, names)
    up = {who: rating[f"{who}_rank_rating"] - rating[f"last_{who}_rating"] for who in people}
    stayed = days_away(known["last_start"], known["stable_last_start"]) == 0
    return pd.DataFrame(
        {
            "jockey_up": up["jockey"] * raced,
            "new_stable_up": up["trainer"] * (raced & ~stayed),
        },
        index=known.index,
    )
