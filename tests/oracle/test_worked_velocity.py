"""Trainer and jockey velocity, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.oracle.by_hand import ago, field, only, race, tess, today
from tests.oracle.features import FEATURES


@pytest.mark.parametrize(("n", "feature"), [(14, "14d"), (30, "30d"), (90, "90d")])
def test_a_start_is_counted_from_the_next_day_to_the_nth_day_after(n: int, feature: str) -> None:
    """A win on 1 March: 14 days count it on 2 to 15 March, not on 1, not on 16.

    Counted: (1 + 5*.1)/(1 + 5) = .25. Fallen out, it is career: m = (1 + 10*.1)/(1 + 10) = 2/11.
    """
    first = date(2024, 3, 1)
    won = race(first, ["Brigadier", *field(3)], {"Brigadier": {"trainer": "Tess"}})
    rate = {
        days: today(won, day=first + timedelta(days), trainer="Tess")[f"trainer_sr_{feature}"]
        for days in range(n + 3)
    }
    assert rate[0] == pytest.approx(0.1)
    assert [rate[d] for d in range(1, n + 1)] == pytest.approx([0.25] * n)
    assert [rate[n + 1], rate[n + 2]] == pytest.approx([2 / 11] * 2)


def test_a_trainers_window_is_shrunk_to_the_career_before_it() -> None:
    """100 days ago 1 of 2, 60 ago 0 of 1, 20 ago a dead heat (half a win), 5 ago 0 of 2.

    14d: m = (1.5 + 1)/(4 + 10) = 5/28, (0 + 5m)/(2 + 5) = 25/196
    30d: m = (1 + 1)/(3 + 10) = 2/13, (.5 + 5m)/(3 + 5) = 33/208
    90d: m = (1 + 1)/(2 + 10) = 1/6, (.5 + 5m)/(4 + 5) = 4/27
    """
    dead_heat = race(ago(20), ["A", "B", "C"], {"A": {"trainer": "Tess"}, "B": {"position": 1}})
    got = today(tess(100, 1, 2), tess(60, 4), dead_heat, tess(5, 2, 6), trainer="Tess")
    assert got["trainer_sr_14d"] == pytest.approx(25 / 196)
    assert got["trainer_sr_30d"] == pytest.approx(33 / 208)
    assert got["trainer_sr_90d"] == pytest.approx(4 / 27)


def test_a_jockeys_window_has_the_jockeys_own_strengths() -> None:
    """Lost 91 days ago, won 90, won 31, lost 30, won 14, lost 1.

    14d: m = (2 + 2)/(4 + 20) = 1/6, (1 + 10m)/(2 + 10) = 2/9
    30d: m = (2 + 2)/(3 + 20) = 4/23, (1 + 10m)/(3 + 10) = 63/299
    90d: m = (0 + 2)/(1 + 20) = 2/21, (3 + 10m)/(5 + 10) = 83/315
    """
    rides = [tess(91, 2), tess(90, 1), tess(31, 1), tess(30, 2), tess(14, 1), tess(1, 2)]
    got = today(*rides, jockey="Jock")
    assert got["jockey_sr_14d"] == pytest.approx(2 / 9)
    assert got["jockey_sr_30d"] == pytest.approx(63 / 299)
    assert got["jockey_sr_90d"] == pytest.approx(83 / 315)


def test_a_pairs_uplift_is_over_what_its_trainer_and_jockey_lead_to_expect() -> None:
    """2 of 4 within 365 days and an older win; 60 days ago Jock lost for another trainer.

    Trainer, 90d: (3 + 1)/(5 + 10) = 4/15. Jockey, 90d: m = (3 + 2)/(5 + 20) = 1/5,
    (0 + 10m)/(1 + 10) = 2/11. e = 37/165, and (2 + 10e)/(4 + 10) - e = 13/165.
    The win of 366 days ago is not the pair's any more.
    """
    pair = tess(366, 1) + tess(365, 1) + tess(200, 1, 2, 3)
    other = [replace(s, trainer="Tom") for s in tess(60, 2)]
    got = today(pair, other, trainer="Tess", jockey="Jock")
    assert got["tj_combo_uplift"] == pytest.approx(13 / 165)


def test_a_pairs_uplift_is_clipped_at_three_tenths() -> None:
    """Ten of ten together, forty losers each apart: about +.41 before the clip."""
    apart = only(tess(200, *[2] * 40), jockey="Joan") + only(tess(200, *[2] * 40), trainer="Tom")
    apart = [replace(s, trainer=s.trainer or "Tim", jockey=s.jockey or "Jim") for s in apart]
    pair = tess(199, *[1] * 10)
    assert today(apart, pair, trainer="Tess", jockey="Jock")["tj_combo_uplift"] == 0.3


def test_unseen_people_and_pairs_are_served_the_prior() -> None:
    unseen = today(tess(5, 1), trainer="Nora", jockey="Ned")
    unknown = today(tess(5, 1), trainer=None, jockey=None)
    strangers = today(
        only(tess(5, 1), jockey="Joan"),
        only(tess(5, 1), trainer="Tom"),
        trainer="Tess",
        jockey="Jock",
    )
    for got in (unseen, unknown):
        assert [got[f] for f in FEATURES[:6]] == pytest.approx([0.1] * 6)
        assert got["tj_combo_uplift"] == 0
    assert strangers["tj_combo_uplift"] == 0
