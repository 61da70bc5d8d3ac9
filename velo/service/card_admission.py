"""Which cards the service takes: those with a race that can still be predicted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from velo.errors import InputError
from velo.live.card import Card, race_name
from velo.live.card_file import card_rows, check_card
from velo.live.deadline import over_everywhere
from velo.live.refusals import refusal
from velo.service.card_body import ROWS_SHOWN, renamed
from velo.settings import Live


def require_to_come(path: Path, now: datetime) -> None:
    """See that a card is not of days that are over everywhere, by its rows alone.

    Raises:
        InputError: it is; or it is no card.
    """
    try:
        days = {row.day for row in card_rows(check_card(path)) if row.day is not None}
    except InputError as error:
        raise renamed(error) from None
    if days and now >= over_everywhere(max(days)):
        raise InputError(
            f"no race can be predicted: {ROWS_SHOWN} is for {max(days)}, which is over; load its "
            "results with `velo results`"
        )


def require_open(card: Card, now: datetime, live: Live) -> None:
    """See that a race of a card can still be predicted, before anything of the card is kept.

    Raises:
        InputError: every race is past its off, has a result or cannot be scored.
    """
    rows = card.entries.to_pylist()
    first = {row["race_id"]: row for row in reversed(rows)}
    shut = {}
    for race, row in first.items():
        size = sum(each["race_id"] == race for each in rows)
        closure = refusal(row, size, race in card.incomplete, now, False, live)
        if closure is None:
            return
        # Nobody may post a card in order to fill it in afterwards.
        shut[race] = f"{race_name(row)}: {closure.why.partition('; --backfill')[0]}"
    if shut:
        raise InputError(f"no race can be predicted: {next(iter(shut.values()))}")
