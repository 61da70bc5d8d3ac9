"""How raceform spells numbers: distances, times, weights, ratings and money as text columns.

A column is a list of distinct texts and a code a row, so strings are looked up, not built.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from velo.synth.tracks import GB

MISSING = "–"


def look_up(texts: pa.Array | list[str], code: NDArray[Any]) -> pa.Array:
    """The text of each row's code, as a column of strings."""
    values = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return values.take(pa.array(code.astype(np.int32)))


def clock(minutes: int) -> str:
    """Twelve-hour clock without am or pm: ``5:45`` is the afternoon."""
    return f"{(minutes // 60 - 1) % 12 + 1}:{minutes % 60:02d}"


def distance_text(half_furlongs: int) -> str:
    """``1m2½f``, ``7f``, ``2m``."""
    miles, rest = divmod(half_furlongs, 16)
    furlongs = f"{rest // 2 or ''}{'½' if rest % 2 else ''}"
    return (f"{miles}m" if miles else "") + (f"{furlongs}f" if furlongs else "")


def time_text(hundredths: int) -> str:
    """``1:54.79``; the seconds are not padded: ``1:0.33``."""
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes}:{rest // 100}.{rest % 100:02d}"


def number_text(value: float) -> str:
    """Two decimals at most, without trailing noughts: ``12.5``, ``8``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def numbers(
    key: NDArray[np.int64],
    texts: dict[int, str] | None = None,
    scale: float = 1.0,
    prefix: str = "",
) -> pa.Array:
    """Texts of integers: those of ``texts`` where named, else the number over ``scale``."""
    values, code = np.unique(key, return_inverse=True)
    named = texts or {}
    return look_up([named.get(v, prefix + number_text(v / scale)) for v in values.tolist()], code)


def tenths(value: NDArray[np.int64]) -> pa.Array:
    """Whole numbers of 1 to 63 with one decimal: ``4.0``; empty for 0."""
    return look_up(["", *(f"{k}.0" for k in range(1, 64))], value)


def times(hundredths: NDArray[np.int64]) -> pa.Array:
    """Race times, as ``time_text`` writes them; a hyphen for 0."""
    values, code = np.unique(hundredths, return_inverse=True)
    return look_up([time_text(v) if v else "-" for v in values.tolist()], code)


def ratings(value: NDArray[np.float64]) -> pa.Array:
    """Ratings as whole numbers; a dash where there is none."""
    return numbers(np.where(np.isnan(value), -1, value).astype(np.int64), {-1: MISSING})


def prizes(prize: NDArray[np.float64], country: NDArray[np.int8]) -> pa.Array:
    """Pounds with pence in Britain, whole euros with their sign elsewhere; empty for none."""
    euro = country != GB
    key = np.where(euro, np.round(prize), np.round(prize * 100)).astype(np.int64) * 2 + euro
    values, code = np.unique(np.where(prize > 0, key, 0), return_inverse=True)
    texts = [
        "" if v == 0 else (f"€{v // 2}" if v % 2 else number_text(v // 2 / 100))
        for v in values.tolist()
    ]
    return look_up(texts, code)
