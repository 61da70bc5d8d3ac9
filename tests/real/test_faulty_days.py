"""Real days on which something goes wrong: what the ledger must not notice, and what it must."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.live.struck import velo_at
from tests.real.against_backtest import backtested
from tests.real.hong_kong_days import HONG_KONG, SMALL, Days, morning, race_days, trained
from velo.backup.backup import backup
from velo.backup.restore import restore
from velo.errors import InputError
from velo.home import Home
from velo.live.journal import predictions
from velo.live.ledger_view import view_ledger
from velo.live.predict import Asked, predict

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HONG_KONG.is_file(), reason="the real files are not beside the project"),
]

WRONG = "sp_dec * CASE WHEN pos = '1' THEN 2 ELSE 1 END AS sp_dec, " + (
    "CASE pos WHEN '1' THEN '2' WHEN '2' THEN '1' ELSE pos END AS pos"
)
"""The first two of every race the wrong way round, and the winner's price doubled."""
ENVIRONMENT = {"VELO_STORE__THREADS": "2", "VELO_LIVE__TIMEZONE": "Asia/Hong_Kong"}


@pytest.fixture(scope="module")
def days() -> list[date]:
    """Wednesday, Saturday, Wednesday."""
    return race_days()[-3:]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, days: list[date]) -> Path:
    """A home that was trained on the days before, in an archive."""
    file = tmp_path_factory.mktemp("kept") / "home.tar.gz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("trained") / "home"))
        here = trained(tmp_path_factory.mktemp("before"), SMALL, days[0], date(2017, 1, 1))
        backup(here.home, SMALL.store, file)
    return file


