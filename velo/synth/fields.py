"""Dealing horses into races: each race takes its field from a window of like horses.

Horses that are ready wait in pools (maidens, handicappers of one distance, novice hurdlers,
...). A pool is ranked by rating, each race takes a stretch of the ranking and fills itself with
those who suit the trip and have waited longest. Handicaps so hold horses of like rating; a
maiden or novice pool is ranked on little, as their quality is not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from velo.synth import programme as p
from velo.synth.horses import BUMPER, CHASER, FLAT, HURDLER, JUMP, Horses
from velo.synth.scale import MEAN_FIELD

_DISTANCE_POOLS = 4
_WINDOW = 1.6  # horses looked at for each place in the field
_SMALLEST = 5  # a pool below this holds no race today
_HANDICAP_SPREAD = 4.8  # pounds, one standard deviation within a handicap
_RATING_DEVIATION = 22.0  # pounds, of all handicappers, tails included
FILLIES_SHARE = 0.10
WITHDRAWN_SHARE = 0.03  # races that lose a declared runner


@dataclass(frozen=True)
class Field:
    """One race's horses (rows of ``Horses``); the last ``withdrawn`` of them do not start."""

    kind: int
    band: int  # distance band
    rows: NDArray[np.int64]
    withdrawn: int
    fillies: bool


