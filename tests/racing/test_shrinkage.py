from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.shrinkage import combo_uplift, draw_z, eb_rate, impact_value

counts = st.floats(0, 500)
strengths = st.floats(0.1, 1000)


def test_a_strike_rate_is_drawn_to_the_career_and_the_career_to_the_population() -> None:
    # career 18 of 100, p0 .10 worth 20: m = (18 + 2) / 120 = 1/6
    # window 3 of 10, worth 30: (3 + 5) / 40
    assert eb_rate(3, 10, 18, 100, k1=30, k0=20, p0=0.10) == pytest.approx(0.20)


def test_an_unseen_name_rides_at_the_populations_rate() -> None:
    assert eb_rate(0, 0, 0, 0, k1=30, k0=20, p0=0.11) == pytest.approx(0.11)


@given(counts, counts, strengths, strengths, st.floats(0.01, 0.5))
def test_the_prior_weighs_less_the_more_starts_there_are(
    wins: float, losses: float, k1: float, k0: float, p0: float
) -> None:
    raw = wins / (wins + losses) if wins + losses else p0
    some = abs(eb_rate(wins, wins + losses, 0, 0, k1, k0, p0) - raw)
    more = abs(eb_rate(10 * wins, 10 * (wins + losses), 0, 0, k1, k0, p0) - raw)
    assert more <= some + 1e-12


def test_an_impact_value_is_wins_over_expected_wins_drawn_to_its_base() -> None:
    # 4 wins against 2 expected, base 1 worth 6: (4 + 6) / (2 + 6)
    assert impact_value(4, 2, 6, 1.0) == pytest.approx(1.25)
    assert impact_value(0, 0, 6, 1.3) == pytest.approx(1.3)


def test_a_pair_that_wins_what_its_parts_do_has_no_uplift() -> None:
    assert combo_uplift(12, 100, 0.12, k2=50) == pytest.approx(0.0)
    assert combo_uplift(0, 0, 0.12, k2=50) == pytest.approx(0.0)


def test_a_pairs_uplift_is_what_it_wins_beyond_its_parts() -> None:
    # (30 + 50 * .1) / (100 + 50) - .1
    assert combo_uplift(30, 100, 0.10, k2=50) == pytest.approx(35 / 150 - 0.1)


@given(counts, counts, st.floats(0, 1), st.floats(0.1, 5))
def test_an_uplift_is_never_beyond_three_tenths(
    wins: float, losses: float, e: float, k2: float
) -> None:
    assert -0.3 <= combo_uplift(wins, wins + losses, e, k2) <= 0.3


def test_a_draw_cell_is_measured_in_standard_deviations() -> None:
    # 100 races of 12, 4 stalls a third: s = 1/3, e = 33.3, V = 100 * 2/9
    assert draw_z(43, 100 / 3, 200 / 9) == pytest.approx((43 - 100 / 3) / np.sqrt(200 / 9))


def test_a_cell_without_runners_has_no_bias() -> None:
    assert draw_z([0.0], [0.0], [0.0])[0] == 0.0


def test_the_standard_deviation_of_a_fair_draw_is_one() -> None:
    rng = np.random.default_rng(1)
    races, cells = 200, 4000
    wins = (rng.integers(0, 12, (cells, races)) < 4).sum(axis=1)
    share = 4 / 12
    z = draw_z(wins, np.full(cells, races * share), np.full(cells, races * share * (1 - share)))
    assert z.std() == pytest.approx(1.0, abs=0.05)
