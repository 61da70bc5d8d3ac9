"""What each field's text is read as: the rules of `velo.racing`, by the columns they read.

A rule is a scalar function. The rule that reads one card's runner is the rule that reads eleven
years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from velo.racing import reason
from velo.racing.age import years
from velo.racing.beaten import lengths
from velo.racing.class_level import declared_level, has_no_level
from velo.racing.courses import course, course_key
from velo.racing.distance import distance_band, distance_written
from velo.racing.early_position import first_call, letter_position, running_positions
from velo.racing.finish import finish
from velo.racing.going import going_group
from velo.racing.names import horse_name, person_name, stable_id
from velo.racing.numerals import number, whole
from velo.racing.odds import opening_and_touched
from velo.racing.off_time import hh_mm, off_time
from velo.racing.prize import amount
from velo.racing.race_time import time_written
from velo.racing.racing_day import First, racing_day
from velo.racing.rail import rail
from velo.racing.reason import Bound, Fault
from velo.racing.saddlecloth import saddlecloth
from velo.racing.stall import stall
from velo.racing.surface import declared_surface, surface
from velo.racing.weight import weight_written

_COUNTRY = re.compile(r"[A-Z]{2,3}")

# The last bracket of a comment that begins like price moves; `velo.racing.odds` reads it. Nearly
# always that is the very last, which is found in a tenth of the time.
_BEGINS = r"\s*(?:op|opened|tchd|touched)\b"
_MOVES = f"""
    CASE WHEN NOT contains(s.comment, '(') THEN NULL
        WHEN regexp_matches(split_part(s.comment, '(', -1), '(?i)^{_BEGINS}[^)]*\\)')
        THEN '(' || split_part(s.comment, '(', -1)
        ELSE nullif(regexp_extract(s.comment, '(?is).*(\\({_BEGINS}[^)]*\\))', 1), '')
    END
"""


@dataclass(frozen=True)
class Rule:
    """A rule over the distinct values of some staging columns.

    Attributes:
        inputs: SQL expressions over the staging table (alias `s`).
        outputs: name -> SQL type of what the rule gives.
        apply: scalar function of the inputs; a tuple as long as the outputs and the fields read.
            Where it reads fields, an input in which the file writes nothing comes as None.
        reads: field -> the place among the inputs of its cells, which the rule reads. For each,
            `apply` gives behind the outputs why the cell was not read, None where it was.
        constant: whether every row of the file has the same inputs, and so the same answer.
    """

    inputs: tuple[str, ...]
    outputs: Mapping[str, pa.DataType]
    apply: Callable[..., tuple[Any, ...]]
    reads: Mapping[str, int] = field(default_factory=dict)
    constant: bool = False


def rules(first: First = "day", sections: Sequence[str] = ()) -> dict[str, Rule]:
    """Every rule of an ingest, by the name of its lookup table.

    The off of a race is no such rule: it takes the whole meeting (`velo.warehouse.file_offs`).

    Args:
        first: how the file writes dates in numbers.
        sections: the columns of `staging` that hold the seconds of a section.
    """
    text, integer, real = pa.string(), pa.int64(), pa.float64()
    figures = {
        "ran": (whole, reason.RUNNERS),
        "race_no": (whole, reason.RACE_NUMBER),
        "draw": (stall, reason.STALL),
        "age": (years, reason.AGE),
        "official_rating": (number, reason.RATING),
        "rpr": (number, reason.RATING),
        "ts": (number, reason.RATING),
        "beaten": (lengths, reason.LENGTHS),
        "seconds": (time_written, reason.SECONDS),
        "time": (time_written, reason.SECONDS),
        "prize": (amount, reason.PRIZE),
        "race_prize": (amount, reason.PRIZE),
        "weight": (weight_written, reason.POUNDS),
        **dict.fromkeys(sections, (time_written, reason.SECTION)),
    }
    whole_numbers = ("ran", "race_no", "draw", "age")
    return {
        "day": Rule(
            ("s.date",),
            {"date": pa.date32()},
            lambda t: _or_fault(t, racing_day(t, first)),
            {"date": 0},
        ),
        "written_off": Rule(("s.off",), {"off": text}, _written_off, {"off": 0}),
        "course": Rule(
            ("s.course", "s.region"),
            {"course_id": integer, "track": text, "track_surface": text, "country": text},
            _course,
            {"course": 0},
        ),
        "class": Rule(
            ("s.class", "s.pattern", "s.rating_band", "s.race_type"),
            {"declared_level": real},
            _level,
            {"class": 0, "pattern": 1, "rating_band": 2},
        ),
        "distance": Rule(
            ("s.distance",), {"distance_m": real, "distance_band": text}, _distance, {"distance": 0}
        ),
        "going": Rule(
            ("s.going",),
            {"going_group": text},
            lambda t: _or_fault(t, going_group(t)),
            {"going": 0},
        ),
        "rail": Rule(("s.rail",), {"rail": text}, lambda t: (rail(t),)),
        "race_name": Rule(
            ("s.race_name",),
            {"named_surface": text},
            lambda t: (surface(None, None, None, None, t),),
        ),
        "surface": Rule(
            ("s.surface", "s.course", "s.going", "s.race_type"),
            {"surface": text},
            lambda *t: (surface(*t), _or_fault(t[0], declared_surface(t[0]))[1]),
            {"surface": 0},
        ),
        "position": Rule(
            ("s.position",), {"status": text, "finish": integer}, _position, {"position": 0}
        ),
        "horse": Rule(("s.horse",), {"name": text, "country": text}, horse_name),
        "jockey": Rule(("s.jockey",), {"jockey_id": integer}, _person("jockey")),
        "trainer": Rule(("s.trainer",), {"trainer_id": integer}, _person("trainer")),
        "number": Rule(
            ("s.number",), {"number": pa.int32(), "number_letter": text}, _number, {"number": 0}
        ),
        "running": Rule(
            ("s.running_position",), {"first_call": integer}, _running, {"running_position": 0}
        ),
        "pace": Rule(
            ("s.pace",),
            {"letter_position": real},
            lambda t: _or_fault(t, letter_position(t)),
            {"pace": 0},
        ),
        "moves": Rule(
            (_MOVES,),
            {"opening": pa.list_(real), "touched": pa.list_(real)},
            opening_and_touched,
        ),
        **{
            name: Rule(
                (f"s.{name}",),
                {name: pa.int32() if name in whole_numbers else real},
                figure_of(read, bound),
                {name: 0},
            )
            for name, (read, bound) in figures.items()
        },
    }


def _or_fault(text: str | None, value: Any) -> tuple[Any, Fault | None]:
    return value, "unreadable" if value is None and text is not None else None


def figure_of(
    read: Callable[[str | None], float | None], bound: Bound
) -> Callable[[str | None], tuple[float | None, Fault | None]]:
    """A rule of one cell: its figure, or none and why, if it has one beyond a bound or unread."""

    def judge(text: str | None) -> tuple[float | None, Fault | None]:
        if text is None:
            return None, None
        figure = read(text)
        return reason.within(figure, bound), reason.fault(figure, bound)

    return judge


def _written_off(text: str | None) -> tuple[str | None, Fault | None]:
    """As a 24-hour clock reads it: price files are on one."""
    off = off_time(text)
    return _or_fault(text, None if off is None else hh_mm(off.minute))


def _course(
    text: str | None, region: str | None
) -> tuple[int | None, str | None, str | None, str | None, Fault | None]:
    """The region is the course's country where its name carries none."""
    where = course(text)
    if where is None:
        return None, None, None, None, _or_fault(text, None)[1]
    country = (region or "").strip().upper()
    if where.country is None and _COUNTRY.fullmatch(country):
        where = where._replace(country=country)
    return stable_id("course", course_key(where)), *where, None


