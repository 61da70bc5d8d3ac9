"""Champion against challenger: paired, on the same races, on days that are fair."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from tests.training.test_gate import CLEAN, EDGE, FAMILIES, TARGETS
from training.judging.gate import judge
from training.promotion.head_to_head import UNKNOWN, ChampionComparison, fairest
from training.promotion.promote import objections
from training.statistics.bootstrap import Estimate, Resampling
from training.statistics.paired import paired_gain

RACES, FIELD = 400, 8


def predicted(sharpness: float, seed: int = 1) -> pd.DataFrame:
    """Probabilities that follow the true strengths with some sharpness, 1 being right."""
    generator = np.random.default_rng(seed)
    strength = generator.normal(size=(RACES, FIELD))
    chances = np.exp(strength) / np.exp(strength).sum(axis=1, keepdims=True)
    winner = (chances.cumsum(axis=1) < generator.random((RACES, 1))).sum(axis=1)
    won = np.zeros((RACES, FIELD))
    won[np.arange(RACES), winner] = 1.0
    strengths = np.exp(sharpness * strength)
    race = np.repeat(np.arange(RACES), FIELD)
    return pd.DataFrame(
        {
            "race_id": race,
            "horse_id": np.arange(RACES * FIELD),
            "date": pd.Timestamp("2021-01-01") + pd.to_timedelta(race // 4, unit="D"),
            "win_share": won.ravel(),
            "p": (strengths / strengths.sum(axis=1, keepdims=True)).ravel(),
        }
    )


def compared(gain: Estimate, races: int = RACES) -> ChampionComparison:
    return ChampionComparison("1", "1", date(2021, 1, 1), date(2021, 4, 10), races, gain, "")


def test_a_much_worse_challenger_is_wholly_worse_and_a_like_one_is_not() -> None:
    good = predicted(1.0)
    assert not compared(paired_gain(predicted(0.2), good, Resampling(500, 1)).gain).holds
    assert compared(paired_gain(predicted(0.98), good, Resampling(500, 1)).gain).holds


def test_a_challenger_that_says_the_same_is_not_worse() -> None:
    same = paired_gain(predicted(1.0), predicted(1.0), Resampling(500, 1))
    assert same.gain.value == 0
    assert compared(same.gain).holds


def test_one_race_day_gives_no_interval_and_so_no_proof() -> None:
    good, bad = (predicted(s).query("race_id < 4") for s in (1.0, 0.2))
    met = paired_gain(good, bad, Resampling(300, 1))
    one_day = compared(met.gain, met.races)
    assert not one_day.holds
    assert "too few race days" in one_day.words()


def test_no_race_to_compare_on_is_no_proof() -> None:
    assert not compared(UNKNOWN, races=0).holds


def model(train_end: date) -> SimpleNamespace:
    return SimpleNamespace(train_end=train_end)


def test_days_that_the_champion_was_trained_on_are_left_out() -> None:
    champion = model(date(2021, 3, 1))
    assert fairest([champion], date(2021, 1, 1)) == (champion, date(2021, 3, 1))
    assert fairest([champion], date(2021, 6, 1)) == (champion, date(2021, 6, 1))


def test_the_version_judged_for_a_refit_stands_in_only_where_it_leaves_more_days() -> None:
    refit, recipe = model(date(2021, 6, 1)), model(date(2021, 3, 1))
    assert fairest([refit, recipe], date(2021, 4, 1)) == (recipe, date(2021, 4, 1))
    assert fairest([refit, recipe], date(2021, 6, 1)) == (refit, date(2021, 6, 1))


def test_a_version_that_passes_all_with_no_champion_is_not_objected_to() -> None:
    assert objections(judge(EDGE, CLEAN, FAMILIES, TARGETS), None, None) == ()


def test_each_criterion_that_is_missed_is_an_objection_that_says_by_how_much() -> None:
    verdict = judge(EDGE | {"ae_ratio": 0.9, "roi_top20": -0.1}, CLEAN, FAMILIES, TARGETS)
    ae_ratio, roi = objections(verdict, None, None)
    assert "ae_ratio 0.9" in ae_ratio
    assert "by 0.13" in ae_ratio
    assert "roi_top20" in roi


def test_an_alarm_is_an_objection_until_somebody_says_why_not() -> None:
    verdict = judge(EDGE | {"top1_hit": 0.4}, CLEAN, FAMILIES, TARGETS)
    (alarm,) = objections(verdict, None, None)
    assert "look for a leak" in alarm
    assert objections(verdict, None, "a planted edge of 1") == ()


def test_an_answer_to_the_alarm_excuses_no_criterion() -> None:
    verdict = judge(EDGE | {"top1_hit": 0.4, "ae_ratio": 0.9}, CLEAN, FAMILIES, TARGETS)
    (missed,) = objections(verdict, None, "it is all right")
    assert "ae_ratio" in missed


def test_a_wholly_worse_challenger_is_objected_to() -> None:
    verdict = judge(EDGE, CLEAN, FAMILIES, TARGETS)
    worse = compared(Estimate(-0.02, -0.03, -0.01))
    (objection,) = objections(verdict, worse, None)
    assert "wholly worse" in objection
    assert objections(verdict, compared(Estimate(-0.02, -0.05, 0.01)), None) == ()
