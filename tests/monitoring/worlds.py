"""Days of runners whose features and chances are known, with or without drift."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from training.judging.reference import Reference, described
from training.statistics.bootstrap import Days, Resampling
from training.statistics.calibration_curve import calibration_slope, error_by_chance
from training.statistics.likelihood import delta_ll
from training.statistics.races import Races

FEATURES = ("form", "rate", "draw", "going", "flag", "sex")
FAMILIES = {"form": ("form", "rate"), "place": ("draw", "going")}
START = date(2025, 1, 1)


def runners(days: int, a_day: int, seed: int, start: date = START) -> pd.DataFrame:
    """Runners in races of ten, two courses a day.

    `form` is each runner's own, `rate` has a prior that three in ten share, `draw` is a stall,
    `going` is the course's of that day, `flag` is nearly always 0, `sex` is text, and one runner in
    ten has no form.
    """
    draw = np.random.default_rng(seed)
    n = days * a_day
    day = np.repeat(np.arange(days), a_day)
    course = np.arange(n) % a_day * 2 // a_day
    form = draw.normal(size=n)
    return pd.DataFrame(
        {
            "date": pd.to_datetime([start + timedelta(int(each)) for each in day]),
            "race_id": np.arange(n) // 10,
            "form": np.where(draw.random(n) < 0.1, np.nan, form),
            "rate": np.where(draw.random(n) < 0.3, 0.105, draw.beta(2, 15, n)),
            "draw": (np.arange(n) % 10 + 1).astype(np.float64),
            "going": draw.normal(size=2 * days)[2 * day + course],
            "flag": (draw.random(n) < 0.03).astype(np.float64),
            "sex": draw.choice(["colt", "filly", "gelding"], n, p=[0.3, 0.3, 0.4]),
        }
    )


def reference(seed: int = 1, a_day: int = 100) -> Reference:
    """A year of them, judged on a holdout of 3,000 races by chances that were right."""
    held = chances(3000, seed)
    return described(runners(364, a_day, seed), FEATURES, FAMILIES, 30, judged(held))


def seen(days: int = 30, a_day: int = 100, seed: int = 2) -> pd.DataFrame:
    """Later days as the journal tells of them."""
    return runners(days, a_day, seed, date(2026, 3, 1)).rename(columns={"date": "day"})


def chances(races: int, seed: int, steeper: float = 1.0, knows: float = 0.5) -> pd.DataFrame:
    """Settled runners of races of ten, a hundred races a day.

    The market lacks what the model knows beyond it; `steeper` than 1 states each chance too boldly,
    and a model that `knows` 0 states the market's own.
    """
    draw = np.random.default_rng(seed)
    n = 10 * races
    race = Races(np.arange(0, n, 10), n)
    public, private = draw.normal(size=n), draw.normal(size=n) * 0.5
    truth = public + private
    winner = np.argmax((truth + draw.gumbel(size=n)).reshape(races, 10), axis=1)
    won = (np.arange(n) % 10 == race.broadcast(winner)).astype(np.float64)
    return pd.DataFrame(
        {
            "race_id": race.index,
            "day": [START + timedelta(int(i)) for i in race.index // 100],
            "p": race.softmax(steeper * (public + (private if knows else 0))),
            "p_market_power": race.softmax(0.9 * public),
            "win_share": won,
            "state": "ran",
            "whole": True,
        }
    )


def judged(held: pd.DataFrame) -> dict[str, float | None]:
    """What a holdout of them keeps."""
    races = Races.of(held["race_id"].to_numpy())
    p, market, won = (held[each].to_numpy() for each in ("p", "p_market_power", "win_share"))
    dates = held["day"].to_numpy()
    slope = calibration_slope(p, won, dates)
    gain = delta_ll(p, market, won, races, races.first(dates), Resampling(400, 1))
    return {
        "races": len(races),
        "runners": races.n,
        "calibration_error": error_by_chance(p),
        "calibration_noise": error_by_chance(p),
        "calibration_slope": slope.value,
        "calibration_slope_low": slope.low,
        "calibration_slope_high": slope.high,
        "delta_ll": gain.value,
        "delta_ll_low": gain.low,
        "delta_ll_high": gain.high,
    }


def days_of(frame: pd.DataFrame) -> Days:
    """The days of rows."""
    return Days.of(frame["date" if "date" in frame else "day"].to_numpy())
