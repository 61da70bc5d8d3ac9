"""The backtest's report: by hand on three races, and by the schema on a simulated season."""

from __future__ import annotations

import json
from datetime import date

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtest.cutoffs import Learned
from backtest.periods import Period
from backtest.report import BacktestTerms, Origin, backtest, write
from backtest.report_schema import Returned, Withdrawals, schema
from training.record.run_report import SAME_PRICE
from training.statistics.bootstrap import Resampling
from velo.errors import DataError, InputError
from velo.home import Home
from velo.settings import Backtest, OddsBand

BAND = OddsBand()
PLAIN = {"race_type": "Flat", "class_level": 4.0, "handicap": False, "finish": np.nan}
NONE = Returned(withdrawn=0, void=0, void_races=0)
MARCH = Period(date(2021, 3, 1), date(2021, 3, 31))


def cutoffs(top10: float, top20: float, top30: float) -> list[Learned]:
    return [Learned(MARCH.first, {10: top10, 20: top20, 30: top30})]


def terms(**changes: object) -> BacktestTerms:
    usual: dict[str, object] = {
        "decision": "sp",
        "settlement": "sp",
        "commission": 0.0,
        "band": BAND,
        "learned": cutoffs(0.5, 0.2, 0.1),
        "resampling": Resampling(200, 1),
    }
    return BacktestTerms(**{**usual, **changes})  # type: ignore[arg-type]


def report(frame: pd.DataFrame, on: BacktestTerms | None = None, **changes: object) -> dict:
    origin = {"version": "1", "run_id": "a" * 32, "alpha_share": 0.35, **changes}
    excluded = origin.pop("excluded", None)
    withdrawn = Withdrawals(horses=0, law="none", unsettleable_races=0)
    return backtest(frame, on or terms(), MARCH, Origin(**origin), withdrawn, NONE, excluded)  # type: ignore[arg-type]


