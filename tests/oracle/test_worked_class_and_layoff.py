"""Class drop and layoff, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest

from tests.oracle.by_hand import PRIORS, TODAY, ago, field, only, race, today
from tests.oracle.features import FEATURES, Oracle


@pytest.mark.parametrize(
    ("then", "now", "drop", "flag"),
    [(3, 5, 2, 1), (5, 3, -2, 0), (4, 4, 0, 0), (-2, 1, 3, 1), (None, 4, None, None)],
)
def test_a_drop_in_class_is_an_easier_race(
    then: float | None, now: float, drop: float | None, flag: float | None
) -> None:
    """Class 3 to Class 5 is +2; a Group 1 lies below 1; an unknown level stays unknown."""
    got = today(race(ago(20), ["Arkle"], race_level=then), race_level=now)
    assert (got["class_drop"], got["classdrop_flag"]) == (drop, flag)


@pytest.mark.parametrize(
    ("prize", "level"), [(9000, 1), (7000, 1), (6999, 2), (3000, 5), (2000, 6), (1999, 7)]
)
def test_a_prize_is_placed_among_the_septiles_of_its_region_in_the_last_year(
    prize: float, level: float
) -> None:
    """Eight races won 1000 to 8000: the cut points at j/7 are 2000, 3000, ... 7000.

    A race of 366 days ago, one abroad, one of today and an abandoned one are not among them.
    """
    year = [
        race(ago(365 - 40 * i), field(2), prize=1000.0 * (i + 1), race_level=4) for i in range(8)
    ]
    strange = [
        race(ago(366), field(2), prize=1.0),
        race(ago(9), field(2), prize=1.0, region="IRE"),
        race(TODAY, field(2), prize=1.0),
        race(ago(9), field(2), prize=1.0, started=False),
    ]
    card = race(TODAY, ["Arkle"], prize=prize, race_id="today")
    oracle = Oracle([*chain(*year + strange), *card], PRIORS, min_prize_races=8)
    assert oracle.level(card[0]) == level
    assert (
        Oracle([*chain(*year + strange), *card], PRIORS, min_prize_races=9).level(card[0]) is None
    )


def test_a_cut_point_between_two_prizes_is_interpolated() -> None:
    """Nine races, 1000 to 9000: the lowest cut point lies at 8/7, between 2000 and 3000."""
    year = [race(ago(9), field(2), prize=1000.0 * (i + 1)) for i in range(9)]
    card = race(TODAY, ["Arkle"], race_id="today")
    oracle = Oracle([*chain(*year), *card], PRIORS, min_prize_races=9)
    below, above = (replace(card[0], race_id=f"{p}", prize=p) for p in (2142.0, 2143.0))
    assert (oracle.level(below), oracle.level(above)) == (7, 6)


def test_a_last_starts_level_by_prize_is_that_of_its_own_day() -> None:
    """10 days ago 500 was richer than four others: level 1.

    Today's eight are 100 200 300 400 500 1000 2000 3000, the cut points the six in the middle.
    500 is the third from the top: level 3.
    """
    poor = [race(ago(20), field(2), prize=p) for p in (100.0, 200.0, 300.0, 400.0)]
    last = race(ago(10), ["Arkle", "B"], prize=500.0)
    rich = [race(ago(5), field(2), prize=p) for p in (1000.0, 2000.0, 3000.0)]
    card = race(TODAY, ["Arkle", "B"], prize=500.0, race_id="today")
    oracle = Oracle([*chain(*poor + rich), *last, *card], PRIORS, min_prize_races=4)
    assert oracle.features("today")["Arkle"]["class_drop"] == 3 - 1


@pytest.mark.parametrize(
    ("days", "penalty", "fresh"),
    [
        (7, 0.15 - 0.05 * 7 / 15, 0),
        (15, 0.10, 0),
        (22, 0.10 * 8 / 15, 0),
        (29, 0.10 / 15, 0),
        (30, 0, 1),
        (45, 0, 1),
        (60, 0, 1),
        (61, 0.15 / 60, 0),
        (90, 0.075, 0),
        (180, 0.225, 0),
        (240, 0.30, 0),
        (1500, 0.30, 0),
    ],
)
def test_a_layoff_is_penalised_on_both_sides_of_the_sweet_spot(
    days: int, penalty: float, fresh: float
) -> None:
    got = today(race(ago(days), ["Arkle"]))
    assert got["layoff_days"] == days
    assert got["layoff_penalty"] == pytest.approx(penalty)
    assert got["freshness_flag"] == fresh


def test_weight_and_rating_are_compared_with_the_last_start_alone() -> None:
    """126 lb to 130 lb is +4, 70 to 65 is -5; the start before the last does not matter."""
    earlier = race(ago(30), ["Arkle"], pounds=140.0, official_rating=90.0)
    last = race(ago(10), ["Arkle"], pounds=126.0, official_rating=70.0)
    got = today(earlier, last, pounds=130.0, official_rating=65.0)
    assert (got["weight_delta"], got["or_delta"]) == (4, -5)
    unrated = only(last, official_rating=None, pounds=None)
    got = today(earlier, unrated, pounds=130.0, official_rating=65.0)
    assert (got["weight_delta"], got["or_delta"]) == (None, None)


def test_of_two_starts_on_a_day_the_later_is_the_last_and_both_are_known_next_day() -> None:
    morning = race(ago(1), ["Arkle", "B"], pounds=120.0)
    evening = race(ago(1), ["B", "Arkle"], pounds=125.0)
    got = today(evening, morning, pounds=130.0)
    assert (got["weight_delta"], got["layoff_days"]) == (5, 1)
    assert got["form_ewma"] == pytest.approx((0 + 0.6 * 1) / 1.6)
    assert today(race(TODAY, ["Arkle", "B"]))["layoff_days"] is None


def test_a_withdrawn_horse_has_no_start() -> None:
    """Its rivals' field is smaller, and it comes back as fresh as it went."""
    ran = race(ago(40), ["Arkle", "B"])
    withdrawn = race(ago(5), ["B", "C", "Arkle"], {"Arkle": {"started": False}})
    assert today(ran, withdrawn)["layoff_days"] == 40
    assert today(withdrawn, horse="C")["form_ewma"] == 0
    oracle = Oracle([*withdrawn, *ran], PRIORS)
    assert "Arkle" not in oracle.features(withdrawn[0].race_id)


def test_a_debutant_has_no_class_or_layoff_facts_and_neutral_form() -> None:
    got = today(race_level=4, pounds=130.0, official_rating=70.0, draw=3)
    assert {f for f in FEATURES if got[f] is None} == {
        *FEATURES[7:14],
        "form_slope",
        "form_var",
        "ts_trend",
    }
    assert (got["form_ewma"], got["course_going_iv"], got["draw_bias_z"]) == (0.5, 1, 0)
