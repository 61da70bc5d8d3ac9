"""A family of one's own: how a horse does over today's distance.

The counts are those of `tables/horse_distance.sql`. Feast imports the modules of a feature repo by
their bare names, so `entities` and `sources` are the files beside this one.
"""

import pandas as pd
from bias import bias
from class_layoff import class_layoff
from entities import distance_band, horse
from feast import FeatureService, FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from form import form
from sources import LASTING, offline_table
from today import bias_priors
from velocity import velocity

horse_distance = FeatureView(
    name="horse_distance",
    entities=[horse, distance_band],
    ttl=LASTING,
    source=offline_table("horse_distance"),
    schema=[
        Field(name="distance_wins", dtype=Float64),
        Field(name="distance_expected", dtype=Float64),
    ],
)


@on_demand_feature_view(
    name="stamina",
    sources=[horse_distance, bias_priors],
    schema=[
        Field(
            name="distance_iv",
            dtype=Float64,
            description="Wins over this band of distances against those of a field of equals, "
            "shrunk towards 1.",
            tags={"unit": "impact value", "cold_when": "not (distance_expected > 0)"},
        )
    ],
    mode="pandas",
    description="Stamina: a horse's record over today's distance",
)
def stamina(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.shrinkage import impact_value

    known = counts_of(rows, ["distance_wins", "distance_expected", "horse_k"])
    value = impact_value(known["distance_wins"], known["distance_expected"], known["horse_k"], 1.0)
    return pd.DataFrame({"distance_iv": value}, index=rows.index)


with_stamina = FeatureService(
    name="with_stamina",
    features=[velocity, class_layoff, bias, form, stamina],
    description="The 21 features of v1.1.0 and the record over today's distance",
)
