"""The report's charts. Each is drawn twice, for a wide page and for a phone, at its true size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from velo.formats import on_page as formats
from velo.report import axes
from velo.report.axes import Frame
from velo.report.svg import Drawing, Scale, log_ticks, spread, ticks

WIDE, NARROW = "wide", "narrow"
MARKS = {"model": Drawing.dot, "market": Drawing.square}


@dataclass(frozen=True)
class Mark:
    """A value with its interval, and the words for it."""

    value: float
    low: float | None
    high: float | None
    title: str


@dataclass(frozen=True)
class Series:
    """Marks in the order of the chart's places; None where there is nothing to show."""

    kind: str
    name: str
    marks: Sequence[Mark | None]


Chart = Callable[[str], Drawing]


def both(draw: Chart) -> dict[str, Drawing]:
    """A chart in its two sizes."""
    return {size: draw(size) for size in (WIDE, NARROW)}


def profit_path(name: str, paths: Mapping[str, Mapping[str, Any]], size: str) -> Drawing:
    """Profit so far of each bucket, points; the Top20% with its 95% band by race day."""
    shownable = {bucket: path for bucket, path in paths.items() if path["days"]}
    main = shownable.get("top20")
    spoken = "; ".join(
        f"{_bucket(bucket)} {formats.number(path['profit'][-1], 1, sign=True)} points on "
        f"{formats.count(path['bets'])} bets"
        for bucket, path in shownable.items()
    )
    width, height = (960, 340) if size == WIDE else (340, 300)
    image = Drawing(f"{name}-{size}", "Profit so far by race day", spoken, width, height)
    values = [0.0, *(value for path in shownable.values() for value in path["profit"])]
    if main:
        values += [*main["low"], *main["high"]]
    frame = Frame(image, left=48, right=66 if size == WIDE else 62, top=12, bottom=30)
    days = sorted({day for path in shownable.values() for day in path["days"]})
    y = frame.vertical(*axes.padded(min(values), max(values)))
    first, last = axes.ordinal(days[0]), axes.ordinal(days[-1])
    x = frame.horizontal(first, max(last, first + 1))
    axes.grid(frame, y, ticks(y.low, y.high), lambda value: formats.number(value, 0), zero=0.0)
    axes.months(frame, x, days, 10 if size == WIDE else 4)

    def at(day: str, value: float) -> tuple[float, float]:
        return x.at(axes.ordinal(day)), y.at(value)

    if main and main["band_days"]:
        low, high = (
            [at(day, value) for day, value in zip(main["band_days"], main[end], strict=True)]
            for end in ("low", "high")
        )
        image.area(high, low, "band")
    order = sorted(shownable, key=lambda bucket: bucket == "top20")
    ends = spread([y.at(shownable[bucket]["profit"][-1]) for bucket in order], 15, 8, height - 8)
    for bucket, end in zip(order, ends, strict=True):
        path = shownable[bucket]
        style = "path main" if bucket == "top20" else f"path {bucket}"
        points, before = [at(path["days"][0], 0.0)], y.at(0.0)
        for day, value in zip(path["days"], path["profit"], strict=True):
            here = at(day, value)
            points += [(here[0], before), here]
            before = here[1]
        image.path(points, style)
        side, level = frame.right_edge, points[-1][1]
        image.path([points[-1], (side + 4, level), (side + 14, end)], style)
        strong = "label main" if bucket == "top20" else "label"
        image.text((frame.right_edge + 18, end + 4), _bucket(bucket, short=True), strong)
    return image


def reliability(name: str, curves: Mapping[str, Sequence[Mapping[str, Any]]], size: str) -> Drawing:
    """Wins a runner against probability given, on log scales, with 95% intervals by race day."""
    bins = {
        kind: [each for each in curves[source] if each["predicted"] > 0 and each["observed"]]
        for kind, source in (("market", "market"), ("model", "blend"))
    }
    far = max((abs(each["observed"] - each["predicted"]) for each in bins["model"]), default=0.0)
    spoken = (
        f"{len(bins['model'])} bins of the blend; the widest gap between probability given and "
        f"wins a runner is {formats.percent(far)}."
    )
    width, height = (520, 440) if size == WIDE else (340, 330)
    image = Drawing(f"{name}-{size}", "Reliability of blend and market", spoken, width, height)
    frame = Frame(image, left=52, right=14, top=12, bottom=46)
    seen = [
        value
        for kind in bins
        for each in bins[kind]
        for value in (each["predicted"], each["observed"])
    ]
    low, high = (min(seen) * 0.8, min(max(seen) * 1.25, 1.0)) if seen else (0.01, 1.0)
    x = frame.horizontal(low, high, log=True)
    y = frame.vertical(low, high, log=True)
    marks = log_ticks(low, high, 8 if size == WIDE else 6)
    axes.grid(frame, y, marks, formats.trimmed_percent)
    axes.feet(frame, x, [(value, formats.trimmed_percent(value)) for value in marks])
    frame.below("probability given")
    image.line((x.at(low), y.at(low)), (x.at(high), y.at(high)), "ideal")
    for kind, each_bin in bins.items():
        for each in each_bin:
            place, ends = x.at(each["predicted"]), each["observed_ci"]
            if None not in ends:
                image.line(
                    (place, y.held(max(ends[0], low))), (place, y.held(ends[1])), f"whisker {kind}"
                )
            title = (
                f"{'Blend' if kind == 'model' else 'Market'}: given "
                f"{formats.percent(each['predicted'])}, won {formats.percent(each['observed'])} "
                f"({formats.percents(ends)}) of {formats.count(each['runners'])} runners"
            )
            MARKS[kind](image, (place, y.at(each["observed"])), f"mark {kind}", title)
    return image


