"""What forecasts of early positions rest on, and what prices have missed of pace and stalls."""

from entities import (
    course,
    going_group,
    jockey,
    metres,
    race_code,
    rail_place,
    region,
    surface,
    trainer,
)
from sources import numbers

early_curve = numbers("early_curve", [region], [f"forecast_{nth}" for nth in range(1, 15)])
jockey_style = numbers("jockey_style", [jockey], ["jockey_late", "jockey_rides"])
trainer_style = numbers("trainer_style", [trainer], ["trainer_late", "trainer_rides"])
jockey_bias = numbers("jockey_bias", [jockey], ["jockey_bias", "jockey_square"])
style_cell = numbers(
    "style_cell", [course, surface, race_code, metres], ["cell_bias", "cell_square"]
)
rail_draw_cell = numbers(
    "rail_draw_cell",
    [course, surface, race_code, metres, rail_place],
    ["rail_draw_bias", "rail_draw_square"],
)
going_draw_cell = numbers(
    "going_draw_cell",
    [course, surface, race_code, going_group],
    ["going_draw_bias", "going_draw_square"],
)
