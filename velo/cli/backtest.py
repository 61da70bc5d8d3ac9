"""`velo backtest`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from velo.cli import console


def backtest(
    model: Annotated[
        str, typer.Option(help="champion, challenger, a version or a run id.")
    ] = "challenger",
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the report's JSON schema and stop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Bet a period with a stored model; by default the 90 days after its training."""
    if schema:
        from backtest.schema import schema as report_schema

        console.emit_json(report_schema())
        return
    with console.progress("Backtesting") as tell:
        report, path = run(
            model, first.date() if first else None, last.date() if last else None, tell
        )
    if as_json:
        console.emit_json({**report, "path": str(path)})
        return
    show(report, path)


def run(model: str, first: Any, last: Any, tell: Any) -> tuple[dict[str, Any], Any]:
    """Score the period, bet it and write the report."""
    from backtest.periods import period
    from backtest.report import Terms, write
    from backtest.report import backtest as bet
    from training.scoring import score_period, stored_model
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine
    from velo.settings import OddsBand

    home, chosen = Home.current(), settings.load()
    tell("loading the model")
    stored = stored_model(home, model)
    days = period(stored.train_end, Spine(home).last_day, first, last)
    tell("retrieving features")
    scored = score_period(home, stored, days.first, days.last)
    tell("settling bets")
    prices = stored.said["prices"]
    terms = Terms(
        decision=prices["decision"],
        settlement=prices["settlement"],
        commission=chosen.prices.commission.get(prices["settlement"], 0.0),
        band=OddsBand(**stored.said["odds_band"]),
        cutoffs=stored.said["cutoffs"],
        draws=chosen.training.bootstrap_draws,
        seed=chosen.training.seed,
    )
    report = bet(
        scored.predictions, terms, days, stored.name, stored.registered.run_id,
        stored.model.blend.alpha_share, scored.excluded,
    )  # fmt: skip
    return report, write(report, home)


def show(report: dict[str, Any], path: Any) -> None:
    """Print the strategies with their intervals."""
    named = {
        **report["strategies"],
        **{f"top20 in {name}": figures for name, figures in report["price_buckets"].items()},
        **{f"baseline {name}": figures for name, figures in report["baseline"].items()},
    }
    span, prices = report["period"], report["prices"]
    console.table(
        f"Version {report['version']}, {span['from']} to {span['to']}: {report['races']:,} races, "
        f"{prices['note']}, commission {prices['commission']:.0%}",
        ["strategy", "bets", "winners", "profit", "ROI", "95%", "A/E", "strike rate", "drawdown"],
        [
            [
                name, each["bets"], round(each["winners"], 2), round(each["profit"], 1),
                console.percent(each["roi"]), console.interval(each["roi_ci"]),
                each["ae_ratio"], console.percent(each["strike_rate"]),
                round(each["max_drawdown"], 1),
            ]
            for name, each in named.items()
        ],
    )  # fmt: skip
    if report["excluded"]:
        left = ", ".join(f"{count:,} {reason}" for reason, count in report["excluded"].items())
        console.say(f"races left out: {left}")
    console.say(f"report {path}")
