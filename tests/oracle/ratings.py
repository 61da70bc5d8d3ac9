"""Brute force over ratings and speed figures: loops over dictionaries, from the first day on.

By the rules alone; nothing of the platform is imported.
"""

from __future__ import annotations

import math
from statistics import median
from typing import Any

KINDS = ("horse", "jockey", "trainer")

Run = dict[str, Any]
Who = tuple[str, Any]


def ratings_by_hand(
    rows: list[Run],
    prior: tuple[float, float, float],
    drift: tuple[float, float, float],
    noise: float,
) -> dict[tuple[str, Any, int], tuple[float, float, float]]:
    """(kind, who, day) -> mean and variance after the day, and the mean before it.

    Args:
        rows: starts with `day`, `race`, `horse`, `jockey` and `trainer` (None for nobody) and `y`,
            None where it is not known.
        prior: variances of a horse, jockey and trainer of whom nothing is known.
        drift: by how much a day's rest raises them.
        noise: variance of a performance.
    """
    mean: dict[Who, float] = {}
    variance: dict[Who, float] = {}
    day_of: dict[Who, int] = {}
    after: dict[tuple[str, Any, int], tuple[float, float, float]] = {}
    for day in sorted({run["day"] for run in rows}):
        today = [run for run in rows if run["day"] == day]
        today.sort(key=lambda run: (run["race"], run["horse"]))
        fields = {
            race: [r for r in today if r["race"] == race] for race in {r["race"] for r in today}
        }
        m: dict[Who, float] = {}
        v: dict[Who, float] = {}
        for run in today:
            for kind, most, a_day in zip(KINDS, prior, drift, strict=True):
                who = (kind, run.get(kind))
                if who[1] is None or who in m:
                    continue
                if who in mean:
                    m[who] = mean[who]
                    v[who] = min(variance[who] + a_day * (day - day_of[who]), most)
                    continue
                rivals = [("horse", each["horse"]) for each in fields[run["race"]]]
                known = [mean[each] for each in rivals if each in mean]
                m[who] = sum(known) / len(known) if kind == "horse" and known else 0.0
                v[who] = most
        gained: dict[Who, list[float]] = {who: [0.0, 0.0] for who in m}
        for field in fields.values():
            sums = []
            for run in field:
                parts = [(kind, run[kind]) for kind in KINDS if run.get(kind) is not None]
                total = sum(v[part] for part in parts)
                beyond = math.nan if run["y"] is None else run["y"] - sum(m[part] for part in parts)
                sums.append((parts, total, beyond))
            judged = [(total, beyond) for _, total, beyond in sums if not math.isnan(beyond)]
            weight = sum(1 / (total + noise) for total, _ in judged)
            level = sum(b / (t + noise) for t, b in judged) / weight if judged else 0.0
            for parts, total, beyond in sums:
                if not math.isnan(beyond):
                    for part in parts:
                        rest = total - v[part] + noise
                        gained[part][0] += 1 / rest
                        gained[part][1] += (beyond - level) / rest
        for who, (precision, pull) in gained.items():
            variance[who] = 1 / (1 / v[who] + precision)
            mean[who] = m[who] + variance[who] * pull
            day_of[who] = day
            after[(*who, day)] = (mean[who], variance[who], m[who])
    return after


def figures_by_hand(
    rows: list[Run],
) -> tuple[dict[tuple[Any, Any], float | None], dict[Any, float]]:
    """(race, horse) -> figure, and the horses' abilities at the end.

    Args:
        rows: starts with `day`, `race`, `horse`, `course`, `code`, `surface`, `metres`, `n`, and
            `finish` and `seconds`, None where there are none.
    """
    ability: dict[Any, float] = {}
    starts: dict[Any, int] = {}
    par: dict[tuple[Any, ...], float] = {}
    timed: dict[tuple[Any, ...], int] = {}
    figures: dict[tuple[Any, Any], float | None] = {}
    for day in sorted({run["day"] for run in rows}):
        today = [run for run in rows if run["day"] == day]
        races = {
            race: [r for r in today if r["race"] == race]
            for race in sorted({r["race"] for r in today})
        }
        cell, track, level = {}, {}, {}
        for race, field in races.items():
            one = field[0]
            cell[race] = (one["course"], one["code"], one["surface"], one["metres"])
            track[race] = cell[race][:3]
            front = [
                1000 * math.log(run["seconds"]) + ability.get(run["horse"], 0.0)
                for run in field
                if run["seconds"] and run["finish"] and run["finish"] <= max(4, run["n"] / 2)
            ]
            if front and None not in cell[race]:
                level[race] = sum(front) / len(front)
        apart = {race: level[race] - par[cell[race]] for race in level if cell[race] in par}
        variant = {}
        for race in races:
            here = [d for other, d in apart.items() if track[other] == track[race]]
            mid = median(here) if here else 0.0
            moved = sum(min(max(d - mid, -8.0), 8.0) + mid for d in here)
            variant[race] = moved / (len(here) + 0.3) if here else 0.0
        gained: list[tuple[Any, float, int]] = []
        for race, field in races.items():
            for run in field:
                figures[race, run["horse"]] = None
                if cell[race] in par and run["seconds"] and run["finish"]:
                    horse, known = run["horse"], ability.get(run["horse"], 0.0)
                    own = par[cell[race]] + variant[race] - 1000 * math.log(run["seconds"])
                    own = max(own, known - 60)
                    figures[race, horse] = own
                    share = min(starts.get(horse, 0) + 2, 5)
                    gained.append((horse, min(max(own - known, -25.0), 15.0) / share, 1))
        for horse, step, count in gained:
            ability[horse] = ability.get(horse, 0.0) + step
            starts[horse] = starts.get(horse, 0) + count
        for race in races:
            if race in level:
                key = cell[race]
                timed[key] = min(timed.get(key, 0) + 1, 60)
                if timed[key] == 1:
                    par[key] = level[race]
                else:
                    par[key] += (level[race] - variant[race] - par[key]) / timed[key]
    return figures, ability
