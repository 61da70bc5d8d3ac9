"""Family 1: trainer and jockey velocity."""

import pandas as pd
from entities import jockey, trainer
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64
from sources import LASTING, offline_table
from today import rate_priors


def counts(who: str) -> list[Field]:
    """Career wins and starts, and those of the windows."""
    return [
        Field(name=f"{who}_{count}{span}", dtype=dtype)
        for span in ("", "_14d", "_30d", "_90d")
        for count, dtype in (("wins", Float64), ("starts", Int64))
    ]


trainer_form = FeatureView(
    name="trainer_form",
    entities=[trainer],
    ttl=LASTING,
    source=offline_table("trainer_form"),
    schema=counts("trainer"),
)

jockey_form = FeatureView(
    name="jockey_form",
    entities=[jockey],
    ttl=LASTING,
    source=offline_table("jockey_form"),
    schema=counts("jockey"),
)

pair_form = FeatureView(
    name="pair_form",
    entities=[trainer, jockey],
    ttl=LASTING,
    source=offline_table("pair_form"),
    schema=[
        Field(name="pair_wins_365d", dtype=Float64),
        Field(name="pair_starts_365d", dtype=Int64),
    ],
)

strike_rates = [
    Field(
        name=f"{who}_sr_{days}d",
        dtype=Float64,
        description=f"The {who}'s strike rate over the last {days} days, shrunk towards the career "
        "before them, and that towards the population's.",
        tags={"unit": "wins a start", "cold_when": f"not ({who}_starts > 0)"},
    )
    for who in ("trainer", "jockey")
    for days in (14, 30, 90)
]


@on_demand_feature_view(
    name="velocity",
    sources=[trainer_form, jockey_form, pair_form, rate_priors],
    schema=[
        *strike_rates,
        Field(
            name="tj_combo_uplift",
            dtype=Float64,
            description="The pair's strike rate over a year, shrunk towards the mean of both "
            "90-day rates, less that mean; within 0.3 of zero. Zero where they never met.",
            tags={"unit": "wins a start", "cold_when": "not (pair_starts_365d > 0)"},
        ),
    ],
    mode="pandas",
    description="Trainer and jockey velocity: shrunk strike rates over rolling windows",
)
def velocity(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.shrinkage import combo_uplift, eb_rate

    kinds = [
        f"{count}{span}" for count in ("wins", "starts") for span in ("", "_14d", "_30d", "_90d")
    ]
    of_both = [f"{who}_{kind}" for who in ("trainer", "jockey") for kind in (*kinds, "k0", "k1")]
    known = counts_of(rows, [*of_both, "pair_wins_365d", "pair_starts_365d", "pair_k2", "p0"])
    rates = {}
    for who in ("trainer", "jockey"):
        for days in (14, 30, 90):
            wins, starts = known[f"{who}_wins_{days}d"], known[f"{who}_starts_{days}d"]
            rates[f"{who}_sr_{days}d"] = eb_rate(
                wins,
                starts,
                known[f"{who}_wins"] - wins,
                known[f"{who}_starts"] - starts,
                known[f"{who}_k1"],
                known[f"{who}_k0"],
                known["p0"],
            )
    rates["tj_combo_uplift"] = combo_uplift(
        known["pair_wins_365d"],
        known["pair_starts_365d"],
        (rates["trainer_sr_90d"] + rates["jockey_sr_90d"]) / 2,
        known["pair_k2"],
    )
    return pd.DataFrame(rates, index=rows.index)
