"""Family 6, the part that reads decayed sums: who does better than the price, and where."""

import pandas as pd
from class_layoff import horse_last_start
from entities import class_cell, course, jockey, race_code, region, sire, surface, trainer
from feast import Entity, FeatureView, Field
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64
from sources import numbers
from today import today

RECENT = ("sur_60d", "priced_60d", "won_60d", "chance_60d")


def surprises(table: str, keys: list[Entity]) -> FeatureView:
    """The view of a table of decayed sums of surprise and priced runs."""
    return numbers(table, keys, [f"{table}_sur", f"{table}_priced"])


trainer_price, jockey_price = (
    numbers(
        f"{person.name}_price",
        [person],
        [f"{person.name}_{column}" for column in ("sur", "priced", *RECENT)],
    )
    for person in (trainer, jockey)
)
trainer_track = surprises("trainer_track", [trainer, course, surface, race_code])
jockey_level = surprises("jockey_level", [jockey, class_cell, race_code])
sire_surface = surprises("sire_surface", [sire, surface, race_code])
rest_starts = numbers(
    "rest_starts",
    [region, race_code],
    [f"rest_{count}_{cell}" for cell in range(30) for count in ("sur", "priced")],
)

SCORES = "normal scores a run"


@on_demand_feature_view(
    name="against_price",
    sources=[
        jockey_price,
        trainer_price,
        trainer_track,
        jockey_level,
        sire_surface,
        rest_starts,
        horse_last_start,
        today,
    ],
    schema=[
        Field(
            name="jockey_vs_price",
            dtype=Float64,
            description="How much better than their prices the jockey's mounts finished, decayed "
            "over 365 days and shrunk to 0 by 160 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (jockey_priced > 0)",
                "needs": "price_curve",
            },
        ),
        Field(
            name="jockey_ae_60d",
            dtype=Float64,
            description="The jockey's wins beyond those that the prices let expect, to each of "
            "those, decayed over 60 days and shrunk to 0 by 10 of them.",
            tags={"unit": "wins an expected win", "cold_when": "not (jockey_priced > 0)"},
        ),
        Field(
            name="trainer_vs_price",
            dtype=Float64,
            description="How much better than their prices the trainer's runners finished, decayed "
            "over 365 days and shrunk to 0 by 160 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (trainer_priced > 0)",
                "needs": "price_curve",
            },
        ),
        Field(
            name="trainer_vs_price_60d",
            dtype=Float64,
            description="The same, decayed over 60 days and shrunk by 80 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (trainer_priced > 0)",
                "needs": "price_curve",
            },
        ),
        Field(
            name="trainer_ae_60d",
            dtype=Float64,
            description="The trainer's wins beyond those that the prices let expect, to each of "
            "those, decayed over 60 days and shrunk to 0 by 10 of them.",
            tags={"unit": "wins an expected win", "cold_when": "not (trainer_priced > 0)"},
        ),
        Field(
            name="trainer_track_vs_price",
            dtype=Float64,
            description="How much better than their prices the trainer's runners finished on "
            "today's course and surface, decayed over 1000 days and shrunk to 0 by 42 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (trainer_track_priced > 0)",
                "needs": "price_curve",
            },
        ),
        Field(
            name="jockey_class_vs_price",
            dtype=Float64,
            description="How much better than their prices the jockey's mounts finished at today's "
            "class level, decayed over 1000 days and shrunk to 0 by 42 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (jockey_level_priced > 0)",
                "needs": "price_curve",
            },
        ),
        Field(
            name="sire_surface_vs_price",
            dtype=Float64,
            description="How much better than their prices the sire's offspring finished on "
            "today's surface, decayed over 1000 days and shrunk to 0 by 42 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "not (sire_surface_priced > 0)",
                "needs": "sire, price_curve",
            },
        ),
        Field(
            name="rest_starts_vs_price",
            dtype=Float64,
            description="How much better than their prices runners of the region finished that "
            "were rested as long and had started as often, decayed over 1000 days and shrunk to 0 "
            "by 85 runs.",
            tags={
                "unit": SCORES,
                "cold_when": "rest_priced_0 != rest_priced_0",
                "needs": "price_curve",
            },
        ),
    ],
    mode="pandas",
    description="Against the price: who does better than the market thinks, and where",
)
def against_price(rows: pd.DataFrame) -> pd.DataFrame:
    from velo.racing.counts import counts_of
    from velo.racing.decay import decay, shrunk_mean
    from velo.racing.layoff import days_away
    from velo.racing.rest import CELLS, cell_of

    people = [
        f"{person}_{column}"
        for person in ("jockey", "trainer")
        for column in ("sur", "priced", "sur_60d", "priced_60d", "won_60d", "chance_60d")
    ]
    cells = [
        f"{of}_{count}"
        for of in ("trainer_track", "jockey_level", "sire_surface")
        for count in ("sur", "priced")
    ]
    known = counts_of(rows, [*people, *cells, "horse_starts"])
    of_rest = cell_of(days_away(rows["race_date"], rows["last_start"]), known["horse_starts"])
    short, year, long = (decay(rows["race_date"], tau) for tau in (60, 365, 1000))
    for count in ("sur", "priced"):
        by_cell = counts_of(rows, [f"rest_{count}_{cell}" for cell in range(CELLS)])
        known[f"rest_{count}"] = sum(
            (of_rest == cell) * by_cell[f"rest_{count}_{cell}"] for cell in range(CELLS)
        )

    def score(of, strength, weight, total="sur", count="priced"):
        return shrunk_mean(
            known[f"{of}_{total}"] * weight, known[f"{of}_{count}"] * weight, strength
        )

    def ae(person):
        return score(person, 10, short, "won_60d", "chance_60d")

    return pd.DataFrame(
        {
            "jockey_vs_price": score("jockey", 160, year),
            "jockey_ae_60d": ae("jockey"),
            "trainer_vs_price": score("trainer", 160, year),
            "trainer_vs_price_60d": score("trainer", 80, short, "sur_60d", "priced_60d"),
            "trainer_ae_60d": ae("trainer"),
            "trainer_track_vs_price": score("trainer_track", 42, long),
            "jockey_class_vs_price": score("jockey_level", 42, long),
            "sire_surface_vs_price": score("sire_surface", 42, long),
            "rest_starts_vs_price": score("rest", 85, long),
        },
        index=rows.index,
    )
