"""`velo ledger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console
from velo.cli.output_file import require_output
from velo.cli.sketch import sketch
from velo.formats import in_text

if TYPE_CHECKING:
    from velo.live.ledger_view import LedgerView
    from velo.monitoring.proven_ledger import Ledger
    from velo.settings import Settings

SHOWN_DAYS = 14
SUFFIXES = {
    "--export": (".csv", ".parquet"),
    "--figures": (".csv", ".parquet"),
    "--html": (".html",),
}


def ledger(
    model: Annotated[str | None, typer.Option(help="Only this version's predictions.")] = None,
    strategy: Annotated[
        str | None, typer.Option(help="This strategy's bets instead of the printed ones.")
    ] = None,
    settled_at: Annotated[
        str | None,
        typer.Option(
            help="Price that bets settle at, sp or bsp; by default what each model was judged on."
        ),
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Also count predictions made after the off.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the bets to a .csv or .parquet file.")
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="Write the figures to a .csv or .parquet file, a row per span."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained HTML page.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Show how the predictions did: by day, over the last 7, 30 and 90 days, and in all.

    Each day of the whole ledger also becomes a run of the MLflow experiment velo-ledger. Exit 1 if
    the predictions are not what was recorded.
    """
    import velo
    from velo.errors import InputError
    from velo.live.ledger import SETTLED_AT

    for option, path in (("--export", export), ("--figures", figures), ("--html", html)):
        require_output(option, path, SUFFIXES[option])
    if settled_at not in (None, *SETTLED_AT):
        raise InputError(f"--settled-at {settled_at}: choose {' or '.join(SETTLED_AT)}")
    workspace = velo.open()
    result = workspace.ledger(
        model=model, strategy=strategy, settled_at=settled_at, backfill=backfill
    )
    _write_files(result, workspace.settings, export, figures, html)
    if as_json:
        console.emit_json(result.to_dict())
    else:
        _show(result, [path for path in (export, figures, html) if path])
    if result.failure:
        raise result.failure
    if not result.holds:
        raise typer.Exit(1)


def _write_files(
    result: Ledger,
    settings: Settings,
    export: Path | None,
    figures: Path | None,
    html: Path | None,
) -> None:
    from velo.disk.spreadsheet import write_frame
    from velo.disk.whole_file import write_whole

    if export:
        write_frame(export, result.to_frame())
    if figures:
        write_frame(figures, result.figures())
    if html:
        from velo.report.pages import page_of_ledger

        write_whole(html, page_of_ledger(result.book, result.spans, settings, result.proof))


def _show(result: Ledger, written: Sequence[Path]) -> None:
    from velo.live.ledger import counts
    from velo.live.proof import chain_lines

    book, recorded = result.book, result.recorded
    if book.warning:
        console.say(book.warning)
    _tables([each.to_dict() for each in result.spans], len(book.bets), book.backfill)
    _plot(book)
    for line in book.price_lines():
        console.say(line)
    waiting = {name: n for name, n in counts(book.bets).items() if n and name != "ran"}
    if waiting:
        console.say("bets not settled: " + ", ".join(f"{n} {name}" for name, n in waiting.items()))
    if book.backfilled:
        console.say(
            f"{book.backfilled} races were predicted only after their off, and are left out"
        )
    for each in book.changed:
        console.say(f"changed by a result: {each}")
    for path in written:
        console.say(f"wrote {path}")
    for line in chain_lines(result.proof):
        console.say(line)
    if recorded is not None and (recorded.written or recorded.removed):
        console.say(
            f"MLflow, velo-ledger: {recorded.written} days written, {recorded.unchanged} "
            f"unchanged, {recorded.removed} removed"
        )


def _tables(spans: Sequence[Mapping[str, Any]], bets: int, backfill: bool) -> None:
    latest = spans[-(SHOWN_DAYS + 4) :]
    console.table(
        f"Ledger{' with backfill' if backfill else ''}, {bets:,} bets",
        [
            "span",
            "races",
            "days",
            "picks",
            "won",
            "placed",
            "strike",
            "A/E",
            "fair",
            "IV",
            "ROI",
            "95%",
            "profit",
            "SP",
            "BSP",
            "drawdown",
            "Sharpe",
        ],
        [_bets(each) for each in latest],
    )
    console.table(
        "Chances",
        [
            "span",
            "races",
            "days",
            "calibration",
            "gain, nats",
            "95%",
            "CLV",
            "95%",
            "of bets",
            "on days",
        ],
        [_chances(each) for each in latest],
    )
    if len(spans) > len(latest):
        console.say(f"{len(spans) - len(latest)} earlier days are in --json, --figures and --html")


def _plot(book: LedgerView) -> None:
    """Profit so far by day, where there are days enough for a line."""
    settled = book.bets[book.bets["outcome"] == "ran"]
    path = settled.groupby("day")["profit"].sum().cumsum()
    if len(path) < 2:
        return
    console.say(f"profit so far, points, {path.index[0]} to {path.index[-1]}")
    for line in sketch(path.tolist()):
        console.say(line)


def _bets(each: Mapping[str, Any]) -> list[Any]:
    low, high = each["roi_low"], each["roi_high"]
    return [
        each["span"],
        each["races"],
        each["bet_days"],
        each["picks"],
        round(each["wins"], 2),
        each["places"],
        in_text.percent(each["strike_rate"]),
        in_text.number(each["ae_raw"]),
        in_text.number(each["ae_fair"]),
        in_text.number(each["impact_value"]),
        in_text.roi(each["roi"]),
        in_text.percents((low, high), sign=True),
        in_text.points(each["profit"]),
        in_text.points(each["profit_sp"]),
        in_text.points(each["profit_bsp"]),
        round(each["max_drawdown"], 1),
        in_text.number(each["daily_sharpe"]),
    ]


def _chances(each: Mapping[str, Any]) -> list[Any]:
    low, high = each["ll_gain_low"], each["ll_gain_high"]
    return [
        each["span"],
        each["calibration_races"],
        each["days"],
        in_text.number(each["calibration_error"], 4),
        in_text.nats(each["ll_gain"]),
        in_text.numbers((low, high), 4, sign=True),
        in_text.roi(each["clv"]),
        in_text.percents((each["clv_low"], each["clv_high"]), sign=True),
        each["clv_bets"],
        each["clv_days"],
    ]
