"""Trainers and jockeys: their skill, their runs of form, and who rides for whom.

Rides are shared as in real racing: a trainer has a handful of regular riders, good riders
are asked more often, and the busiest hundredth of the weighing room rides over a quarter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TRAINER_FORM_SD = 0.37
TRAINER_FORM_HALF_LIFE = 40.0  # days
JOCKEY_SKILL_SD = 0.31
JOCKEY_FORM_SD = 0.15
JOCKEY_FORM_HALF_LIFE = 30.0
PAIR_SD = 0.10
_RETAINED = np.array([0.34, 0.16, 0.10, 0.07, 0.05])  # the rest is booked on the open market
_ROUNDS = 6


class Connections:
    """The weighing room and the training centres, with the form that moves from day to day."""

    def __init__(self, trainers: int, jockeys: int, seed: int, rng: np.random.Generator) -> None:
        self._salt = np.uint64(seed % 2**63)
        rank = np.arange(trainers)
        share = 1 / (rank + 4.0 + trainers / 60) ** 1.05
        self.trainer_share = share / share.sum()
        standing = -(np.argsort(np.argsort(-self.trainer_share)) / trainers - 0.5) * np.sqrt(12)
        self.trainer_skill = 0.6 * standing + 0.8 * rng.standard_normal(trainers)
        self.trainer_form = TRAINER_FORM_SD * rng.standard_normal(trainers)

        rank = np.arange(jockeys)
        appeal = 1 / (rank + 14.0) ** 1.5
        self.jockey_appeal = appeal / appeal.sum()
        self._appeal_sum = np.cumsum(self.jockey_appeal)
        standing = -(rank / jockeys - 0.5) * np.sqrt(12)
        self.jockey_skill = JOCKEY_SKILL_SD * (0.6 * standing + 0.8 * rng.standard_normal(jockeys))
        self.jockey_form = JOCKEY_FORM_SD * rng.standard_normal(jockeys)
        self._regulars = self._open_market(trainers * len(_RETAINED), rng).reshape(trainers, -1)
        self._retained = np.cumsum(_RETAINED)

    def pass_a_day(self, rng: np.random.Generator) -> None:
        """One day of the mean-reverting walks of form."""
        for form, sd, half_life in (
            (self.trainer_form, TRAINER_FORM_SD, TRAINER_FORM_HALF_LIFE),
            (self.jockey_form, JOCKEY_FORM_SD, JOCKEY_FORM_HALF_LIFE),
        ):
            keep = 0.5 ** (1 / half_life)
            form *= keep
            form += rng.standard_normal(len(form)) * sd * np.sqrt(1 - keep**2)

    def affinity(
        self, trainer: NDArray[np.int64], jockey: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Log-strength that a pair of trainer and jockey adds, fixed for the world's life."""
        with np.errstate(over="ignore"):
            mixed = trainer.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= (jockey.astype(np.uint64) + self._salt) * np.uint64(0xC2B2AE3D27D4EB4F)
            total = np.zeros(len(trainer))
            for _ in range(4):
                mixed ^= mixed >> np.uint64(31)
                mixed *= np.uint64(0xD6E8FEB86659FD93)
                mixed ^= mixed >> np.uint64(29)
                total += (mixed >> np.uint64(11)).astype(np.float64) / 2**53
        strength: NDArray[np.float64] = PAIR_SD * (total - 2.0) * np.sqrt(3.0)
        return strength

    def book(
        self,
        trainer: NDArray[np.int64],
        race: NDArray[np.int64],
        meeting: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:
        """The rider of each runner of a day: one ride a race, one meeting a day."""
        riders = len(self.jockey_appeal)
        jockey = np.full(len(trainer), -1, dtype=np.int64)
        where = np.full(riders, -1, dtype=np.int64)
        taken = np.zeros(0, dtype=np.int64)
        pending = rng.permutation(len(trainer))
        for attempt in range(_ROUNDS + 30):
            if attempt < 2:
                asked = self._regular_or_market(trainer[pending], rng)
            elif attempt < _ROUNDS:
                asked = self._open_market(len(pending), rng)
            else:
                asked = rng.integers(0, riders, len(pending))
            # Whoever asks first settles where the rider goes today.
            fresh = where[asked] < 0
            who, first = np.unique(asked[fresh], return_index=True)
            where[who] = meeting[pending[fresh][first]]
            key = race[pending] * riders + asked
            _, first = np.unique(key, return_index=True)
            ok = np.zeros(len(pending), dtype=np.bool_)
            ok[first] = True
            ok &= where[asked] == meeting[pending]
            ok &= ~np.isin(key, taken)
            jockey[pending[ok]] = asked[ok]
            taken = np.concatenate([taken, key[ok]])
            pending = pending[~ok]
            if not len(pending):
                return jockey
        return self._anyone(jockey, race, pending)

    def _regular_or_market(
        self, trainer: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        draw = rng.random(len(trainer))
        seat = np.searchsorted(self._retained, draw)
        asked = self._open_market(len(trainer), rng)
        retained = seat < len(self._retained)
        asked[retained] = self._regulars[trainer[retained], seat[retained]]
        return asked

    def _open_market(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        return np.searchsorted(self._appeal_sum, rng.random(count)).clip(
            0, len(self.jockey_appeal) - 1
        )

    def _anyone(
        self, jockey: NDArray[np.int64], race: NDArray[np.int64], pending: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """A rider free in the race, wherever he was, for the few left over."""
        for row in pending.tolist():
            busy = set(jockey[race == race[row]].tolist())
            jockey[row] = next(j for j in range(len(self.jockey_appeal)) if j not in busy)
        return jockey
