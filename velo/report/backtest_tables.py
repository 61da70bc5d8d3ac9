"""The tables of a version's backtest; a part that a report does not hold is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from velo.formats import on_page as formats
from velo.report import words
from velo.report.table import Cell, Column, PageTable, closing_value, count, percent, ratio, word

Report = Mapping[str, Any]


def kind(report: Report) -> str:
    """What its parts of the page are called: `walk` of a walk-forward, else `backtest`."""
    return "walk" if report.get("walk_forward") else "backtest"


def strategies(report: Report) -> PageTable:
    """Strategies, price buckets and what needs no model: bets, profit, return."""
    rows = [
        [
            word(name, _stake(each)),
            count(each["bets"]),
            count(each.get("bet_days")),
            count(each["winners"]),
            Cell(formats.number(each["profit"], 1, sign=True), each["profit"]),
            percent(each["roi"], each["roi_ci"]),
            ratio(each["ae_ratio"], each["ae_ratio_ci"]),
            closing_value(each),
            Cell(formats.number(each["max_drawdown"], 1), each["max_drawdown"]),
        ]
        for name, each in _statements(report)
    ]
    columns = [
        Column("Strategy", False),
        Column("Bets"),
        Column("Days"),
        Column("Winners"),
        Column("Profit, points"),
        Column("Return, 95%"),
        Column("A/E, 95%"),
        Column("Closing value, 95%"),
        Column("Deepest fall"),
    ]
    span = report["period"]
    walked = " walked forward" if kind(report) == "walk" else ""
    caption = f"Backtest{walked}, {formats.day(span['from'])} to {formats.day(span['to'])}"
    return PageTable(kind(report), caption, columns, rows)


def chance(report: Report) -> PageTable:
    """Each strategy against random selections at the same odds, its power, its deflated Sharpe."""
    rows = []
    for name, each in _statements(report):
        random, power = each.get("random"), each.get("power")
        sharpe = each.get("sharpe") or {}
        if not random and not power:
            continue
        random, power = random or {}, power or {}
        rows.append(
            [
                word(name),
                Cell(
                    formats.percent(random.get("selected_roi"), sign=True),
                    random.get("selected_roi"),
                    f"{formats.count(each['bets'])} bets",
                ),
                percent(random.get("roi"), random.get("roi_ci")),
                Cell(formats.number(random.get("p_value"), 3), random.get("p_value")),
                Cell(
                    formats.percent(power.get("claimed_edge"), sign=True), power.get("claimed_edge")
                ),
                Cell(formats.percent(power.get("power"), 0), power.get("power")),
                count(power.get("bets_needed")),
                Cell(formats.percent(sharpe.get("deflated"), 0), sharpe.get("deflated")),
            ]
        )
    columns = [
        Column("Strategy", False),
        Column("Its own return"),
        Column("Random, 95%"),
        Column("As good by luck"),
        Column("Edge claimed"),
        Column("Power"),
        Column("Bets needed"),
        Column("Deflated Sharpe"),
    ]
    name = f"{kind(report)}-chance"
    return PageTable(name, "Against chance: level stakes, before commission", columns, rows)


def legs(report: Report) -> PageTable:
    """The models of a walk-forward, one after another."""
    rows = [
        [
            Cell(
                formats.day(leg["period"]["from"]),
                leg["period"]["from"],
                f"to {formats.day(leg['period']['to'])}",
            ),
            Cell(formats.day(leg["train_end"]), leg["train_end"]),
            count(leg["races"]),
            Cell(formats.number(leg["delta_ll"], 4, sign=True), leg["delta_ll"]),
            Cell(formats.number(leg["alpha_share"]), leg["alpha_share"]),
        ]
        for leg in report.get("walk_forward") or ()
    ]
    columns = [
        Column("Days bet", False),
        Column("Trained before"),
        Column("Races"),
        Column("Gain, nats a race"),
        Column("α"),
    ]
    return PageTable("legs", "The models that were walked forward", columns, rows)


def paths(report: Report) -> dict[str, dict[str, Any]]:
    """The built-in strategies' profit at the end of each race day, as a profit path draws it."""
    days = report.get("days") or []
    curves = {}
    for name, each in report["strategies"].items():
        bank = each.get("bank")
        if bank and name in words.BUCKETS and len(bank["path"]) == len(days) > 0:
            profit = [value - bank["opening"] for value in bank["path"]]
            curves[name] = {
                "bets": each["bets"],
                "days": days,
                "profit": profit,
                "band_days": [],
                "low": [],
                "high": [],
            }
    return curves


def _stake(each: Mapping[str, Any]) -> str:
    """How a strategy stakes, where it is not a plain point on the win."""
    plan = str(each.get("stake", ""))
    plan = "" if plan.startswith("flat, 1 point") and "at most" not in plan else plan
    return ", ".join(part for part in (plan, "each way" if each.get("each_way") else "") if part)


def _statements(report: Report) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, each in report["strategies"].items():
        yield words.bucket(name), each
    for name, each in report["price_buckets"].items():
        yield f"Top20% at {name}", each
    for name, each in report["baseline"].items():
        yield f"No model: {words.bucket(name).lower()}", each
