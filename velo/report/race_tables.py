"""Tables of single races: where blend and market differ, and what moved each runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from velo.formats import on_page as formats
from velo.report.table import Cell, Column, PageTable, word


def different_races(findings: Mapping[str, Any]) -> PageTable:
    """The races in which blend and market differ most, each by the runner that moved most."""
    rows = []
    for each in findings["races"]["different"]:
        runner = each["runners"][each["runner"]]
        won = runner["win_share"] > 0
        rows.append(
            [
                Cell(formats.day(each["date"]), each["date"], each["course"]),
                word(
                    runner["horse"],
                    f"{'won' if won else 'lost'} at {formats.number(runner['decision_odds'])}",
                ),
                *(
                    Cell(formats.percent(runner[name]), runner[name])
                    for name in ("p_model", "p_market_power", "p")
                ),
                Cell("", lines=moved(runner["moved_by"])),
                Cell(formats.nats(each["expected"]), each["expected"]),
                Cell(formats.nats(each["gain"]), each["gain"]),
            ]
        )
    columns = [
        Column("Race", False),
        Column("Runner moved most", False),
        Column("Model"),
        Column("Market"),
        Column("Blend"),
        Column("Moved by (nats)", False),
        Column("Gain hoped for"),
        Column("Gain had"),
    ]
    return PageTable("different", "The ten races where blend and market differ most", columns, rows)


def worst_races(findings: Mapping[str, Any]) -> PageTable:
    """The races in which the blend lost most to the market."""
    rows = []
    for each in findings["races"]["worst"]:
        winners = [runner for runner in each["runners"] if runner["win_share"] > 0]
        first, chosen = winners[0], each["runners"][0]
        rows.append(
            [
                Cell(formats.day(each["date"]), each["date"], each["course"]),
                word(
                    " and ".join(runner["horse"] for runner in winners),
                    f"at {formats.number(first['decision_odds'])}",
                ),
                Cell(formats.percent(first["p"]), first["p"]),
                Cell(formats.percent(first["p_market_power"]), first["p_market_power"]),
                Cell(formats.nats(each["gain"]), each["gain"]),
                word(
                    chosen["horse"],
                    f"{formats.percent(chosen['p'])} blend, "
                    f"{formats.percent(chosen['p_market_power'])} market",
                ),
            ]
        )
    columns = [
        Column("Race", False),
        Column("Winner", False),
        Column("Blend gave it"),
        Column("Market gave it"),
        Column("Gain, nats"),
        Column("Blend's first choice", False),
    ]
    return PageTable("worst", "Where the blend lost most to the calibrated market", columns, rows)


def field(race: Mapping[str, Any], number: int) -> PageTable:
    """A race's runners with every probability, and what moved each."""
    rows = [
        [
            word(runner["horse"], ", ".join(filter(None, (runner["style"], _won(runner))))),
            Cell(formats.number(runner["decision_odds"]), runner["decision_odds"]),
            *(
                Cell(formats.percent(runner[name]), runner[name])
                for name in ("p_model", "p_market_power", "p")
            ),
            Cell("", lines=moved(runner["moved_by"])),
        ]
        for runner in race["runners"]
    ]
    columns = [
        Column("Runner", False),
        Column("Odds"),
        Column("Model"),
        Column("Market"),
        Column("Blend"),
        Column("Moved most by", False),
    ]
    caption = f"All runners, {race['course']}, {formats.day(race['date'])}"
    return PageTable(f"race{number}", caption, columns, rows, folded=True)


def _won(runner: Mapping[str, Any]) -> str:
    return "won" if runner["win_share"] > 0 else ""


def moved(features: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Each feature with its push, and its value."""
    return tuple(
        f"{formats.nats(each['push'])} {each['feature']} = {formats.significant(each['value'])}"
        for each in features
    )
