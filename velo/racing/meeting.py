"""The offs of one meeting: which half of the day each time means.

Results pages write `2:30` and mean the afternoon, or `12:15` and mean a quarter past midnight.
Three things tell: a country races at certain hours, the races of one meeting follow each other
within hours, and a writer of 24-hour times shows it (`14:30`, `02:30`). What they leave open is
read as the later half, and the doubt says how much earlier it may have been.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple

from velo.racing.instants import (
    Instant,
    instants,
    minute_of_day,
    minutes,
    moment,
    since_midnight,
    steady_day,
)
from velo.racing.off_time import HALF_DAY, OffTime, hh_mm
from velo.racing.racing_hours import Hours
from velo.racing.venue import HOME_ZONE, Venue

Clock = Literal[12, 24]

LONGEST = 600
"""Minutes from the first off of a meeting to its last, at the most."""
_WIDEST_GAP = 180
"""Minutes between two offs that any meeting may have, as files often hold but some of its races."""
_NEAR = 90
"""An off that lies outside the hours belongs to its meeting within so many minutes of both."""
_SLACK = 60
"""Minutes by which an off may lie outside the hours where no half of the day lies within."""

_ANY_TIME = Hours(0, 2 * HALF_DAY - 1)


class Off(NamedTuple):
    """An off as it is understood.

    Attributes:
        hh_mm: `HH:MM` by the source's clock.
        minutes: the moment, in minutes since 1970 (UTC).
        doubt: minutes by which it may be earlier; 0 where it is certain.
    """

    hh_mm: str
    minutes: int
    doubt: int

    @property
    def at(self) -> datetime:
        """The moment, UTC."""
        return moment(self.minutes)


class _Choice(NamedTuple):
    at: int
    minute: int  # by the source's clock
    slip: int = 0  # by how much earlier the source's clock showed the same, as it was put back


def writers_clock(offs: Sequence[OffTime]) -> Clock | None:
    """The clock that a meeting's times show; None where they show none, or both."""
    late, single = any(each.late for each in offs), any(each.single for each in offs)
    return None if late == single else 24 if late else 12


def clock_about(day: date, seen: Mapping[date, Sequence[Clock]]) -> Clock | None:
    """The clock of a meeting that does not show it, by its neighbours in the same file.

    The other meetings of the day decide, else those of the nearest days before and after that
    show a clock. None where they do not agree.

    Args:
        day: of the meeting.
        seen: day -> the clocks that its meetings show, in the order of days.
    """
    if day in seen:
        near = set(seen[day])
    else:
        days = list(seen)
        after = bisect(days, day)
        near = {clock for each in days[max(after - 1, 0) : after + 1] for clock in seen[each]}
    return near.pop() if len(near) == 1 else None


def read_meeting(
    day: date,
    offs: Sequence[OffTime],
    place: Venue,
    about: Clock | None = None,
    source: str = HOME_ZONE,
) -> list[Off | None]:
    """The offs of one meeting, each once, in the order given.

    Args:
        day: of the meeting, at the course.
        offs: as they are written, distinct.
        place: where it is held.
        about: the clock of the writer's other meetings (`clock_about`).
        source: zone of the source's clock.

    Returns:
        None for an off that no reading puts among the others, or into the hours of racing. A
        meeting that has such an off by the source's clock and none by the course's is read by that.
    """
    plain = _plainly(day, offs, place, source)
    if plain is not None:
        return plain
    anywhere = not place.known
    if anywhere and (about == 24 or any(each.late or each.padded for each in offs)):
        place, anywhere = replace(place, hours=_ANY_TIME), False
    choices = _choices(day, offs, place, about, source)
    chosen, doubts = _settled(choices)
    held = [each.at for each in chosen if each is not None]
    readings: list[Off | None] = []
    for off, choice, doubt in zip(offs, chosen, doubts, strict=True):
        if choice is None:
            choice = _beside(day, off, place, source, held)
        if choice is None:
            readings.append(None)
            continue
        if anywhere and not off.sure:
            doubt = max(doubt, HALF_DAY if choice.minute >= HALF_DAY else 0)
        readings.append(Off(hh_mm(choice.minute), choice.at, doubt))
    if None in readings and place.zone not in (None, source, HOME_ZONE):
        assert place.zone is not None
        by_the_course = read_meeting(day, offs, place, about, place.zone)
        return readings if None in by_the_course else by_the_course
    return readings


def exact_off(when: datetime, source: str = HOME_ZONE) -> Off:
    """An off whose source gives the moment itself."""
    at = minutes(when)
    return Off(hh_mm(minute_of_day(at, source)), at, 0)


