"""What a person should know of a card's prices before believing its verdicts: a line for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from velo.live.card_file import CardRow
from velo.live.odds_taken import off_of
from velo.racing.price_clock import hour_in_words, later_kind
from velo.settings import PriceHours


def price_notes(
    kind: str | None,
    rows: Sequence[CardRow],
    runners: Sequence[Mapping[str, Any]],
    unknown: Collection[str],
    now: datetime,
    clock: PriceHours,
) -> list[str]:
    """On prices that were passed over, and on odds that later ones have followed.

    Args:
        kind: of the odds that were taken, None where there are none.
        rows: of the card or the price file.
        runners: with `off_at`, `off_zone`.
        unknown: kinds that cannot be known yet.
        now: with its zone.
        clock: the hours of prices that carry no time.
    """
    passed_over = sorted({name for row in rows for name in row.odds} & set(unknown) - {kind})
    notes = [
        f"{name} prices of the card are not read: they stand for {hour_in_words(name, clock)}, "
        "which is yet to come"
        for name in passed_over
    ]
    offs = {off for runner in runners if (off := off_of(runner)) is not None}
    followed = {later for off in offs if kind and (later := later_kind(kind, now, off, clock))}
    if kind and followed:
        notes.append(
            f"the odds are {kind} prices ({hour_in_words(kind, clock)}), and the hour of "
            f"{' and '.join(sorted(followed))} prices has passed: they may not be had any more"
        )
    return notes
