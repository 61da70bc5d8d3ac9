"""Settlement against a clerk who was told the rules and nothing else, to the penny."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.racing.bookmaker import Race, draw_race, settle
from velo.racing.places import place_share, place_terms
from velo.racing.settlement import commission, each_way_profit, profit, with_returns
from velo.racing.withdrawals import paid_odds

HALF_A_PENNY_SURE = 1e-6


def columns(races: list[Race]) -> dict[str, np.ndarray]:
    """Every declared horse of the races as rows."""
    by_name: dict[str, list] = {}
    for number, race in enumerate(races):
        tied = {place: sum(h.place == place for h in race.ran) for place in range(1, 30)}
        for horse in race.horses:
            row = {
                "race": number,
                "odds": np.nan if horse.price is None else float(horse.price + 1),
                "finish": np.nan if horse.place is None else horse.place,
                "tied": tied.get(horse.place or 0, 1),
                "gone": horse.withdrawn,
                "stake": horse.stake,
                "ran": len(race.ran),
                "handicap": race.handicap,
                "each_way": race.each_way,
                "void": race.void,
            }
            for name, value in row.items():
                by_name.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in by_name.items()}


def ours(races: list[Race], law: str, rate: float) -> np.ndarray:
    """The same bets by the project's rules, all races at once, in pence."""
    rows = columns(races)
    ran, gone = ~rows["gone"], rows["gone"]
    paid = np.full(len(ran), np.nan)
    paid[ran] = paid_odds(
        rows["odds"][ran],
        rows["race"][ran],
        len(races),
        rows["odds"][gone],
        rows["race"][gone],
        law,
    )
    win_share = np.where(rows["finish"] == 1, 1 / rows["tied"], 0.0)
    places, terms = place_terms(rows["ran"], rows["handicap"])
    placed = place_share(rows["finish"], rows["tied"], places)
    stake = rows["stake"].astype(float)
    gross = np.where(
        rows["each_way"],
        each_way_profit(win_share, placed, paid, terms, stake),
        profit(win_share, paid, stake),
    )
    gross = with_returns(gross, gone | rows["void"] | (stake == 0))
    return gross - commission(gross, rows["race"], rate)


def disagreements(seed: int, count: int) -> tuple[list[str], int, int]:
    """Bets that the two settle differently, all bets, and those that cannot be settled."""
    dice = random.Random(seed)
    books: dict[tuple[str, Fraction], list[Race]] = {}
    for _ in range(count):
        race = draw_race(dice)
        books.setdefault((race.law, race.commission), []).append(race)
    wrong, bets, unsettleable = [], 0, 0
    for (law, rate), races in books.items():
        exact = [pence for race in races for pence in settle(race)]
        bets += sum(horse.stake > 0 for race in races for horse in race.horses)
        for mine, theirs in zip(ours(races, law, float(rate)), exact, strict=True):
            if theirs is None:
                unsettleable += 1
                agree = np.isnan(mine)
            else:
                agree = abs(mine - float(theirs)) < HALF_A_PENNY_SURE
            if not agree:
                wrong.append(f"{law}: {mine} and not {theirs}")
    return wrong, bets, unsettleable


def test_two_thousand_races_are_settled_to_the_penny() -> None:
    wrong, bets, unsettleable = disagreements(seed=1, count=2_000)
    assert wrong == []
    assert bets > 5_000
    assert unsettleable > 100


@pytest.mark.slow
def test_a_hundred_thousand_races_are_settled_to_the_penny() -> None:
    wrong, bets, unsettleable = disagreements(seed=2, count=100_000)
    assert wrong == []
    print(f"{bets:,} bets, {unsettleable:,} of them unsettleable")
