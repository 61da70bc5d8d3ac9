"""`velo drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from velo.cli import console
from velo.formats import in_text

if TYPE_CHECKING:
    from velo.monitoring.drift import Drift
    from velo.monitoring.reading import Reading


def drift(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Compare the champion's last predictions with what it was trained and judged on.

    Exit 1 if something drifts, 2 if there is too little to tell.
    """
    import velo

    result = velo.open().drift()
    code = 1 if result.drifting else 0 if result.conclusive else 2
    if as_json:
        console.emit_json(result.to_dict())
        raise typer.Exit(code)
    _table(result)
    _notes(result)
    console.say(f"next: {result.advice.step}: {result.advice.why}")
    raise typer.Exit(code)


def _table(drift: Drift) -> None:
    from velo.monitoring.reading import CALIBRATION, FAMILY, FEATURE, MARKET, MEASURES

    window = drift.window
    title = (
        f"Version {drift.champion}: {len(window.seen):,} runners of {window.races:,} races, "
        f"{window.first} to {window.last}, against {drift.reference.first} to "
        f"{drift.reference.last}"
    )
    by_name: dict[str, list[Reading]] = {}
    for each in drift.readings:
        if each.kind == FEATURE:
            by_name.setdefault(each.name, []).append(each)
    rows = [
        [name, *(cell for each in three for cell in _distance(each)), _said(three)]
        for name, three in by_name.items()
    ]
    rows += [
        [f"family {each.name}", "", "", "", "", *_distance(each), _said([each])]
        for each in drift.readings
        if each.kind == FAMILY
    ]
    console.table(
        title,
        ["feature", "PSI", "limit", "distance", "limit", "missing, then and now", "limit", ""],
        rows,
    )
    console.table(
        "Chances, against the holdout's",
        ["figure", "then", "now", "off by at least", "limit", ""],
        [
            [
                each.name,
                in_text.number(each.reference, 4),
                in_text.number(each.value, 4),
                in_text.number(each.excess, 4),
                in_text.number(each.limit, 4),
                _said([each]),
            ]
            for each in drift.readings
            if each.kind in (CALIBRATION, MARKET)
        ],
    )
    console.say(f"{MEASURES['psi']} and distance are what is left beyond chance, by race day")


def _distance(each: Reading) -> list[str]:
    if each.measure == "nulls":
        then, now = in_text.percent(each.reference), in_text.percent(each.value)
        return [f"{then}, {now}", in_text.percent(each.limit)]
    return [in_text.number(each.excess, 3, sign=True), in_text.number(each.limit, 3)]


def _said(readings: list[Reading]) -> str:
    if any(each.drifts for each in readings):
        return "DRIFTS: " + ", ".join(each.measure for each in readings if each.drifts)
    return "not enough" if any(each.drifts is None for each in readings) else "holds"


def _notes(drift: Drift) -> None:
    for line in drift.untold:
        console.say(line)
    if drift.window.others:
        console.say(
            f"{drift.window.others} races of these days have no prediction by it before their off"
        )
    if drift.window.indicative:
        console.say(
            f"{drift.window.indicative} of its races had another kind of odds than it was judged on"
        )