def pools(
    horses: Horses, code: int, today: int, year: int, rng: np.random.Generator
) -> dict[tuple[int, int], NDArray[np.int64]]:
    """Ready horses of one code by (kind, distance band), each ranked from low rating to high."""
    active = horses.active
    ready = active[(horses.code[active] == code) & (horses.ready[active] <= today)]
    if not len(ready):
        return {}
    kind = _kinds(horses, code, ready, year, rng)
    rating = horses.estimate[ready]
    band = horses.distance[ready].astype(np.int64)
    restless = rng.random(len(ready)) < 0.12
    reach = 3 if code == FLAT else 2
    band = np.where(restless, (band + rng.choice(np.array([-1, 1]), len(ready))), band)
    band = band.clip(0, reach)
    split = np.isin(kind, (p.HANDICAP, p.HANDICAP_HURDLE, p.HANDICAP_CHASE))
    key = kind * _DISTANCE_POOLS + np.where(split, band, band // 2 * (kind == p.MAIDEN))
    blur = np.where(
        p.IS_HANDICAP[kind], _handicap_blur(key), np.where(p.IS_PATTERN[kind], 3.0, 12.0)
    )
    order = np.lexsort((rating + blur * rng.standard_normal(len(ready)), key))
    ready, key = ready[order], key[order]
    values, starts = np.unique(key, return_index=True)
    parts = np.split(ready, starts[1:])
    return {
        (int(v) // _DISTANCE_POOLS, int(v) % _DISTANCE_POOLS): part
        for v, part in zip(values, parts, strict=True)
    }


def _handicap_blur(key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Pounds of blur that bring a field's ratings to their real spread, per horse.

    In a small pool the window itself is wide; in a large one it is a pound or two, and trainers
    who aim high or low, not the ranking, spread the weights.
    """
    size = np.bincount(key)[key]
    window = _RATING_DEVIATION * np.minimum(_WINDOW * MEAN_FIELD / size, 1.0)
    blur: NDArray[np.float64] = np.sqrt((_HANDICAP_SPREAD**2 - window**2).clip(0.5))
    return blur


def _kinds(
    horses: Horses, code: int, ready: NDArray[np.int64], year: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The kind of race each ready horse is aimed at."""
    rated, rating = horses.rated(ready), horses.estimate[ready]
    wins, draw = horses.wins[ready], rng.random(len(ready))
    if code == FLAT:
        return np.select(
            [
                rated & (rating >= 97) & (draw < 0.7),
                horses.age(ready, year) == 2,
                ~rated | ((wins == 0) & (draw < 0.22)),
            ],
            [p.PATTERN, p.TWO_YEAR_OLD, p.MAIDEN],
            p.HANDICAP,
        )
    stage, here = horses.stage[ready], horses.stage_runs[ready]
    return np.select(
        [
            stage == BUMPER,
            (stage == HURDLER) & rated & (rating >= 134) & (draw < 0.6),
            (stage == HURDLER) & (~rated | ((here < 5) & (draw < 0.35))),
            stage == HURDLER,
            (stage == CHASER) & (rating >= 134) & (here >= 3) & (draw < 0.5),
            (stage == CHASER) & ((here < 4) & (draw < 0.5) | ~rated),
        ],
        [
            p.BUMPER_RACE,
            p.GRADED_HURDLE,
            p.NOVICE_HURDLE,
            p.HANDICAP_HURDLE,
            p.GRADED_CHASE,
            p.NOVICE_CHASE,
        ],
        p.HANDICAP_CHASE,
    )


def deal(
    horses: Horses,
    waiting: dict[tuple[int, int], NDArray[np.int64]],
    races: int,
    today: int,
    rng: np.random.Generator,
) -> list[Field]:
    """Fields for up to ``races`` races, in shares of the pools' sizes.

    No horse runs twice.
    """
    keys = list(waiting)
    sizes = np.array([len(waiting[k]) for k in keys], dtype=np.float64)
    sizes[sizes < _SMALLEST] = 0
    if races == 0 or sizes.sum() == 0:
        return []
    marks = (np.arange(races) + rng.random()) / races * sizes.sum()
    shares = np.bincount(np.searchsorted(np.cumsum(sizes), marks), minlength=len(keys))
    shares = np.minimum(shares, (sizes / _SMALLEST).astype(np.int64))
    out: list[Field] = []
    for key, share in zip(keys, shares.tolist(), strict=True):
        if share == 0:
            continue
        wanted = [p.field_size(key[0], rng) for _ in range(share)]
        out += _windows(horses, waiting[key], key, wanted, today, rng)
    order = rng.permutation(len(out))
    return [out[i] for i in order.tolist()]


def _windows(
    horses: Horses,
    pool: NDArray[np.int64],
    key: tuple[int, int],
    wanted: list[int],
    today: int,
    rng: np.random.Generator,
) -> list[Field]:
    """Cuts the ranked pool into one window a race, gaps between them at random."""
    ask = sum(wanted)
    factor = min(_WINDOW, len(pool) / ask)
    lengths = [max(1, int(w * factor)) for w in wanted]
    gaps = rng.dirichlet(np.ones(len(wanted) + 1)) * (len(pool) - sum(lengths))
    out = []
    start = 0.0
    for length, want, gap in zip(lengths, wanted, gaps[:-1].tolist(), strict=True):
        start += gap
        window = pool[int(start) : int(start) + length]
        start += length
        fillies = want >= 5 and rng.random() < FILLIES_SHARE and key[0] < p.BUMPER_RACE
        if fillies:
            mares = window[horses.female[window]]
            fillies = len(mares) >= _SMALLEST
            window = mares if fillies else window
        if len(window) < 3:
            continue
        bands = horses.distance[window]
        band = key[1] if p.IS_HANDICAP[key[0]] else int(bands[rng.integers(len(bands))])
        withdrawn = int(len(window) > 3 and rng.random() < WITHDRAWN_SHARE)
        take = min(want + withdrawn, len(window))
        patience = (today - horses.ready[window]) / 12.0
        score = np.abs(bands - band) * 0.8 - patience + 0.8 * rng.standard_normal(len(window))
        rows = window[np.argsort(score)[:take]]
        withdrawn = withdrawn if take > 3 else 0
        out.append(Field(key[0], band, rng.permutation(rows), withdrawn, bool(fillies)))
    return out


__all__ = ["FLAT", "JUMP", "Field", "deal", "pools"]
