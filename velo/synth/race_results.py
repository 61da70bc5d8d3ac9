"""From the order of strength on the day to a result as it is printed.

Non-finishers, dead heats, beaten lengths, times, and the ratings earned in the race. The winner
always completes, so a runner's chance stays what the truth says; non-finishers come from the
beaten horses, mostly the well beaten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from velo.synth import programme as p
from velo.synth.horses import POUNDS_PER_UNIT
from velo.synth.simulation import World

# Chance not to complete of a horse in mid-division, by type: flat, bumper, hurdle, chase.
_FAILURE = np.array([0.004, 0.012, 0.085, 0.175])
MISHAPS = ("PU", "F", "UR", "BD", "RR", "REF", "SU", "RO", "CO", "LFT", "DSQ")
_MISHAPS_JUMPING = np.array([0.70, 0.14, 0.10, 0.015, 0.01, 0.01, 0.01, 0.008, 0.002, 0.002, 0.003])
_MISHAPS_FLAT = np.array([0.45, 0.0, 0.15, 0.02, 0.17, 0.0, 0.06, 0.03, 0.0, 0.04, 0.08])
DEAD_HEAT_GAP = 0.0024  # of log-strength between two finishers: nothing parts them

# Lengths behind a horse beaten by one unit, and how they stretch, by type.
_LENGTHS = np.array([1.25, 1.5, 3.6, 3.9])
_STRETCH = np.array([1.75, 1.9, 1.7, 1.65])
_MARGINS = np.concatenate(
    [[0.05, 0.1, 0.2, 0.3, 0.5], np.arange(0.75, 5.1, 0.25), np.arange(5.5, 8.1, 0.5)]
)
SECONDS_PER_LENGTH = 0.2
FINISHED, MISHAP, WITHDRAWN, VOID = 0, 1, 2, 3
_PLACE_MONEY = np.array([0.0, 1.0, 0.2975, 0.1488, 0.0744, 0.0372, 0.0186])


@dataclass(frozen=True)
class RaceResults:
    """The printed result of every row of the world, in its order."""

    status: NDArray[np.int8]
    position: NDArray[np.int16]  # 0 for those who did not complete
    mishap: NDArray[np.int8]  # index of MISHAPS
    beaten: NDArray[np.float64]  # lengths behind the winner
    margin: NDArray[np.float64]  # lengths behind the horse in front
    seconds: NDArray[np.float64]
    rpr: NDArray[np.float64]  # nan where none was earned
    ts: NDArray[np.float64]
    prize: NDArray[np.float64]  # 0 for none
    win: NDArray[np.float64]  # 1, a half in a dead heat, 0


def finish(world: World, rng: np.random.Generator) -> RaceResults:
    """The results of the world's races."""
    races, runners = world.races, world.runners
    race = runners["race"].astype(np.int64)
    starts = np.flatnonzero(np.diff(race, prepend=-1))
    kind = races["kind"][race]
    race_type = p.TYPE_OF[kind]
    started, void = runners["started"], races["void"][race]
    outcome = runners["outcome"].astype(np.float64)
    size = races["runners"][race].astype(np.float64)

    order = np.lexsort((-outcome, race))
    rank = np.empty(len(race), dtype=np.int64)
    rank[order] = np.arange(len(race)) - starts[race] + 1
    depth = (rank - 1) / np.maximum(size - 1, 1)
    failed = rng.random(len(race)) < _FAILURE[race_type] * (0.35 + 1.3 * depth)
    failed &= started & (rank > 1) & ~void
    completed = started & ~failed & ~void
    mishap = np.where(
        race_type >= 2,
        rng.choice(len(MISHAPS), len(race), p=_MISHAPS_JUMPING / _MISHAPS_JUMPING.sum()),
        rng.choice(len(MISHAPS), len(race), p=_MISHAPS_FLAT / _MISHAPS_FLAT.sum()),
    ).astype(np.int8)

    position, beaten, margin, win = _margins(race, completed, outcome, race_type, rng)
    seconds, slow = _times(world, race, race_type, beaten, rng)
    rpr, ts = _ratings(world, race, starts, beaten, position, slow, rng)
    return RaceResults(
        status=np.select([~started, void, failed], [WITHDRAWN, VOID, MISHAP], FINISHED).astype(
            np.int8
        ),
        position=position,
        mishap=mishap,
        beaten=beaten,
        margin=margin,
        seconds=np.where(completed, seconds, np.nan),
        rpr=np.where(completed, rpr, np.nan),
        ts=np.where(completed, ts, np.nan),
        prize=_prizes(world, race, position),
        win=win,
    )


