"""`velo ledger`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console

if TYPE_CHECKING:
    from velo.live.book import Book

SHOWN_DAYS = 14


def ledger(
    model: Annotated[str | None, typer.Option(help="One version's predictions alone.")] = None,
    strategy: Annotated[
        str | None, typer.Option(help="Another strategy's bets than those printed.")
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Count predictions made after the off too.")
    ] = False,
    export: Annotated[Path | None, typer.Option(help="Write the bets, .csv or .parquet.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """What the predictions came to: by day, over the last 7, 30 and 90 days, and in all."""
    from velo import settings
    from velo.errors import InputError
    from velo.home import Home

    if export is not None and export.suffix.lower() not in (".csv", ".parquet"):
        raise InputError(f"--export {export}: name a .csv or a .parquet file")
    from velo.live.book import open_book
    from velo.live.ledger import counts

    chosen = settings.load()
    book = open_book(Home.current(), chosen, backfilled=backfill, version=model, strategy=strategy)
    found = [each.to_dict() for each in book.figures(chosen)]
    if export:
        _write(export, book)
    if as_json:
        console.emit_json(
            {"spans": found, "bets": counts(book.bets), "backfilled_left_out": book.backfilled}
        )
        return
    shown = found[-(SHOWN_DAYS + 4) :]
    console.table(
        f"Ledger, {len(book.bets):,} bets",
        ["span", "races", "picks", "won", "placed", "strike", "A/E", "fair", "ROI", "95%",
         "profit", "SP", "BSP", "drawdown", "calibration", "gain, nats", "CLV"],
        [_row(each) for each in shown],
    )  # fmt: skip
    if len(found) > len(shown):
        console.say(f"{len(found) - len(shown)} earlier days are in --json")
    waiting = {name: n for name, n in counts(book.bets).items() if n and name != "ran"}
    if waiting:
        console.say("bets not settled: " + ", ".join(f"{n} {name}" for name, n in waiting.items()))
    if book.backfilled:
        console.say(f"{book.backfilled} races were predicted after their off only, and left out")
    if export:
        console.say(f"wrote {export}")


def _row(each: dict[str, Any]) -> list[Any]:
    low, high = each["roi_low"], each["roi_high"]
    return [
        each["span"], each["races"], each["picks"], round(each["wins"], 2), each["places"],
        console.percent(each["strike_rate"]), _number(each["ae_raw"]), _number(each["ae_fair"]),
        console.percent(each["roi"]), console.interval(None if low is None else (low, high)),
        _points(each["profit"]), _points(each["profit_sp"]), _points(each["profit_bsp"]),
        round(each["max_drawdown"], 1), _number(each["calibration_error"], 4),
        _number(each["ll_gain"], 4), console.percent(each["clv"]),
    ]  # fmt: skip


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}"


def _write(path: Path, book: Book) -> None:
    bets = book.bets.drop(columns=["stakes"])
    if path.suffix.lower() == ".csv":
        bets.to_csv(path, index=False)
    else:
        bets.to_parquet(path, index=False)
