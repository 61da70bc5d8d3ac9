"""Numbers that commands take: each has both bounds, and none is NaN, which no bound refuses."""

from __future__ import annotations

from typing import Annotated

import typer

LARGEST_SEED = 10**18
LARGEST_NUMBER = 10**9
LONGEST_DAYS = 36_500
MOST_RUNNERS = 20_000_000


def number(value: float) -> float:
    """Refuse NaN.

    Raises:
        BadParameter: it is NaN.
    """
    if value != value:
        raise typer.BadParameter("nan is not a number")
    return value


Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0,
        max=86_400,
        callback=number,
        help="Seconds to wait while another process holds the warehouse.",
    ),
]
Edge = Annotated[
    float,
    typer.Option(
        "--edge",
        min=0,
        max=1,
        callback=number,
        help="Share of the signals that the market misses.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="The same seed gives the same world.")
]
HoldoutDays = typer.Option(
    "--holdout-days", min=1, max=LONGEST_DAYS, help="Length of the holdout, in days."
)
