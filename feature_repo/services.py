"""Which features a model sees, in which order."""

from bias import bias
from class_layoff import class_layoff
from discovery_days import discovered_on
from feast import FeatureService
from form import form
from mended import connections, ground, weights
from pace import pace, stalls, style
from price_moves import price_moves
from prices import against_price
from ratings import horse_parts, new_people, ratings
from riders import riders
from runs import change, own_price, steadiness
from velocity import velocity

velo_v1_1_0 = FeatureService(
    name="velo_v1_1_0",
    features=[velocity, class_layoff, bias, form],
    description="The 21 features of v1.1.0 in four families",
)

velo_v1_1_1 = FeatureService(
    name="velo_v1_1_1",
    features=[
        connections,
        class_layoff[
            [
                "class_drop",
                "classdrop_flag",
                "layoff_days",
                "layoff_penalty",
                "freshness_flag",
                "or_delta",
            ]
        ],
        weights,
        ground,
        bias[["draw_bias_z"]],
        form,
    ],
    description="The features of v1.1.0, some of them by mended twins",
)

velo_prices_v1 = FeatureService(
    name="velo_prices_v1",
    features=[against_price],
    description="Against past prices alone: nine features of decayed sums",
)

velo_runs_v1 = FeatureService(
    name="velo_runs_v1",
    features=[own_price, steadiness, change, riders],
    description="What a horse's last starts were, and what is otherwise today: twelve features",
)

velo_pace_v1 = FeatureService(
    name="velo_pace_v1",
    features=[style, stalls, pace],
    description="Pace and style: where horses lie early, and what the price misses of it: eleven "
    "features",
)

velo_ratings_v1 = FeatureService(
    name="velo_ratings_v1",
    features=[horse_parts, ratings, new_people],
    description="What a day-by-day rating says of horses and people, and speed figures: nine "
    "features",
)

velo_v1_2_0 = FeatureService(
    name="velo_v1_2_0",
    features=[
        style,
        stalls,
        pace,
        horse_parts,
        against_price,
        own_price,
        ratings,
        steadiness,
        change,
        riders,
        new_people,
        class_layoff[["class_drop"]],
    ],
    description="The 42 features of v1.2.0: pace, market, ratings and figures, and what changed",
    tags=discovered_on(("HK", "2014-01-01", "2020-12-31")),
)

velo_market = FeatureService(
    name="velo_market",
    features=[price_moves],
    description="Today's price and how it moved, beside another service: seven features",
)
