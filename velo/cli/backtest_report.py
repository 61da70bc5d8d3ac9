"""What `velo backtest` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from velo.cli import console


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
        f"commission {prices['commission']:.0%}",
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
                f", daily Sharpe {_number(ratio['daily'])}, better than luck with probability "
                f"{console.percent(ratio['deflated'], 0)}"
            )
        )
        console.say(
            f"{name}: {each['stake']}{', each way' if each['each_way'] else ''}; bank "
            f"{bank['opening']:,.0f} -> {bank['closing']:,.1f}, lowest {bank['lowest']:,.1f}{lucky}"
        )
    chance = report["comparison"]["probability_of_overfitting"]
    console.say(
        f"probability that the best of these {len(report['strategies'])} strategies ranks in the "
        f"lower half on other days: {console.percent(chance, 0)}"
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


def _row(name: str, each: dict[str, Any]) -> list[Any]:
    random, power = each["random"] or {}, each["power"] or {}
    p_value = random.get("p_value")
    return [
        name,
        each["bets"],
        each["bet_days"],
        round(each["winners"], 2),
        round(each["profit"], 1),
        console.percent(each["roi"]),
        console.interval(each["roi_ci"]),
        console.percent(random.get("roi")),
        "-" if p_value is None else f"{p_value:.3f}",
        each["ae_ratio"],
        console.percent(each["strike_rate"]),
        round(each["max_drawdown"], 1),
        console.percent(power.get("claimed_edge")),
        power.get("bets_needed"),
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
