"""Years of a region whose price curve is not fitted: no model of surprises is trained on them.

What a price lets expect of a finish is fitted to a region's days before the year, a year of them at
least; before that the settings' defaults stand in (feature-rules.md, Surprise). A feature
that rests on it says so by its need `price_curve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.data.folds import Fold
from velo.errors import DataError
from velo.offline.needs import PRICE_CURVE, names_of, years_sql
from velo.offline.spine import Spine


@dataclass(frozen=True)
class UnfittedYear:
    """Runners of one region and year that are not trained on."""

    region: str
    year: int
    rows: int


def years_left_out(
    spine: Spine, needs: Iterable[str], first: date, end: date
) -> tuple[tuple[str, int], ...]:
    """Region and year of the races of the days [first, end) that are not trained on.

    Args:
        spine: of the build.
        needs: the features' tags.
        first, end: the days.
    """
    if PRICE_CURVE not in {name for each in needs for name in names_of(each)}:
        return ()
    last = end - timedelta(days=1)
    return tuple(each for each in spine.unfitted if first.year <= each[1] <= last.year)


def is_trained_on(years: Sequence[tuple[str, int]], end: date) -> str:
    """SQL over entries, false of those of some years that are dated before the day `end`.

    Empty where there are no such years.
    """
    if not years:
        return ""
    return f"NOT (({years_sql(years)}) AND event_timestamp < TIMESTAMPTZ '{end} 00:00:00+00')"


def require_fitted_days(first: date, fold: Fold) -> None:
    """See that the first fold has something to train on.

    Args:
        first: the first day that is left.
        fold: the first.

    Raises:
        DataError: no day before its test is left.
    """
    if first >= fold.train_end:
        raise DataError(
            f"no day before the first test, {fold.test_start}, has a fitted price curve; "
            "import earlier days, or train on a service that needs none"
        )


def runners_by_year(spine: Spine, rows: str) -> tuple[UnfittedYear, ...]:
    """How many of some entity rows are of which region and year.

    Args:
        spine: of the build.
        rows: SQL of them.
    """
    counts = spine.connect().execute(
        "SELECT entries.region, year(entries.event_timestamp), count(*) "
        f"FROM ({rows}) AS runners JOIN entries ON entries.race_id = runners.race_id "
        "AND entries.horse_id = runners.horse_id GROUP BY ALL ORDER BY ALL"
    )
    return tuple(UnfittedYear(*each) for each in counts.fetchall())
