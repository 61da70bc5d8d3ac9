"""From prices to probabilities: taking the margin out of whole arrays of books at once.

``odds`` are ``n`` decimal prices sorted by race and ``offsets`` the row at which each race begins
(``offsets[0] == 0``, rising). Probabilities sum to 1 in every race; a race with a missing price
(NaN, or 1.0 and less) is NaN throughout, because part of a book cannot be normalised. A book below
1 has no margin to take out and is made proportional (evaluation.md, Market).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from velo.arrays import Flags, Floats, Integers
from velo.errors import InputError

# (1/odds, the race's unknown, the race's book), a value a row -> probabilities, their slopes
Curve = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]

_CONVERGED = 1e-12
_SUMS_TO_ONE = 1e-9
_ROUNDS = 100


def overround(odds: npt.ArrayLike, offsets: npt.ArrayLike) -> Floats:
    """The book of each race, ``sum 1/odds``: 1.18 is an overround of 18%. NaN where incomplete."""
    implied, starts = _books(odds, offsets)
    return np.add.reduceat(implied, starts) if starts.size else np.empty(0)


def proportional(odds: npt.ArrayLike, offsets: npt.ArrayLike) -> Floats:
    """``(1/odds) / book``: every runner carries the margin in proportion to its price."""
    return _normalised(*_books(odds, offsets))


def power(odds: npt.ArrayLike, offsets: npt.ArrayLike) -> Floats:
    """``(1/odds)^c``, ``c`` the one of each race that sums to 1: longer prices carry more margin.

    Clarke, Kovalchik and Ingram 2017, "Adjusting bookmaker's odds to allow for overround".
    """

    def curve(implied: Floats, c: Floats, book: Floats) -> tuple[Floats, Floats]:
        logs = np.log(implied)
        raised = np.exp(c * logs)
        return raised, logs * raised

    return _without_margin(odds, offsets, curve, lowest=1.0, highest=np.inf)


def shin(odds: npt.ArrayLike, offsets: npt.ArrayLike) -> Floats:
    """Shin's probabilities: the margin insures the bookmaker against a share ``z`` of insiders.

    ``p = 2q / (s + z)`` with ``q = (1/odds)^2 / book`` and ``s = sqrt(z^2 + 4 (1 - z) q)``, ``z``
    the one of each race that sums to 1. Shin 1993, "Measuring the incidence of insider trading in
    a market for state-contingent claims"; the closed form is Jullien and Salanie's, 1994, written
    so that nothing cancels as ``z`` nears 1.
    """

    def curve(implied: Floats, z: Floats, book: Floats) -> tuple[Floats, Floats]:
        q = implied * implied / book
        s = np.sqrt(z * z + 4.0 * (1.0 - z) * q)
        p = 2.0 * q / (s + z)
        return p, -p * (1.0 + (z - 2.0 * q) / s) / (s + z)

    return _without_margin(odds, offsets, curve, lowest=0.0, highest=1.0)


DEVIG: Mapping[str, Callable[[npt.ArrayLike, npt.ArrayLike], Floats]] = {
    "shin": shin,
    "power": power,
    "proportional": proportional,
}
"""The methods by their names in the settings."""


def _without_margin(
    odds: npt.ArrayLike, offsets: npt.ArrayLike, curve: Curve, lowest: float, highest: float
) -> Floats:
    """Probabilities on ``curve`` where a book has a margin, proportional where it has none."""
    implied, starts = _books(odds, offsets)
    books = overround(odds, offsets)
    answer = _normalised(implied, starts)
    rows = np.repeat(books > 1.0, _lengths(starts, implied.size))
    if rows.any():
        some, its_starts = _kept(implied, starts, books > 1.0)
        answer[rows] = _solved(some, its_starts, curve, lowest, highest)
    return answer


def _solved(
    implied: Floats, starts: Integers, curve: Curve, lowest: float, highest: float
) -> Floats:
    """Newton's method on all races at once, bisecting where a step would leave the bracket.

    Sums fall as the unknown rises: over 1 at ``lowest``, under 1 at ``highest``.
    """
    books = np.add.reduceat(implied, starts)
    unknown = np.full(starts.size, lowest)
    low, high = unknown.copy(), np.full(starts.size, highest)
    racing = np.arange(starts.size)  # the races that have not converged
    some, its_starts = implied, starts
    for _ in range(_ROUNDS):
        lengths = _lengths(its_starts, some.size)
        p, slope = curve(
            some, np.repeat(unknown[racing], lengths), np.repeat(books[racing], lengths)
        )
        excess = np.add.reduceat(p, its_starts) - 1.0
        slopes = np.add.reduceat(slope, its_starts)
        open_ = np.abs(excess) > _CONVERGED
        if not open_.any():
            break
        some, its_starts = _kept(some, its_starts, open_)
        racing, excess, slopes = racing[open_], excess[open_], slopes[open_]
        here = unknown[racing]
        low[racing] = np.where(excess > 0, here, low[racing])
        high[racing] = np.where(excess < 0, here, high[racing])
        step = here - excess / slopes
        inside = (step > low[racing]) & (step < high[racing])
        unknown[racing] = np.where(inside, step, 0.5 * (low[racing] + high[racing]))
    lengths = _lengths(starts, implied.size)
    p, _ = curve(implied, np.repeat(unknown, lengths), np.repeat(books, lengths))
    off = np.abs(np.add.reduceat(p, starts) - 1.0)
    assert off.max() <= _SUMS_TO_ONE, f"a book's probabilities miss 1 by {off.max():.1e}"
    return _normalised(p, starts)


def _books(odds: npt.ArrayLike, offsets: npt.ArrayLike) -> tuple[Floats, Integers]:
    """``1/odds``, NaN for a missing price, and the offsets, checked."""
    prices = np.asarray(odds, dtype=np.float64)
    starts = np.asarray(offsets, dtype=np.int64)
    rising = starts.size == 0 or bool(starts[0] == 0 and np.all(np.diff(starts) > 0))
    if not rising or (starts[-1] >= prices.size if starts.size else prices.size > 0):
        raise InputError("race offsets must begin at 0, rise, and each begin a race with runners")
    priced = np.isfinite(prices) & (prices > 1.0)
    implied = np.full(prices.shape, np.nan)
    np.divide(1.0, prices, out=implied, where=priced)
    return implied, starts


def _lengths(starts: Integers, rows: int) -> Integers:
    return np.diff(starts, append=rows)


def _normalised(weights: Floats, starts: Integers) -> Floats:
    totals = np.add.reduceat(weights, starts) if starts.size else np.empty(0)
    shares: Floats = weights / np.repeat(totals, _lengths(starts, weights.size))
    return shares


def _kept(rows: Floats, starts: Integers, races: Flags) -> tuple[Floats, Integers]:
    """The rows of some races, and where these now begin."""
    lengths = _lengths(starts, rows.size)
    kept = lengths[races]
    return rows[np.repeat(races, lengths)], np.cumsum(kept) - kept