@pytest.fixture(scope="module")
def undisturbed(
    kept: Path, days: list[date], tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    """The ledger of days on which nothing goes wrong."""
    with pytest.MonkeyPatch.context() as patch:
        here = home_of(kept, tmp_path_factory.mktemp("undisturbed"), patch)
        for day in days:
            here.predict(day)
            here.settle(here.results(day), at=day)
        return ledger(here)


@pytest.fixture
def here(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """The trained home afresh."""
    return home_of(kept, tmp_path, monkeypatch)


def home_of(kept: Path, folder: Path, patch: pytest.MonkeyPatch) -> Days:
    root = folder / "home"
    restore(kept, root)
    patch.setenv("VELO_HOME", str(root))
    return Days(Home.current(), SMALL, folder)


def ledger(here: Days) -> pd.DataFrame:
    """Every predicted runner and what became of it; how often it was predicted does not count."""
    book = view_ledger(here.home, here.settings)
    return book.runners.drop(columns="revision")


def of(frame: pd.DataFrame, *days: date) -> pd.DataFrame:
    return frame[frame["day"].isin(days)].reset_index(drop=True)


def outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """What became of the runners, whatever was predicted of them."""
    return frame[["race_id", "horse_id", "state", "finish", "win_share", "ran", "sp", "whole"]]


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True, check_dtype=False)


def test_results_that_come_before_the_next_card_may_be_two_days_late(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    for day in days:
        here.predict(day)
        here.settle(here.results(day), at=day + timedelta(2))
    same(ledger(here), undisturbed)


def test_results_that_come_after_the_next_card_change_that_cards_predictions_alone(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    """Whoever ran on the first day is priced on the second as if it had not."""
    first, second, third = days
    here.predict(first)
    here.predict(second)
    here.settle(here.results(first), here.results(second), at=second)
    here.predict(third)
    here.settle(here.results(third), at=third)
    predictions = ledger(here)
    same(of(predictions, first, third), of(undisturbed, first, third))
    same(outcomes(predictions), outcomes(undisturbed))
    assert (of(predictions, second)["p"] != of(undisturbed, second)["p"]).any()


def test_results_that_come_twice_or_in_two_files_count_once(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    for day in days:
        here.predict(day)
        results = here.results(day)
        again = here.folder / f"again_{day}.parquet"
        duckdb.execute(f"COPY (SELECT * FROM '{results}' ORDER BY horse DESC) TO '{again}'")
        here.settle(results, at=day)
        batches = here.settle(results, again, at=day + timedelta(1)).batches
        assert [each["accepted"] + each["updated"] for each in batches] == [0, 0]
    same(ledger(here), undisturbed)


def test_a_wrong_result_that_is_put_right_before_the_next_card_leaves_no_trace(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    wrong = []
    for day in days:
        here.predict(day)
        here.settle(here.results(day, WRONG, "wrong"), at=day)
        wrong.append(outcomes(of(ledger(here), day)))
        here.settle(here.results(day), at=day + timedelta(1))
    assert not pd.concat(wrong, ignore_index=True).equals(outcomes(undisturbed))
    same(ledger(here), undisturbed)


def test_a_result_that_is_changed_and_changed_back_needs_new_bytes(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    """The file that was right comes again: its bytes are known, and it changes nothing."""
    for day in days:
        here.predict(day)
        right = here.results(day)
        here.settle(right, at=day)
        settled = here.settle(here.results(day, WRONG, "wrong"), at=day)
        assert settled.batches[0]["updated"] > 0
        assert here.settle(right, at=day).batches[0]["unchanged"] > 0
        back = here.folder / f"back_{day}.parquet"
        duckdb.execute(f"COPY (SELECT * FROM '{right}' ORDER BY horse) TO '{back}'")
        assert here.settle(back, at=day).batches[0]["updated"] > 0
    same(ledger(here), undisturbed)


def test_a_correction_after_the_next_card_is_reproduced_by_a_build_as_known(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    """The second card was priced on a wrong history, and so it is in the backtest, to the bit."""
    first, second, third = days
    here.predict(first)
    here.settle(here.results(first, WRONG, "wrong"), at=first)
    here.predict(second)
    here.settle(here.results(first), here.results(second), at=second)
    here.predict(third)
    here.settle(here.results(third), at=third)
    predictions = ledger(here)
    same(of(predictions, first, third), of(undisturbed, first, third))
    same(outcomes(predictions), outcomes(undisturbed))
    assert (of(predictions, second)["p"] != of(undisturbed, second)["p"]).any()
    both = predictions.merge(
        backtested(here).chances, on=["race_id", "horse_id"], suffixes=("", "_as")
    )
    assert len(both) == len(predictions)
    assert (both["p_model"] == both["p_model_as"]).all()
    later = both[both["day"] > first]
    assert (later["p"] == later["p_as"]).all()
    # On the first day the backtest bets at the prices that were told that night.
    assert (of(both, first)["p"] != of(both, first)["p_as"]).any()


def test_a_clock_that_runs_ahead_is_refused_and_costs_nothing(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    for day in days:
        ahead = morning(day) + timedelta(hours=6)
        with pytest.raises(InputError, match="it has no off time, and its cut-off was"):
            predict(
                here.home,
                SMALL,
                Asked(here.card(day), model="challenger"),
                clock=lambda ahead=ahead: ahead,
            )
        assert not predictions(here.home.ledger, (day, day))
        here.predict(day)
        here.settle(here.results(day), at=day)
    same(ledger(here), undisturbed)


def test_strangers_and_a_race_without_odds_disturb_their_own_races_alone(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    for number, day in enumerate(days):
        rows = here.rows(day)
        if number == 1:
            numbers = sorted({row["race_no"] for row in rows})
            for row in [row for row in rows if row["race_no"] == numbers[0]][:3]:
                row |= {"horse": f"Never Seen {row['num']}", "horse_id": f"Z{row['num']}"}
            for row in rows:
                row["sp"] = None if row["race_no"] == numbers[1] else row["sp"]
        made = here.predict(day, here.card(day, rows)).predictions
        if number == 1:
            strange, unpriced = made[0], made[1]
            settled = here.settle(here.results(day), at=day)
            assert len(settled.unmatched) == 3
        else:
            here.settle(here.results(day), at=day)
    assert sum(runner.unknown == ["horse"] for runner in strange.runners) >= 3
    assert sum(runner.p or 0 for runner in strange.runners) == pytest.approx(1)
    assert {runner.verdict for runner in unpriced.runners} == {"no market"}
    predictions, disturbed = ledger(here), {strange.race_id, unpriced.race_id}
    same(
        predictions[~predictions["race_id"].isin(disturbed)].reset_index(drop=True),
        undisturbed[~undisturbed["race_id"].isin(disturbed)].reset_index(drop=True),
    )
    lost = predictions[predictions["race_id"] == strange.race_id]
    assert (lost["state"] == "unmatched").sum() == 3
    assert not lost["whole"].any()


STRUCK = (
    # the day, the command, and where it dies; what is not struck is run to its end afterwards
    (0, "predict", "velo.warehouse.ingest:merge:after:1"),
    (0, "predict", "velo.live.journal:_cells:before:20"),
    (0, "predict", "velo.live.predict:record:after:1"),
    (0, "results", "velo.warehouse.ingest:check_races:after:1"),
    (0, "results", "velo.live.settling:days_told:before:1"),
    (1, "predict", "velo.offline.renewal:Renewal.renew:after:4"),
    (1, "predict", "velo.offline.publication:_publish:before:1"),
    (1, "predict", "velo.offline.publication:Path.symlink_to:before:1"),
    (1, "predict", "velo.offline.publication:Path.symlink_to:after:1"),
    (1, "predict", "velo.store.online.materialize:_bring:after:4"),
    (1, "results", "velo.live.settling:view_ledger:before:1"),
    (2, "predict", "velo.live.preparation:materialize:after:1"),
    (2, "predict", "velo.live.pricing:score:after:1"),
)


def test_a_process_killed_anywhere_is_mended_by_the_next_run(
    here: Days, days: list[date], undisturbed: pd.DataFrame
) -> None:
    for number, day in enumerate(days):
        words = {
            "predict": ("predict", str(here.card(day)), "--model", "challenger"),
            "results": ("results", str(here.results(day))),
        }
        at = {"predict": morning(day), "results": morning(day) + timedelta(hours=15)}
        for command, line in words.items():
            for place in [p for n, c, p in STRUCK if (n, c) == (number, command)]:
                died = velo_at(here.home.root, at[command], *line, struck=place, **ENVIRONMENT)
                assert died.returncode == -9, (place, died.returncode, died.stderr[-400:])
            done = velo_at(here.home.root, at[command], *line, **ENVIRONMENT)
            assert done.returncode == 0, done.stderr
    same(ledger(here), undisturbed)
