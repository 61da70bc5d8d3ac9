"""What a region's races have taught about early pace by the end of each day: coefficients.

They are the least squares of early positions on the inputs (`velo.racing.early_pace`), both less
their race's mean, over all of a region's starts so far. A year's races are forecast with what was
known when the year began, so only the newest row before it is used.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from velo.arrays import Floats
from velo.racing.early_pace import INPUTS

LEAST_DAYS = 365
"""Days of races before a year, without which its coefficients are not fitted."""
RIDGE = 1e-9
"""Added to each input's variance, as a share of it: inputs that say the same share the weight."""

Row = dict[str, Any]
_SIDE = INPUTS + 1
_PAIRS = np.triu_indices(_SIDE)


class EarlyFit:
    """Sums of products over a region's starts, and the coefficients that follow from them."""

    keys: ClassVar = (("region",),)

    state: ClassVar = ("first_day", *(f"m_{i + 1}_{j + 1}" for i, j in zip(*_PAIRS, strict=True)))
    """The first day of races, in days since 1970, and the sums."""

    def advance(self, runs: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
        """The coefficients of a year that begins after each day.

        Args:
            runs: one row a starter, sorted by `known`, race and horse: `region`, `x_1` to `x_14`
                and `early`, NaN where the early position is unknown.
            state: the newest row of each region from before these days.

        Returns:
            One row a region and day of races: `region`, `known`, `fitted` (1, or 0 where there is
            no year of days before the next 1 January, or no early position), the coefficients
            `c_1` to `c_14` (NaN where not fitted), and the state.
        """
        columns = [*(f"x_{j + 1}" for j in range(INPUTS)), "early"]
        values = runs[columns].to_numpy(np.float64, na_value=np.nan)
        region, names = pd.factorize(runs["region"], sort=True)
        days = runs["known"].to_numpy("datetime64[D]").astype(np.int64)
        sums: dict[str, Row] = {str(row["region"]): row for row in _records(state)}
        order = np.lexsort((np.arange(len(runs)), region, days))
        turns = np.r_[True, (np.diff(days[order]) != 0) | (np.diff(region[order]) != 0)]
        cuts = np.flatnonzero(turns[: len(runs)])
        rows = []
        for block in np.split(order, cuts[1:]) if len(runs) else ():
            if region[block[0]] < 0:
                continue
            name, day = str(names[region[block[0]]]), int(days[block[0]])
            sums[name] = self._after(sums.get(name), day, values[block])
            rows.append({"known": day, "region": name, **sums[name]})
        return _frame(rows)

    def _after(self, before: Row | None, day: int, block: Floats) -> Row:
        """A region's row after one more day, in days since 1970."""
        valued = block[np.isfinite(block[:, INPUTS])]
        added = (valued[:, :, None] * valued[:, None, :]).sum(axis=0)[_PAIRS]
        sums = np.array([before[name] for name in self.state[1:]]) + added if before else added
        first = before["first_day"] if before else float(day - 1)
        products = np.zeros((_SIDE, _SIDE))
        products[_PAIRS] = sums
        products += np.triu(products, 1).T
        raced = np.datetime64(day - 1, "D")
        next_year = (raced.astype("datetime64[Y]") + 1).astype("datetime64[D]").astype(np.int64)
        fitted = bool(products[INPUTS, INPUTS] > 0.0 and next_year - first >= LEAST_DAYS)
        coefficients = least_squares(products) if fitted else np.full(INPUTS, np.nan)
        return {
            "fitted": float(fitted),
            **{f"c_{j + 1}": coefficients[j] for j in range(INPUTS)},
            **dict(zip(self.state, (first, *sums.tolist()), strict=True)),
        }


def least_squares(products: Floats) -> Floats:
    """Coefficients from sums of products, ``[14]``; 0 for an input that never varies.

    Args:
        products: of the inputs and, in the last place, of what they are to explain, ``[15, 15]``.
    """
    scale = np.sqrt(np.diag(products)[:INPUTS])
    varies = np.flatnonzero(scale > 0.0)
    alike = products[np.ix_(varies, varies)] / np.outer(scale[varies], scale[varies])
    right = products[varies, INPUTS] / scale[varies]
    coefficients = np.zeros(INPUTS)
    coefficients[varies] = (
        np.linalg.solve(alike + RIDGE * np.eye(len(varies)), right) / scale[varies]
    )
    return coefficients


def _records(frame: pd.DataFrame) -> list[Row]:
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    names = ["known", "region", "fitted", *(f"c_{j + 1}" for j in range(INPUTS)), *EarlyFit.state]
    frame = pd.DataFrame(rows, columns=names)
    known = frame["known"].to_numpy(np.int64).astype("datetime64[D]")
    return frame.assign(known=known.astype("datetime64[s]"))
