"""`velo ledger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console
from velo.cli.output_file import require_output
from velo.cli.sketch import sketch

if TYPE_CHECKING:
    from velo.errors import HomeError
    from velo.home import Home
    from velo.live.book import Book
    from velo.live.chain import Verified
    from velo.monitoring.daily_runs import Recorded
    from velo.settings import Settings

SHOWN_DAYS = 14
SUFFIXES = {
    "--export": (".csv", ".parquet"),
    "--figures": (".csv", ".parquet"),
    "--html": (".html",),
}


def ledger(
    model: Annotated[str | None, typer.Option(help="One version's predictions alone.")] = None,
    strategy: Annotated[
        str | None, typer.Option(help="Another strategy's bets than those printed.")
    ] = None,
    settled_at: Annotated[
        str | None, typer.Option(help="sp or bsp; by default what each model was judged on.")
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Count predictions made after the off too.")
    ] = False,
    export: Annotated[Path | None, typer.Option(help="Write the bets, .csv or .parquet.")] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Write the figures, a row a span, .csv or .parquet.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """What the predictions came to: by day, over the last 7, 30 and 90 days, and in all.

    The days of the whole ledger, as it was printed, are also runs of the experiment velo-ledger.
    Exit 1 where the predictions are not what was recorded.
    """
    from velo import settings
    from velo.disk.whole_file import write_whole
    from velo.errors import InputError
    from velo.home import Home
    from velo.live.ledger import SETTLED_AT

    for option, path in (("--export", export), ("--figures", figures), ("--html", html)):
        require_output(option, path, SUFFIXES[option])
    if settled_at not in (None, *SETTLED_AT):
        raise InputError(f"--settled-at {settled_at}: choose {' or '.join(SETTLED_AT)}")
    from velo.live.book import open_book
    from velo.live.ledger import counts

    chosen, home = settings.load(), Home.current()
    book = open_book(
        home, chosen, backfilled=backfill, version=model, strategy=strategy, settled_at=settled_at
    )
    spans = book.figures(chosen)
    found = [each.to_dict() for each in spans]
    proof, unproved = _verified(home)
    if export:
        bets = book.bets.drop(columns=["stakes", "backfill"])
        bets.insert(0, "backfill", book.bets["backfill"])
        _write(export, bets)
    if figures:
        _write(figures, [{"backfill": backfill, **each} for each in found])
    if html:
        write_whole(html, _page(book, found, chosen, proof))
    whole = not (backfill or model or strategy or settled_at)
    entered = proof if proof and proof.holds and whole else None
    if as_json:
        recorded, failed = _recorded(home, chosen, book, entered) if entered else (None, unproved)
        console.emit_json(
            book.to_dict(spans)
            | {
                "chain": proof.to_dict() if proof else None,
                "recorded": None if recorded is None else vars(recorded),
            }
        )
        _end(failed, proof)
        return
    if book.warning:
        console.say(book.warning)
    _tables(found, len(book.bets), backfill)
    _plot(book)
    waiting = {name: n for name, n in counts(book.bets).items() if n and name != "ran"}
    if waiting:
        console.say("bets not settled: " + ", ".join(f"{n} {name}" for name, n in waiting.items()))
    if book.backfilled:
        console.say(f"{book.backfilled} races were predicted after their off only, and left out")
    for each in book.changed:
        console.say(f"changed by a result: {each}")
    for path in (export, figures, html):
        if path:
            console.say(f"wrote {path}")
    for line in chain_lines(proof):
        console.say(line)
    recorded, failed = _recorded(home, chosen, book, entered) if entered else (None, unproved)
    if recorded is not None and (recorded.written or recorded.removed):
        console.say(
            f"MLflow, velo-ledger: {recorded.written} days written, {recorded.unchanged} as they "
            f"were, {recorded.removed} taken away"
        )
    _end(failed, proof)


def _end(failed: HomeError | None, proof: Verified | None) -> None:
    if failed:
        raise failed
    if proof and not proof.holds:
        raise typer.Exit(1)


def _verified(home: Home) -> tuple[Verified | None, HomeError | None]:
    """The proof of the predictions, or why there is none: MLflow may be what cannot be read."""
    from velo.errors import HomeError
    from velo.live.proof import verify_ledger

    try:
        return verify_ledger(home, whole=False), None
    except HomeError as error:
        return None, error


def chain_lines(proof: Verified | None) -> list[str]:
    """What was verified of the ledger's hash chain, and what is wrong."""
    if proof is None:
        return []
    counted = f"{proof.checked:,} of {proof.links:,} predictions held against the hash chain"
    head = f"head {proof.head.link}:{proof.head.sha256[:12]}" if proof.head else "no head"
    lines = [f"{counted}, {proof.recorded:,} heads in MLflow, {head}"]
    if proof.earlier:
        lines.append(
            f"{proof.earlier:,} predictions were there before {proof.begun}: nothing is proved of "
            "them before that"
        )
    return lines + [f"NOT AS RECORDED: {line}" for line in proof.lines]


