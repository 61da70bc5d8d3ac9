"""When a price was quoted whose source gives no time with it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from velo.errors import InputError


class PriceClock(Protocol):
    """The hours that stand for kinds of price; the section `prices.clock` of the settings."""

    @property
    def evening(self) -> time:
        """Of the day before the race."""
        ...

    @property
    def breakfast(self) -> time:
        """Of the race day."""
        ...

    @property
    def morning(self) -> time:
        """Of the race day."""
        ...

    @property
    def open(self) -> int:
        """Minutes before the off at which the course's first prices are shown."""
        ...


BEFORE_THE_OFF = ("evening", "breakfast", "morning", "open")
"""Kinds that stand at an hour before the off, as a rule the earliest first."""
AT_THE_OFF = frozenset({"sp", "bsp", "wap"})
"""Kinds that are settled when betting ends."""


def snapshot_time(kind: str, off: datetime, clock: PriceClock) -> datetime:
    """The moment that stands for a kind of price, at the off at the latest.

    Args:
        kind: `evening`, `breakfast`, `morning`, `open`, `sp`, `bsp` or `wap`.
        off: of the race, with the zone by whose days and hours the clock counts.
        clock: the hours.

    Returns:
        A moment in the zone of the off.

    Raises:
        InputError: the kind has no hour, or the off no zone.
    """
    if off.tzinfo is None:
        raise InputError(f"the off {off:%Y-%m-%d %H:%M} has no time zone: give it the course's")
    if kind in AT_THE_OFF:
        return off
    if kind == "open":
        return (off.astimezone(UTC) - timedelta(minutes=clock.open)).astimezone(off.tzinfo)
    hours = {
        "evening": (off.date() - timedelta(days=1), clock.evening),
        "breakfast": (off.date(), clock.breakfast),
        "morning": (off.date(), clock.morning),
    }
    if kind not in hours:
        known = ", ".join([*hours, "open", *sorted(AT_THE_OFF)])
        raise InputError(f"no hour stands for the kind of price {kind!r}: it must be of {known}")
    return min(datetime.combine(*hours[kind], tzinfo=off.tzinfo), off)


def is_quoted_by(kind: str, moment: datetime, off: datetime, clock: PriceClock) -> bool:
    """Whether a price that carries no time can be known at a moment.

    Args:
        kind, off, clock: as in `snapshot_time`.
        moment: of the decision, with its zone.
    """
    return snapshot_time(kind, off, clock) <= moment


def later_kind(kind: str, moment: datetime, off: datetime, clock: PriceClock) -> str | None:
    """The newest kind with an hour of its own that followed a price by some moment; None if none.

    Args:
        kind: of the price; one at the off has none after it.
        moment, off, clock: as in `is_quoted_by`.
    """
    if kind not in BEFORE_THE_OFF:
        return None
    own = snapshot_time(kind, off, clock)
    followed = {
        snapshot_time(each, off, clock): each
        for each in BEFORE_THE_OFF
        if own < snapshot_time(each, off, clock) <= moment
    }
    return followed[max(followed)] if followed else None


def hour_in_words(kind: str, clock: PriceClock) -> str:
    """When a kind of price stands, by the clock of the course: `20:00 the day before`."""
    if kind in AT_THE_OFF:
        return "the off"
    if kind == "open":
        return f"{clock.open} minutes before the off"
    hours = {"evening": clock.evening, "breakfast": clock.breakfast, "morning": clock.morning}
    of_which_day = "the day before" if kind == "evening" else "on the day"
    return f"{hours[kind]:%H:%M} {of_which_day}"


def minutes_before_off(kind: str, off: datetime, clock: PriceClock) -> float:
    """How long before the off a kind of price stood, 0 at the least.

    Args:
        kind, off, clock: as :func:`snapshot_time` takes them.
    """
    quoted = snapshot_time(kind, off, clock)
    # Two times of one zone are subtracted as the clocks on the wall show them.
    return (off.astimezone(UTC) - quoted.astimezone(UTC)) / timedelta(minutes=1)


def earlier_kinds(kind: str, clock: PriceClock) -> tuple[str, ...]:
    """The kinds that stand at an hour before another kind's, on a day that races until midnight."""
    off = datetime(2000, 1, 2, 23, 59, tzinfo=UTC)
    before = minutes_before_off(kind, off, clock)
    return tuple(
        each
        for each in BEFORE_THE_OFF
        if each != kind and minutes_before_off(each, off, clock) >= before
    )
