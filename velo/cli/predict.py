"""`velo predict`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console
from velo.cli.output_file import require_output
from velo.formats import in_text

if TYPE_CHECKING:
    from velo.api import Workspace
    from velo.live.predict import Predicted


def predict(
    card: Annotated[
        Path | None, typer.Argument(help="A racecard: CSV or JSON.", dir_okay=False)
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Predict this day's races from the warehouse."
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(help="CSV file of odds: horse, odds, and race_id or course and off."),
    ] = None,
    price_kind: Annotated[
        str | None, typer.Option(help="Kind of odds, if the file does not say: sp, morning, ...")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model to price with, promoted or not; by default the champion.",
            show_default=False,
        ),
    ] = None,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline", help="Read features through the as-of join, not the online store."
        ),
    ] = False,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Also predict races past their off; marked for good.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--csv", help="Write a CSV file, a row per runner.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the card as one self-contained HTML page.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Price a card and say whom to back; every prediction is kept."""
    import velo
    from velo.errors import InputError
    from velo.live.card_file import KINDS

    require_output("--csv", export, (".csv",))
    require_output("--html", html, (".html",))
    if price_kind is not None and price_kind not in KINDS:
        raise InputError(f"--price-kind {price_kind!r}: choose one of {', '.join(KINDS)}")
    if (card is None) == (day is None):
        raise InputError("give a card file, or --date for a day's cards in the warehouse")
    workspace = velo.open()
    early: list[str] = []

    def warn(note: str) -> None:
        early.append(note)
        (console.error if as_json else console.say)(note)

    with console.progress("Predicting") as tell:
        done = workspace.predict(
            card,
            day=day.date() if day else None,
            prices=prices,
            price_kind=price_kind,
            model=model,
            offline=offline,
            backfill=backfill,
            progress=tell,
            warn=warn,
        )
    if as_json:
        console.emit_json(done.to_dict())
    else:
        _show_all(done, early)
    for path, write in ((export, _write), (html, _write_page)):
        if path is not None and done.predictions:
            write(path, done, workspace)
            if not as_json:
                console.say(f"wrote {path}")


def _show_all(done: Any, early: list[str]) -> None:
    """What was predicted; notes that were printed before anything was kept are not repeated."""
    from velo.live.card_file import CURRENT

    for note in done.notes:
        if note not in early:
            console.say(note)
    if done.not_champion is not None and done.predictions:
        console.say(f"version {done.predictions[0].version} is not promoted: {done.not_champion}")
    for each in done.predictions:
        _show(each, CURRENT, done.not_champion is None)
    for horse in done.absent:
        console.say(f"{horse.standing}: {horse.race}, {_called(horse)}")
    for left in done.unscored:
        console.say(
            f"not scored: {left.race}{f', {left.horse}' if left.horse else ''}: {left.reason}"
        )


def _called(horse: Any) -> str:
    return horse.horse if horse.number is None else f"{horse.number} {horse.horse}"


def _show(race: Any, unnamed: str, promoted: bool) -> None:
    from velo.live.beyond_reason import BEYOND_REASON
    from velo.live.serialise import as_rows, why

    rows = as_rows([race])
    styled = any(row["style"] for row in rows)
    title = (
        f"{race.day} {race.course} {race.off or ''} {race.race_name or ''}, "
        f"model version {race.version}{'' if promoted else ', NOT PROMOTED'}, "
        f"revision {race.revision}{_prices_of(race, unnamed)}"
    )
    console.table(
        " ".join(title.split()),
        [
            "rank",
            "no",
            "horse",
            *(["style"] if styled else []),
            "model",
            "market",
            "blended",
            "fair",
            "odds",
            "edge",
            "stake",
            "verdict",
            "unseen",
            "moved most by",
        ],
        [
            [
                row["rank"],
                row["number"],
                row["horse"],
                *([row["style"] or "-"] if styled else []),
                in_text.percent(row["p_model"]),
                in_text.percent(row["p_market"]),
                in_text.percent(row["p"]),
                in_text.odds(row["fair_odds"]),
                in_text.odds(row["odds"]),
                in_text.roi(row["edge"]),
                row["stake"] or "-",
                row["verdict"] + (", indicative" if row["indicative"] else ""),
                ", ".join(row["unknown"]) or "-",
                why(row["moved"]),
            ]
            for row in rows
        ],
    )
    if any(row["verdict"] == BEYOND_REASON for row in rows):
        console.say(
            "no market: no market has odds like these, so nothing is backed; correct them and "
            "predict again"
        )
    elif race.price_kind is None:
        console.say("no market: not every runner has odds, so the model's chances stand alone")
    elif race.indicative:
        kind = "of no named kind" if race.price_kind == unnamed else f"{race.price_kind} prices"
        console.say(f"indicative: the odds are {kind}, the model was judged on {race.decision}")
    below = [row for row in rows if row["stake"] and row["edge"] < 0]
    if below:
        console.say(
            f"{len(below)} backed at an edge below 0: {race.strategy} backs whatever exceeds "
            "the cut-off that it learned, and that lies below 0"
        )
    if race.backfill:
        console.say("backfilled: made after the off, so not part of the ledger")


def _prices_of(race: Any, unnamed: str) -> str:
    """At which prices a race was judged, and at which its bets settle; empty without a market."""
    if race.price_kind is None:
        return ""
    taken = "odds of no named kind" if race.price_kind == unnamed else f"{race.price_kind} prices"
    return f", decided at {taken}, settled at {race.settlement}"


def _write_page(path: Path, done: Predicted, workspace: Workspace) -> None:
    from velo.disk.whole_file import write_whole
    from velo.report.pages import page_of_card

    write_whole(path, page_of_card(workspace.home, workspace.settings, done))


def _write(path: Path, done: Predicted, workspace: Workspace) -> None:
    import json

    from velo.disk.spreadsheet import write_rows

    rows = done.rows()
    write_rows(
        path,
        list(rows[0]),
        (
            [json.dumps(cell) if isinstance(cell, list | dict) else cell for cell in row.values()]
            for row in rows
        ),
    )
