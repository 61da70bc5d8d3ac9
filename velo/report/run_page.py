"""Findings in, one self-contained HTML page out: no address, no file beside it, no foreign code."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from velo.formats import on_page as formats
from velo.report import backtest_tables, charts, figure_tables, race_tables, words
from velo.report.charts import Mark, Series
from velo.report.svg import Drawing

CHARTS = ("paths", "backtest", "walk", "reliability", "ae", "roi", "months", "losses")
FOLDER = Path(__file__).parent / "templates"


def page(findings: Mapping[str, Any]) -> str:
    """The report of one run.

    Args:
        findings: as `findings` makes them.
    """
    return render("report.html.j2", findings=findings, **_parts(findings))


def render(template: str, **values: Any) -> str:
    """Fill a template; everything but what is marked as markup is escaped.

    The page's policy lets its own style and its own script run and nothing be fetched.
    """
    script = _templates().get_template("sort.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _templates()
        .get_template(template)
        .render(
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'",
            formats=formats,
            words=words,
            tables=figure_tables,
            race_tables=race_tables,
            backtest_tables=backtest_tables,
            **values,
        )
    )


def _parts(findings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verdict": words.verdict(findings),
        "tiles": _tiles(findings),
        "gate": figure_tables.gate(findings),
        "chart": dict.fromkeys(CHARTS) | _charts(findings),
    }


def _charts(findings: Mapping[str, Any]) -> dict[str, dict[str, Drawing]]:
    """Every chart that there is something to draw of, in both sizes."""
    drawings: dict[str, dict[str, Drawing]] = {}
    if any(path["days"] for path in findings["paths"].values()):
        drawings["paths"] = charts.both(
            lambda size: charts.profit_path("paths", findings["paths"], size)
        )
    for backtest in findings["backtests"]:
        drawings |= _bank(backtest)
    if findings["reliability"]["blend"]:
        drawings["reliability"] = charts.both(
            lambda size: charts.reliability("reliability", findings["reliability"], size)
        )
    if findings["odds_bands"]:
        for name, figure, neutral, text in (
            ("ae", "ae_ratio", 1.0, formats.number),
            ("roi", "roi", 0.0, lambda value: formats.percent(value, 0)),
        ):
            drawings[name] = _by_band(findings["odds_bands"], name, figure, neutral, text)
    if findings["months"]:
        drawings["months"] = _by_month(findings["months"])
    if any(each["loss"] and each["loss"]["value"] is not None for each in findings["features"]):
        drawings["losses"] = charts.both(
            lambda size: charts.losses("losses", findings["features"], size)
        )
    return drawings


def _bank(backtest: Mapping[str, Any]) -> dict[str, dict[str, Drawing]]:
    name, own = backtest_tables.kind(backtest), backtest_tables.paths(backtest)
    if not own:
        return {}
    return {name: charts.both(lambda size: charts.profit_path(f"{name}-bank", own, size))}


def _by_band(
    bands: list[dict[str, Any]], name: str, figure: str, neutral: float, text: Any
) -> dict[str, Drawing]:
    titles = {"ae": "A/E by odds band", "roi": "Return by odds band"}

    def series(kind: str, side: str, label: str) -> Series:
        marks = [
            _mark(
                each[side][figure],
                each[side][f"{figure}_ci"],
                f"{label}, {each['name']}, {formats.count(each[side]['bets'])} bets: ",
                text,
            )
            for each in bands
        ]
        return Series(kind, label, marks)

    both_sides = [
        series("market", "every runner", "Every runner"),
        series("model", "top20", "Top20%"),
    ]
    names = [each["name"].replace(" to ", "–").replace(" and over", "+") for each in bands]
    return charts.both(
        lambda size: charts.intervals(
            name, titles[name], names, both_sides, neutral, text, "decision odds", size
        )
    )


def _by_month(months: list[dict[str, Any]]) -> dict[str, Drawing]:
    marks = [
        _mark(
            each["gain"]["value"],
            [each["gain"]["low"], each["gain"]["high"]],
            f"{formats.day(each['name'])}, {formats.count(each['races'])} races: ",
            lambda value: formats.number(value, 3, sign=True),
        )
        for each in months
    ]
    names = [formats.day(each["name"]) for each in months]
    return charts.both(
        lambda size: charts.intervals(
            "months",
            "Gain over the market by month",
            names,
            [Series("model", "Blend", marks)],
            0.0,
            formats.trimmed,
            "month",
            size,
        )
    )


def _mark(value: float | None, ends: Any, label: str, text: Any) -> Mark | None:
    if value is None:
        return None
    low, high = ends if ends else (None, None)
    spoken = f"{label}{text(value)}"
    if low is not None and high is not None:
        spoken += f" ({text(low)} to {text(high)})"
    return Mark(value, low, high, spoken)


def _tiles(findings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The five figures that say most, each with its interval against the level to clear."""
    holdout, gate = findings["holdout"], findings["settings"]["gate"]
    wanted = [
        (
            "delta_ll",
            "Gain over the market",
            "wanted: above 0",
            [0.0],
            lambda x: formats.number(x, 4, sign=True),
            f"nats a race, {formats.count(holdout['races'])} races",
        ),
        (
            "roi_top20",
            "Return on Top20%",
            f"wanted: {formats.percent(gate['roi_top20'], 0)} or more",
            [gate["roi_top20"]],
            lambda x: formats.percent(x, sign=True),
            _bets(holdout, "roi_top20"),
        ),
        (
            "ae_ratio",
            "Winners over expected",
            f"wanted: {formats.number(gate['ae_ratio'])} or more",
            [gate["ae_ratio"]],
            formats.number,
            _bets(holdout, "ae_ratio"),
        ),
        (
            "calibration_slope",
            "Calibration slope",
            "wanted: 1 inside",
            [1.0],
            formats.number,
            f"{formats.count(holdout['runners'])} runners",
        ),
        _model_tile(findings),
    ]
    tiles = []
    for name, label, target, levels, text, of in wanted:
        mark = _mark(
            holdout.get(name),
            [holdout.get(name + "_low"), holdout.get(name + "_high")],
            f"{label}: ",
            text,
        )
        ends = "no interval"
        if mark is not None and mark.low is not None and mark.high is not None:
            ends = f"{text(mark.low)} to {text(mark.high)}"
        tiles.append(
            {
                "label": label,
                "value": text(holdout.get(name)),
                "interval": ends,
                "target": target,
                "of": of,
                "strip": charts.strip(f"tile-{name}", label, mark, levels) if mark else "",
            }
        )
    return tiles


def _model_tile(findings: Mapping[str, Any]) -> tuple[str, str, str, list[float], Any, str]:
    """What the model adds to the market, by its blend: a share, an exponent or a slope."""
    gate = findings["settings"]["gate"]
    if findings["settings"]["training"]["blend"] == "beside":
        label = "Slope of the model's score"
        of = "on the holdout; 1 is right, 0 knows nothing"
        return "score_slope", label, "wanted: above 0", [0.0, 1.0], formats.number, of
    of = "fitted out of fold"
    if findings["holdout"].get("alpha_share") is None:
        label = "Exponent of the model (γ)"
        return "gamma", label, "wanted: above 0", [0.0], formats.number, of
    low, high = gate["alpha_low"], gate["alpha_high"]
    target = f"wanted: {formats.number(low)} to {formats.number(high)}"
    return "alpha_share", "Model's share (α)", target, [low, high], formats.number, of


def _bets(holdout: Mapping[str, Any], name: str) -> str:
    return f"{formats.count(holdout.get(name + '_bets'))} bets"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    return environment


def _code(words: str) -> Markup:
    """Words in which what stands between backticks is set as code."""
    parts = words.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )
