"""What holds of every account, whatever was bet: by hypothesis on random cards."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backtest.account import Account
from backtest.runners import Runners
from backtest.stakes import stake_shares
from backtest.statements import place
from backtest.strategies import Selection, price_buckets
from tests.backtest.bettable import runners
from training.judging.selection import in_band
from velo.settings import OddsBand, Stake

BANK = 100.0
prices = st.floats(1.02, 60.0).map(lambda price: round(price, 2))


@st.composite
def cards(draw: st.DrawFn) -> Runners:
    """Some races on a few days, with probabilities, dead heats, places and holes in the prices."""
    fields = draw(st.lists(st.lists(prices, min_size=2, max_size=18), min_size=1, max_size=6))
    races = [(field, draw(st.integers(0, len(field) - 1))) for field in fields]
    days = sorted(draw(st.integers(1, 3)) for _ in races)
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = sum(map(len, fields))
    made = runners(races, days)
    finish = np.concatenate([seed.permutation(len(field)) + 1.0 for field in fields])
    finish[seed.random(count) < 0.1] = np.nan
    paid = np.concatenate(fields)
    paid[seed.random(count) < 0.1] = np.nan
    return runners(
        races,
        days,
        finish=finish,
        settlement_odds=paid,
        decision_odds=np.concatenate(fields),
        p=seed.dirichlet(np.ones(count)) * len(made.given.races),
        handicap=np.repeat(seed.random(len(fields)) < 0.5, [len(field) for field in fields]),
    )


@given(
    odds=st.lists(st.one_of(prices, st.sampled_from([5.0, 8.0, 15.0, 21.0])), min_size=1),
    ends=st.lists(st.floats(1.5, 40.0), min_size=2, max_size=2, unique=True),
)
def test_the_buckets_share_out_the_band_and_hold_nobody_else(
    odds: list[float], ends: list[float]
) -> None:
    band = OddsBand(low=min(ends), high=max(ends))
    for each in (OddsBand(), band):
        buckets = np.array(list(price_buckets(np.array(odds), each).values()))
        assert (buckets.sum(axis=0) == in_band(np.array(odds), each)).all()


@given(card=cards())
def test_an_each_way_bet_is_half_a_win_bet_and_half_a_place_bet(card: Runners) -> None:
    shares = np.full(len(card), 0.01)
    whole = Account.settle(shares, card, 0.0, BANK, each_way=True)
    on_win = Account.settle(shares / 2, card, 0.0, BANK)
    races, odds = card.given.races, card.given.settlement_odds
    for number, row in enumerate(whole.rows):
        ran = int(races.sizes[races.index[row]])
        places, part = terms(ran, bool(card.handicap[row]))
        if not places:
            assert np.isclose(whole.profit[number], 2 * on_win.profit[number])
            continue
        # Nobody shares a place on these cards, so a place stake is paid whole or lost.
        placed = card.finish[row] <= places
        pays = 0.5 * ((odds[row] - 1) * part if placed else -1.0)
        assert np.isclose(whole.profit[number], on_win.profit[number] + pays)
    assert np.isclose(whole.stake.sum(), 2 * on_win.stake.sum())


def terms(ran: int, handicap: bool) -> tuple[int, float]:
    """The standard terms, line by line as a bookmaker's card prints them."""
    if ran < 5:
        return 0, 0.0
    if ran < 8:
        return 2, 1 / 4
    if handicap and ran >= 16:
        return 4, 1 / 4
    if handicap and ran >= 12:
        return 3, 1 / 4
    return 3, 1 / 5


@given(
    card=cards(),
    caps=st.tuples(st.floats(0.001, 0.2), st.floats(0.001, 0.3), st.floats(0.001, 0.5)),
    fraction=st.floats(0.05, 1.0),
)
def test_kellys_caps_hold_of_every_mornings_bank(
    card: Runners, caps: tuple[float, float, float], fraction: float
) -> None:
    bet, race, day = caps
    plan = Stake(plan="kelly", fraction=fraction, cap_bet=bet, cap_race=race, cap_day=day)
    everyone = np.ones(len(card), dtype=bool)
    account = place(Selection(everyone, everyone, plan, False), card, 0.02, BANK).account
    mornings = np.concatenate([[BANK], account.bank[:-1]])
    share = account.stake / mornings[account.day]
    assert (share <= bet + 1e-12).all()
    of_race = np.bincount(card.given.races.index[account.rows], share, minlength=1)
    assert (of_race <= race + 1e-12).all()
    assert (np.bincount(account.day, share, minlength=1) <= day + 1e-12).all()
    assert account.bank.min() >= 0, "no more than a day's cap can be lost in a day"
    edge = card.given.p * card.given.decision_odds > 1
    assert (stake_shares(everyone, card, plan, BANK)[~edge] == 0).all()


@given(card=cards(), rate=st.floats(0.0, 0.1))
def test_commission_is_taken_of_what_a_race_won_in_all_and_of_no_other_race(
    card: Runners, rate: float
) -> None:
    shares = np.random.default_rng(len(card)).random(len(card)) / 100
    plain = Account.settle(shares, card, 0.0, BANK)
    charged = Account.settle(shares, card, rate, BANK)
    race = card.given.races.index[plain.rows]
    for number in np.unique(race):
        gross = plain.profit[race == number].sum()
        net = charged.profit[race == number].sum()
        assert np.isclose(net, gross - rate * max(0.0, gross))
    assert (charged.profit <= plain.profit + 1e-12).all()
