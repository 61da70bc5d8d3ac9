"""What the market thought of every start, for the brute force of families 6 and 8.

Nothing of the offline tables is read or reused, as in `velo.audit.history`, whose order the arrays
have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from velo.arrays import Floats, Integers
from velo.audit.history import History
from velo.settings import Windows

TOP_WEIGHT = 133.0
TEXTS = ("surface", "region", "race_type", "rating_band", "headgear", "sire", "rail")


@dataclass(frozen=True, eq=False)
class PriceFacts:
    """One entry a start, in the order of a history.

    Attributes:
        ns: normal score of the finish.
        lpc: log of the price's chance less the race's mean; NaN in a race without a whole book.
        chance: what the price gave it, NaN likewise.
        sur: what the finish was better than the price let expect, NaN likewise.
        early: early position, 0 the leader to 1 the last, NaN where nobody says.
        mark: in pounds of rating, NaN where there is none.
        texts: as the warehouse has them, None where it has none.
        code: flat, hurdle, chase or bumper.
    """

    ns: Floats
    lpc: Floats
    chance: Floats
    sur: Floats
    early: Floats
    mark: Floats
    texts: dict[str, list[str | None]]
    code: npt.NDArray[np.str_]


def read_price_facts(
    con: duckdb.DuckDBPyConnection, history: History, windows: Windows
) -> PriceFacts:
    """Read what the history's starts lack, and compute every surprise.

    Args:
        con: an open warehouse.
        history: of the same warehouse.
        windows: the curve that stands where a region has no year of results.
    """
    ids = pd.DataFrame(history.ids)[["race_id", "horse_id"]]
    runners = con.execute(f"""
        SELECT runners.race_id, runners.horse_id, sp.decimal_odds AS sp, bsp.decimal_odds AS bsp,
            early_position,
            {", ".join(TEXTS)}
        FROM runners
        JOIN races USING (race_id)
        JOIN results ON results.race_id = runners.race_id AND results.horse_id = runners.horse_id
        LEFT JOIN prices AS sp ON sp.race_id = runners.race_id
            AND sp.horse_id = runners.horse_id AND sp.kind = 'sp'
        LEFT JOIN prices AS bsp ON bsp.race_id = runners.race_id
            AND bsp.horse_id = runners.horse_id AND bsp.kind = 'bsp'
    """).df()
    rows = ids.merge(runners, on=["race_id", "horse_id"], how="left", validate="one_to_one")
    texts = {name: [t if isinstance(t, str) else None for t in rows[name]] for name in TEXTS}
    ns = np.array([_score(history, i) for i in range(len(ids))], dtype=np.float64)
    chance = np.full(len(ids), np.nan)
    centred = np.full((len(ids), 3), np.nan)
    for race in range(len(history.first_of_race)):
        field = _field(history, race)
        for kind in ("bsp", "sp"):
            odds = rows[kind].to_numpy(np.float64)[field]
            if not np.isnan(odds).any():
                share = 1 / odds / (1 / odds).sum()
                x = np.log(share) - np.log(share).mean()
                chance[field] = share
                centred[field] = np.column_stack([x**p - (x**p).mean() for p in (1, 2, 3)])
                break
    ens = _expected(history, ns, centred, texts["region"], windows)
    return PriceFacts(
        ns,
        centred[:, 0],
        chance,
        ns - ens,
        rows["early_position"].to_numpy(np.float64, na_value=np.nan),
        _marks(history, texts),
        texts,
        np.array([_code(kind) for kind in texts["race_type"]]),
    )


def _field(history: History, race: int) -> Integers:
    first = int(history.first_of_race[race])
    return np.arange(first, first + int(history.n[first]), dtype=np.int64)


def _score(history: History, i: int) -> float:
    n, finish = int(history.n[i]), history.facts["finish"][i]
    rank = n if np.isnan(finish) else min(float(finish), n)
    return NormalDist().inv_cdf((n - rank + 0.5) / n)


def _expected(
    history: History,
    ns: Floats,
    centred: Floats,
    regions: list[str | None],
    windows: Windows,
) -> Floats:
    """The curve of each region and year, fitted to that region's days before the year."""
    region_of = np.array([region or "" for region in regions])
    years = np.array([date.fromordinal(719_163 + int(day)).year for day in history.day])
    defaults = (
        windows.price_curve_linear,
        windows.price_curve_square,
        windows.price_curve_cube,
    )
    ens = np.full(len(ns), np.nan)
    for region in np.unique(region_of):
        for year in np.unique(years[region_of == region]):
            before = (region_of == region) & (years < year)
            curve = np.array(defaults)
            start = date(int(year), 1, 1).toordinal() - 719_163
            if before.any() and start - int(history.day[before].min()) >= 365:
                usable = before & ~np.isnan(centred[:, 0])
                powers = centred[usable]
                if len(powers) and np.linalg.matrix_rank(powers) == len(curve):
                    curve = np.linalg.lstsq(powers, ns[usable])[0]
            here = (region_of == region) & (years == year)
            ens[here] = centred[here] @ curve
    return ens


def _marks(history: History, texts: dict[str, list[str | None]]) -> Floats:
    rating, pounds = history.facts["official_rating"], history.facts["pounds"]
    marks = np.full(len(rating), np.nan)
    for race in range(len(history.first_of_race)):
        field = _field(history, race)
        if not np.isnan(rating[field]).all():
            marks[field] = rating[field]
            continue
        band, region = texts["rating_band"][field[0]], texts["region"][field[0]]
        numbers = [int(n) for n in "".join(c if c.isdigit() else " " for c in band or "").split()]
        if region == "HK" and numbers:
            marks[field] = max(numbers[:2]) - (TOP_WEIGHT - pounds[field])
    return marks


def _code(race_type: str | None) -> str:
    text = (race_type or "").lower()
    if "hurdle" in text or "chase" in text:
        return "hurdle" if "hurdle" in text else "chase"
    flat = text.partition("flat")
    over_jumps = flat[1] and ("nh" in flat[0] or "hunt" in flat[0])
    return "bumper" if "bumper" in text or over_jumps else "flat"
