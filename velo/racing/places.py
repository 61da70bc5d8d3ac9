"""The place part of each-way bets: standard terms and dead heats.

The terms go by the horses that ran, not by those declared: 5 to 7 pay a quarter of the odds for
two places, 8 and more a fifth for three; handicaps of 12 to 15 a quarter for three, of 16 and more
a quarter for four. Up to 4 runners pay no places, and the place money goes on to win (the terms
that British bookmakers publish as standard).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats, Integers

# Fewest runners, places, share of the odds; the handicaps' own lines lie over these.
TERMS = ((5, 2, 0.25), (8, 3, 0.20))
HANDICAP_TERMS = ((12, 3, 0.25), (16, 4, 0.25))


def place_terms(ran: npt.NDArray[Any], handicap: Flags) -> tuple[Integers, Floats]:
    """How many places a race pays and at which share of the win odds.

    Args:
        ran: horses that came under orders.
        handicap: whether the race is one.

    Returns:
        Places and share, both 0 where a race is win only.
    """
    places = np.zeros(len(ran), dtype=np.int64)
    share = np.zeros(len(ran))
    for lines, which in ((TERMS, True), (HANDICAP_TERMS, handicap)):
        for least, paid, part in lines:
            here = (ran >= least) & which
            places[here], share[here] = paid, part
    return places, share


def place_share(finish: Floats, tied: npt.NDArray[Any], places: npt.NDArray[Any]) -> Floats:
    """The share of the place stake that is paid: 1 in the places, less where too many share one.

    Three that dead-heat for the last of three places share it: each is paid on a third of its
    stake. Two that dead-heat for second are both placed.

    Args:
        finish: official position; NaN for a horse without one.
        tied: how many finished in that position.
        places: that the race pays.
    """
    left = np.clip(places - (finish - 1), 0, tied)
    share: Floats = np.nan_to_num(left / tied)
    return share
