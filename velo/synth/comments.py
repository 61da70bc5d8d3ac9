"""In-running comments: a phrase for the early part, one for the finish, then the price moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from velo.synth.bookmakers import LADDER, BookPrices
from velo.synth.race_results import FINISHED, MISHAP, MISHAPS, VOID, WITHDRAWN, RaceResults

_EARLY = (
    ("Made all", "Soon led", "Led", "Disputed lead"),
    ("Tracked leaders", "Chased leader", "Prominent", "Close up", "Tracked winner"),
    ("In touch", "Mid-division", "Midfield", "Held up in mid-division", "Raced in midfield"),
    ("Held up", "In rear", "Towards rear", "Slowly into stride and behind", "Dwelt - held up"),
)
_WINNING = (
    "ridden to lead over 1f out - stayed on well",
    "led inside final furlong - driven out",
    "quickened clear approaching last - easily",
    "kept up to work final 100yds - held on",
    "led 2f out - ran on strongly",
    "pushed along to lead close home",
)
_PLACED = (
    "every chance over 1f out - kept on",
    "stayed on to take 2nd final strides",
    "ridden 2f out - kept on same pace",
    "headway over 2f out - ran on well not reach winner",
    "headed inside final furlong - no extra close home",
    "driven and chased winner - always held",
)
_BEATEN = (
    "ridden 3f out - no impression",
    "some headway 2f out - plugged on",
    "outpaced over 2f out - never a threat",
    "effort halfway - one pace from over 1f out",
    "lost place before straight - never on terms",
    "pushed along 3f out - weakened over 1f out",
)
_TAILED = (
    "weakened quickly - tailed off",
    "soon struggling - always behind",
    "lost touch halfway - eased",
    "never travelling - well behind from 3f out",
)
_MISHAP = {
    "PU": "tailed off when pulled up",
    "F": "close up when fell",
    "UR": "blundered and unseated rider",
    "BD": "brought down",
    "RR": "refused to race",
    "REF": "behind when refused",
    "SU": "slipped up on bend",
    "RO": "ran out",
    "CO": "carried out",
    "LFT": "left at start",
    "DSQ": "finished placed - disqualified for interference",
}
SHOWN_SHARE = np.array([0.86, 0.58, 0.5])  # rows whose price moves are printed, by country


def price_moves(
    prices: BookPrices, has_moves: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[str]]:
    """Code of each row's price moves, and their texts: ``(op 6/1 tchd 11/2)`` and its kin."""
    rungs = len(LADDER) + 1
    step, opening = prices.step.astype(np.int64), prices.opening.astype(np.int64)
    op = np.where(opening == step, -1, opening)
    top, bottom = np.maximum(step, opening), np.minimum(step, opening)
    high = np.where(prices.longest > top, prices.longest, -1).astype(np.int64)
    low = np.where(prices.shortest < bottom, prices.shortest, -1).astype(np.int64)
    low = np.where(high >= 0, np.where(low % 3 == 0, low, -1), low)
    key = ((op + 1) * rungs + high + 1) * rungs + low + 1
    key = np.where(has_moves & (step >= 0), key, 0)
    values, code = np.unique(key, return_inverse=True)
    texts = []
    for value in values.tolist():
        value, k = divmod(value, rungs)
        i, j = divmod(value, rungs)
        words = [f"op {LADDER[i - 1]}"] if i else []
        touched = [LADDER[n - 1] for n in (j, k) if n]
        words += [f"tchd {' and '.join(touched)}"] if touched else []
        texts.append(f"({' '.join(words)})" if words else "")
    return code.astype(np.int64), texts


def phrases(
    results: RaceResults,
    style: NDArray[np.float64],
    size: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64], list[str]]:
    """Codes and texts of the early phrase and of the finish."""
    n = len(size)
    group = (style * 4).astype(np.int64).clip(0, 3)
    early_texts = [t for part in _EARLY for t in part]
    first = np.cumsum([0, *[len(part) for part in _EARLY]])
    count = np.array([len(part) for part in _EARLY])
    early = first[group] + (rng.random(n) * count[group]).astype(np.int64)
    # Only a winner made all.
    early = np.where((early == 0) & (results.position != 1), 1, early)

    parts = (_WINNING, _PLACED, _BEATEN, _TAILED, tuple(_MISHAP[m] for m in MISHAPS))
    late_texts = [t for part in parts for t in part] + ["withdrawn", "race void"]
    offset = np.cumsum([0, *[len(part) for part in parts]])
    lengths = np.array([len(part) for part in parts])
    where = np.select(
        [results.position == 1, results.position <= 3, results.position <= 0.75 * size],
        [0, 1, 2],
        3,
    )
    late = offset[where] + (rng.random(n) * lengths[where]).astype(np.int64)
    late = np.select(
        [
            results.status == FINISHED,
            results.status == MISHAP,
            results.status == WITHDRAWN,
            results.status == VOID,
        ],
        [late, offset[4] + results.mishap, offset[5], offset[5] + 1],
    )
    return early, early_texts, late, late_texts
