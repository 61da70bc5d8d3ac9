"""The report's tables, made of its findings. An interval and a count stand with every figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from velo.formats import on_page as formats
from velo.report import words
from velo.report.table import Cell, Column, PageTable, closing_value, count, percent, ratio, word

Findings = Mapping[str, Any]


def gate(findings: Findings) -> PageTable:
    """The gate: criterion, target, value with interval, whether it holds."""
    rows = [
        [
            word(words.criterion(each["name"]), each["name"]),
            Cell(words.target(each), each["target"]),
            Cell(*words.value(each)),
            Cell("" if each["bets"] is None else formats.count(each["bets"]), each["bets"]),
            word(
                "✓ holds" if each["holds"] else "✗ misses", mark="good" if each["holds"] else "bad"
            ),
            word(_missed(each)),
        ]
        for each in findings["verdict"]["criteria"]
    ]
    columns = [
        Column("Criterion", False),
        Column("Target"),
        Column("Value, 95%"),
        Column("Bets"),
        Column("Verdict", False),
        Column("Note", False),
    ]
    return PageTable("gate", "Every criterion must hold", columns, rows)


def buckets(findings: Findings) -> PageTable:
    """Each selection of the holdout: bets, profit and return."""
    holdout = findings["holdout"]
    rows = []
    for name, path in findings["paths"].items():
        ends = [holdout.get(f"roi_{name}{end}") for end in ("_low", "_high")]
        rows.append(
            [
                word(words.bucket(name)),
                count(path["bets"]),
                Cell(formats.number(_last(path), 1, sign=True), _last(path), _band(path)),
                percent(holdout.get(f"roi_{name}"), ends),
                closing_value(holdout, f"clv_{name}"),
            ]
        )
    columns = [
        Column("Selection", False),
        Column("Bets"),
        Column("Profit, points"),
        Column("Return, 95%"),
        Column("Closing value, 95%"),
    ]
    return PageTable("buckets", "Selections of the holdout, one point a bet", columns, rows)


def reliability(findings: Findings) -> PageTable:
    """The blend's bins, given and won."""
    rows = [
        [
            Cell(formats.percent(each["predicted"]), each["predicted"]),
            Cell(
                formats.percent(each["observed"]),
                each["observed"],
                formats.percents(each["observed_ci"]),
            ),
            Cell(
                formats.number(100 * (each["observed"] - each["predicted"]), 1, sign=True),
                each["observed"] - each["predicted"],
            ),
            count(each["runners"]),
        ]
        for each in findings["reliability"]["blend"]
    ]
    columns = [Column("Given"), Column("Won, 95%"), Column("Gap, points"), Column("Runners")]
    caption = "The blend, in 20 bins of equal mass"
    return PageTable("bins", caption, columns, rows, folded=True)


def odds_bands(findings: Findings) -> PageTable:
    """A/E and return by odds band, of the Top20% and of every runner."""
    rows = [
        [
            Cell(each["name"], i),
            count(each["runners"]),
            count(each["top20"]["bets"]),
            count(each["top20"]["winners"]),
            *(
                cell
                for side in ("top20", "every runner")
                for cell in (
                    ratio(each[side]["ae_ratio"], each[side]["ae_ratio_ci"]),
                    percent(each[side]["roi"], each[side]["roi_ci"]),
                )
            ),
        ]
        for i, each in enumerate(findings["odds_bands"])
    ]
    columns = [
        Column("Odds", False),
        Column("Runners"),
        Column("Bets"),
        Column("Winners"),
        Column("A/E, Top20%"),
        Column("Return, Top20%"),
        Column("A/E, all"),
        Column("Return, all"),
    ]
    return PageTable("odds", "Top20% bets and every runner, by decision odds", columns, rows)


def pieces(findings: Findings, kind: str) -> PageTable:
    """Months, or the courses that are most surely bad: gain over the market, bets, A/E."""
    rows = [
        [
            Cell(formats.day(each["name"]) if kind == "months" else each["name"], each["name"]),
            count(each["races"]),
            count(each.get("days")),
            Cell(
                formats.number(each["gain"]["value"], 4, sign=True),
                each["gain"]["value"],
                formats.numbers(_ends(each["gain"]), 4, sign=True),
            ),
            count(each["bets"]),
            ratio(each["ae_ratio"]["value"], _ends(each["ae_ratio"])),
        ]
        for each in findings[kind]
    ]
    columns = [
        Column("Month" if kind == "months" else "Course", False),
        Column("Races"),
        Column("Days"),
        Column("Gain, nats a race"),
        Column("Top20% bets"),
        Column("A/E, 95%"),
    ]
    caption = "Month by month" if kind == "months" else "The courses where it does worst"
    return PageTable(kind, caption, columns, rows, folded=kind == "months")


