"""Family 4: form curves over the last five starts."""

import pandas as pd
from entities import horse
from feast import FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from sources import LASTING, offline_table
from today import form_priors

horse_form = FeatureView(
    name="horse_form",
    entities=[horse],
    ttl=LASTING,
    source=offline_table("horse_form"),
    schema=[
        Field(name=f"{fact}_{run}", dtype=Float64)
        for fact in ("percentile", "ts", "rpr", "figure")
        for run in (1, 2, 3, 4, 5)
    ],
)

ratings_short = " and ".join(
    f"({' + '.join(f'({kind}_{run} == {kind}_{run})' for run in (1, 2, 3, 4, 5))}) < 3"
    for kind in ("ts", "rpr", "figure")
)


@on_demand_feature_view(
    name="form",
    sources=[horse_form, form_priors],
    schema=[
        Field(
            name="form_ewma",
            dtype=Float64,
            description="Mean finishing percentile, 0 last to 1 first, of the last five starts, "
            "each weighing 0.6 of the one after it. 0.5 before the first start.",
            tags={"unit": "share of the field", "cold_when": "percentile_1 != percentile_1"},
        ),
        Field(
            name="form_slope",
            dtype=Float64,
            description="Slope of the percentile from the oldest to the newest start: positive is "
            "improving.",
            tags={"unit": "percentile a run", "missing_when": "percentile_3 != percentile_3"},
        ),
        Field(
            name="form_var",
            dtype=Float64,
            description="Variance of the percentile, shrunk towards the population's.",
            tags={"unit": "percentile squared", "missing_when": "percentile_2 != percentile_2"},
        ),
        Field(
            name="ts_trend",
            dtype=Float64,
            description="Slope of past speed ratings of one source: the first of ts, rpr and the "
            "platform's own figure with three or more in the last five.",
            tags={"unit": "points a run", "missing_when": ratings_short},
        ),
    ],
    mode="pandas",
    description="Form curves: level, direction and spread of the last five runs",
)
def form(runs: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.form import ewma, first_known, ols_slope, sample_variance, shrunk_variance

    facts = ("percentile", "ts", "rpr", "figure")
    names = [f"{fact}_{run}" for fact in facts for run in (1, 2, 3, 4, 5)]
    table = runs[[*names, "form_k", "form_v0"]].to_numpy("float64")
    percentiles, *ratings = (table[:, i : i + 5] for i in (0, 5, 10, 15))
    starts = (percentiles == percentiles).sum(axis=1)
    return pd.DataFrame(
        {
            "form_ewma": ewma(percentiles, 0.6, unseen=0.5),
            "form_slope": ols_slope(percentiles),
            "form_var": shrunk_variance(
                sample_variance(percentiles), starts, table[:, 20], table[:, 21]
            ),
            "ts_trend": first_known(*map(ols_slope, ratings)),
        },
        index=runs.index,
    )
