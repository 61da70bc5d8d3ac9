"""The mistakes that an earlier implementation made, by their numbers in feature-rules.md.

Number 9, the parsing of prices, is no matter of features.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle.by_hand import (
    PRIORS,
    TODAY,
    ago,
    field,
    form,
    only,
    race,
    soft_sprint_at_ascot,
    tess,
    today,
)
from tests.oracle.features import Oracle


def test_1_and_2_results_of_today_and_later_change_nothing() -> None:
    past = tess(20, 1, 3) + form(2, 4, 1) + soft_sprint_at_ascot(30, 6, 1)
    facts = {"trainer": "Tess", "jockey": "Jock", "draw": 4, "going_group": "soft"}
    later = only(past, date=ago(-5), race_id="later", position=1, order=0)
    later = [replace(s, horse=f"{s.horse} {i}") for i, s in enumerate(later)]
    now = only(tess(0, 1) + soft_sprint_at_ascot(0, 6, 6), rpr=99.0)
    assert today(past, now, later, facts=facts) == today(past, facts=facts)


def test_3_a_draw_cell_has_its_own_value() -> None:
    history = soft_sprint_at_ascot(10, 3, winning_stall=1)
    drawn = {h: {"draw": i + 1} for i, h in enumerate("ABC")}
    card = race(TODAY, "ABC", drawn, going_group="soft", race_id="today")
    values = Oracle([*history, *card], PRIORS).features("today")
    assert values["A"]["draw_iv"] != values["B"]["draw_iv"] == values["C"]["draw_iv"]
    assert values["A"]["draw_bias_z"] == pytest.approx((1 - 1 / 3) / (2 / 9) ** 0.5)


def test_4_a_missing_class_is_no_number() -> None:
    assert today(race(ago(9), ["Arkle"], race_level=3), race_level=None)["class_drop"] is None


def test_5_three_weeks_off_is_not_two_hundred_days_and_a_debutant_has_no_layoff() -> None:
    weeks, months = (today(race(ago(n), ["Arkle"]))["layoff_penalty"] for n in (21, 200))
    assert weeks == pytest.approx(0.06)
    assert months == pytest.approx(0.25)
    assert today()["layoff_penalty"] is None


def test_6_an_ewma_of_equal_finishes_is_that_finish() -> None:
    for runs in range(1, 6):
        assert today(form(*[3] * runs))["form_ewma"] == pytest.approx(0.5)


def test_7_a_long_career_outweighs_the_prior() -> None:
    """100 of 100, all old: (100 + 10*.1)/(100 + 10) = 101/110; the strength stays 10."""
    got = today(tess(300, *[1] * 100), trainer="Tess")["trainer_sr_90d"]
    assert got == pytest.approx(101 / 110)


def test_8_a_non_finisher_is_a_start_without_a_win() -> None:
    """A faller of two counts in its field, its trainer's starts and its form, and is never lost."""
    fell = race(ago(9), ["B", "A"], {"A": {"finished": False, "position": None, "trainer": "Tess"}})
    got = today(fell, horse="A", trainer="Tess")
    assert got["trainer_sr_14d"] == pytest.approx(0.5 / 6)
    assert (got["form_ewma"], got["layoff_days"]) == (0, 9)
    assert today(fell, horse="B")["course_going_iv"] == pytest.approx(3 / 2.5)


def test_10_a_win_is_worth_more_in_a_bigger_field() -> None:
    four, twelve = (
        today(race(ago(9), ["Arkle", *field(n - 1)]))["course_going_iv"] for n in (4, 12)
    )
    assert four == pytest.approx(3 / 2.25)
    assert twelve == pytest.approx(3 / (2 + 1 / 12))


def test_11_one_race_id_may_not_stand_for_two_races() -> None:
    rows = race(ago(9), ["A"], race_id="7") + race(ago(9), ["B"], race_id="7", course="Cork")
    with pytest.raises(ValueError, match="two races"):
        Oracle(rows, PRIORS)


def test_12_the_races_own_ratings_are_never_read() -> None:
    past = [replace(s, rpr=60.0 + i) for i, s in enumerate(form(2, 2, 2))]
    own = {"ts": 99.0, "rpr": 99.0, "seconds": 50.0, "position": 3}
    assert today(past, facts=own) == today(past)
    assert today(past[:10], ts=99.0, rpr=99.0)["ts_trend"] is None
