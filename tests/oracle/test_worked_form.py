"""Form curves, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle.by_hand import PRIORS, ago, field, form, only, race, today
from tests.oracle.features import Oracle


def test_recent_form_weighs_more_and_the_weights_sum_to_one() -> None:
    """5th, 3rd, 1st of five: percentiles 0, .5, 1. (1 + .6*.5 + .36*0)/1.96."""
    assert today(form(5, 3, 1))["form_ewma"] == pytest.approx(1.3 / 1.96)
    assert today(form(1, 1, 1, 1, 1))["form_ewma"] == pytest.approx(1)
    assert today(form(1, 5, 5, 5, 5, 5))["form_ewma"] == 0  # the sixth last is forgotten


def test_a_positive_slope_is_an_improving_horse() -> None:
    assert today(form(5, 3, 1))["form_slope"] == pytest.approx(0.5)
    assert today(form(1, 3, 5))["form_slope"] == pytest.approx(-0.5)
    assert today(form(5, 1))["form_slope"] is None


def test_form_variance_is_shrunk_to_the_populations() -> None:
    """Percentiles 0, .5, 1: s2 = .25, (2*.25 + 2*.1)/(2 + 2) = .175."""
    assert today(form(5, 3, 1))["form_var"] == pytest.approx(0.175)
    assert today(form(1))["form_var"] is None


def test_dead_heaters_keep_the_official_position_and_share_a_win() -> None:
    """Two seconds of five have percentile .75 each; three firsts have a third of a win each."""
    both = {"B": {"position": 2}, "C": {"position": 2}, "D": {"position": 4}}
    history = race(ago(9), "ABCDE", both, trainer="Tess")
    assert [today(history, horse=h)["form_ewma"] for h in "BC"] == [0.75, 0.75]
    triple = {h: {"position": 1} for h in "BC"} | {"A": {"position": 1, "trainer": "Tess"}}
    got = today(race(ago(9), "ABCDE", triple), trainer="Tess")
    assert got["trainer_sr_14d"] == pytest.approx((1 / 3 + 0.5) / 6)


def test_a_walkover_is_a_perfect_finish() -> None:
    assert today(form(1, size=1))["form_ewma"] == 1


def test_the_trend_of_speed_ratings_leaves_a_gap_where_one_is_missing() -> None:
    """60, -, 66, 70 stand at 1, 3, 4: slope (138/9)/(42/9) = 23/7 points a run."""
    past = form(2, 2, 2, 2)
    rating = dict(zip(sorted({s.date for s in past}), (60.0, None, 66.0, 70.0), strict=True))
    past = [replace(s, ts=rating[s.date]) for s in past]
    assert today(past)["ts_trend"] == pytest.approx(23 / 7)


def test_the_trend_is_of_one_source_and_the_first_with_three_ratings() -> None:
    """Two ts and four rpr of 50, 52, 54, 56: +2 a run; they are never mixed."""
    days = sorted({s.date for s in form(2, 2, 2, 2)})
    past = [
        replace(s, ts=90.0 if s.date in days[:2] else None, rpr=50.0 + 2 * days.index(s.date))
        for s in form(2, 2, 2, 2)
    ]
    assert today(past)["ts_trend"] == pytest.approx(2)
    assert today(only(past, rpr=None))["ts_trend"] is None


def test_own_figures_compare_with_the_median_winner_of_twenty_races() -> None:
    """Par 60 s; 61.2, 60.6, 60.0 are -20, -10, 0 points: +10 a run. Nineteen are too few."""
    pars = [race(ago(300 - i), field(2), seconds=60.0) for i in range(20)]
    day = iter((61.2, 60.6, 60.0))
    beaten = [race(ago(n), ["B", "Arkle"], {"Arkle": {"seconds": next(day)}}) for n in (30, 20, 10)]
    assert today(*pars, *beaten)["ts_trend"] == pytest.approx(10)
    assert today(*pars[1:], *beaten)["ts_trend"] is None
    assert today(*pars[1:], race(ago(30), field(2), seconds=60.0), *beaten)["ts_trend"] is None


def test_a_race_gives_its_par_one_time() -> None:
    """A dead heat in 60 and a win in 64: par 62, so 62 is 0 and 61.38 is +10."""
    dead_heat = race(ago(50), ["B", "C"], position=1, seconds=60.0)
    win = race(ago(40), ["D", "E"], seconds=64.0)
    elsewhere = race(ago(40), ["F"], seconds=90.0, distance_key=1005.84)
    oracle = Oracle([*dead_heat, *win, *elsewhere], PRIORS, min_par_races=2)
    run = replace(dead_heat[0], date=ago(30), race_id="run", seconds=61.38)
    assert oracle.own_figure(run) == pytest.approx(10)
    assert oracle.own_figure(replace(run, going_group=None)) is None
    assert oracle.own_figure(replace(run, date=ago(40))) is None
