"""The ledger on one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from velo.formats import on_page as formats
from velo.report import charts, ledger_charts
from velo.report.run_page import render
from velo.report.svg import Drawing
from velo.report.table import Cell, Column, PageTable, closing_value, count, percent, word


def page(ledger: Mapping[str, Any]) -> str:
    """The page of a ledger.

    Args:
        ledger: plain JSON: `spans` (figures of every day, the last 7, 30 and 90, and all), `course`
            (`days`, `profit`, `low`, `high`, `ae_raw`, `clv`, `over_days`), `reliability` (`blend`
            and `market`, as `reliability` gives them), `bets` (outcome -> how many), `settled` (in
            words), `taken` (a line each on the kinds of price and on bets without a closing value),
            `backfill` (what is to be said first where it counts, else None), `changed` (a
            line each prediction that results made fair, or unfair), `chain` (lines on the proof of
            the predictions).
    """
    rolling = [each for each in ledger["spans"] if each["span"] != each["first"]]
    days = [each for each in ledger["spans"] if each["span"] == each["first"]]
    return render(
        "ledger.html.j2",
        ledger=ledger,
        whole=ledger["spans"][-1] if ledger["spans"] else None,
        rolling=[
            _picks("picks", "Picks", rolling),
            _profits("profits", "Profit, points", rolling),
            _chances("chances", "Chances", rolling),
        ],
        by_day=[
            _picks("picks-by-day", "Picks by day", days[::-1], folded=True),
            _profits("profits-by-day", "Profit by day, points", days[::-1], folded=True),
        ],
        chart=dict.fromkeys(("profit", "ae", "clv", "reliability")) | _charts(ledger),
    )


def _charts(ledger: Mapping[str, Any]) -> dict[str, dict[str, Drawing]]:
    """Every chart that there is something to draw of, in both sizes."""
    curve = ledger["course"]
    days = curve["days"]
    drawings: dict[str, dict[str, Drawing]] = {}
    if days:
        drawings["profit"] = charts.both(lambda size: ledger_charts.profit(curve, size))
    for name, values, title, neutral, text in (
        ("ae", curve["ae_raw"], "Winners over expected", 1.0, formats.number),
        ("clv", curve["clv"], "Closing value", 0.0, formats.percent),
    ):
        if any(value is not None for value in values):
            drawings[name] = charts.both(
                lambda size, name=name, values=values, title=title, neutral=neutral, text=text: (  # type: ignore[misc]
                    ledger_charts.along(name, title, days, values, neutral, text, size)
                )
            )
    if ledger["reliability"]["blend"]:
        drawings["reliability"] = charts.both(
            lambda size: charts.reliability("reliability", ledger["reliability"], size)
        )
    return drawings


def _picks(
    name: str, caption: str, spans: Sequence[Mapping[str, Any]], folded: bool = False
) -> PageTable:
    columns = [
        Column("Span", False),
        Column("Races"),
        Column("Picks"),
        Column("Won"),
        Column("Placed"),
        Column("Strike rate"),
        Column("A/E"),
        Column("A/E fair"),
        Column("Impact value"),
    ]
    rows = [
        [
            word(_named(each)),
            count(each["races"]),
            count(each["picks"]),
            count(each["wins"]),
            count(each["places"]),
            _share(each["strike_rate"]),
            _plain(each["ae_raw"]),
            _plain(each["ae_fair"]),
            _plain(each["impact_value"]),
        ]
        for each in spans
    ]
    return PageTable(name, caption, columns, rows, folded)


def _profits(
    name: str, caption: str, spans: Sequence[Mapping[str, Any]], folded: bool = False
) -> PageTable:
    columns = [
        Column("Span", False),
        Column("Days"),
        Column("Staked"),
        Column("Profit"),
        Column("ROI"),
        Column("at SP"),
        Column("at BSP"),
        Column("Drawdown"),
        Column("Sharpe by day"),
    ]
    rows = [
        [
            word(_named(each)),
            count(each["bet_days"]),
            count(each["staked"]),
            _points(each["profit"]),
            percent(each["roi"], [each["roi_low"], each["roi_high"]]),
            _points(each["profit_sp"]),
            _points(each["profit_bsp"]),
            _plain(each["max_drawdown"], 1),
            _plain(each["daily_sharpe"]),
        ]
        for each in spans
    ]
    return PageTable(name, caption, columns, rows, folded)


def _chances(name: str, caption: str, spans: Sequence[Mapping[str, Any]]) -> PageTable:
    columns = [
        Column("Span", False),
        Column("Races"),
        Column("Days"),
        Column("Calibration error"),
        Column("Gain, nats a race"),
        Column("Closing value, 95%"),
        Column("At the close"),
        Column("Close not known"),
    ]
    rows = [
        [
            word(_named(each)),
            count(each["calibration_races"]),
            count(each["days"]),
            _plain(each["calibration_error"], 4),
            Cell(
                formats.nats(each["ll_gain"]),
                each["ll_gain"],
                formats.numbers([each["ll_gain_low"], each["ll_gain_high"]], 4, sign=True),
            ),
            closing_value(each),
            count(each["clv_at_close"]),
            count(each["clv_unknown"]),
        ]
        for each in spans
    ]
    return PageTable(name, caption, columns, rows)


def _named(each: Mapping[str, Any]) -> str:
    name: str = each["span"]
    return formats.day(name) if name == each["first"] else name.capitalize()


def _plain(value: float | None, places: int = 2) -> Cell:
    return Cell(formats.number(value, places), value)


def _share(value: float | None, sign: bool = False) -> Cell:
    return Cell(formats.percent(value, sign=sign), value)


def _points(value: float | None) -> Cell:
    return Cell(formats.number(value, 1, sign=True), value)