def _plainly(
    day: date, offs: Sequence[OffTime], place: Venue, source: str
) -> list[Off | None] | None:
    """The offs of a meeting of which each can mean but one time; None of any other.

    Nearly all are so, and two million runners have thirty thousand meetings.
    """
    steady = steady_day(day, source, place.clock)
    if steady is None or not place.known:
        return None
    midnight, ahead = steady
    late = any(each.late for each in offs)
    readings: list[Off | None] = []
    for off in offs:
        only = _only(off, ahead, place.hours)
        if only is None or (late and not only.as_written):
            return None
        readings.append(Off(only.hh_mm, midnight + only.since, 0))
    return readings


class _Only(NamedTuple):
    since: int  # minutes after the course's midnight
    hh_mm: str
    as_written: bool


@cache
def _only(off: OffTime, ahead: int, hours: Hours) -> _Only | None:
    meanings = [
        _Only(since, hh_mm(minute), minute == off.minute)
        for minute in ((off.minute,) if off.sure else (off.minute, off.other))
        for since, outside in since_midnight((minute + ahead) % (2 * HALF_DAY), hours)
        if outside == 0
    ]
    return meanings[0] if len(meanings) == 1 else None


def _choices(
    day: date, offs: Sequence[OffTime], place: Venue, about: Clock | None, source: str
) -> list[list[_Choice]]:
    """What each off may be, within the hours of racing."""
    late = any(each.late for each in offs)
    literal = [instants(day, each.minute, source, place) for each in offs]
    inside = [any(each.outside == 0 for each in moments) for moments in literal]
    pads = [i for i, each in enumerate(offs) if each.padded]
    shows_24 = late or (
        not any(each.single for each in offs)
        and (about == 24 or bool(pads))
        and all(inside[each] for each in pads)
    )
    choices = []
    for off, as_written, within in zip(offs, literal, inside, strict=True):
        if off.sure or (late and off.padded) or (shows_24 and within):
            halves = {off.minute: as_written}
        else:
            halves = {
                off.minute: as_written,
                off.other: instants(day, off.other, source, place),
            }
        choices.append(_within(halves))
    return choices


def _within(halves: Mapping[int, Sequence[Instant]]) -> list[_Choice]:
    """The moments within the hours; where there is none, those that miss them by a little."""
    least = min((each.outside for moments in halves.values() for each in moments), default=0)
    room = 0 if least == 0 else _SLACK
    choices = []
    for minute, moments in halves.items():
        ats = [each.at for each in moments if each.outside <= room]
        if len(ats) == 2 and ats[1] - ats[0] < _NEAR:
            choices.append(_Choice(ats[1], minute, ats[1] - ats[0]))
        else:
            choices += [_Choice(at, minute) for at in ats]
    return sorted(choices)


def _settled(
    choices: Sequence[Sequence[_Choice]],
) -> tuple[list[_Choice | None], list[int]]:
    """Of every off the later of its plausible moments, and how much earlier it may have been."""
    if all(len(options) <= 1 for options in choices):
        alone = [options[0] if options else None for options in choices]
        return alone, [0 if each is None else each.slip for each in alone]
    places = [place for place, options in enumerate(choices) if options]
    chosen: list[_Choice | None] = [None] * len(choices)
    doubts = [0] * len(choices)
    open_ = [options for options in choices if options]
    for ways in (_orders(open_, LONGEST), _orders(open_, 2 * HALF_DAY)):
        if ways:
            break
    else:
        return chosen, doubts
    gaps = [_widest_gap(way) for way in ways]
    most = max(3 * min(gaps), _WIDEST_GAP)
    plausible = [way for way, gap in zip(ways, gaps, strict=True) if gap <= most]
    best = max(plausible, key=lambda way: sum(each.at for each in way))
    for i, place in enumerate(places):
        chosen[place] = best[i]
        doubts[place] = best[i].at - min(way[i].at - way[i].slip for way in plausible)
    return chosen, doubts


def _orders(choices: Sequence[Sequence[_Choice]], longest: int) -> list[tuple[_Choice, ...]]:
    """Every way to lay the offs out within so many minutes: each first at its earliest."""
    ways: dict[tuple[_Choice, ...], None] = {}
    for start in sorted({each.at for options in choices for each in options}):
        way = []
        for options in choices:
            fits = next((each for each in options if start <= each.at <= start + longest), None)
            if fits is None:
                break
            way.append(fits)
        else:
            ways[tuple(way)] = None
    return list(ways)


def _widest_gap(way: Sequence[_Choice]) -> int:
    ats = sorted(each.at for each in way)
    return max((later - earlier for earlier, later in pairwise(ats)), default=0)


def _beside(
    day: date, off: OffTime, place: Venue, source: str, held: Sequence[int]
) -> _Choice | None:
    """The reading of an off outside the hours that is near the meeting's others, if any."""
    if not held:
        return None
    halves = (off.minute,) if off.sure or off.padded else (off.minute, off.other)
    near = [
        _Choice(each.at, minute)
        for minute in halves
        for each in instants(day, minute, source, place)
        if each.outside <= _NEAR and min(held) - _NEAR <= each.at <= max(held) + _NEAR
    ]
    return near[0] if len(near) == 1 else None
