"""Days lived one by one end where a backtest over the same days ends."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import numpy as np
import pandas as pd
import pytest

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report import BacktestTerms, Origin, backtest
from backtest.report_schema import Returned, Withdrawals
from tests.live.replayed import SETTINGS, World, lived, written
from training.data.conditions import conditioned, conditions
from training.scoring import score_period, stored_model
from training.statistics.bootstrap import FEWEST_DAYS, Resampling
from velo.errors import InputError, ModelError
from velo.live.figures import figures, spans
from velo.live.journal import Prediction, predictions
from velo.live.ledger_view import view_ledger
from velo.live.predict import Asked, predict
from velo.offline.build import build
from velo.offline.spine import Spine

pytestmark = pytest.mark.slow
DAYS = 5


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(tmp_path_factory.mktemp("replay") / "home"))
        yield lived(tmp_path_factory.mktemp("files"), DAYS)


@pytest.fixture(scope="module")
def replayed(world: World) -> World:
    """Every day but the last: card, predictions online and offline, results."""
    for day in sorted(world.days)[:-1]:
        done = world.predict(day)
        assert done.unscored == []
        world.predict(day, offline=True)
        settlement = world.settle(world.results(day))
        assert settlement.days[0]["unmatched"] == 0
        assert settlement.days[0]["waiting"] == 0
    return world


def of(world: World, day: date) -> list[Prediction]:
    return predictions(world.home.ledger, (day, day))


def test_the_ledgers_flat_bets_equal_a_backtest_over_the_same_days(replayed: World) -> None:
    """Races whose printed book is out of bounds are bet and settled, but no backtest has them."""
    home = replayed.home
    build(home, SETTINGS)
    days = sorted(replayed.days)[:-1]
    stored = stored_model(home, "challenger")
    scored = score_period(home, stored, days[0], days[-1])
    known = conditions(Spine(home), days[0], days[-1], "sp", "none")
    report = backtest(
        conditioned(scored.predictions, known),
        BacktestTerms(
            "sp",
            "sp",
            0.0,
            stored.card.odds_band,
            (Learned.stored(stored.card, days[0]),),
            Resampling(200, SETTINGS.training.seed),
        ),
        Period(days[0], days[-1]),
        Origin(stored.name, stored.registered.run_id, None),
        Withdrawals(horses=0, law="none", unsettleable_races=0),
        Returned(withdrawn=0, void=0, void_races=0),
    )
    judged = set(scored.predictions["race_id"])
    for strategy in ("top10", "top20", "top30", "all"):
        book = view_ledger(home, SETTINGS, strategy=strategy)
        runners, bets = (
            frame[frame["race_id"].isin(judged)] for frame in (book.runners, book.bets)
        )
        ours = figures(runners, bets, spans(runners)[-1], Resampling(200, SETTINGS.training.seed))
        theirs = report["strategies"][strategy]
        assert ours.races == report["races"]
        assert ours.picks == theirs["bets"]
        assert ours.wins == pytest.approx(theirs["winners"], abs=1e-12)
        for field, name in (
            ("profit", "profit"),
            ("roi", "roi"),
            ("ae_raw", "ae_ratio"),
            ("ae_fair", "ae_fair"),
            ("max_drawdown", "max_drawdown"),
        ):
            assert getattr(ours, field) == pytest.approx(theirs[name], abs=1e-9), (strategy, name)
        assert ours.bet_days == theirs["bet_days"] < FEWEST_DAYS
        assert ours.roi_low is ours.roi_high is theirs["roi_ci"] is None
        assert ours.calibration_error == pytest.approx(report["calibration_error"], abs=1e-9)
        assert ours.ll_gain_low is ours.ll_gain_high is report["delta_ll_ci"] is None
    assert report["strategies"]["top30"]["bets"] > 20
    assert set(book.runners["race_id"]) >= judged


def test_features_and_probabilities_online_equal_those_offline_every_day(replayed: World) -> None:
    compared = 0
    for day in sorted(replayed.days)[:-1]:
        made = of(replayed, day)
        for online in (each for each in made if each.source == "online"):
            offline = next(
                each for each in made if each.race_id == online.race_id and each.source == "offline"
            )
            assert offline.revision == online.revision + 1
            for one, other in zip(online.runners, offline.runners, strict=True):
                assert one.features == pytest.approx(other.features, abs=1e-9, nan_ok=True)
                assert one.p == pytest.approx(other.p, abs=1e-12)
                assert one.stakes == other.stakes
                compared += 1
    assert compared > 100


def test_a_race_past_its_off_is_refused_unless_it_is_a_backfill_and_then_is_marked(
    replayed: World,
) -> None:
    day = sorted(replayed.days)[0]
    late = datetime.combine(day, time(23, 59), UTC)
    asked = Asked(replayed.card(day), model="challenger")
    with pytest.raises(InputError, match="off was"):
        predict(replayed.home, SETTINGS, asked, clock=lambda: late)
    before = view_ledger(replayed.home, SETTINGS).bets
    done = predict(replayed.home, SETTINGS, replace(asked, backfill=True), clock=lambda: late)
    assert all(each.backfill for each in done.predictions)
    pd.testing.assert_frame_equal(view_ledger(replayed.home, SETTINGS).bets, before)
    assert all(not each.backfill for each in of(replayed, day) if each.revision <= 2)


def test_a_day_that_the_model_was_trained_on_is_not_predicted(replayed: World) -> None:
    trained = stored_model(replayed.home, "challenger").train_end
    (day,) = (
        Spine(replayed.home)
        .connect()
        .execute(
            "SELECT max(CAST(event_timestamp AS DATE)) FROM entries WHERE event_timestamp < ?",
            [datetime.combine(trained, time(), UTC)],
        )
        .fetchall()[0]
    )
    asked = Asked(day=day, model="challenger", backfill=True)
    with pytest.raises(ModelError, match="was trained on"):
        predict(replayed.home, SETTINGS, asked)


def test_strangers_are_scored_from_their_priors_and_marked(replayed: World) -> None:
    day = sorted(replayed.days)[-1]
    race = replayed.days[day][0]["race_id"]
    rows = [row for row in _card(replayed, day) if row["race_id"] == race]
    strange = rows[0] | {"horse": "Never Seen (IRE)", "trainer": "Nobody Knows", "going": ""}
    lost = rows[1] | {"horse": ""}
    path = written(replayed.folder / "strange.csv", [strange, lost, *rows[2:]])
    with pytest.raises(InputError, match="could not be read"):
        replayed.predict(day, path)
    scoring = SETTINGS.model_copy(
        update={"live": SETTINGS.live.model_copy(update={"incomplete": "score"})}
    )
    done = predict(
        replayed.home,
        scoring,
        Asked(path, model="challenger"),
        clock=lambda: datetime.combine(day, time(8), UTC),
    )
    (only,) = done.predictions
    runner = next(each for each in only.runners if each.horse.startswith("Never Seen"))
    assert {"horse", "trainer"} <= set(runner.unknown)
    assert sum(each.p or 0 for each in only.runners) == pytest.approx(1)
    assert [each.reason for each in done.unscored] == ["line 3 names no horse"]


def test_without_odds_there_is_no_market_and_no_verdict(replayed: World) -> None:
    day = sorted(replayed.days)[-1]
    done = replayed.predict(day, replayed.card(day, "no_odds", sp=""))
    for race in done.predictions:
        assert race.price_kind is None
        assert {each.verdict for each in race.runners} == {"no market"}
        assert sum(each.p_model for each in race.runners) == pytest.approx(1)
        assert all(each.p is None and not each.stakes for each in race.runners)


def test_odds_of_a_price_file_of_another_kind_make_verdicts_indicative(replayed: World) -> None:
    day = sorted(replayed.days)[-1]
    rows = [
        {"horse": row["horse"], "race_id": row["race_id"], "odds": row["sp"]}
        for row in _card(replayed, day)
    ]
    prices = written(replayed.folder / "prices.csv", [*rows, rows[0] | {"horse": "A Stranger"}])
    done = replayed.predict(day, prices=prices, price_kind="morning")
    assert all(each.price_kind == "morning" and each.indicative for each in done.predictions)
    assert any("match no runner" in note for note in done.notes)
    same = replayed.predict(day)
    for one, other in zip(done.predictions, same.predictions, strict=True):
        assert [each.p for each in one.runners] == pytest.approx([each.p for each in other.runners])
        assert not other.indicative


def test_a_horse_that_a_later_card_no_longer_declares_is_out_of_the_race(replayed: World) -> None:
    day = sorted(replayed.days)[-1]
    whole = replayed.predict(day).predictions[0]
    gone = whole.runners[0]
    rows = [row for row in _card(replayed, day) if row["horse"] != gone.horse]
    done = replayed.predict(day, written(replayed.folder / "revised.csv", rows))
    revised = next(each for each in done.predictions if each.race_id == whole.race_id)
    assert {each.horse_id for each in revised.runners} == {
        each.horse_id for each in whole.runners[1:]
    }
    assert revised.revision == whole.revision + 1
    assert np.isclose(sum(each.p or 0 for each in revised.runners), 1)


def _card(world: World, day: date) -> list[dict[str, str]]:
    with world.card(day).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_race_that_goes_off_while_it_is_scored_is_not_kept(replayed: World) -> None:
    day = sorted(replayed.days)[-1]
    stages: list[str] = []
    before = len(of(replayed, day))
    done = predict(
        replayed.home,
        SETTINGS,
        Asked(replayed.card(day), model="challenger"),
        stages.append,
        lambda: datetime.combine(day, time(23, 59) if "scoring" in stages else time(8), UTC),
    )
    assert done.predictions == []
    assert {each.reason for each in done.unscored} == {"its off passed while it was being scored"}
    assert len(of(replayed, day)) == before


def test_a_horse_taken_out_after_its_prediction_is_returned_and_its_chance_shared_out(
    replayed: World,
) -> None:
    day = sorted(replayed.days)[-1]
    done = replayed.predict(day)
    race, gone = next(
        (race, each)
        for race in done.predictions
        for each in race.runners
        if each.stakes.get("top30") and len(race.runners) > 3
    )
    rows = [
        row | {"pos": "NR", "sp": "-", "ovr_btn": "-", "btn": "-"}
        if row["horse"] == gone.horse
        else row
        for row in replayed.days[day]
    ]
    settlement = replayed.settle(written(replayed.folder / "with_a_withdrawal.csv", rows))
    assert settlement.days[-1]["void"] == 1
    assert settlement.unmatched == []
    book = view_ledger(replayed.home, SETTINGS, strategy="top30")
    (bet,) = book.bets[book.bets["horse_id"] == gone.horse_id].to_dict("records")
    assert (bet["outcome"], bet["profit"]) == ("withdrawn", 0.0)
    others = book.runners[book.runners["race_id"] == race.race_id]
    winner_left = (others["win_share"] > 0).any()
    assert others["whole"].all() == winner_left
    assert len(others) == len(race.runners)
