"""A backtest's report is shown with the parts that it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.report.little_run import little_run
from tests.report.reading import read
from velo.report import backtest_tables
from velo.report.findings import findings
from velo.report.page import page

PLAIN = {
    "bets": 40, "unsettled": 0, "winners": 6.5, "staked": 40.0, "profit": 3.5,
    "roi": 0.0875, "roi_ci": [-0.2, 0.4], "ae_ratio": 1.1, "ae_ratio_ci": [0.8, 1.4],
    "ae_fair": 1.0, "ae_fair_ci": [0.7, 1.3], "max_drawdown": 8.0,
    "strike_rate": 0.16, "strike_rate_ci": [0.1, 0.2],
}  # fmt: skip
WEIGHED = PLAIN | {
    "bank": {"opening": 100.0, "closing": 103.5, "lowest": 92.0, "path": [97.0, 103.5]},
    "random": {"draws": 1000, "selected_roi": 0.09, "roi": -0.15, "roi_ci": [-0.4, 0.1],
               "p_value": 0.031},
    "power": {"claimed_roi": 0.12, "power": 0.22, "bets_needed": 2400},
    "sharpe": {"daily": 0.1, "deflated": 0.64},
}  # fmt: skip


def report(statement: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "run_id": "1" * 32,
        "period": {"from": "2018-04-11", "to": "2018-06-24"},
        "prices": {"decision": "sp", "settlement": "sp", "commission": 0.0,
                   "note": "selected on the price it settles at"},
        "races": 300, "runners": 2500, "excluded": {},
        "strategies": dict.fromkeys(("top10", "top20", "top30", "all"), statement),
        "price_buckets": {"[5,8)": PLAIN},
        "baseline": {"favourite": PLAIN, "blind_band": PLAIN | {"roi": None, "roi_ci": None}},
        "calibration_error": 0.01, "delta_r2": 0.01, "delta_ll_ci": [0.001, 0.02],
        "alpha_share": 0.4,
        **parts,
    }  # fmt: skip


WHOLE = report(
    WEIGHED,
    days=["2018-04-11", "2018-04-12"],
    withdrawals={"horses": 12, "law": "none", "unsettleable_races": 0},
    comparison={"strategies": ["top10", "top20"], "probability_of_overfitting": 0.41},
    walk_forward=[{"period": {"from": "2018-04-11", "to": "2018-06-24"},
                   "train_end": "2018-04-11", "cutoffs": {}, "alpha_share": 0.4, "races": 300,
                   "delta_ll": 0.01}],
    caveats=["selected on the price it settles at", "the bank would not have lasted: all"],
)  # fmt: skip


def shown(backtest: dict[str, Any]) -> str:
    found = findings(replace(little_run(), backtest=backtest))
    return read(page(found)).named("main")[0].text


def test_a_backtest_of_bare_strategies_is_shown_without_a_word_of_chance() -> None:
    text = shown(report(PLAIN))
    assert "+8.8%" in text
    assert "Against chance" not in text
    assert backtest_tables.paths(report(PLAIN)) == {}


def test_chance_power_and_overfitting_are_shown_where_they_were_measured() -> None:
    text = shown(WHOLE)
    for words in ("Against chance", "0.031", "2,400", "misleads with probability 41%",
                  "12 horses were withdrawn (deduction: none)",
                  "walked forward"):  # fmt: skip
        assert words in text


def test_the_bank_is_drawn_as_profit_from_its_opening() -> None:
    assert backtest_tables.paths(WHOLE)["top20"]["profit"] == [-3.0, 3.5]


def test_the_backtests_caveats_are_repeated_but_not_the_one_that_is_said_already() -> None:
    found = findings(replace(little_run(), backtest=WHOLE))
    assert "Backtest: the bank would not have lasted: all." in found["caveats"]
    assert sum("settles at" in each for each in found["caveats"]) == 1