def features(findings: Findings) -> PageTable:
    """Importance, loss when shuffled, and missing values of each feature."""
    widest = max((each["importance"] or 0.0 for each in findings["features"]), default=0.0) or 1.0
    rows = []
    for each in findings["features"]:
        loss, nulls = each["loss"] or {}, each["nulls"] or {}
        judged = each["judgement"]
        mark = {"helps": "good", "hurts": "bad"}.get(judged, "")
        rows.append(
            [
                Cell(
                    each["feature"],
                    each["feature"],
                    each["family"].replace("_", " "),
                    lines=(f"{each['description']} Unit: {each['unit']}.",) if each["unit"] else (),
                ),
                Cell(
                    formats.percent(each["importance"]),
                    each["importance"],
                    bar=None if each["importance"] is None else each["importance"] / widest,
                ),
                Cell(
                    formats.number(loss.get("value"), 4, sign=True),
                    loss.get("value"),
                    formats.numbers([loss.get("low"), loss.get("high")], 4, sign=True),
                ),
                word(judged, mark=mark),
                *(_null(nulls, kind) for kind in ("unexplained", "structural", "cold_start")),
            ]
        )
    columns = [
        Column("Feature", False),
        Column("Share of gain"),
        Column("Lost when shuffled"),
        Column("Judgement", False),
        Column("Unexplained"),
        Column("By nature"),
        Column("Cold start"),
    ]
    return PageTable("features", "Features: weight, worth and missing values", columns, rows)


def exclusions(findings: Findings) -> PageTable:
    """Races that were left out, by reason."""
    rows = [
        [word(reason.replace("-", " ")), count(races)]
        for reason, races in findings["data"]["excluded"].items()
    ]
    columns = [Column("Reason", False), Column("Races")]
    return PageTable("excluded", "Races left out of fitting, or without a market", columns, rows)


def folds(findings: Findings) -> PageTable:
    """Each fold's days and figures."""
    spans = {each["number"]: each for each in findings["plan"]["folds"]}
    rows = []
    for each in findings["folds"]:
        span = spans[int(each["fold"])]
        days = f"{formats.day(span['test_start'])} to {formats.day(span['test_end'])}"
        rows.append(
            [
                Cell(str(int(each["fold"])), each["fold"], days),
                count(each.get("races")),
                *(
                    Cell(formats.number(each.get(name), 4), each.get(name))
                    for name in ("r2_model", "r2_linear", "r2_market")
                ),
                Cell(formats.number(each.get("delta_r2"), 4, sign=True), each.get("delta_r2")),
                Cell(formats.number(each.get("alpha_share"), 2), each.get("alpha_share")),
            ]
        )
    columns = [
        Column("Fold", False),
        Column("Races"),
        Column("R², trees"),
        Column("R², straight line"),
        Column("R², market"),
        Column("Blend over market"),
        Column("α"),
    ]
    return PageTable("folds", "Walk-forward folds, out of fold", columns, rows, folded=True)


def _missed(each: Mapping[str, Any]) -> str:
    by = "" if each["missed_by"] is None else f"by {words.distance(each)}"
    return "; ".join(part for part in (by, each["note"]) if part)


def _null(nulls: Mapping[str, Any], kind: str) -> Cell:
    rows = nulls.get("rows")
    rate = nulls[kind] / rows if rows else None
    return Cell(formats.percent(rate), rate)


def _ends(estimate: Mapping[str, Any]) -> list[float | None]:
    return [estimate["low"], estimate["high"]]


def _last(path: Mapping[str, Any]) -> float | None:
    return path["profit"][-1] if path["profit"] else None


def _band(path: Mapping[str, Any]) -> str:
    if not path["low"]:
        return ""
    return formats.numbers([path["low"][-1], path["high"][-1]], 0, sign=True)
