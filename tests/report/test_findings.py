"""The figures of a report agree with the run that was judged."""

from __future__ import annotations

import numpy as np
import pytest

from tests.report.little_run import little_run
from training.judging.metrics import Predictions
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races
from velo.report.caveats import caveats
from velo.report.comparison import paired
from velo.report.findings import findings
from velo.report.notable import notable

RUN = little_run()
FOUND = findings(RUN)


def test_the_path_ends_at_the_profit_that_was_judged() -> None:
    path, holdout = FOUND["paths"]["top20"], FOUND["holdout"]
    assert path["bets"] == holdout["roi_top20_bets"]
    assert path["profit"][-1] == pytest.approx(holdout["roi_top20"] * path["bets"])


def test_the_band_holds_the_path_and_ends_about_where_the_judged_interval_does() -> None:
    path, holdout = FOUND["paths"]["top20"], FOUND["holdout"]
    by_day = dict(zip(path["days"], path["profit"], strict=True))
    for day, low, high in zip(path["band_days"], path["low"], path["high"], strict=True):
        assert low < by_day[day] < high
    width = path["high"][-1] - path["low"][-1]
    judged = (holdout["roi_top20_high"] - holdout["roi_top20_low"]) * path["bets"]
    assert width == pytest.approx(judged, rel=0.25)


def test_the_bands_of_odds_hold_every_bet_and_every_runner_once() -> None:
    bands = FOUND["odds_bands"]
    assert sum(each["runners"] for each in bands) == FOUND["holdout"]["runners"]
    assert sum(each["top20"]["bets"] for each in bands) == FOUND["holdout"]["roi_top20_bets"]


def test_reliability_has_every_runner_and_the_judged_error() -> None:
    bins = FOUND["reliability"]["blend"]
    runners = sum(each["runners"] for each in bins)
    assert runners == FOUND["holdout"]["runners"]
    error = sum(each["runners"] * abs(each["observed"] - each["predicted"]) for each in bins)
    assert error / runners == pytest.approx(FOUND["holdout"]["calibration_error"])


def test_the_most_different_races_are_those_of_greatest_relative_entropy() -> None:
    given = Predictions.of(RUN.predictions)
    entropy = given.races.sum(given.p * np.log(given.p / given.p_market_power))
    expected = [each["expected"] for each in FOUND["races"]["different"]]
    assert expected == pytest.approx(np.sort(entropy)[::-1][:10])
    assert min(expected) > 0


def test_the_worst_races_lost_to_the_market_worst_first() -> None:
    gains = [each["gain"] for each in FOUND["races"]["worst"]]
    assert gains == sorted(gains)
    assert gains[-1] < 0


def test_the_runner_of_a_race_is_the_one_that_moved_most() -> None:
    for race in FOUND["races"]["different"]:
        moved = [abs(each["p"] - each["p_market_power"]) for each in race["runners"]]
        assert moved[race["runner"]] == max(moved)


def test_a_race_without_a_book_is_in_no_list() -> None:
    frame = RUN.predictions.copy()
    worst = FOUND["races"]["worst"][0]["race_id"]
    frame.loc[frame["race_id"].astype(str) == worst, ["p", "p_market", "p_market_power"]] = np.nan
    listed = {each["race_id"] for each in notable(frame)["worst"]}
    assert worst not in listed


def test_a_run_is_not_told_apart_from_itself() -> None:
    same = paired(RUN.predictions, RUN.predictions, Resampling(200, 1))
    assert same is not None
    assert same["gain"] == 0
    assert same["races"] == FOUND["holdout"]["races"]


def test_runs_without_a_race_in_common_are_not_compared() -> None:
    races = Races.of(RUN.predictions["race_id"].to_numpy())
    race_id = RUN.predictions["race_id"].to_numpy()
    half = race_id < np.median(races.first(race_id))
    assert paired(RUN.predictions[half], RUN.predictions[~half], Resampling(200, 1)) is None


def test_the_truth_beats_a_guess_by_its_log_likelihood() -> None:
    guess = RUN.predictions.assign(p=RUN.predictions["p_market"])
    comparison = paired(guess, RUN.predictions, Resampling(200, 1))
    given = Predictions.of(RUN.predictions)
    gain = given.races.log_likelihood(given.p, given.win_share) - given.races.log_likelihood(
        given.p_market, given.win_share
    )
    assert comparison is not None
    assert comparison["gain"] == pytest.approx(gain.mean())


NOT_OF_EVERY_RUN = (
    "Selected on the price it settles at: SP",
    "Underpowered: 276 bets",
    "looked at 2 times before",
    "(level 98.33%)",
    "11.4% of the races have no usable market",
    "`velo build --as-known`",
    "The straight line does better",
)


def test_caveats_speak_of_the_run_at_hand() -> None:
    of_this_run = " ".join(FOUND["caveats"])
    for words in NOT_OF_EVERY_RUN:
        assert words in of_this_run


def test_a_run_to_which_a_caveat_does_not_apply_goes_without_it() -> None:
    parts = {
        "prices": {"decision": "morning", "note": "two prices"},
        "verdict": {"underpowered": False},
        "data": {"excluded": {"no winner": 99}, "corrections": "as known"},
        "model": {"linear_is_better": False},
    }
    sound = {
        name: getattr(RUN.report, name).model_copy(update=part) for name, part in parts.items()
    }
    report = RUN.report.model_copy(update={**sound, "earlier_looks": 0})
    text = " ".join(caveats(report, {"top20": 0.02}, overbroke=3))
    assert "below 1 at MORNING prices: 3" in text
    assert "Decided at MORNING (10:00 on the day), settled at SP (the off)" in text
    for words in (
        "price it settles at",
        "Underpowered",
        "had been looked at",
        "no usable market",
        "--as-known",
        "straight line",
    ):
        assert words not in text


def test_a_selection_that_expects_to_lose_and_a_model_used_backwards_are_named() -> None:
    model = RUN.report.model
    blend = model.blend.model_copy(update={"exponent": -0.05})
    line = model.model_copy(update={"objective": "linear", "blend": blend})
    backwards = RUN.report.model_copy(update={"model": line})
    text = " ".join(caveats(backwards, {"top20": -0.15}))
    assert "expected return of −15.0%" in text
    assert "negative weight" in text
    usual = " ".join(caveats(RUN.report, {"top20": 0.02}))
    assert "expected return" not in usual
    assert "negative weight" not in usual
