"""Two runs side by side: their figures, what was set differently, and which is better, paired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from training.record.run_report import plain
from training.statistics import bootstrap
from training.statistics.bootstrap import Days, Resampling
from training.statistics.races import Races
from velo.report.findings import findings
from velo.report.run_sources import Sources


def comparison(first: Sources, second: Sources) -> dict[str, Any]:
    """Findings of both runs as plain JSON, and what can be said of the pair.

    Returns:
        `a` and `b`: findings; `different`: settings that differ, name -> their two values;
        `paired`: over the races that both judged, b's log-likelihood gain over a.

    Raises:
        DataError: a run has no race with a complete book.
    """
    a, b = findings(first), findings(second)
    document: dict[str, Any] = plain(
        {
            "a": a,
            "b": b,
            "different": _different(a["settings"], b["settings"]),
            "paired": paired(
                first.predictions,
                second.predictions,
                first.report.resampling,
            ),
        }
    )
    return document


def paired(
    first: pd.DataFrame, second: pd.DataFrame, resampling: Resampling
) -> dict[str, Any] | None:
    """Log-likelihood of the second's blend less the first's, over the races that both judged.

    A race counts where both have the same runners with a probability each.

    Returns:
        `races`, `gain` (nats a race) and `gain_ci` (95%, by race day); None without such a race.
    """
    keys = ["race_id", "horse_id"]
    both = first[[*keys, "date", "win_share", "p"]].merge(
        second[[*keys, "p"]], on=keys, how="outer", suffixes=("", "_second"), sort=False
    )
    both = both.sort_values("race_id", kind="stable")
    races = Races.of(both["race_id"].to_numpy())
    whole = races.all(both[["p", "p_second"]].notna().all(axis=1).to_numpy())
    rows, races = races.keep(whole)
    if not len(races):
        return None
    kept = both[rows]
    won = kept["win_share"].to_numpy(dtype=np.float64)
    gain = races.log_likelihood(
        kept["p_second"].to_numpy(dtype=np.float64), won
    ) - races.log_likelihood(kept["p"].to_numpy(dtype=np.float64), won)
    days = Days.of(races.first(kept["date"].to_numpy()))
    estimate = bootstrap.mean(gain, days, resampling)
    return {
        "races": len(races),
        "gain": estimate.value,
        "gain_ci": [estimate.low, estimate.high],
    }


def _different(
    first: Mapping[str, Any], second: Mapping[str, Any], prefix: str = ""
) -> dict[str, list[Any]]:
    differences: dict[str, list[Any]] = {}
    for name in sorted({*first, *second}):
        one, other = first.get(name), second.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            differences |= _different(one, other, f"{prefix}{name}.")
        elif one != other:
            differences[prefix + name] = [one, other]
    return differences
