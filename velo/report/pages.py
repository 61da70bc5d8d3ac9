"""The pages that are made of a home: of a run, of two, of the ledger, of a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from training.record.registry import LABEL, aliases, resolve
from training.statistics.bootstrap import Resampling
from velo.home import Home
from velo.live.chain import Verified
from velo.live.figures import Figures, whole_races
from velo.live.ledger import counts
from velo.live.ledger_view import LedgerView
from velo.live.predict import Predicted
from velo.live.profit_curve import profit_curve
from velo.live.proof import chain_lines
from velo.live.serialise import to_json
from velo.report import card_page, comparison_page, ledger_page
from velo.report import run_page as run_page
from velo.report.card_page import Standing
from velo.report.comparison import comparison
from velo.report.findings import findings
from velo.report.publish import publish
from velo.report.reliability import bins
from velo.report.run_sources import sources
from velo.result import Result
from velo.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Page(Result):
    """A report as it was written.

    Attributes:
        path: of the page.
        bytes: its size.
        figures: of the JSON that it was made of.
        figures_bytes: its size.
    """

    path: Path
    bytes: int
    figures: Path
    figures_bytes: int

    @classmethod
    def of(cls, files: dict[str, Any]) -> Page:
        """The files as `velo.report.publish` names them."""
        return cls(
            Path(files["path"]), files["bytes"], Path(files["figures"]), files["figures_bytes"]
        )

    @property
    def summary(self) -> str:
        """Where it lies, and its size."""
        return f"{self.path}, {self.bytes / 1e6:.2f} MB"

    def rows(self) -> list[dict[str, Any]]:
        """One row: both files and their sizes."""
        return [self.to_dict()]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self) | {"path": str(self.path), "figures": str(self.figures)}

    def _repr_html_(self) -> str:
        """A link to the page."""
        return f'<a href="{escape(self.path.as_uri())}">{escape(self.summary)}</a>'


def report(home: Home, model: str, progress: Progress = lambda stage: None) -> Page:
    """Set out one run; the page also becomes the run's artifact.

    Args:
        home: whose run, and whose reports.
        model: alias, version, label or run id.
        progress: called with the name of each stage.

    Raises:
        ModelError: there is no such run, or a part of it is missing.
    """
    progress("reading the run")
    run = sources(home, model)
    progress("measuring")
    figures = findings(run)
    progress("drawing")
    name = f"report_{run.file_name}"
    return Page.of(publish(home, name, figures, run_page.page(figures), run.run_id))


def compare(home: Home, first: str, second: str, progress: Progress = lambda stage: None) -> Page:
    """Set two runs side by side.

    Raises:
        As `report`.
    """
    progress("reading the runs")
    pair = sources(home, first), sources(home, second)
    progress("measuring")
    figures = comparison(*pair)
    progress("drawing")
    name = f"compare_{pair[0].file_name}_{pair[1].file_name}"
    return Page.of(publish(home, name, figures, comparison_page.page(figures)))


def page_of_ledger(
    book: LedgerView, spans: Sequence[Figures], settings: Settings, proof: Verified | None
) -> str:
    """The ledger's page, as HTML.

    Args:
        book: the ledger.
        spans: its figures.
        settings: draws and seed of the intervals.
        proof: of its predictions, where there is one.
    """
    training, whole = settings.training, whole_races(book.runners)
    kinds = ", ".join(sorted({str(kind).upper() for kind in book.bets["settlement"]}))
    return ledger_page.page(
        {
            "backfill": book.warning,
            "changed": [str(each) for each in book.changed],
            "spans": [each.to_dict() for each in spans],
            "bets": counts(book.bets),
            "course": profit_curve(book.bets, training.seed),
            "reliability": {
                name: bins(p, whole.won, whole.dates, Resampling.of(training))
                for name, p in (("blend", whole.p), ("market", whole.market))
            },
            "settled": f"Settled at {kinds}." if kinds else "No bet was made.",
            "taken": book.price_lines(),
            "chain": chain_lines(proof),
        }
    )


def page_of_card(home: Home, settings: Settings, predicted: Predicted) -> str:
    """A card's page, as HTML.

    Args:
        home: its registry says how the model stands.
        settings: the time zone.
        predicted: one race at least.
    """
    version = predicted.predictions[0].version
    tags = resolve(home, version).tags
    champion = aliases(home).get("champion", {}).get("version")
    in_use = version == champion and predicted.not_champion is None
    standing = Standing(version, tags.get(LABEL), in_use, predicted.not_champion)
    return card_page.page(to_json(predicted), standing, settings.live.timezone)
