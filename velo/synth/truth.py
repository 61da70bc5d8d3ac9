"""What makes a horse win: the latent log-strength of every runner, in named parts.

Strength is ability, weight and the signals below; a race is run by adding independent Gumbel
noise, so the chance of winning is exactly the softmax of strength within the race
(Plackett 1975, Luce 1959). The market sees ability and weight always, the signals as far as
its ``edge`` lets it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from velo.arrays import Flags, Floats, Integers
from velo.synth.horses import NEVER

LAYOFF_DAYS = np.array([0.0, 15.0, 30.0, 60.0, 120.0, 240.0])
LAYOFF_PENALTY = np.array([0.15, 0.10, 0.0, 0.0, 0.15, 0.30])
LAYOFF_STRENGTH = 2.5
CLASS_STRENGTH = 0.12  # a level
WEIGHT_CHANGE_STRENGTH = 0.012  # a pound more than last time
DEBUT_PENALTY = 0.30
HIDDEN_FORM = 0.7  # share of a horse's form that its figures do not show
WEIGHT_SHARE = 0.5  # of a handicapper's pound that a pound carried takes back
PLAN_STRENGTH = 0.95
HASTE_STRENGTH = 0.30
READY_YARD_STRENGTH = 0.60
BIG_FIELD_RIDER_STRENGTH = 0.35
GOING_STRENGTH = 0.20  # a liking of one standard deviation, on soft ground
ARTIFICIAL_STRENGTH = 0.25
COURSE_STRENGTH = 0.11  # of each of a horse's two likings
YARD_STANDING = 0.15  # what a standard deviation of a trainer's skill is worth on the day


@dataclass(frozen=True)
class Signals:
    """The parts of strength that the feature families speak of, per runner, in log-strength."""

    trainer: Floats
    jockey: Floats
    pair: Floats
    class_drop: Floats
    layoff: Floats
    weight_change: Floats
    going: Floats
    course: Floats
    draw: Floats
    form: Floats
    together: Floats

    def total(self) -> Floats:
        """Sum of the parts."""
        parts = [getattr(self, f.name) for f in fields(self)]
        total: Floats = np.sum(parts, axis=0)
        return total


def layoff_effect(today: int, last_day: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """Log-strength of the absence and the days of it (0 for a debutant, who has none)."""
    debut = last_day == NEVER
    days = np.where(debut, 0, today - last_day).astype(np.float64)
    effect = -LAYOFF_STRENGTH * np.interp(days, LAYOFF_DAYS, LAYOFF_PENALTY)
    return np.where(debut, 0.0, effect), days


def class_effect(level: Floats, last_level: Floats, debut: Flags) -> tuple[Floats, Floats]:
    """Log-strength of a change of class and the levels dropped, positive for an easier race."""
    drop = np.where(debut, 0.0, (level - last_level).clip(-3, 3))
    return CLASS_STRENGTH * drop, drop


def weight_effect(gained: Integers, debut: Flags) -> Floats:
    """Log-strength of carrying more, or less, than last time (pounds)."""
    return np.where(debut, 0.0, -WEIGHT_CHANGE_STRENGTH * gained.clip(-14, 14))


def going_effect(
    softness: Floats, artificial: Flags, likes_soft: Floats, likes_artificial: Floats
) -> Floats:
    """Log-strength of a horse's liking for the ground."""
    turf = GOING_STRENGTH * likes_soft * (softness / 1.1).clip(-1.4, 1.6)
    return np.where(artificial, ARTIFICIAL_STRENGTH * likes_artificial, turf)


def interactions(
    drop: Floats,
    layoff: Floats,
    trainer_form: Floats,
    jockey: Floats,
    field: Integers,
) -> Floats:
    """What the parts do together, as trainers place horses.

    A drop in class after a break inside the sweet spot is a plan, one within three weeks of the
    last run a sign of trouble; a yard in form has its horses ready first time out; a good rider
    is worth more in a crowded field.
    """
    plan = (drop >= 1) & (layoff >= 30) & (layoff <= 60)
    haste = (drop >= 1) & (layoff < 21)
    away = layoff > 60
    crowded = ((field - 8) / 8).clip(0, 1)
    strength: Floats = (
        PLAN_STRENGTH * plan
        - HASTE_STRENGTH * haste
        + READY_YARD_STRENGTH * trainer_form * away
        + BIG_FIELD_RIDER_STRENGTH * jockey * crowded
    )
    return strength


def win_probability(strength: Floats, starts: Integers, race: Integers) -> Floats:
    """Softmax of strength within each race; runners sorted by race, ``starts`` its first rows."""
    top = np.maximum.reduceat(strength, starts)[race]
    odds = np.exp(strength - top)
    return odds / np.add.reduceat(odds, starts)[race]
