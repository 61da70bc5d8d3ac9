"""The ledger with the proof of its predictions, and its days entered in MLflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from velo.errors import HomeError
from velo.formats import in_text
from velo.home import Home
from velo.live.chain import Verified
from velo.live.figures import Figures
from velo.live.ledger_view import LedgerView, view_ledger
from velo.live.proof import verify_ledger
from velo.result import Result
from velo.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from velo.monitoring.daily_runs import Recorded


@dataclass(frozen=True, repr=False)
class Ledger(Result):
    """What the predictions came to.

    Attributes:
        book: every predicted runner and every bet.
        spans: figures of every day, the last 7, 30 and 90 days, and all.
        proof: of the predictions against their hash chain; None where there is none to be had.
        recorded: the days in MLflow; None where they were not entered, as those of a part of the
            ledger are not.
        failure: why the proof or the entry in MLflow could not be had; None where both were.
    """

    book: LedgerView
    spans: tuple[Figures, ...]
    proof: Verified | None
    recorded: Recorded | None
    failure: HomeError | None

    @property
    def holds(self) -> bool:
        """Whether the predictions are what was recorded, as far as that could be proved."""
        return self.proof is None or self.proof.holds

    @property
    def summary(self) -> str:
        """Races, bets and profit; first, where it is so, that it is not as recorded."""
        whole, held = self.spans[-1], "" if self.holds else "NOT AS RECORDED: "
        return (
            f"{held}{whole.races:,} races, {whole.picks:,} bets settled, "
            f"profit {in_text.points(whole.profit)} points"
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row a bet."""
        return [
            {str(name): value for name, value in row.items()}
            for row in self.to_frame().to_dict("records")
        ]

    def to_frame(self) -> pd.DataFrame:
        """A row a bet; whether it is backfill comes first."""
        bets = self.book.bets.drop(columns=["stakes", "backfill"])
        bets.insert(0, "backfill", self.book.bets["backfill"])
        return bets

    def figures(self) -> pd.DataFrame:
        """A row a span: every day, then the last 7, 30 and 90 days, and all."""
        import pandas as pd

        backfill = self.book.backfill
        return pd.DataFrame([{"backfill": backfill, **each.to_dict()} for each in self.spans])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: figures, counts of bets, proof, and the days in MLflow."""
        return self.book.to_dict(self.spans) | {
            "chain": self.proof.to_dict() if self.proof else None,
            "recorded": None if self.recorded is None else vars(self.recorded),
        }


def open_ledger(
    home: Home,
    settings: Settings,
    *,
    version: str | None = None,
    strategy: str | None = None,
    settled_at: str | None = None,
    backfilled: bool = False,
) -> Ledger:
    """Open the ledger and verify it; the days of a whole one are entered in MLflow.

    MLflow may be what cannot be read or written: the ledger is not lost with it.

    Args:
        home: its journal, warehouse and MLflow.
        settings: commission, draws and seed.
        version, strategy, settled_at, backfilled: as
            `velo.live.ledger_view.view_ledger` takes them.

    Raises:
        DataError: there is no such prediction, or nobody knows the strategy.
        HomeError: journal or warehouse cannot be read.
    """
    book = view_ledger(
        home,
        settings,
        version=version,
        strategy=strategy,
        settled_at=settled_at,
        backfilled=backfilled,
    )
    spans = tuple(book.figures(settings))
    try:
        proof = verify_ledger(home, whole=False)
    except HomeError as error:
        return Ledger(book, spans, None, None, error)
    whole = not (backfilled or version or strategy or settled_at)
    if proof is None or not proof.holds or not whole:
        return Ledger(book, spans, proof, None, None)
    from velo.monitoring.daily_runs import record_days

    try:
        return Ledger(book, spans, proof, record_days(home, settings, book, proof.head), None)
    except HomeError as error:
        return Ledger(book, spans, proof, None, error)
