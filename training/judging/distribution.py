"""How a feature's values are spread, kept small, and how far another column is from it.

The distance is measured twice: by the population stability index over ten bins of about equal mass
(Siddiqi 2006, ch. 10), and by the widest gap of the two distribution functions (Kolmogorov), taken
at the reference's percentiles. Both are above nothing by chance alone. Runners of a race share its
going and its class, races of a day much else, so chance is measured by race day: the variance of
each bin's share is the linearised one of a ratio of daily sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.statistics.bootstrap import Days
from velo.arrays import Floats, Integers

BINS = 10
PERCENTILES = 100
KOLMOGOROV_MEAN = 0.8687
"""Mean of Kolmogorov's distribution: sqrt(n) times the widest gap that chance alone makes."""
WIDEST_SD = 0.5
"""Standard deviation of sqrt(n) times a distribution function's gap at its median."""
NEAR = 1e-7
"""Values nearer than this share of their size and spread are the same: two paths, one number."""


@dataclass(frozen=True)
class Shift:
    """How far a column is from a distribution, and how far chance alone would have taken it.

    Attributes:
        psi, psi_noise: population stability index, and its mean without drift.
        distance, distance_noise: widest gap of the distribution functions, between 0 and 1 (of
            categories: half the summed differences of their shares), and its mean without drift.
    """

    psi: float
    psi_noise: float
    distance: float
    distance_noise: float

    @property
    def psi_excess(self) -> float:
        """The index less what chance gives; below 0 where chance would have given more."""
        return self.psi - self.psi_noise

    @property
    def distance_excess(self) -> float:
        """The distance less what chance gives."""
        return self.distance - self.distance_noise


