"""One cell read independently: rules written from docs/data.md alone, not from `velo`.

A cell says which values the warehouse may hold for it and whether its failure must be reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

MISSING = {"", "-", "--", "---", "–", "—", "nan", "none", "null", "not found"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MARKS = r"(?:\s*(?:jt\.?\s*|co\.?\s*|[jc])?\s*(?:favourite|fav|f)|\s*[jc])?"


@dataclass(frozen=True)
class Cell:
    """What may stand in the warehouse.

    Attributes:
        values: every acceptable value; None among them where it may be left open.
        report: `no`: it is not counted as unread. `must`: it is. `if-null`: it is unless a value
            was read. `free`: either.
    """

    values: tuple[Any, ...]
    report: str = "no"

    def accepts(self, value: Any) -> bool:
        return any(_same(value, each) for each in self.values)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) < 1e-6 * max(1.0, abs(other))
    return bool(one == other)


NOTHING = Cell((None,))
UNREAD = Cell((None,), "must")


def exactly(value: Any) -> Cell:
    return Cell((value,))


def perhaps(*values: Any) -> Cell:
    """Read right, or left open and counted: never anything else."""
    return Cell((*values, None), "if-null")


def empty(text: str | None) -> bool:
    return text is None or text.strip().lower() in MISSING


def plain(text: str | None) -> Cell:
    return NOTHING if empty(text) else exactly((text or "").strip())


def odds(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = (text or "").replace("\xa0", " ").strip().lower()
    if re.fullmatch("ev(en)?s?" + _MARKS, written):
        return exactly(2.0)
    for joint in ("/", "-"):
        if m := re.fullmatch(rf"([1-9][\d,]*(?:\.\d+)?)\s*{joint}\s*([1-9]\d*){_MARKS}", written):
            return _price(1 + float(m[1].replace(",", "")) / int(m[2]))
    if re.fullmatch(r"\d+(\.\d+)?", written):
        return _price(float(written))
    if m := re.fullmatch(r"(\d+\.\d+)[fjc]+", written):
        return perhaps(float(m[1]))
    if m := re.fullmatch(r"(\d+),(\d{1,2})", written):
        return perhaps(float(f"{m[1]}.{m[2]}"))
    return UNREAD


def _price(value: float) -> Cell:
    return exactly(value) if 1 < value <= 1001 else UNREAD


def weight(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = (text or "").strip().lower()
    if m := re.fullmatch(r"(\d{1,2})(-|\s*st\s*)(\d{1,2})(?:\s*lbs?)?", written):
        padded = m[1].startswith("0") or (m[2] == "-" and len(m[3]) == 2 and m[3][0] == "0")
        pounds = int(m[1]) * 14 + int(m[3])
        return UNREAD if padded or int(m[3]) > 13 else _carried(float(pounds))
    if m := re.fullmatch(r"(\d{2,3}(?:\.\d+)?)(\s*lbs?)?", written):
        return perhaps(float(m[1])) if m[2] else _carried(float(m[1]))
    if m := re.fullmatch(r"(\d{2}(?:\.\d)?)\s*kg", written):
        return perhaps(float(m[1]) / 0.45359237)
    if m := re.fullmatch(r"(\d+)–(\d+)", written):
        return perhaps(float(int(m[1]) * 14 + int(m[2])))
    return UNREAD


def _carried(pounds: float) -> Cell:
    return exactly(pounds) if 84 <= pounds <= 210 else UNREAD


def distance(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = (text or "").strip().lower().replace("â", "").replace("Â".lower(), "")
    for sign, part in (("½", ".5"), ("¼", ".25"), ("¾", ".75")):
        written = written.replace(sign, part)
    if m := re.fullmatch(r"(\d{3,5})\s*m", written):
        return exactly(float(m[1])) if int(m[1]) >= 800 else UNREAD
    n = r"(\d*\.?\d+)"
    if not written or not (
        m := re.fullmatch(rf"(?:{n}\s*m)?\s*(?:{n}\s*f)?\s*(?:{n}\s*y(?:a?r?ds)?)?", written)
    ):
        return UNREAD
    miles, furlongs, yards = (float(part or 0) for part in m.groups())
    metres = miles * 1609.344 + furlongs * 201.168 + yards * 0.9144
    return exactly(metres) if 100 < metres < 12_000 else UNREAD


def whole(text: str | None, least: int = 0, most: int = 10_000) -> Cell:
    """A number without a fraction, `7` or `7.0`."""
    if empty(text):
        return NOTHING
    written = (text or "").strip()
    if m := re.fullmatch(r"(\d+)(?:\.0+)?", written):
        return exactly(int(m[1])) if least <= int(m[1]) <= most else UNREAD
    return _in_brackets(written) or UNREAD


def _in_brackets(written: str) -> Cell | None:
    m = re.fullmatch(r"\((\d+)\)", written)
    return perhaps(int(m[1])) if m else None


def stall(text: str | None) -> Cell:
    if not empty(text) and re.fullmatch(r"0+(\.0+)?", (text or "").strip()):
        return Cell((None,), "free")
    return whole(text, 1, 60)


def age(text: str | None) -> Cell:
    if not empty(text) and (m := re.fullmatch(r"(\d)yo", (text or "").strip())):
        return perhaps(int(m[1]))
    known = whole(text, 1)
    if known.values[0] is None or known.values[0] <= 20:
        return known
    return Cell((*known.values, None), "free") if known.values[0] < 40 else UNREAD


def number(text: str | None) -> tuple[Cell, Cell]:
    """The number on the saddlecloth and the letter of a coupled entry."""
    if not empty(text) and (m := re.fullmatch(r"(\d+)\s*([A-Za-z])", (text or "").strip())):
        return exactly(int(m[1])), exactly(m[2].upper())
    if not empty(text) and re.fullmatch(r"0+(\.0+)?|NR", (text or "").strip()):
        return Cell((None, 0), "free"), NOTHING
    return whole(text, 1), NOTHING


def rating(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = (text or "").strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", written):
        return exactly(float(written))
    if re.fullmatch(r"\d\.\d+E\+\d+", written):
        return perhaps(float(written))
    return _in_brackets(written) or UNREAD


_LENGTHS = {
    "nk": (0.2, 0.25, 0.3),
    "snk": (0.2, 0.25),
    "hd": (0.1, 0.2),
    "shd": (0.05, 0.1),
    "nse": (0.01, 0.05),
    "dht": (0.0,),
}


def beaten(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = (text or "").strip()
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", written):
        return exactly(float(written))
    if written.lower() in _LENGTHS:
        return perhaps(*_LENGTHS[written.lower()])
    if m := re.fullmatch(r"(\d*)([½¼¾])", written):
        return perhaps(int(m[1] or 0) + {"½": 0.5, "¼": 0.25, "¾": 0.75}[m[2]])
    if m := re.fullmatch(r"(\d+),(\d{1,2})", written):
        return perhaps(float(f"{m[1]}.{m[2]}"))
    return UNREAD


def seconds(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    m = re.fullmatch(r"(?:(\d{1,2})\s*[:m]\s*)?(\d{1,3}(?:\.\d+)?)\s*s?", (text or "").strip())
    if m is None:
        return UNREAD
    value = 60 * int(m[1] or 0) + float(m[2])
    if 0 <= value < 1e-9:
        return Cell((None,), "free")
    return exactly(value) if 20 <= value <= 1200 else UNREAD


def money(text: str | None) -> Cell:
    if empty(text):
        return NOTHING
    written = re.sub(r"^[£€$]\s*", "", (text or "").strip())
    if re.fullmatch(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?", written):
        return exactly(float(written.replace(",", "")))
    if m := re.fullmatch(r"(\d{1,3}(?:\.\d{3})+),(\d\d)", written):
        return perhaps(float(m[1].replace(".", "") + "." + m[2]))
    return UNREAD


WITHDRAWN = {"WV", "WV-A", "WX", "WX-A", "WXNR", "NR"}
FALLEN = {
    "PU",
    "F",
    "UR",
    "U",
    "SU",
    "RR",
    "R",
    "REF",
    "BD",
    "RO",
    "CO",
    "LFT",
    "DSQ",
    "DISQ",
    "DNF",
    "FE",
    "TNP",
    "NC",
}


def position(text: str | None, field: int, known: bool) -> tuple[Cell, Cell, bool]:
    """Status, place and whether the row itself is refused.

    `field` is how many ran: `known` where the file says so, else the rows of the race.
    """
    if empty(text):
        return Cell((None, "unknown")), NOTHING, False
    code = " ".join((text or "").split()).upper()
    if m := re.fullmatch(r"=?\s*(\d{1,5})(?:\.0+)?\s*(=|DH)?", code):
        place = int(m[1])
        if 1 <= place <= field:
            return exactly("finished"), exactly(place), False
        if 1 <= place <= 40 and not known:
            # A file may hold some runners of a race only.
            return Cell(("finished", "unknown", None)), perhaps(place), False
        return Cell(("finished", "unknown", None)), UNREAD, False
    for codes, status in ((WITHDRAWN, "withdrawn"), (FALLEN, "non-finisher"), ({"VOI"}, "void")):
        if code in codes:
            return exactly(status), NOTHING, False
    return NOTHING, UNREAD, True


_GOINGS = {
    "firm": "firm|hard",
    "good to firm": "good to firm|gd-fm|gd/fm|firm to good",
    "good": "good",
    "good to soft": "good to soft|good to yielding|yielding|gd-sft|dead",
    "soft": "soft|very soft|yielding to soft|soft to yielding",
    "heavy": "heavy|soft to heavy|holding",
    "fast": "fast|standard to fast",
    "standard": "standard",
    "slow": "slow|standard to slow",
    "wet": "wet|wet fast|wet slow|muddy|sloppy|sealed",
}
GROUP = {each: group for group, texts in _GOINGS.items() for each in texts.split("|")}


def going(text: str | None) -> Cell:
    """Its group."""
    if empty(text):
        return NOTHING
    written = re.sub(r"\s*[(,].*", "", " ".join((text or "").lower().split()))
    if m := re.fullmatch(r"([a-z]+) ?(\d|10)", written):
        written = "soft" if m[1] == "slow" else m[1]
    return exactly(GROUP[written]) if written in GROUP else UNREAD


def day(text: str | None, month_first: bool = False) -> date | None:
    written = (text or "").strip()[:11].strip().removesuffix(" 00").strip()
    written = re.sub(r"[ T]\d\d$|[ T]$", "", written)
    if m := re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", written):
        parts = (int(m[1]), int(m[2]), int(m[3]))
    elif m := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", written):
        first, second = (int(m[2]), int(m[1])) if month_first else (int(m[1]), int(m[2]))
        parts = (int(m[3]), second, first)
    elif (m := re.fullmatch(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4})", written)) and m[
        2
    ].lower() in MONTHS:
        parts = (int(m[3]), MONTHS.index(m[2].lower()) + 1, int(m[1]))
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def moves(comment: str | None) -> tuple[list[float], list[float]]:
    """Opening and touched prices at the end of a comment."""
    groups = re.findall(r"\(\s*((?:op|opened|tchd|touched)\b[^)]*)", comment or "", re.I)
    opening: list[float] = []
    touched: list[float] = []
    into = opening
    token = (
        r"\b(op(?:ened)?|tchd|touched)\b|(\s-\s)|(\d+(?:\.\d+)?\s*/\s*\d+|\d+\.\d+|\bev(?:en)?s\b)"
    )
    for word, dash, price in re.findall(token, groups[-1] if groups else "", re.I):
        if word:
            into = opening if word.lower().startswith("op") else touched
        elif dash:
            into = touched
        elif isinstance(value := odds(price).values[0], float):
            into.append(value)
    return opening, touched
