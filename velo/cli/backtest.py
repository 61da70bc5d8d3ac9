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
    walk_forward: Annotated[
        bool, typer.Option("--walk-forward", help="Retrain the model's recipe as the days go by.")
    ] = False,
    every: Annotated[
        int | None, typer.Option(min=1, max=1200, help="Months between two fits of the walk.")
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
    from velo.errors import InputError

    if every is not None and not walk_forward:
        raise InputError("--every says how often to retrain: give it with --walk-forward")
    with console.progress("Backtesting") as tell:
        report, path = run(
            model,
            first.date() if first else None,
            last.date() if last else None,
            tell,
            walk_forward,
            every,
        )
    if as_json:
        console.emit_json({**report, "path": str(path)})
        return
    show(report, path)


def run(
    model: str,
    first: Any,
    last: Any,
    tell: Any,
    walk_forward: bool = False,
    every: int | None = None,
) -> tuple[dict[str, Any], Any]:
    """Score the period, bet it and write the report."""
    from backtest import python_strategy
    from backtest.cutoffs import Learned
    from backtest.periods import period, walked_period
    from backtest.report import Origin, Terms, write
    from backtest.report import backtest as bet
    from backtest.schema import Returned, Withdrawals
    from backtest.walk_forward import recipe_of, walk
    from training.data.conditions import conditioned, conditions
    from training.data.returned import returned
    from training.record import looks, strategy_code
    from training.scoring import score_period, stored_model
    from training.statistics.bootstrap import Resampling
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine
    from velo.racing.withdrawals import law_of

    home, chosen = Home.current(), settings.load()
    tell("loading the model")
    stored = stored_model(home, model)
    card, spine = stored.card, Spine(home)
    run_id, alpha_share, legs = stored.registered.run_id, stored.model.blend.alpha_share, None
    if walk_forward:
        days = walked_period(stored.train_end, spine.last_day, first, last)
        months = every or chosen.backtest.retrain_months
        walked = walk(home, recipe_of(stored, chosen), days, months, tell)
        scored, learned, legs = walked.scored, walked.learned, walked.legs
        alpha_share = legs[-1].alpha_share
        look = looks.of_walk(
            run_id, days.first, days.last, [leg.model_dump(mode="json") for leg in legs]
        )
    else:
        days = period(stored.train_end, spine.last_day, first, last)
        tell("retrieving features")
        scored = score_period(home, stored, days.first, days.last)
        learned = (Learned.stored(card, days.first),)
        look = looks.Look(run_id, looks.OWN, days.first, days.last)
    codes = python_strategy.codes(chosen.strategies, chosen.project).values()
    made = [
        look,
        *(looks.of_strategy(run_id, days.first, days.last, c.named, c.sha256) for c in codes),
    ]
    earlier = looks.earlier_looks(home, days.first, days.last, *made)
    for each in made:
        looks.declare(home, each)
    for code in codes:
        strategy_code.keep(home, run_id, code.named, code.source)
    tell("settling bets")
    prices = card.prices
    law = law_of(prices.settlement, chosen.prices.exchange)
    known = conditions(spine, days.first, days.last, prices.settlement, law)
    terms = Terms(
        decision=prices.decision,
        settlement=prices.settlement,
        commission=chosen.prices.commission_of(prices.settlement),
        band=card.odds_band,
        learned=learned,
        resampling=Resampling.of(chosen.training),
        declared=chosen.strategies,
        project=chosen.project,
        betting=chosen.backtest,
        earlier_looks=earlier,
    )
    report = bet(
        conditioned(scored.predictions, known),
        terms,
        days,
        Origin(stored.name, run_id, alpha_share, legs),
        Withdrawals(horses=known.withdrawn, law=law, unsettleable_races=known.unpriced_withdrawals),
        Returned(**vars(returned(spine, days.first, days.last, prices.decision, card.odds_band))),
        scored.excluded,
    )
    return report, write(report, home)


def show(report: dict[str, Any], path: Any) -> None:
    """Print the strategies with their intervals, then what to know before believing them."""
    named = {
        **report["strategies"],
        **{f"top20 in {name}": figures for name, figures in report["price_buckets"].items()},
        **{f"baseline {name}": figures for name, figures in report["baseline"].items()},
    }
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
        f"probability that the best of these {len(report['strategies'])} strategies is below the "
        f"middle on other days: {console.percent(chance, 0)}"
    )
    for caveat in report["caveats"]:
        console.say(f"note: {caveat}")
    unsettled = max(each["unsettled"] for each in named.values())
    if unsettled:
        console.say(f"unsettleable bets, left out: up to {unsettled:,} in a strategy")
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