def _level(
    class_: str | None, pattern: str | None, band: str | None, race_type: str | None
) -> tuple[float | None, Fault | None, Fault | None, Fault | None]:
    """The race's level, and of each text by itself whether it declares one."""
    own_class = None if has_no_level(class_) else class_
    return (
        declared_level(class_, pattern, band, race_type),
        _or_fault(own_class, declared_level(class_, None, None, race_type))[1],
        _or_fault(pattern, declared_level(None, pattern, None, race_type))[1],
        _or_fault(band, declared_level(None, None, band, race_type))[1],
    )


def _distance(text: str | None) -> tuple[float | None, str | None, Fault | None]:
    length, fault = figure_of(distance_written, reason.METRES)(text)
    return length, None if length is None else distance_band(length), fault


def _position(text: str | None) -> tuple[str, int | None, Fault | None]:
    """A place beyond reason says nothing of how the horse's race ended."""
    ended = finish(text)
    if ended.position is not None and not reason.PLACE.holds(ended.position):
        return "unknown", None, "beyond-reason"
    unread = ended.status == "unknown" and text is not None
    return ended.status, ended.position, "unreadable" if unread else None


def _number(text: str | None) -> tuple[int | None, str | None, Fault | None]:
    cloth = saddlecloth(text)
    figure, fault = figure_of(lambda _: cloth and cloth.number, reason.NUMBER)(text)
    return (
        None if figure is None else int(figure),
        cloth.letter if cloth and figure is not None else None,
        fault,
    )


def _running(text: str | None) -> tuple[int | None, Fault | None]:
    calls = running_positions(text)
    if text is None or calls is None:
        return None, _or_fault(text, calls)[1]
    if not all(reason.PLACE.holds(call) for call in calls):
        return None, "beyond-reason"
    return first_call(calls), None


def _person(kind: str) -> Callable[[str | None], tuple[int | None]]:
    def read(text: str | None) -> tuple[int | None]:
        name = person_name(text)
        return (stable_id(kind, name) if name else None,)

    return read
