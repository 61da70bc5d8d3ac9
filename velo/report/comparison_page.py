"""The page of two runs side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from velo.formats import on_page as formats
from velo.report import charts, words
from velo.report.charts import Mark, Series
from velo.report.run_page import render
from velo.report.svg import Drawing
from velo.report.table import Cell, Column, PageTable, word

SIDES = ("a", "b")
FIGURES = {
    "delta_ll": "Gain over the calibrated market, nats a race",
    "r2": "R² of the blend",
    "r2_model": "R² of the model alone",
    "r2_market_power": "R² of the calibrated market",
    "calibration_error": "Calibration error",
    "calibration_slope": "Calibration slope",
    "band_calibration_error": "Calibration error in the odds band",
    "alpha_share": "Model's share of the blend (α)",
    "gamma": "Exponent of the model (γ)",
    "score_slope": "Slope of the model's score on the holdout",
    "ae_ratio": "A/E, Top20%",
    "roi_top10": "Return on Top10%",
    "roi_top20": "Return on Top20%",
    "roi_top30": "Return on Top30%",
    "roi_all": "Return on All",
    "clv_top20": "Closing value of Top20%",
    "clv_all": "Closing value of All",
    "top1_hit": "First choice wins",
    "races": "Races judged",
    "holdout_days": "Days of holdout",
    "training_rows": "Training rows",
}
SHARES = ("roi_", "clv_", "top1")
COUNTS = ("races", "holdout_days", "training_rows")


def page(comparison: Mapping[str, Any]) -> str:
    """The page of a comparison.

    Args:
        comparison: as `comparison` makes them.
    """
    return render(
        "comparison.html.j2",
        comparison=comparison,
        verdict=verdict(comparison),
        figures=_figures(comparison),
        gate=_gate(comparison),
        different=_different(comparison),
        chart=_months(comparison),
        path={
            side: charts.both(
                lambda size, side=side: charts.profit_path(  # type: ignore[misc]
                    f"paths-{side}", comparison[side]["paths"], size
                )
            )
            for side in SIDES
            if any(path["days"] for path in comparison[side]["paths"].values())
        },
    )


def verdict(comparison: Mapping[str, Any]) -> str:
    """Which of the two is better, in a sentence."""
    paired = comparison["paired"]
    if paired is None:
        return (
            "No race was judged by both runs, so their figures are for different days and cannot "
            "be compared."
        )
    figure = (
        f"{formats.number(paired['gain'], 4, sign=True)} nats a race "
        f"({formats.numbers(paired['gain_ci'], 4, sign=True)}) over the "
        f"{formats.count(paired['races'])} races that both judged"
    )
    return f"{words.against('B', 'A', *paired['gain_ci'])}: {figure}."


def _figures(comparison: Mapping[str, Any]) -> PageTable:
    rows = []
    for name, label in FIGURES.items():
        sides = [comparison[side]["holdout"] for side in SIDES]
        if all(holdout.get(name) is None for holdout in sides):
            continue
        values = [holdout.get(name) for holdout in sides]
        change = None if None in values else values[1] - values[0]
        rows.append(
            [
                word(label, name),
                *(_figure(holdout, name) for holdout in sides),
                Cell(_change(name, change), change),
            ]
        )
    columns = [Column("Figure", False), Column("A"), Column("B"), Column("B less A")]
    return PageTable("figures", "The holdout's figures, each run's own", columns, rows)


def _figure(holdout: Mapping[str, Any], name: str) -> Cell:
    ends = [holdout.get(name + "_low"), holdout.get(name + "_high")]
    bets = holdout.get(name + "_bets")
    detail = [] if None in ends else [f"{_text(name, ends[0])} to {_text(name, ends[1])}"]
    detail += [] if bets is None else [f"{formats.count(bets)} bets"]
    return Cell(_text(name, holdout.get(name)), holdout.get(name), ", ".join(detail))


def _change(name: str, change: float | None) -> str:
    if change is not None and name.startswith(SHARES):
        return f"{formats.number(100 * change, 1, sign=True)} points"
    return _text(name, change, sign=True)


def _text(name: str, value: float | None, sign: bool = False) -> str:
    if name in COUNTS:
        return formats.number(value, 0, sign)
    if name.startswith(SHARES):
        return formats.percent(value, 1, sign or name.startswith("roi_"))
    return formats.number(value, 4, sign or name == "delta_ll")


def _gate(comparison: Mapping[str, Any]) -> PageTable:
    criteria = [
        {each["name"]: each for each in comparison[side]["verdict"]["criteria"]} for side in SIDES
    ]
    names = [*criteria[0], *(name for name in criteria[1] if name not in criteria[0])]
    rows = [
        [
            word(words.criterion(name), name),
            *(_held(side.get(name)) for side in criteria),
        ]
        for name in names
    ]
    columns = [Column("Criterion", False), Column("A", False), Column("B", False)]
    return PageTable("gate", "The gate, criterion by criterion", columns, rows)


def _held(each: Mapping[str, Any] | None) -> Cell:
    if each is None:
        return word("not in the gate")
    detail = f"{words.value(each)[0]}, target {words.target(each)}"
    if each["holds"]:
        return word("✓ holds", detail, "good")
    return word("✗ misses", detail, "bad")


def _different(comparison: Mapping[str, Any]) -> PageTable:
    rows = [
        [
            word(name),
            *(word(value if isinstance(value, str) else json.dumps(value)) for value in two),
        ]
        for name, two in comparison["different"].items()
    ]
    columns = [Column("Setting", False), Column("A", False), Column("B", False)]
    return PageTable("different", "Settings that differ", columns, rows)


def _months(comparison: Mapping[str, Any]) -> dict[str, Drawing] | None:
    names = sorted({each["name"] for side in SIDES for each in comparison[side]["months"]})
    if not names:
        return None

    def series(side: str, kind: str) -> Series:
        gains = {each["name"]: each for each in comparison[side]["months"]}
        return Series(kind, side.upper(), [_gain(gains.get(name), side) for name in names])

    both_sides = [series("a", "market"), series("b", "model")]
    places = [formats.day(name) for name in names]

    return charts.both(
        lambda size: charts.intervals(
            "months",
            "Gain over the market by month, A and B",
            places,
            both_sides,
            0.0,
            formats.trimmed,
            "month",
            size,
        )
    )


def _gain(each: Mapping[str, Any] | None, side: str) -> Mark | None:
    if each is None or each["gain"]["value"] is None:
        return None
    gain = each["gain"]
    spoken = (
        f"{side.upper()}, {formats.day(each['name'])}, {formats.count(each['races'])} races: "
        f"{formats.number(gain['value'], 3, sign=True)} "
        f"({formats.numbers([gain['low'], gain['high']], 3, sign=True)})"
    )
    return Mark(gain["value"], gain["low"], gain["high"], spoken)