@pytest.fixture
def three_races() -> pd.DataFrame:
    """1: a 9.0 chance we like wins. 2: two we like dead-heat at 6.0. 3: the favourite wins."""
    rows = [
        # race, horse, date, win_share, odds, p_market, p
        (1, 1, "2021-03-02", 1.0, 9.0, 0.10, 0.20),
        (1, 2, "2021-03-02", 0.0, 1.5, 0.65, 0.60),
        (1, 3, "2021-03-02", 0.0, 4.0, 0.25, 0.20),
        (2, 4, "2021-03-02", 0.5, 6.0, 0.16, 0.25),
        (2, 5, "2021-03-02", 0.5, 6.0, 0.16, 0.25),
        (2, 6, "2021-03-02", 0.0, 1.4, 0.68, 0.50),
        (3, 7, "2021-03-09", 0.0, 21.0, 0.05, 0.08),
        (3, 8, "2021-03-09", 0.0, 22.0, 0.05, 0.90),
        (3, 9, "2021-03-09", 1.0, 1.1, 0.90, 0.02),
    ]
    names = ["race_id", "horse_id", "date", "win_share", "decision_odds", "p_market", "p"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(
        date=pd.to_datetime(frame["date"]),
        course="Ascot",
        settlement_odds=frame["decision_odds"],
        p_market_power=frame["p_market"],
        p_model=frame["p"],
        **PLAIN,
    )


def test_three_races_settled_by_hand(three_races):
    top20 = report(three_races)["strategies"]["top20"]
    # Backed: 9.0 (value .8), both 6.0 (value .5), 21.0 (value .68); 22.0 is outside the band.
    assert top20["bets"] == 4
    assert top20["winners"] == 2.0
    assert top20["staked"] == 4.0
    assert top20["profit"] == pytest.approx(8 + (0.5 * 6 - 1) * 2 - 1)
    assert top20["roi"] == pytest.approx(11 / 4)
    assert top20["ae_ratio"] == pytest.approx(2 / (1 / 9 + 2 / 6 + 1 / 21))
    assert top20["ae_fair"] == pytest.approx(2 / (0.10 + 0.32 + 0.05))
    assert top20["strike_rate"] == 0.5
    assert top20["max_drawdown"] == pytest.approx(1.0)


def test_a_value_that_only_equals_the_cutoff_is_not_backed(three_races):
    top10 = report(three_races)["strategies"]["top10"]
    assert top10["bets"] == 2  # .8 and .68 exceed .5; the two at exactly .5 do not


def test_price_buckets_split_the_top20_bets_by_decision_price(three_races):
    buckets = report(three_races)["price_buckets"]
    assert {name: bucket["bets"] for name, bucket in buckets.items()} == {
        "[5,8)": 2,
        "[8,15)": 1,
        "[15,21]": 1,
    }


def test_the_favourite_baseline_stakes_a_point_a_race_and_joint_favourites_share_it(three_races):
    joint = three_races.assign(
        decision_odds=three_races["decision_odds"].replace({1.4: 6.0}),
    )
    favourite = report(joint)["baseline"]["favourite"]
    assert favourite["bets"] == 5
    assert favourite["staked"] == pytest.approx(3.0)
    # Race 1 loses 1; race 2: a third each on two dead-heaters at 6.0 and one loser at 1.4.
    assert favourite["profit"] == pytest.approx(-1 + 2 / 3 * 2 - 1 / 3 + 0.1)


def test_blind_band_backs_every_runner_of_the_band(three_races):
    assert report(three_races)["baseline"]["blind_band"]["bets"] == 4


def test_commission_is_charged_on_a_races_net_winnings(three_races):
    free = report(three_races)["strategies"]["top20"]["profit"]
    charged = report(three_races, terms(commission=0.02))["strategies"]["top20"]["profit"]
    assert free - charged == pytest.approx(0.02 * (8 + 4))


def test_a_bet_without_a_settlement_price_is_returned_and_counted(three_races):
    unsettled = three_races.copy()
    unsettled.loc[0, "settlement_odds"] = np.nan
    top20 = report(unsettled, terms(settlement="bsp"))["strategies"]["top20"]
    assert (top20["bets"], top20["unsettled"]) == (3, 1)
    assert top20["profit"] == pytest.approx(3.0)


def test_settlement_prices_pay_but_never_select(three_races):
    doubled = three_races.assign(settlement_odds=three_races["settlement_odds"] * 2)
    before = report(three_races)["strategies"]["top20"]
    after = report(doubled, terms(settlement="bsp"))["strategies"]["top20"]
    assert after["bets"] == before["bets"]
    assert after["profit"] == pytest.approx(17 + 5 * 2 - 1)


def test_closing_value_is_of_the_bets_that_have_one_and_the_others_are_counted(three_races):
    # Of the four bets one was at the close itself, and of one the race has no whole close.
    values = three_races.assign(closing_value=np.nan, at_close=three_races["horse_id"] == 7)
    values.loc[values["horse_id"].isin((1, 4)), "closing_value"] = [0.10, -0.04]
    everything = report(values)["baseline"]["blind_band"]
    assert everything["clv"] == pytest.approx(0.03)
    assert everything["clv_ci"] is None  # one race day
    counts = ("bets", "clv_bets", "clv_days", "clv_at_close", "clv_unknown")
    assert [everything[name] for name in counts] == [4, 2, 1, 1, 1]


def test_closing_value_has_its_interval_by_race_day(three_races):
    season = pd.concat(
        [
            three_races[three_races["race_id"] == 1].assign(
                race_id=10 + day,
                date=pd.Timestamp(2021, 3, 1 + day),
                closing_value=0.01 * (day - 3),
                at_close=False,
            )
            for day in range(12)
        ],
        ignore_index=True,
    )
    low, high = report(season)["strategies"]["top20"]["clv_ci"]
    assert low < 0.025 < high


def test_predictions_without_a_close_have_no_closing_value(three_races):
    top20 = report(three_races)["strategies"]["top20"]
    assert (top20["clv"], top20["clv_bets"], top20["clv_unknown"]) == (None, 0, top20["bets"])


def test_the_report_says_when_bets_settle_at_the_price_they_were_selected_on(three_races):
    assert report(three_races)["prices"]["note"] == SAME_PRICE
    assert report(three_races, terms(settlement="bsp"))["prices"]["note"] != SAME_PRICE


def test_races_outside_the_period_are_not_bet(three_races):
    three_races.loc[three_races["race_id"] == 3, "date"] = pd.Timestamp("2021-04-01")
    assert report(three_races)["races"] == 2


def test_a_race_without_a_complete_book_is_left_out_and_counted(three_races):
    three_races.loc[0, ["p", "p_market", "p_market_power"]] = np.nan
    summary = report(three_races, excluded={"no_winner": 4})
    assert summary["races"] == 2
    assert summary["excluded"] == {"no_winner": 4, "unpriced": 1}


def test_a_period_without_a_race_is_refused(three_races):
    with pytest.raises(DataError, match="complete book"):
        report(three_races.assign(date=pd.Timestamp("2022-01-01")))


def season(seed: int, races: int = 120) -> pd.DataFrame:
    """Three races a day in an efficient market with a margin; the model is the market + noise."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(2, 15, races)
    race = np.repeat(np.arange(races), sizes)
    strength = np.exp(generator.normal(size=sizes.sum()))
    p = strength / np.bincount(race, strength)[race]
    noisy = p * np.exp(generator.normal(0, 0.3, len(p)))
    blended = noisy / np.bincount(race, noisy)[race]
    won = np.zeros(len(p))
    for number in range(races):
        runners = np.flatnonzero(race == number)
        won[generator.choice(runners, p=p[runners])] = 1.0
    odds = 1 / (p + 0.015)
    return pd.DataFrame(
        {
            "race_id": race,
            "horse_id": np.arange(len(p)),
            "date": pd.Timestamp("2021-03-01") + pd.to_timedelta(race // 4, unit="D"),
            "course": "Ascot",
            "win_share": won,
            "decision_odds": odds,
            "settlement_odds": odds,
            "p_market": p,
            "p_market_power": p,
            "p_model": blended,
            "p": blended,
            **PLAIN,
        }
    )


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    races=st.integers(1, 40),
    least=st.tuples(*[st.floats(-1, 5) for _ in range(3)]),
    share=st.one_of(st.none(), st.just(float("nan")), st.floats(-1, 2)),
)
def test_every_report_validates_against_the_schema_and_is_plain_json(seed, races, least, share):
    on = terms(learned=cutoffs(*least), resampling=Resampling(100, 1))
    summary = report(season(seed, races), on, alpha_share=share)
    text = json.dumps(summary, allow_nan=False)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))


def test_a_strategy_without_a_bet_has_nulls_and_not_zeros(three_races):
    never = terms(learned=cutoffs(99.0, 99.0, 99.0))
    top20 = report(three_races, never)["strategies"]["top20"]
    assert top20["bets"] == 0
    for name in ("roi", "roi_ci", "ae_ratio", "ae_fair", "strike_rate"):
        assert top20[name] is None
    assert top20["max_drawdown"] == 0.0


def test_every_betting_figure_has_an_interval_and_a_number_of_bets():
    statement = report(season(3))["strategies"]["all"]
    assert statement["bets"] > 50
    for name in ("roi", "ae_ratio", "ae_fair", "strike_rate"):
        low, high = statement[f"{name}_ci"]
        assert low < statement[name] < high


def test_the_drawdown_is_the_fall_from_the_highest_end_of_a_day(three_races):
    """By hand: days of +12, then -1, of a bank of 100; then a day of -1 first, and +9 after it."""
    days = report(three_races)["strategies"]["top20"]
    assert days["bank"]["path"] == pytest.approx([112.0, 111.0])
    assert days["bank"]["drawdown"] == pytest.approx([0.0, 1.0])
    assert days["max_drawdown"] == pytest.approx(1.0)
    lost = three_races.assign(
        date=three_races["date"].replace({pd.Timestamp("2021-03-09"): pd.Timestamp("2021-03-01")})
    ).sort_values(["date", "race_id"], ignore_index=True)
    turned = report(lost)["strategies"]["top20"]
    assert turned["bank"]["path"] == pytest.approx([99.0, 111.0])
    assert turned["bank"]["drawdown"] == pytest.approx([1.0, 0.0])
    assert turned["max_drawdown"] == pytest.approx(1.0)


def test_earlier_looks_widen_the_gain_over_the_market_and_nothing_else():
    card = season(6)
    fresh, seen = report(card), report(card, terms(earlier_looks=9))
    assert (fresh["earlier_looks"], seen["earlier_looks"]) == (0, 9)
    assert seen["delta_ll_ci"][0] < fresh["delta_ll_ci"][0]
    assert seen["delta_ll_ci"][1] > fresh["delta_ll_ci"][1]
    assert seen["strategies"] == fresh["strategies"]
    assert any("before: 9" in each for each in seen["caveats"])


def test_returned_bets_stand_beside_the_accounts_and_in_none(three_races):
    back = Returned(withdrawn=3, void=17, void_races=2)
    gone = Withdrawals(horses=3, law="none", unsettleable_races=0)
    origin = Origin("1", "a" * 32, 0.35)
    summary = backtest(three_races, terms(), MARCH, origin, gone, back)
    assert summary["returned"] == {"withdrawn": 3, "void": 17, "void_races": 2}
    assert summary["strategies"] == report(three_races)["strategies"]


def test_an_efficient_market_loses_its_margin_to_the_blind_band():
    band = report(season(5, races=124))["baseline"]["blind_band"]
    low, high = band["roi_ci"]
    assert low < -0.13 < high  # .015 of about .115


def test_the_schema_is_a_valid_draft_2020_12_schema_with_the_specified_names():
    declared = schema()
    jsonschema.Draft202012Validator.check_schema(declared)
    names = """version run_id period prices races runners excluded strategies price_buckets
        calibration_error delta_r2 delta_ll_ci alpha_share baseline"""
    assert set(declared["required"]) >= set(names.split())


def test_the_report_is_written_whole_under_its_version(tmp_path, three_races):
    summary = report(three_races, version="v1.1.0")
    path = write(summary, Home(tmp_path))
    assert path == tmp_path / "reports" / "backtest_v1.1.0.json"
    assert json.loads(path.read_text()) == summary
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_version_that_would_leave_the_folder_is_refused(tmp_path, three_races):
    with pytest.raises(InputError, match="cannot name a report"):
        write(report(three_races, version="../1"), Home(tmp_path))


def test_every_account_opens_with_the_bank_that_is_set():
    for bank in (50, 5000):
        summary = report(season(7), terms(betting=Backtest(bank=bank)))
        for each in summary["strategies"].values():
            assert each["bank"]["opening"] == bank
            assert each["bank"]["closing"] == pytest.approx(bank + each["profit"])


def test_a_strategy_faces_as_many_random_selections_as_are_set():
    """The smallest share of draws is that of the strategy itself among them."""
    for draws in (100, 400):
        alone = report(season(8), terms(betting=Backtest(null_draws=draws)))["strategies"]["all"]
        assert alone["random"]["draws"] == draws
        assert alone["random"]["p_value"] * (draws + 1) == pytest.approx(
            round(alone["random"]["p_value"] * (draws + 1))
        )