@dataclass(frozen=True)
class Distribution:
    """A column of a reference, missing values left out.

    Attributes:
        edges: of numbers, ascending: a value is in the first cell whose edge it does not exceed,
            and in one cell more where it exceeds them all.
        categories: of texts; any other text is in one cell more. None for numbers.
        shares: of the rows in each cell, that one cell more included.
        rows: that it was learnt of.
        psi_noise: what the reference's own sampling adds to the index.
        distance_sd: the largest standard deviation of its distribution function, of texts the
            shares' summed.
    """

    edges: tuple[float, ...]
    categories: tuple[str, ...] | None
    shares: tuple[float, ...]
    rows: int
    psi_noise: float
    distance_sd: float

    @classmethod
    def of(cls, column: pd.Series, days: Days) -> Distribution:
        """Learn a column: float64, or text. Missing values are left out.

        Args:
            column: [rows].
            days: of the rows.
        """
        known = column.notna().to_numpy(dtype=bool)
        within = Days(days.index[known], days.count)
        if pd.api.types.is_numeric_dtype(column):
            edges, categories = _edges(column[known].to_numpy(dtype=np.float64)), None
        else:
            edges, categories = (), tuple(sorted(set(map(str, column[known]))))
        cells = len(edges if categories is None else categories) + 1
        bare = cls(edges, categories, (0.0,) * cells, int(known.sum()), 0.0, 0.0)
        counts = bare._counts(column[known], within)
        shares = counts.sum(axis=0) / max(counts.sum(), 1)
        learnt = cls(edges, categories, tuple(map(float, shares)), bare.rows, 0.0, 0.0)
        psi_noise, sd = learnt._noise(counts)
        return cls(edges, categories, learnt.shares, bare.rows, psi_noise, sd)

    def shift(self, column: pd.Series, days: Days) -> Shift | None:
        """How far another column is, None where either has no value.

        Args:
            column: [rows], missing values left out.
            days: of the rows.
        """
        known = column.notna().to_numpy(dtype=bool)
        if not known.any() or not self.rows:
            return None
        counts = self._counts(column[known], Days(days.index[known], days.count))
        here, there = counts.sum(axis=0) / counts.sum(), np.array(self.shares)
        gaps = here - there
        bins = self._bins
        p = _floored(np.bincount(bins, here), int(known.sum()))
        q = _floored(np.bincount(bins, there), self.rows)
        psi_noise, sd = self._noise(counts)
        both = float(np.hypot(sd, self.distance_sd))
        if self.categories is None:
            distance = float(np.abs(np.cumsum(gaps)).max())
            noise = both * KOLMOGOROV_MEAN / WIDEST_SD
        else:
            distance, noise = float(np.abs(gaps).sum() / 2), both * np.sqrt(2 / np.pi) / 2
        psi = float(((p - q) * np.log(p / q)).sum())
        return Shift(psi, psi_noise + self.psi_noise, distance, float(noise))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain = asdict(self)
        listed = {name: list(plain[name]) for name in ("edges", "shares")}
        categories = None if self.categories is None else list(self.categories)
        return {**plain, **listed, "categories": categories}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Distribution:
        """Read what `to_dict` wrote."""
        categories = plain["categories"]
        return cls(
            tuple(plain["edges"]),
            None if categories is None else tuple(categories),
            tuple(plain["shares"]),
            plain["rows"],
            plain["psi_noise"],
            plain["distance_sd"],
        )

    @property
    def _bins(self) -> Integers:
        """The bin of each cell: by the middle of its mass, so that equal values share one."""
        shares = np.array(self.shares)
        if self.categories is not None:
            common = np.flatnonzero(shares >= 1 / (2 * BINS))
            place = np.full(len(shares), len(common), dtype=np.int64)
            place[common] = np.arange(len(common))
            return place
        middle = np.cumsum(shares) - shares / 2
        place = np.minimum((BINS * middle + 1e-12).astype(np.int64), BINS - 1)
        place[-1] = place[-2] if len(place) > 1 else 0
        return np.unique(place, return_inverse=True)[1].reshape(-1).astype(np.int64)

    def _counts(self, known: pd.Series, days: Days) -> Floats:
        """Rows in each cell by day, [days, cells]."""
        cells = len(self.shares)
        if self.categories is None:
            place = np.searchsorted(np.array(self.edges), known.to_numpy(dtype=np.float64))
        else:
            codes = pd.Categorical(known.astype(str), categories=list(self.categories)).codes
            place = np.where(codes < 0, cells - 1, codes).astype(np.int64)
        flat = np.bincount(days.index * cells + place, minlength=days.count * cells)
        return flat.reshape(days.count, cells).astype(np.float64)

    def _noise(self, counts: Floats) -> tuple[float, float]:
        """What sampling alone adds to the index, and the distance's standard deviation."""
        bins = self._bins
        q = np.bincount(bins, np.array(self.shares))
        binned = np.zeros((len(counts), len(q)))
        np.add.at(binned.T, bins, counts.T)
        held = q > 0
        variance = share_variance(binned)[held]
        if self.categories is None:
            sd = float(np.sqrt(share_variance(np.cumsum(counts, axis=1), counts.sum(axis=1))).max())
        else:
            sd = float(np.sqrt(share_variance(counts)).sum())
        return float((variance / q[held]).sum()), sd


def share_variance(parts: Floats, wholes: Floats | None = None) -> Floats:
    """Variance of each part's share of the whole, by day, [parts]; 0 from a single day.

    Args:
        parts: [days, parts], rows of each part by day.
        wholes: [days], rows by day; by default the parts' sums.
    """
    wholes = parts.sum(axis=1) if wholes is None else wholes
    held = wholes > 0
    days = int(held.sum())
    if days < 2:
        return np.zeros(parts.shape[1])
    share = parts.sum(axis=0) / wholes.sum()
    off = parts - np.outer(wholes, share)
    variance: Floats = (off**2).sum(axis=0) * days / (days - 1) / wholes.sum() ** 2
    return variance


def _edges(values: Floats) -> tuple[float, ...]:
    """The distinct percentiles, each a hair above its value."""
    if not len(values):
        return ()
    asked = np.linspace(0, 1, PERCENTILES + 1)
    quantiles = np.quantile(values, asked, method="inverted_cdf")
    room = NEAR * (np.abs(quantiles) + float(np.ptp(values)))
    return tuple(map(float, np.unique(quantiles + room)))


def _floored(shares: npt.NDArray[Any], rows: int) -> Floats:
    """No share below that of half a row: an empty bin has no logarithm."""
    held: Floats = np.maximum(shares, 0.5 / rows)
    return held