def _margins(
    race: NDArray[np.int64],
    completed: NDArray[np.bool_],
    outcome: NDArray[np.float64],
    race_type: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Position, lengths behind the winner and the horse in front, and shares of the win."""
    home = np.flatnonzero(completed)
    home = home[np.lexsort((-outcome[home], race[home]))]
    here = race[home]
    first = np.concatenate([[True], here[1:] != here[:-1]]) if len(here) else np.zeros(0, bool)
    lead = np.maximum.accumulate(np.where(first, np.arange(len(home)), 0))
    place = np.arange(len(home)) - lead + 1
    gap = outcome[home[lead]] - outcome[home]
    step = gap - np.concatenate([[0.0], gap[:-1]])
    level = ~first & (step < DEAD_HEAT_GAP)
    kind = race_type[home]
    length = _LENGTHS[kind] * gap ** _STRETCH[kind]
    raw = np.where(first, 0.0, length - np.concatenate([[0.0], length[:-1]]))
    raw = raw * np.exp(0.2 * rng.standard_normal(len(raw)) - 0.02)
    nearest = _MARGINS[np.abs(raw[:, None] - _MARGINS).argmin(axis=1)] if len(raw) else raw
    margin = np.where(raw > 8.25, np.round(raw).clip(9, 99), nearest)
    margin = np.where(first | level, 0.0, margin)
    total = np.cumsum(margin)
    ahead = total - total[lead]
    place = np.maximum.accumulate(np.where(level, 0, np.arange(len(home)))) - lead + 1
    shared = np.bincount(here, (place == 1), minlength=int(race[-1]) + 1)

    def spread(value: NDArray[Any]) -> NDArray[np.float64]:
        out = np.zeros(len(race))
        out[home] = value
        return out

    return (
        spread(place).astype(np.int16),
        spread(ahead),
        spread(margin),
        spread(np.where(place == 1, 1 / shared[here].clip(1), 0.0)),
    )


def _times(
    world: World,
    race: NDArray[np.int64],
    race_type: NDArray[np.int64],
    beaten: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds of each runner, and the share by which its race was run slowly, per race."""
    races = world.races
    furlongs = races["distance"] / 2.0
    jumping = p.TYPE_OF[races["kind"]] >= 1
    par = np.where(
        jumping, 14.05 * furlongs * (1 + 0.0018 * furlongs), 11.35 * furlongs**1.045
    ) * np.where(p.TYPE_OF[races["kind"]] == 3, 1.022, 1.0)
    par = par * world.courses.seconds_per_furlong[races["course"]]
    ground = 1 + np.where(jumping, 0.022, 0.016) * races["softness"]
    meeting = races["day"].astype(np.int64) * len(world.courses) + races["course"]
    _, which = np.unique(meeting, return_inverse=True)
    allowance = 0.005 * rng.standard_normal(int(which.max()) + 1)[which]
    slow = rng.gamma(1.2, 0.006, len(par)) + allowance
    quality = 0.0035 * (4.0 - races["level"])
    winner = par * ground * (1 + slow - quality)
    return winner[race] + SECONDS_PER_LENGTH * beaten, slow


def _ratings(
    world: World,
    race: NDArray[np.int64],
    starts: NDArray[np.int64],
    beaten: NDArray[np.float64],
    position: NDArray[np.int16],
    slow: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The performance and speed ratings earned: the winner's worth less the pounds beaten."""
    races, runners = world.races, world.runners
    n = len(race)
    code = np.where(p.TYPE_OF[races["kind"]] == 0, 0, 1)[race]
    noise = runners["outcome"] - runners["strength"]
    worth = runners["ability"] + POUNDS_PER_UNIT[code] * (
        runners["signal"] + 0.35 * (noise - 0.577)
    )
    winner = np.zeros(len(races["day"]))
    burden = np.zeros(len(races["day"]))
    first = position == 1
    winner[race[first]] = worth[first]
    burden[race[first]] = runners["weight"][first]
    furlongs = (races["distance"] / 2.0)[race]
    per_length = np.where(code == 0, 11.5 / furlongs**0.83, 0.95 * (16 / furlongs) ** 0.5)
    handicap = p.IS_HANDICAP[races["kind"]][race]
    weight = np.where(handicap, runners["weight"] - burden[race], 0.0)
    earned = winner[race] - per_length * beaten + weight + 0.4 * rng.standard_normal(n)
    earned -= 2.0 + (3.0 * rng.standard_normal(len(slow)))[race]
    speed = earned - 9.0 - 420 * slow[race].clip(0) + 3.0 * rng.standard_normal(n)
    rpr = np.where((earned < 1) | (rng.random(n) < 0.02), np.nan, np.round(earned))
    untimed = (rng.random(len(slow)) < 0.09)[race]
    ts = np.where((speed < 1) | untimed | np.isnan(rpr), np.nan, np.round(speed))
    return rpr, ts


def _prizes(
    world: World, race: NDArray[np.int64], position: NDArray[np.int16]
) -> NDArray[np.float64]:
    """Money won; dead-heaters share the prizes of the places they fill."""
    races = world.races
    paid = np.where(races["level"] <= 3, 6, np.where(races["level"] <= 4, 4, 3)).astype(np.int64)
    place = position.astype(np.int64)
    tied = np.bincount(race * 64 + place, minlength=(int(race[-1]) + 1) * 64)[race * 64 + place]
    cumulative = np.cumsum(np.append(_PLACE_MONEY, np.zeros(64)))

    def upto(k: NDArray[np.int64]) -> NDArray[np.float64]:
        return cumulative[np.minimum(k, paid[race])]

    share = np.where(place > 0, (upto(place + tied - 1) - upto(place - 1)) / tied.clip(1), 0.0)
    money: NDArray[np.float64] = np.round(share * races["prize"][race], 2)
    return money
