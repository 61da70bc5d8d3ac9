"""Columns that are known only after the race, under every spelling that files use."""

from __future__ import annotations

_PLACES = (
    "pos",
    "position",
    "finish_pos",
    "finish_position",
    "finishing_pos",
    "finishing_position",
    "final_pos",
    "final_position",
    "fin_pos",
    "fin_position",
    "official_position",
    "official_pos",
    "finish_place",
    "finishing_place",
    "race_position",
    "race_pos",
    "result_pos",
    "result_position",
    "placing",
    "placed",
    "place",
    "plc",
    "posn",
    "fpos",
    "finish",
    "fin",
    "finished",
    "finish_order",
    "finishing_order",
    "order_of_finish",
    "result",
    "race_result",
)

PLACES = tuple(
    dict.fromkeys(spelling for name in _PLACES for spelling in (name, name.replace("_", "")))
)
"""Columns that say where a runner finished. A file with one of them holds results, never a card.

The earlier one is believed where a file has several.
"""

AFTER_RACE = frozenset(PLACES) | frozenset(
    (
        "time",
        "secs",
        "seconds",
        "fin_time",
        "finish_time",
        "finishing_time",
        "race_time",
        "win_time",
        "winning_time",
        "winning_time_detail",
        "btn",
        "ovr_btn",
        "beaten",
        "btn_dist",
        "dist_btn",
        "distance_beaten",
        "beaten_lengths",
        "lengths",
        "lbw",
        "margin",
        "sp",
        "dec",
        "sp_dec",
        "bsp",
        "sp_decimal",
        "starting_price",
        "isp",
        "ip_min",
        "ip_max",
        "inplay_min",
        "inplay_max",
        "win_lose",
        "win_div",
        "place_div",
        "favourite",
        "comment",
        "comments",
        "in_running",
        "running_position",
        "analysis",
        "rpr",
        "ts",
        "tsr",
        "topspeed",
        "speed_figure",
        "pace",
        "pf_speed",
        "prize_won",
        "winnings",
        *(f"sec{section}" for section in range(1, 11)),
    )
)
"""Columns that a card reader may not take.

A card does carry `sp`, `rpr`, `ts` or `comment`: quoted odds, ratings of earlier races, a preview.
They are not this race's either, so none is ever read into a result.
"""
