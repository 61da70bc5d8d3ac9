"""The ledger's command where MLflow, which only keeps copies of its days, is of no use."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.velo_command import velo
from tests.live.predicted import backed, race, runner
from tests.monitoring.test_daily_runs import SETTINGS, ledger
from velo.errors import HomeError
from velo.home import Home
from velo.live.journal import record
from velo.monitoring.daily_runs import record_days


@pytest.mark.slow
def test_a_broken_mlflow_store_costs_the_runs_and_not_the_ledger(home: Home) -> None:
    record(home.ledger, [race(1, [backed(1), runner(2)])])
    (home.root / "mlflow.db").write_text("no database")
    table = velo(home.root, "ledger")
    assert (table.code, "bets not settled: 1 open" in table.out) == (2, True)
    plain = velo(home.root, "ledger", "--json")
    assert (plain.code, plain.json["bets"]["open"], plain.json["recorded"]) == (2, 1, None)
    for answer in (table, plain):
        assert len(answer.err.splitlines()) == 1
        assert f"{home.root / 'mlflow.db'} cannot be opened" in answer.err


def test_a_store_that_breaks_off_in_the_midst_of_the_days_is_named(home: Home) -> None:
    record_days(home, SETTINGS, ledger([1]))
    with sqlite3.connect(home.root / "mlflow.db") as con:
        con.execute("DROP TABLE latest_metrics")
    with pytest.raises(HomeError, match=r"mlflow\.db took not all .* run `velo ledger` again"):
        record_days(home, SETTINGS, ledger([1, 3]))


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("--strategy", "topp20"),
            "there is no strategy 'topp20': choose one of all, top10, top20",
        ),
        (
            ("--model", "7"),
            "version 7 predicted none of them before the off; these versions did: 1",
        ),
    ],
)
def test_a_name_that_nobody_bears_is_refused_and_no_empty_ledger(
    home: Home, words: tuple[str, ...], why: str
) -> None:
    record(home.ledger, [race(1, [backed(1), runner(2)])])
    answer = velo(home.root, "ledger", *words)
    assert (answer.code, answer.out) == (2, "")
    assert why in answer.err


def test_a_strategy_that_is_known_and_never_bet_has_an_empty_ledger(home: Home) -> None:
    record(home.ledger, [race(1, [backed(1), runner(2)])])
    answer = velo(home.root, "ledger", "--strategy", "top10", "--json")
    assert (answer.code, answer.json["bets"]["open"]) == (0, 0)


def test_a_horse_named_as_a_formula_is_exported_as_a_text(home: Home, tmp_path: Path) -> None:
    horse = "=HYPERLINK(1)\x1b[2J"
    record(home.ledger, [race(1, [backed(1, horse=horse), runner(2)])])
    for name in ("bets.csv", "bets.parquet"):
        assert velo(home.root, "ledger", "--export", str(tmp_path / name)).code == 0
    bets = pd.read_csv(tmp_path / "bets.csv")
    assert bets["horse"].tolist() == ["'=HYPERLINK(1)\\x1b[2J"]
    assert pd.read_parquet(tmp_path / "bets.parquet")["horse"].tolist() == [horse]
    assert bets["odds"].tolist() == [6.0]


def test_backfill_is_said_before_anything_else(home: Home, tmp_path: Path) -> None:
    record(
        home.ledger,
        [race(1, [backed(1), runner(2)]), race(2, [backed(3), runner(4)], backfill=True)],
    )
    bets, page = tmp_path / "bets.csv", tmp_path / "ledger.html"
    answer = velo(home.root, "ledger", "--backfill", "--export", str(bets), "--html", str(page))
    assert answer.out.startswith("backfill: 1 of 2 races were predicted after their off")
    assert "Ledger with backfill, 2 bets" in answer.out
    head, *rows = bets.read_text(encoding="utf-8").splitlines()
    assert head.startswith("backfill,race_id")
    assert [row.partition(",")[0] for row in rows] == ["False", "True"]
    assert "<title>VÉLØ ledger, backfill</title>" in page.read_text(encoding="utf-8")
    plain = velo(home.root, "ledger", "--backfill", "--json")
    assert plain.out.startswith('{"backfill": true, "backfilled_races": 1')
