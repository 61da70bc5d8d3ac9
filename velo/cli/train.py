"""`velo train`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from velo.cli import console
from velo.cli.options import HoldoutDays


def train(
    train_end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day that is not trained on."),
    ] = None,
    holdout_days: Annotated[int | None, HoldoutDays] = None,
    objective: Annotated[
        str | None, typer.Option(help="Objective of the model, such as conditional_logit or auto.")
    ] = None,
    blend: Annotated[
        str | None,
        typer.Option(help="How model and market are joined: benter, residual, beside or auto."),
    ] = None,
    select: Annotated[
        int | None,
        typer.Option(
            min=0, max=10_000, help="Choose so many features anew in each fold; 0 takes all."
        ),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(help="Feature service to train on; given again, one more beside it."),
    ] = None,
    decision_price: Annotated[
        str | None, typer.Option(help="Price that bets are chosen at.")
    ] = None,
    settlement_price: Annotated[str | None, typer.Option(help="Price that bets settle at.")] = None,
    version: Annotated[
        str | None, typer.Option(help="Name for the version and its reports, such as v1.2.0.")
    ] = None,
    tune: Annotated[
        int,
        typer.Option(
            min=0,
            max=10_000,
            help="Search the parameters, this many trials in all; a stopped search goes on.",
        ),
    ] = 0,
    truth: Annotated[
        Path | None, typer.Option(help="True chances of a synthetic world, a .truth.parquet file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Train, judge on the holdout and register a challenger, whatever the verdict."""
    import velo
    from velo import settings
    from velo.cli.training_report import show_trained
    from velo.store.joined_services import together

    chosen = settings.load(
        **_overrides(
            settings.load(),
            {
                "ranker": {"objective": objective},
                "training": {
                    "blend": blend,
                    "service": together(service) if service else None,
                    "select": select,
                },
                "prices": {"decision": decision_price, "settlement": settlement_price},
            },
        )
    )
    with console.progress("Training") as tell:
        done = velo.open(settings=chosen).train(
            train_end=train_end.date() if train_end else None,
            holdout_days=holdout_days,
            truth=truth,
            label=version,
            tune=tune,
            progress=tell,
        )
    if as_json:
        console.emit_json(done.to_dict())
        return
    show_trained(done)


def _overrides(base: Any, wanted: dict[str, dict[str, str | int | None]]) -> dict[str, Any]:
    """Whole sections with the given options laid over what is set."""
    sections = {}
    for section, options in wanted.items():
        given = {name: value for name, value in options.items() if value is not None}
        if given:
            sections[section] = {**getattr(base, section).model_dump(), **given}
    return sections