def _recorded(
    home: Home, chosen: Settings, book: Book, proof: Verified
) -> tuple[Recorded | None, HomeError | None]:
    """The days as MLflow runs, or why not: the ledger itself must not be lost with MLflow."""
    from velo.errors import HomeError
    from velo.monitoring.daily_runs import record_days

    try:
        return record_days(home, chosen, book, proof.head), None
    except HomeError as error:
        return None, error


def _tables(found: Sequence[Mapping[str, Any]], bets: int, backfill: bool) -> None:
    shown = found[-(SHOWN_DAYS + 4) :]
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
        [_bets(each) for each in shown],
    )
    console.table(
        "Chances",
        ["span", "races", "days", "calibration", "gain, nats", "95%", "CLV", "of bets"],
        [_chances(each) for each in shown],
    )
    if len(found) > len(shown):
        console.say(f"{len(found) - len(shown)} earlier days are in --json, --figures and --html")


def _plot(book: Book) -> None:
    """Profit so far by day, where there are days enough for a line."""
    settled = book.bets[book.bets["outcome"] == "ran"]
    path = settled.groupby("day")["profit"].sum().cumsum()
    if len(path) < 2:
        return
    console.say(f"profit so far, points, {path.index[0]} to {path.index[-1]}")
    for line in sketch(path.tolist()):
        console.say(line)


def _page(book: Book, found: list[dict[str, Any]], chosen: Any, proof: Verified | None) -> str:
    from training.statistics.bootstrap import Resampling
    from velo.live.course import course
    from velo.live.figures import whole_races
    from velo.live.ledger import counts
    from velo.report.ledger_page import page
    from velo.report.reliability import bins

    training, whole = chosen.training, whole_races(book.runners)
    kinds = ", ".join(sorted({str(kind).upper() for kind in book.bets["settlement"]}))
    return page(
        {
            "backfill": book.warning,
            "changed": [str(each) for each in book.changed],
            "spans": found,
            "bets": counts(book.bets),
            "course": course(book.bets, training.seed),
            "reliability": {
                name: bins(p, whole.won, whole.dates, Resampling.of(training))
                for name, p in (("blend", whole.p), ("market", whole.market))
            },
            "settled": f"Settled at {kinds}." if kinds else "No bet was made.",
            "chain": chain_lines(proof),
        }
    )


def _bets(each: Mapping[str, Any]) -> list[Any]:
    low, high = each["roi_low"], each["roi_high"]
    return [
        each["span"],
        each["races"],
        each["bet_days"],
        each["picks"],
        round(each["wins"], 2),
        each["places"],
        console.percent(each["strike_rate"]),
        _number(each["ae_raw"]),
        _number(each["ae_fair"]),
        _number(each["impact_value"]),
        console.percent(each["roi"]),
        console.interval(None if low is None else (low, high)),
        _points(each["profit"]),
        _points(each["profit_sp"]),
        _points(each["profit_bsp"]),
        round(each["max_drawdown"], 1),
        _number(each["daily_sharpe"]),
    ]


def _chances(each: Mapping[str, Any]) -> list[Any]:
    low, high = each["ll_gain_low"], each["ll_gain_high"]
    return [
        each["span"],
        each["calibration_races"],
        each["days"],
        _number(each["calibration_error"], 4),
        _number(each["ll_gain"], 4),
        "-" if low is None else f"{low:+.4f} to {high:+.4f}",
        console.percent(each["clv"]),
        each["clv_bets"],
    ]


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}"


def _write(path: Path, rows: Any) -> None:
    import pandas as pd

    from velo.disk.spreadsheet import write_frame

    write_frame(path, pd.DataFrame(rows))
