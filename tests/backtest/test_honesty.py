"""Chance, the best of many, and how many bets a claim needs."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from backtest import sharpe
from backtest.chance import against_chance
from backtest.overfitting import blocks_of, probability_of_overfitting
from backtest.power import power
from training.statistics.bootstrap import Estimate


def market(seed: int, runners: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    """Prices in the band, and what a point on each earned in a fair market."""
    draw = np.random.default_rng(seed)
    odds = np.exp(draw.uniform(np.log(5), np.log(21), runners))
    return odds, np.where(draw.random(runners) < 1 / odds, odds - 1, -1.0)


def test_random_selections_earn_what_their_prices_earn() -> None:
    odds, payoff = market(1)
    everyone = np.ones(len(odds), dtype=bool)
    short = everyone & (odds < 6)
    chosen = short & (np.arange(len(odds)) % 2 == 0)
    chance = against_chance(chosen, everyone, payoff, odds, 1_000, 1)
    assert chance is not None
    assert chance.roi == pytest.approx(payoff[chosen].mean())
    assert chance.mean == pytest.approx(payoff[short].mean(), abs=0.02)
    assert chance.low < chance.mean < chance.high


def test_the_draws_are_those_of_a_draw_by_hand() -> None:
    """The same mean and spread as a thousand selections made one by one."""
    odds, payoff = market(2, 600)
    odds[:] = 9.5
    everyone, chosen = np.ones(600, dtype=bool), np.arange(600) < 150
    chance = against_chance(chosen, everyone, payoff, odds, 4_000, 3)
    draw = np.random.default_rng(4)
    by_hand = [payoff[draw.permutation(600)[:150]].mean() for _ in range(4_000)]
    assert chance is not None
    assert chance.mean == pytest.approx(np.mean(by_hand), abs=0.02)
    low, high = np.quantile(by_hand, [0.025, 0.975])
    assert chance.high - chance.low == pytest.approx(high - low, rel=0.08)


def test_a_strategy_that_knows_the_winners_beats_every_draw() -> None:
    odds, payoff = market(5)
    chosen = payoff > 0
    chance = against_chance(chosen, np.ones(len(odds), dtype=bool), payoff, odds, 1_000, 1)
    assert chance is not None
    assert chance.p_value == pytest.approx(1 / 1_001)


def test_the_p_value_of_blind_choice_is_spread_evenly() -> None:
    values = []
    for seed in range(150):
        odds, payoff = market(seed, 1_000)
        chosen = np.random.default_rng(seed + 1_000).random(1_000) < 0.2
        chance = against_chance(chosen, np.ones(1_000, dtype=bool), payoff, odds, 200, seed)
        assert chance is not None
        values.append(chance.p_value)
    assert stats.kstest(values, "uniform").pvalue > 0.001


def test_backing_all_or_nobody_is_no_choice() -> None:
    odds, payoff = market(6, 50)
    everyone = np.ones(50, dtype=bool)
    assert against_chance(everyone, everyone, payoff, odds, 100, 1) is None
    assert against_chance(~everyone, everyone, payoff, odds, 100, 1) is None


def test_the_papers_example_of_a_deflated_sharpe_ratio() -> None:
    """Bailey and Lopez de Prado (2014), pp. 9-10: SR 2.5 a year over 1,250 days, 100 trials of
    variance 1/2, skew -3, kurtosis 10: SR* is .1132 a day, the deflated ratio about .90."""
    best = sharpe.expected_best(0.5 / 250, 100)
    assert best == pytest.approx(0.1132, abs=2e-4)
    assert sharpe.probability(2.5 / math.sqrt(250), best, 1_250, -3, 10) == pytest.approx(
        0.9004, abs=2e-3
    )


def test_a_sharpe_ratios_probability_of_four_days_by_hand() -> None:
    """1, 1, 1 and -1: mean .5, deviation 1, skew -1.1547, kurtosis 7/3; against .1 a day
    z = .4 sqrt(3) / sqrt(1 + 1.1547 / 2 + (7/3 - 1) / 16) = .5376, of which Z is .7046."""
    returns = np.array([1.0, 1.0, 1.0, -1.0])
    assert sharpe.probability_above(returns, 0.1) == pytest.approx(0.70458, abs=1e-5)


def test_one_strategy_alone_is_not_deflated() -> None:
    returns = np.random.default_rng(2).normal(0.1, 1, (300, 1))
    assert sharpe.deflated(returns)[0] == sharpe.probability_above(returns[:, 0], 0.0)


@pytest.mark.slow
def test_the_best_of_many_worthless_strategies_is_seldom_taken_for_better() -> None:
    deflated = [
        np.nanmax(sharpe.deflated(np.random.default_rng(seed).normal(0, 1, (250, 20))))
        for seed in range(100)
    ]
    assert np.mean(np.array(deflated) > 0.95) <= 0.08


def test_a_strategy_that_never_bet_has_no_ratio() -> None:
    returns = np.random.default_rng(3).normal(0, 1, (100, 2))
    returns[:, 1] = 0.0
    assert np.isnan(sharpe.deflated(returns)[1])


def by_hand(returns: np.ndarray, blocks: int) -> float:
    """The probability of overfitting, one split at a time."""
    days, strategies = returns.shape
    edges = [k * days // blocks for k in range(blocks + 1)]
    parts = [returns[a:b] for a, b in pairwise(edges)]
    below = []
    for split in combinations(range(blocks), blocks // 2):
        seen = np.concatenate([parts[k] for k in split])
        other = np.concatenate([parts[k] for k in range(blocks) if k not in split])
        best = (seen.mean(0) / seen.std(0)).argmax()
        rank = stats.rankdata(other.mean(0) / other.std(0))[best]
        below.append(math.log(rank / (strategies + 1 - rank)) <= 1e-12)
    return float(np.mean(below))


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_the_probability_of_overfitting_is_what_the_splits_say(seed: int, strategies: int) -> None:
    returns = np.random.default_rng(seed).normal(0, 1, (43, strategies))
    assert blocks_of(43) == 8
    assert probability_of_overfitting(returns) == pytest.approx(by_hand(returns, 8))


def test_a_strategy_that_is_truly_better_is_not_overfitted() -> None:
    returns = np.random.default_rng(1).normal(0, 1, (320, 5))
    returns[:, 2] += 1.0
    assert probability_of_overfitting(returns) == 0.0


def test_too_few_days_or_strategies_have_no_probability_of_overfitting() -> None:
    draw = np.random.default_rng(1)
    assert np.isnan(probability_of_overfitting(draw.normal(size=(19, 5))))
    assert np.isnan(probability_of_overfitting(draw.normal(size=(200, 1))))


def test_a_claim_of_five_points_needs_the_bets_of_the_textbook() -> None:
    # A standard error of 10 points on 400 bets: (2.8016 * .10 / .05)^2 * 400.
    claim = power(0.05, Estimate(1.0, 0.804, 1.196), 400)
    assert claim is not None
    assert claim.bets_needed == pytest.approx(400 * (2.8016 * 2) ** 2, rel=1e-3)
    assert claim.power == pytest.approx(stats.norm.cdf(0.5 - 1.96), abs=1e-4)


def test_so_many_bets_as_are_needed_have_the_power_that_was_asked_for() -> None:
    claim = power(0.05, Estimate(1.0, 0.804, 1.196), 400)
    assert claim is not None
    assert claim.bets_needed is not None
    narrower = 0.196 * math.sqrt(400 / claim.bets_needed)
    again = power(0.05, Estimate(1.0, 1 - narrower, 1 + narrower), claim.bets_needed)
    assert again is not None
    assert again.power == pytest.approx(0.80, abs=1e-3)


def test_who_claims_nothing_needs_no_number_of_bets() -> None:
    claim = power(-0.05, Estimate(1.0, 0.9, 1.1), 400)
    assert claim is not None
    assert claim.bets_needed is None
    assert power(0.05, Estimate(1.0, float("nan"), float("nan")), 1) is None
