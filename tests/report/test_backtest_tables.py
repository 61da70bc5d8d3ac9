"""A backtest's report is shown with the parts that it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report import BacktestTerms, Origin, backtest
from backtest.report_schema import Returned, Withdrawals
from tests.report.little_run import little_run
from tests.report.reading import read
from training.statistics.bootstrap import Resampling
from velo.report import backtest_tables, words
from velo.report.findings import findings
from velo.report.run_page import page
from velo.settings import OddsBand

PLAIN = {
    "bets": 40,
    "unsettled": 0,
    "winners": 6.5,
    "staked": 40.0,
    "profit": 3.5,
    "roi": 0.0875,
    "roi_ci": [-0.2, 0.4],
    "ae_ratio": 1.1,
    "ae_ratio_ci": [0.8, 1.4],
    "ae_fair": 1.0,
    "ae_fair_ci": [0.7, 1.3],
    "max_drawdown": 8.0,
    "strike_rate": 0.16,
    "strike_rate_ci": [0.1, 0.2],
}
WEIGHED = PLAIN | {
    "bank": {"opening": 100.0, "closing": 103.5, "lowest": 92.0, "path": [97.0, 103.5]},
    "random": {
        "draws": 1000,
        "selected_roi": 0.09,
        "roi": -0.15,
        "roi_ci": [-0.4, 0.1],
        "p_value": 0.031,
    },
    "power": {"claimed_edge": 0.123, "power": 0.22, "bets_needed": 2400},
    "sharpe": {"daily": 0.1, "deflated": 0.64},
}


def report(statement: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "run_id": "1" * 32,
        "period": {"from": "2018-04-11", "to": "2018-06-24"},
        "prices": {
            "decision": "sp",
            "settlement": "sp",
            "commission": 0.0,
            "note": "selected on the price it settles at",
        },
        "races": 300,
        "runners": 2500,
        "excluded": {},
        "strategies": dict.fromkeys(("top10", "top20", "top30", "all"), statement),
        "price_buckets": {"[5,8)": PLAIN},
        "baseline": {"favourite": PLAIN, "blind_band": PLAIN | {"roi": None, "roi_ci": None}},
        "calibration_error": 0.01,
        "delta_r2": 0.01,
        "delta_ll_ci": [0.001, 0.02],
        "alpha_share": 0.4,
        **parts,
    }


WHOLE = report(
    WEIGHED,
    days=["2018-04-11", "2018-04-12"],
    withdrawals={"horses": 12, "law": "none", "unsettleable_races": 0},
    returned={"withdrawn": 0, "void": 17, "void_races": 2},
    earlier_looks=1,
    comparison={"strategies": ["top10", "top20"], "probability_of_overfitting": 0.41},
    walk_forward=[
        {
            "period": {"from": "2018-04-11", "to": "2018-06-24"},
            "train_end": "2018-04-11",
            "cutoffs": {},
            "alpha_share": 0.4,
            "races": 300,
            "delta_ll": 0.01,
        }
    ],
    caveats=["selected on the price it settles at", "the bank would not have lasted: all"],
)


def main_text(backtest: dict[str, Any]) -> str:
    document = findings(replace(little_run(), backtests=(backtest,)))
    return read(page(document)).named("main")[0].text


def test_a_backtest_of_bare_strategies_is_shown_without_a_word_of_chance() -> None:
    text = main_text(report(PLAIN))
    assert "+8.8%" in text
    assert "Against chance" not in text
    assert backtest_tables.paths(report(PLAIN)) == {}


def test_chance_power_and_overfitting_are_shown_where_they_were_measured() -> None:
    whole = read(page(findings(replace(little_run(), backtests=(WHOLE,)))))
    (caption,) = [each for each in whole.named("caption") if "Against chance" in each.text]
    below = whole.elements[whole.elements.index(caption) :]
    cells = [" ".join(each.text.split()) for each in below if each.name in ("td", "th")]
    row = cells[cells.index("Top20%") :][:8]
    assert row == [
        "Top20%",
        "+9.0% 40 bets",
        "−15.0% −40% to +10%",
        "0.031",
        "+12.3%",
        "22%",
        "2,400",
        "64%",
    ]
    text = " ".join(whole.named("main")[0].text.split())
    for sentence in (
        "Of the 2 compared, the one that is best on half of the days is no better than the middle "
        "on the other half in 41% of the ways to halve them.",
        "+0.0010 to +0.0200 nats a race (97.5% for 1 earlier look at these days, by race day).",
        "Horses withdrawn: 12 (deduction from the others' bets: none).",
        "Races declared void: 2.",
        "The models that were walked forward",
    ):
        assert sentence in text


def test_the_bank_is_drawn_as_profit_from_its_opening() -> None:
    assert backtest_tables.paths(WHOLE)["top20"]["profit"] == [-3.0, 3.5]


def test_the_backtests_caveats_are_repeated_but_not_the_one_that_is_said_already() -> None:
    document = findings(replace(little_run(), backtests=(WHOLE,)))
    assert "Walk-forward backtest: the bank would not have lasted: all." in document["caveats"]
    assert sum("settles at" in each for each in document["caveats"]) == 1


def made() -> dict[str, Any]:
    """A backtest of the little run's own holdout."""
    run = little_run()
    frame = run.predictions.assign(
        race_type="Flat", class_level=4.0, handicap=False, finish=float("nan")
    )
    days = Period(frame["date"].min().date(), frame["date"].max().date())
    learned = (Learned(days.first, {10: 0.1, 20: 0.05, 30: 0.0}),)
    terms = BacktestTerms("sp", "sp", 0.0, OddsBand(), learned, Resampling(200, 1))
    gone = Withdrawals(horses=0, law="none", unsettleable_races=0)
    back = Returned(withdrawn=0, void=0, void_races=0)
    return backtest(frame, terms, days, Origin("1", run.run_id, 0.4), gone, back)


def test_every_figure_of_a_real_backtest_stands_in_its_table() -> None:
    report = made()
    rows = {row[0].text: row for row in backtest_tables.chance(report).rows}
    for name in ("top10", "top20", "top30", "all"):
        each, row = report["strategies"][name], rows[words.bucket(name)]
        values = [cell.value for cell in row[1:]]
        assert values == [
            each["random"]["selected_roi"],
            each["random"]["roi"],
            each["random"]["p_value"],
            each["power"]["claimed_edge"],
            each["power"]["power"],
            each["power"]["bets_needed"],
            each["sharpe"]["deflated"],
        ]
    assert sum(value is not None for row in rows.values() for value in [row[4].value]) >= 4


def test_a_strategy_with_a_plan_of_its_own_says_it() -> None:
    own = WEIGHED | {"stake": "0.5 of Kelly, at most 2% a bet", "each_way": True}
    plain = WEIGHED | {"stake": "flat, 1 point", "each_way": False}
    table = backtest_tables.strategies(report(plain, strategies={"top10": plain, "mine": own}))
    cells = {row[0].text: row[0].detail for row in table.rows}
    assert cells["Top10%"] == ""
    assert cells["Mine"] == "0.5 of Kelly, at most 2% a bet, each way"


def test_a_backtest_and_a_walk_stand_side_by_side_without_sharing_an_id() -> None:
    document = findings(replace(little_run(), backtests=(made(), WHOLE)))
    whole = read(page(document))
    ids = [element.attributes["id"] for element in whole.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    text = whole.named("main")[0].text
    assert "Backtest, walked forward" in text