def intervals(
    name: str,
    title: str,
    places: Sequence[str],
    series: Sequence[Series],
    neutral: float,
    text: Callable[[float], str],
    below: str,
    size: str,
) -> Drawing:
    """Marks with whiskers over named places, against a level that says nothing either way."""
    known = [mark for each in series for mark in each.marks if mark is not None]
    spoken = "; ".join(mark.title for mark in known)
    width, height = (960, 320) if size == WIDE else (340, 300)
    image = Drawing(f"{name}-{size}", title, spoken, width, height)
    values = [neutral, *(mark.value for mark in known)]
    # A whisker of a handful of races would flatten all the others: it is cut at the frame.
    ends = sorted(end for mark in known for end in (mark.low, mark.high) if end is not None)
    if ends:
        cut = len(ends) // 20
        values += [ends[cut], ends[-1 - cut]]
    low, high = axes.padded(min(values), max(values))
    levels = ticks(low, high, 8)
    frame = Frame(image, left=axes.room(map(text, levels)), right=12, top=12, bottom=46)
    y = frame.vertical(low, high)
    axes.grid(frame, y, levels, text, zero=neutral)
    x = frame.horizontal(-0.5, max(len(places) - 0.5, 0.5))
    step = (x.end - x.start) / max(len(places), 1)
    every = max(1, -(-46 // max(int(step), 1))) if places else 1
    axes.feet(frame, x, [(i, places[i]) for i in range(0, len(places), every)])
    frame.below(below)
    apart = min(9.0, step / 3)
    for number, each in enumerate(series):
        shift = apart * (number - (len(series) - 1) / 2)
        for place, mark in enumerate(each.marks):
            if mark is None:
                continue
            centre = x.at(place) + shift
            if mark.low is not None and mark.high is not None:
                image.line(
                    (centre, y.held(mark.low)), (centre, y.held(mark.high)), f"whisker {each.kind}"
                )
            MARKS[each.kind](image, (centre, y.held(mark.value)), f"mark {each.kind}", mark.title)
    return image


def losses(name: str, features: Sequence[Mapping[str, Any]], size: str) -> Drawing:
    """What is lost when each feature is shuffled within races, nats a race, 95% by race day."""
    known = [each for each in features if each["loss"] and each["loss"]["value"] is not None]
    known.sort(key=lambda each: -each["loss"]["value"])
    spoken = "; ".join(
        f"{each['feature']} {formats.number(each['loss']['value'], 4, sign=True)}" for each in known
    )
    width = 960 if size == WIDE else 340
    image = Drawing(
        f"{name}-{size}",
        "Loss when a feature is shuffled, nats a race",
        spoken,
        width,
        46 + 20 * max(len(known), 1),
    )
    frame = Frame(image, left=150 if size == WIDE else 126, right=16, top=6, bottom=34)
    ends = [0.0]
    for each in known:
        ends += [value for value in each["loss"].values() if value is not None]
    x = frame.horizontal(*axes.padded(min(ends), max(ends)))
    marks = ticks(x.low, x.high, 8 if size == WIDE else 3)
    axes.uprights(frame, x, marks, zero=0.0)
    axes.feet(frame, x, [(value, formats.trimmed(value)) for value in marks])
    for row, each in enumerate(known):
        loss, height = each["loss"], frame.top_edge + 20 * row + 10
        image.text((frame.left_edge - 8, height + 4), each["feature"], "label small", "end")
        if loss["low"] is not None:
            image.line((x.at(loss["low"]), height), (x.at(loss["high"]), height), "whisker model")
        title = (
            f"{each['feature']}: {formats.number(loss['value'], 4, sign=True)} "
            f"({formats.numbers([loss['low'], loss['high']], 4, sign=True)})"
        )
        image.dot((x.at(loss["value"]), height), "mark model", title)
    return image


def strip(name: str, title: str, mark: Mark, levels: Sequence[float]) -> Drawing:
    """A figure's interval on one line, and the levels that it must clear or lie between."""
    image = Drawing(name, title, mark.title, 200, 22)
    ends = [*levels, mark.value, *(end for end in (mark.low, mark.high) if end is not None)]
    low, high = min(ends), max(ends)
    room = (high - low or 1.0) * 0.06
    x = Scale(low - room, high + room, 4, 196)
    image.line((4, 11), (196, 11), "rail")
    if mark.low is not None and mark.high is not None:
        image.line((x.at(mark.low), 11), (x.at(mark.high), 11), "whisker model thick")
    for level in levels:
        image.line((x.at(level), 2), (x.at(level), 20), "neutral")
    image.dot((x.at(mark.value), 11), "mark model", mark.title)
    return image


def _bucket(name: str, short: bool = False) -> str:
    if not name.startswith("top"):
        return name.capitalize()
    return f"Top{name[3:]}" if short else f"Top{name[3:]}%"
