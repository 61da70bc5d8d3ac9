"""Oddities to plant, by field, each with what must become of it.

The lists are those of data-oddities.md, widened: other values of one kind.
"""

from __future__ import annotations

from typing import Any

from tests.differential.cells import FALLEN, NOTHING, UNREAD, Cell, exactly, perhaps

FREE = Cell((None,), "free")
_DAMAGED = (
    "07-Feb",
    "09-Apr",
    "11-Apr",
    "05-Feb",
    "Feb-07",
    "13-Aug",
    "01-Jan",
    "2019-02-07",
    "04-Jul-22",
)

ODDS = {
    **{
        text: exactly(value)
        for text, value in {
            "2/1F": 3.0,
            "11/4F": 3.75,
            "7/2J": 4.5,
            "3/1C": 4.0,
            "EvensF": 2.0,
            "Evs": 2.0,
            "133/10": 14.3,
            "5.5": 5.5,
            "5/2 fav": 3.5,
            "11-4": 3.75,
            "1,000/1": 1001.0,
            "100/30": 13 / 3,
            "EVENS": 2.0,
            "evsF": 2.0,
            "8/11 F": 1 + 8 / 11,
            "9/4 jf": 3.25,
            "7/2 Jt Fav": 4.5,
            "10/3 co fav": 13 / 3,
            "13-8": 2.625,
            "100-30": 13 / 3,
            " 9/1 ": 10.0,
            "5/1 FAV": 6.0,
            "500/1": 501.0,
            "1000/1": 1001.0,
            "2 / 1": 3.0,
            "Evens fav": 2.0,
        }.items()
    },
    **dict.fromkeys(("", "-", "--", "---", "–", "—", "NaN", "null", "None"), NOTHING),
    **dict.fromkeys(
        (
            *_DAMAGED,
            "45293",
            "43872",
            "1002/1",
            "2000/1",
            "5/0",
            "0/1",
            "1.0",
            "0.5",
            "SP",
            "N/A",
            "+250",
            "5/2/1",
            "inf",
            "1e3",
            "??",
            "#VALUE!",
            "4/",
        ),
        UNREAD,
    ),
    "1,80": perhaps(1.8),
    "3.50F": perhaps(3.5),
}
WEIGHTS = {
    **{
        text: exactly(value)
        for text, value in {
            "9-4": 130.0,
            "130": 130.0,
            "9st 4lb": 130.0,
            "8st 13lb": 125.0,
            "10st 0lb": 140.0,
            "9st4lb": 130.0,
            "11-12": 166.0,
            "126.0": 126.0,
            " 8-7": 119.0,
            "9st 4": 130.0,
        }.items()
    },
    **dict.fromkeys(("", "-", "–"), NOTHING),
    **dict.fromkeys(
        (
            "09-Apr",
            "08-Dec",
            "08-Oct",
            "09-Feb",
            "20-0",
            "280",
            "9-15",
            "9-14",
            "58.5",
            "9.4",
            "45293",
            "2019-09-04",
            "heavy",
        ),
        UNREAD,
    ),
    "9–4": perhaps(130.0),
    "126 lb": perhaps(126.0),
    "59kg": perhaps(59 / 0.45359237),
}
F, Y, M = 201.168, 0.9144, 1609.344
DISTANCES = {
    "1m2½f": exactly(M + 2.5 * F),
    "½f": exactly(F / 2),
    "1m": exactly(M),
    "5½f": exactly(5.5 * F),
    "2m3½f": exactly(2 * M + 3.5 * F),
    "1650M": exactly(1650.0),
    "1m 2f 42y": exactly(M + 2 * F + 42 * Y),
    "7Â½f": exactly(7.5 * F),
    "1mÂ½f": exactly(M + F / 2),
    "2m149y": exactly(2 * M + 149 * Y),
    "16f": exactly(16 * F),
    "1200m": exactly(1200.0),
    "1m2.5f": exactly(M + 2.5 * F),
    "1m2f42yds": exactly(M + 2 * F + 42 * Y),
    "1m¼f": exactly(M + F / 4),
    **dict.fromkeys(("", "–"), NOTHING),
    **dict.fromkeys(("1600", "8", "45m", "about a mile", "12.5", "0f", "01-Feb"), UNREAD),
}
GOINGS = {
    "Gd-Fm": exactly("good to firm"),
    "Good To Firm (Good in places)": exactly("good to firm"),
    "WET SLOW": exactly("wet"),
    "YIELDING TO SOFT": exactly("soft"),
    "Dead5": exactly("good to soft"),
    "Slow6": exactly("soft"),
    "Very Soft": exactly("soft"),
    "Gd/Fm": exactly("good to firm"),
    "Gd-Sft": exactly("good to soft"),
    "Muddy": exactly("wet"),
    "Standard To Slow": exactly("slow"),
    "HOLDING": exactly("heavy"),
    "": NOTHING,
    "Bottomless": UNREAD,
    "??": UNREAD,
    "7": UNREAD,
}
DRAWS = {
    "0": FREE,
    "0.0": FREE,
    "4.0": exactly(4),
    "14": exactly(14),
    "": NOTHING,
    "–": NOTHING,
    "A": UNREAD,
    "99": UNREAD,
    "2.5": UNREAD,
    "(5)": perhaps(5),
    "04-May": UNREAD,
}
AGES = {
    "4.0": exactly(4),
    "12": exactly(12),
    "": NOTHING,
    "310": UNREAD,
    "3yo": perhaps(3),
    "3.5": UNREAD,
    "31": Cell((31, None), "free"),
    "??": UNREAD,
}
RATINGS = {
    "–": NOTHING,
    "-": NOTHING,
    "": NOTHING,
    "72.0": exactly(72.0),
    "1O2": UNREAD,
    "(72)": perhaps(72.0),
    "72d": UNREAD,
    "7.2E+01": perhaps(72.0),
    "tbc": UNREAD,
}
BEATEN = {
    "6.75": exactly(6.75),
    ".75": exactly(0.75),
    "-": NOTHING,
    "": NOTHING,
    "1½": perhaps(1.5),
    "½": perhaps(0.5),
    "1,5": perhaps(1.5),
    "3¼": perhaps(3.25),
    "nk": perhaps(0.2, 0.25, 0.3),
    "dist": UNREAD,
    "a mile": UNREAD,
}
TIMES = {
    "1:54.79": exactly(114.79),
    "4:1.70": exactly(241.7),
    "59.67": exactly(59.67),
    "0:59.67": exactly(59.67),
    "1m 54.79s": exactly(114.79),
    "1:0.22": exactly(60.22),
    "-": NOTHING,
    "": NOTHING,
    "54:47.9": UNREAD,
    "0.0013": UNREAD,
    "fast": UNREAD,
}
PRIZES = {
    "3493.26": exactly(3493.26),
    "€7079.65": exactly(7079.65),
    "£4,187": exactly(4187.0),
    "1,250.50": exactly(1250.5),
    "$12000": exactly(12000.0),
    "": NOTHING,
    "–": NOTHING,
    "1.250,50": perhaps(1250.5),
    "lots": UNREAD,
}
NUMBERS = {
    "7.0": (exactly(7), NOTHING),
    "1A": (exactly(1), exactly("A")),
    "2b": (exactly(2), exactly("B")),
    "": (NOTHING, NOTHING),
    "2.5": (UNREAD, NOTHING),
    "#": (UNREAD, NOTHING),
    "11.0": (exactly(11), NOTHING),
    "01-Jan": (UNREAD, NOTHING),
}
POSITIONS = {
    "6.0": 6,
    "1 DH": 1,
    "2 DH": 2,
    "1=": 1,
    "=2": 2,
    "01": 1,
    "99": None,
    "45293": None,
    **dict.fromkeys(("WV", "WV-A", "WX", "WX-A", "WXNR", "NR"), "withdrawn"),
    **dict.fromkeys((*sorted(FALLEN), "pu"), "non-finisher"),
    "VOI": "void",
    "??": "?",
    "02-Jan": "?",
}
"""A place, a status, None for a place beyond the field, `?` for a row that is refused."""

OFFS = {"TBC": UNREAD, "25:99": UNREAD, "noon-ish": UNREAD}

BY_FIELD: dict[str, dict[str, Any]] = {
    "sp": ODDS,
    "weight": WEIGHTS,
    "distance": DISTANCES,
    "going_group": GOINGS,
    "draw": DRAWS,
    "age": AGES,
    "official_rating": RATINGS,
    "rpr": RATINGS,
    "ts": RATINGS,
    "beaten": BEATEN,
    "seconds": TIMES,
    "prize": PRIZES,
    "number": NUMBERS,
    "position": POSITIONS,
    "off": OFFS,
}
OF_THE_RACE = frozenset({"distance", "going_group", "off"})
"""Fields of the race: the oddity stands in every row of it."""
