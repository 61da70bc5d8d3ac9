"""What is known only after the race, table by table, as the page on the data says it.

A column that is missing here could leak and no proof would see it: a test holds this list against
the page.
"""

from __future__ import annotations

KNOWN_AFTER: dict[str, tuple[str, ...]] = {
    "races": ("prize", "ran"),
    "horses": ("last_seen",),
    "results": (
        "position",
        "finish",
        "status",
        "seconds",
        "beaten",
        "rpr",
        "ts",
        "prize_won",
        "comment",
        "early_position",
    ),
    "race_flags": ("flag", "detail"),
    "sectionals": ("seconds",),
    "conflicts": ("kept", "other"),
}
"""Table of the warehouse -> its columns that come with the result, or later.

`races.prize` is the winner's where the source declares none. It stands for the advertised prize
(feature-rules.md, Class level), so the proofs leave the prize of the day itself as it is.
"""

KNOWN_BEFORE = ("evening", "breakfast", "morning", "open", "touched")
"""Kinds of price that are quoted before the off; every other kind is known at the off or after."""

LATE_PRICE = f"kind NOT IN ({', '.join(repr(kind) for kind in KNOWN_BEFORE)})"

COPIES = {
    "race_tellings": "races",
    "runner_tellings": "results",
    "earlier_races": "races",
    "earlier_results": "results",
    "earlier_sectionals": "sectionals",
    "earlier_prices_history": "prices_history",
}
"""Tables that hold the columns of another."""

STARTED = "status IN ('finished', 'non-finisher')"
"""Who came under orders. Who did not is known before the off (feature-rules.md, Words)."""
