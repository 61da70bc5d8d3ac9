"""What `velo backtest` prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from velo.cli import console
from velo.formats import in_text


def show_backtest(report: dict[str, Any], path: Path) -> None:
    """Print the strategies with their intervals, then what to know before believing them."""
    from backtest.run import named_figures

    named = named_figures(report)
    span, prices = report["period"], report["prices"]
    legs = report["walk_forward"]
    models = "one model" if legs is None else f"{len(legs)} models walked forward"
    console.table(
        f"Version {report['version']}, {span['from']} to {span['to']}: {report['races']:,} races, "
        f"{models}, {prices['decision']} -> {prices['settlement']}, "
        f"commission {in_text.percent(prices['commission'], 0)}",
        [
            "strategy",
            "bets",
            "days",
            "won",
            "profit",
            "ROI",
            "95%",
            "random ROI",
            "p",
            "A/E",
            "strike",
            "drawdown",
            "claimed",
            "bets needed",
        ],
        [_row(name, each) for name, each in named.items()],
    )
    for name, each in report["strategies"].items():
        bank, ratio = each["bank"], each["sharpe"]
        lucky = (
            ""
            if ratio is None
            else (
                f", daily Sharpe {in_text.number(ratio['daily'], 3)}, better than luck with "
                f"probability {in_text.percent(ratio['deflated'], 0)}"
            )
        )
        console.say(f"{name}: {closing_line(each)}")
        console.say(
            f"{name}: {each['stake']}{', each way' if each['each_way'] else ''}; bank "
            f"{in_text.number(bank['opening'], 0)} -> {in_text.number(bank['closing'], 1)}, "
            f"lowest {in_text.number(bank['lowest'], 1)}{lucky}"
        )
    chance = report["comparison"]["probability_of_overfitting"]
    console.say(
        f"probability that the best of these {len(report['strategies'])} strategies ranks in the "
        f"lower half on other days: {in_text.percent(chance, 0)}"
    )
    for caveat in report["caveats"]:
        console.say(f"note: {caveat}")
    unsettled = max(each["unsettled"] for each in named.values())
    if unsettled:
        console.say(f"bets left out, as they cannot be settled: up to {unsettled:,} in a strategy")
    if report["excluded"]:
        left = ", ".join(f"{count:,} {reason}" for reason, count in report["excluded"].items())
        console.say(f"races left out: {left}")
    console.say(f"report {path}")


def closing_line(each: Mapping[str, Any]) -> str:
    """What a strategy's bets were worth at the close, of how many, and how many have no value."""
    interval = in_text.percents(each["clv_ci"], sign=True)
    value = (
        f"closing value {in_text.roi(each['clv'])} ({interval}) of {each['clv_bets']:,} bets on "
        f"{each['clv_days']:,} days"
        if each["clv_bets"]
        else "no closing value"
    )
    without = {
        "at the closing price itself": each["clv_at_close"],
        "whose close or deduction is not known": each["clv_unknown"],
    }
    return ", ".join([value, *(f"{count:,} {why}" for why, count in without.items() if count)])


def _row(name: str, each: dict[str, Any]) -> list[Any]:
    random, power = each["random"] or {}, each["power"] or {}
    return [
        name,
        each["bets"],
        each["bet_days"],
        round(each["winners"], 2),
        round(each["profit"], 1),
        in_text.roi(each["roi"]),
        in_text.percents(each["roi_ci"], sign=True),
        in_text.roi(random.get("roi")),
        in_text.number(random.get("p_value"), 3),
        each["ae_ratio"],
        in_text.percent(each["strike_rate"]),
        round(each["max_drawdown"], 1),
        in_text.percent(power.get("claimed_edge")),
        power.get("bets_needed"),
    ]
