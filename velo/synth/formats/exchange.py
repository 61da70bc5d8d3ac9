"""The exchange's price file: what was bet on each starter, without the suffix of its name."""

from __future__ import annotations

from datetime import date as day_of

from velo.racing.odds import decimal_odds
from velo.synth.formats import respelling as s
from velo.synth.formats.declaration import ColumnText, Format, Source

_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def _menu(course: str, date: str) -> str:
    """``GB / Lingfield 31st Dec``."""
    day = day_of.fromisoformat(date)
    name = s.bare(course).replace(" (AW)", "")
    when = f"{day.day}{_ENDINGS.get(day.day, 'th')} {day:%b}"
    return f"{s.country(course)} / {name} {when}"


def _when(date: str, off: str) -> str:
    return f"{day_of.fromisoformat(date):%d-%m-%Y} {s.afternoon(off)}"


def _near(factor: float) -> ColumnText:
    """A price near the starting price: an exchange takes no margin."""

    def price(sp: str) -> str:
        odds = decimal_odds(sp)
        return "" if odds is None else f"{1 + (odds - 1) * factor:.2f}"

    return ColumnText(("sp",), price)


_COLUMNS: dict[str, Source] = {
    "EVENT_ID": "race_id",
    "MENU_HINT": ColumnText(("course", "date"), _menu),
    "EVENT_NAME": "race_name",
    "EVENT_DT": ColumnText(("date", "off"), _when),
    "SELECTION_ID": s.NUMBER,
    "SELECTION_NAME": s.BARE_HORSE,
    "WIN_LOSE": ColumnText(("pos",), lambda pos: "1" if pos == "1" else "0"),
    "BSP": _near(1.15),
    "PPWAP": _near(1.12),
    "MORNINGWAP": _near(1.1),
    "PPMAX": _near(1.3),
    "PPMIN": _near(1.02),
    "IPMAX": _near(2.0),
    "IPMIN": _near(0.9),
    "MORNINGTRADEDVOL": "",
    "PPTRADEDVOL": "",
    "IPTRADEDVOL": "",
}

EXCHANGE = Format("exchange", _COLUMNS, {}, container="prices")
