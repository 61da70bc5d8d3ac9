"""Going, course and draw bias, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.by_hand import PRIORS, TODAY, ago, field, only, race, soft_sprint_at_ascot, today
from tests.oracle.features import Oracle


def test_a_horses_going_and_course_impact_values_meet_in_their_geometric_mean() -> None:
    """Won a field of 4 on soft at Ascot, beaten in a field of 8 on soft at York; k = 2.

    Soft: (1 + 2)/(1/4 + 1/8 + 2) = 24/19. Ascot: (1 + 2)/(1/4 + 2) = 4/3. sqrt(32/19).
    """
    won = race(ago(50), ["Arkle", *field(3)], going_group="soft", course="Ascot")
    lost = race(ago(20), [*field(7), "Arkle"], going_group="soft", course="York")
    got = today(won, lost, going_group="soft", course="Ascot")
    assert got["course_going_iv"] == pytest.approx((32 / 19) ** 0.5)
    unknown = today(won, only(lost, going_group=None), going_group=None, course="Ascot")
    assert unknown["course_going_iv"] == pytest.approx((4 / 3) ** 0.5)


def test_a_draw_cell_is_shrunk_to_its_distance_and_that_to_its_course() -> None:
    """Third 1 at Ascot, k = 2: a soft sprint of 3 won from it, a good sprint of 6 (two stalls)
    won from it, a soft mile of 3 lost.

    Course: (2 + 2)/(1/3 + 2/6 + 1/3 + 2) = 4/3. Sprint: (2 + 2*4/3)/(2/3 + 2) = 7/4.
    Soft sprint: (1 + 2*7/4)/(1/3 + 2) = 27/14.
    """
    history = [
        soft_sprint_at_ascot(500, 3, winning_stall=1),
        soft_sprint_at_ascot(20, 6, winning_stall=1, going_group="good"),
        soft_sprint_at_ascot(10, 3, winning_stall=3, distance_band="mile"),
        soft_sprint_at_ascot(10, 3, winning_stall=1, course="York"),
    ]
    here = {"going_group": "soft", "draw": 7}  # the only stall known today: rank 1 of 4
    assert today(*history, facts=here)["draw_iv"] == pytest.approx(27 / 14)
    assert today(*history, facts={**here, "going_group": None})["draw_iv"] == pytest.approx(7 / 4)
    assert today(*history, facts={**here, "surface": "aw"})["draw_iv"] == pytest.approx(4 / 3)
    assert today(*history, facts={**here, "course": "Cork"})["draw_iv"] == 1
    assert today(*history, facts={**here, "draw": None})["draw_iv"] == 1


def test_thirds_are_of_the_rank_among_starters() -> None:
    """Stalls 3, 5, 9, 12 and a withdrawn 1: ranks 1 2 3 4 of 4 are thirds 1 2 3 3."""
    stalls = {"A": 12, "B": 5, "C": 3, "D": 9}
    drawn: dict[str, dict[str, Any]] = {h: {"draw": stall} for h, stall in stalls.items()}
    rows = race(TODAY, "ABCDE", {**drawn, "E": {"draw": 1, "started": False}}, race_id="r")
    assert {r.start.horse: r.third for r in Oracle(rows, PRIORS).races["r"]} == {
        "C": 1,
        "B": 2,
        "D": 3,
        "A": 3,
    }


def test_a_draw_bias_is_wins_over_expected_in_standard_deviations() -> None:
    """Two of 6 and three of 9 stand in the cell, s = 1/3 each; the first race was won.

    (1 - 2/3) / sqrt(2 * 1/3 * 2/3) = .5. The race of 181 days ago has left the window.
    """
    left = soft_sprint_at_ascot(181, 6, winning_stall=1)
    won, lost = soft_sprint_at_ascot(180, 6, 1), soft_sprint_at_ascot(1, 9, 9)
    got = today(left, won, lost, going_group="soft", draw=7)
    assert got["draw_bias_z"] == pytest.approx(0.5)
    assert today(left, going_group="soft", draw=7)["draw_bias_z"] == 0
    assert today(won, lost, going_group="good", draw=7)["draw_bias_z"] == 0
