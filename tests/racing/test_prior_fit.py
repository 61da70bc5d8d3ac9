from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, nbinom

from velo.errors import DataError
from velo.racing.prior_fit import STRONGEST, WEAKEST, fit_beta_binomial, fit_gamma_poisson


def test_the_strength_of_rates_that_differ_is_found_again() -> None:
    rng = np.random.default_rng(7)
    starts = rng.integers(1, 400, 20_000)
    wins = rng.binomial(starts, rng.beta(60 * 0.1, 60 * 0.9, starts.size))
    p0, k = fit_beta_binomial(wins, starts)
    assert p0 == pytest.approx(wins.sum() / starts.sum())
    assert k == pytest.approx(60, rel=0.1)


def test_the_strength_of_impact_values_that_differ_is_found_again() -> None:
    rng = np.random.default_rng(7)
    expected = rng.gamma(2.0, 2.0, 20_000)
    base = rng.choice([0.8, 1.3], expected.size)
    theta = rng.gamma(8.0 * base, 1 / 8.0)
    wins = rng.poisson(expected * theta)
    assert fit_gamma_poisson(wins, expected, base) == pytest.approx(8.0, rel=0.1)


def test_no_other_strength_is_likelier() -> None:
    rng = np.random.default_rng(3)
    starts = rng.integers(1, 60, 500)
    wins = rng.binomial(starts, rng.beta(2.0, 16.0, starts.size))
    p0, k = fit_beta_binomial(wins, starts)
    expected = starts * p0
    shape = fit_gamma_poisson(wins, expected)

    def of_rates(k: float) -> float:
        return float(betabinom.logpmf(wins, starts, k * p0, k * (1 - p0)).sum())

    def of_values(k: float) -> float:
        return float(nbinom.logpmf(wins, k, k / (k + expected)).sum())

    for factor in (0.5, 0.9, 1.1, 2.0):
        assert of_rates(k) > of_rates(factor * k)
        assert of_values(shape) > of_values(factor * shape)


def test_names_that_do_not_differ_get_the_strongest_prior() -> None:
    starts = np.full(500, 100)
    wins = np.full(500, 10)
    assert fit_beta_binomial(wins, starts)[1] == pytest.approx(STRONGEST, rel=0.01)
    assert fit_gamma_poisson(wins, wins.astype(float)) == pytest.approx(STRONGEST, rel=0.01)


def test_names_that_always_or_never_win_get_the_weakest() -> None:
    starts = np.full(500, 100)
    wins = np.where(np.arange(500) < 50, 100, 0)
    assert fit_beta_binomial(wins, starts)[1] == pytest.approx(WEAKEST, rel=0.01)


def test_a_population_without_winners_has_a_rate_of_nothing() -> None:
    p0, k = fit_beta_binomial([0, 0, 0], [5, 9, 2])
    assert p0 == 0.0
    assert WEAKEST <= k <= STRONGEST


def test_dead_heats_count_by_the_half() -> None:
    p0, k = fit_beta_binomial([0.5, 1.5, 0.0], [5, 9, 8])
    assert p0 == pytest.approx(2 / 22)
    assert np.isfinite(k)


def test_names_without_a_start_say_nothing() -> None:
    assert fit_beta_binomial([1, 2, 0], [9, 7, 0]) == fit_beta_binomial([1, 2], [9, 7])
    assert fit_gamma_poisson([1, 2, 0], [0.9, 0.7, 0.0]) == fit_gamma_poisson([1, 2], [0.9, 0.7])


def test_nothing_to_fit_on_is_said_so() -> None:
    with pytest.raises(DataError, match="without starts"):
        fit_beta_binomial([], [])
    with pytest.raises(DataError, match="without expected wins"):
        fit_gamma_poisson([0.0], [0.0])
