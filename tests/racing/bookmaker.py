"""A bookmaker's and an exchange's clerk, who settle one race at a time in pence, as fractions.

Written from the rules alone; nothing here is the project's own.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

F = Fraction
_LADDER = """
        1/10 1/9 2/17 1/8 2/11 1/5 1/4 2/7 3/10 1/3 2/5 4/9 1/2 8/15 4/7 8/13 4/6 8/11 4/5 5/6
        10/11 20/21 1 11/10 6/5 5/4 11/8 6/4 13/8 7/4 15/8 2 9/4 5/2 11/4 3 10/3 7/2 4 9/2 5 11/2
        6 13/2 7 15/2 8 9 10 11 12 14 16 20 25 33 50 100
"""
PRICES = [F(text) for text in _LADDER.split()]
"""To one; the stake is not in them."""


def rule_4_pence(price: Fraction) -> int:
    """Pence in the pound for a horse withdrawn at these odds to one."""
    if price > 14:
        return 0
    if price > 9:
        return 5
    if price > F(11, 2):
        return 10
    if price > 4:
        return 15
    if price > 3:
        return 20
    if price > F(9, 4):
        return 25
    if price > F(7, 4):
        return 30
    if price > F(6, 4):
        return 35
    if price > F(6, 5):
        return 40
    if price > F(20, 21):
        return 45
    if price > F(4, 5):
        return 50
    if price > F(8, 13):
        return 55
    if price > F(8, 15):
        return 60
    if price > F(2, 5):
        return 65
    if price > F(3, 10):
        return 70
    if price > F(1, 4):
        return 75
    if price > F(2, 11):
        return 80
    return 85 if price > F(1, 9) else 90


@dataclass
class Horse:
    """A declared horse: `place` is None where it did not finish; `stake` in pence, 0 is no bet."""

    price: Fraction | None
    place: int | None = None
    withdrawn: bool = False
    stake: int = 0


@dataclass
class Race:
    """A race and the one book that it is bet with."""

    law: str
    handicap: bool
    void: bool
    each_way: bool
    commission: Fraction
    horses: list[Horse] = field(default_factory=list)

    @property
    def ran(self) -> list[Horse]:
        return [horse for horse in self.horses if not horse.withdrawn]


def draw_race(dice: random.Random) -> Race:
    """A race with dead heats, non-finishers, withdrawals and unknown prices now and then."""
    law = dice.choice(["none", "rule 4", "reduction factor"])
    exchange = law == "reduction factor"
    race = Race(
        law,
        dice.random() < 0.5,
        dice.random() < 0.03,
        dice.random() < 0.4,
        F(dice.choice([2, 5]), 100) if exchange else F(0),
    )
    count = dice.choice([1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 11, 12, 14, 15, 16, 17, 20])
    finishers = count if dice.random() < 0.6 else dice.randint(1, count)
    place = 1
    while len(race.horses) < finishers:
        together = min(dice.choices([1, 2, 3], [0.85, 0.12, 0.03])[0], finishers - len(race.horses))
        race.horses += [Horse(dice.choice(PRICES), place) for _ in range(together)]
        place += together
    race.horses += [Horse(dice.choice(PRICES)) for _ in range(count - finishers)]
    for _ in range(dice.choices([0, 1, 2, 3], [0.6, 0.25, 0.1, 0.05])[0]):
        known = dice.random() < 0.9
        race.horses.append(Horse(dice.choice(PRICES) if known else None, withdrawn=True))
    for horse in race.horses:
        if dice.random() < 0.4:
            horse.stake = dice.randint(1, 20_000)
    dice.shuffle(race.horses)
    return race


def settle(race: Race) -> list[Fraction | None]:
    """Pence won or lost on each horse; None where the bet cannot be settled."""
    if race.void:
        return [F(0)] * len(race.horses)
    results: list[Fraction | None] = [_bet(race, horse) for horse in race.horses]
    won = sum(x for x in results if x is not None)
    if race.commission and won > 0:
        winnings = sum(x for x in results if x is not None and x > 0)
        fee = race.commission * won
        results = [x - fee * x / winnings if x is not None and x > 0 else x for x in results]
    return results


def _bet(race: Race, horse: Horse) -> Fraction | None:
    if horse.withdrawn or not horse.stake:
        return F(0)
    to_one = _after_withdrawals(race, horse)
    if to_one is None:
        return None
    places, part = _terms(race)
    if not race.each_way or not places:
        return _part(race, horse, F(horse.stake), to_one, 1)
    half = F(horse.stake, 2)
    return _part(race, horse, half, to_one, 1) + _part(race, horse, half, to_one * part, places)


def _part(race: Race, horse: Horse, stake: Fraction, to_one: Fraction, places: int) -> Fraction:
    """A bet that the horse is among the first so many."""
    if horse.place is None or horse.place > places:
        return -stake
    in_it = Counter(other.place for other in race.ran)[horse.place]
    left = min(in_it, places - horse.place + 1)
    paid = stake * left / in_it
    return paid * to_one - (stake - paid)


def _terms(race: Race) -> tuple[int, Fraction]:
    ran = len(race.ran)
    if ran < 5:
        return 0, F(0)
    if ran < 8:
        return 2, F(1, 4)
    if race.handicap and ran >= 12:
        return (4 if ran >= 16 else 3), F(1, 4)
    return 3, F(1, 5)


def _after_withdrawals(race: Race, horse: Horse) -> Fraction | None:
    """Odds to one that the bet is paid at."""
    assert horse.price is not None
    gone = [other for other in race.horses if other.withdrawn]
    if race.law == "none":
        return horse.price
    if any(other.price is None for other in gone):
        return None
    prices = sorted(other.price for other in gone if other.price is not None)
    if race.law == "rule 4":
        book = sum(1 / (other.price + 1) for other in race.ran if other.price is not None)
        if not gone and book < 1:
            return None
        pence = min(90, sum(rule_4_pence(price) for price in prices))
        return horse.price * (100 - pence) / 100
    everyone = sum(1 / (other.price + 1) for other in race.horses if other.price is not None)
    whole = horse.price + 1
    for price in prices:
        factor = (1 / (price + 1)) / everyone
        everyone -= 1 / (price + 1)
        if factor >= F(25, 1000):
            whole *= 1 - factor
    return max(whole, min(horse.price + 1, F(101, 100))) - 1
