"""The format-years in which a world can be written, by name."""

from __future__ import annotations

from velo.errors import InputError
from velo.synth.formats import cards, exchange, flat, racing_api, rpscrape
from velo.synth.formats.declaration import Format

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        flat.RACEFORM,
        flat.RACEFORM_24H,
        rpscrape.RPSCRAPE,
        rpscrape.RPSCRAPE_2021,
        rpscrape.RPSCRAPE_2020,
        rpscrape.RPSCRAPE_2019,
        rpscrape.RPSCRAPE_2019_JAN,
        rpscrape.RPSCRAPE_2018,
        flat.RACING_DATA,
        racing_api.RACING_API,
        exchange.EXCHANGE,
        cards.RACECARD,
        cards.RACECARD_JSON,
        cards.RACECARD_JSON_2026,
        cards.RACING_API_CARD,
    )
}


def named(name: str) -> Format:
    """The format-year of a name.

    Raises:
        InputError: there is none.
    """
    if name not in FORMATS:
        raise InputError(f"there is no format {name!r}: give --format one of {', '.join(FORMATS)}")
    return FORMATS[name]
