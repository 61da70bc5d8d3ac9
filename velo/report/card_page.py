"""A day's predictions on one page: who is backed, then race by race every runner's price and why.

It is made of the same JSON that `velo predict --json` prints, so the page says nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from velo.formats import on_page as formats
from velo.report import words
from velo.report.run_page import render
from velo.report.table import Cell, Column, PageTable, word

BACK = "back"
UNNAMED = "current"
"""The kind of odds that nobody named."""
NEVER_SEEN = "never seen"
"""In a note on a card's horses or courses: it stands above the bets."""
PRICED = (
    Column("Rank"),
    Column("Horse", False),
    Column("Model"),
    Column("Market"),
    Column("Blended"),
    Column("Fair"),
    Column("Odds"),
    Column("Edge"),
    Column("Stake"),
    Column("Verdict", False),
    Column("Moved most by", False),
)
UNPRICED = (
    Column("Rank"),
    Column("Horse", False),
    Column("Model"),
    Column("Fair, by the model"),
    Column("Verdict", False),
    Column("Moved most by", False),
)


@dataclass(frozen=True)
class Standing:
    """What is to be known of the model.

    Attributes:
        version: its number, or its run.
        name: its label, where it has one.
        champion: whether it is the version in use.
        not_champion: why it may not be, in words; None if it may.
    """

    version: str
    name: str | None
    champion: bool
    not_champion: str | None = None

    @property
    def called(self) -> str:
        """As a reader calls it."""
        return f"version {self.version}{f' ({self.name})' if self.name else ''}"


def page(card: Mapping[str, Any], standing: Standing, zone: str) -> str:
    """The card's page.

    Args:
        card: as `velo.live.serialise.to_json` gives it, one race at least.
        standing: of the model that priced it.
        zone: in which the time of the prediction is told, as `Europe/London`.
    """
    races, days = card["races"], sorted({race["day"] for race in card["races"]})
    return render(
        "card.html.j2",
        days=days,
        made=_moment(max(race["made"] for race in races), zone),
        standing=standing,
        races=[
            {
                "id": f"race-{number}",
                "when": called(race, len(days) > 1),
                "facts": race,
                "says": _says(race),
                "table": _field(race, number),
                "absent": _absent(card, race),
            }
            for number, race in enumerate(races, 1)
        ],
        summary=_summary(races),
        strange=[note for note in card["notes"] if NEVER_SEEN in note],
        backed=_backed(races, len(days) > 1),
        caveats=caveats(races, standing),
        card=card,
    )


def called(race: Mapping[str, Any], with_day: bool = False) -> str:
    """A race as people call it: `14:30 Ascot`, `Sha Tin race 4`, with its day where asked."""
    day = formats.day(race["day"]) if with_day else None
    number = None if race["off"] else race["race_name"].partition(",")[0]
    return " ".join(filter(None, (day, race["off"], race["course"], number)))


def caveats(races: Sequence[Mapping[str, Any]], standing: Standing) -> list[str]:
    """What to bear in mind before a bet, the gravest first; of this card, not in general."""
    sentences = []
    if not standing.champion:
        why = standing.not_champion or "another version is"
        sentences.append(
            f"{standing.called[0].upper()}{standing.called[1:]} is not the champion: {why}. Its "
            "verdicts are for looking, not for betting."
        )
    priced = [race for race in races if race["market"]]
    if any(race["indicative"] for race in priced):
        sentences.append(
            f"Indicative verdicts: the model was judged on {priced[0]['decision'].upper()}, and "
            "these odds are of another kind. Look again at the final price."
        )
    if any(race["decision"] == race["settlement"] and not race["indicative"] for race in priced):
        sentences.append(
            f"The odds are {priced[0]['decision'].upper()} and bets settle at it: nobody knows "
            "that price for certain when the bet is struck."
        )
    early = sorted({(race["decision"], race["settlement"]) for race in priced if _is_early(race)})
    for decision, settlement in early:
        sentences.append(
            f"Decided at {decision} prices, settled at {settlement.upper()}: an edge is one over "
            f"the {decision} price, and only for those who can still have it."
        )
    below = sum(row["stake"] > 0 and row["edge"] < 0 for race in priced for row in race["runners"])
    if below:
        sentences.append(
            f"{below} {'is' if below == 1 else 'are'} backed at an edge below 0: "
            f"{words.bucket(priced[0]['strategy'])} backs whatever exceeds the cut-off that it "
            "learned, and that lies below 0."
        )
    if len(priced) < len(races):
        sentences.append(
            f"{len(races) - len(priced)} of {len(races)} races have no market: not every runner "
            "has odds, or the odds cannot be a market's, so the model's chances stand alone, "
            "without what the market knows."
        )
    if any(row["unknown"] for race in races for row in race["runners"]):
        sentences.append(
            "Horses, trainers and jockeys never seen before (marked “new”) are scored from the "
            "priors: they are treated as average, not known to be average."
        )
    if any(race["backfill"] for race in races):
        sentences.append(
            "Backfilled races were predicted after their off and do not count in the ledger."
        )
    sentences.append(
        "Fair odds have no margin. At shorter odds the model itself expects a bet to lose."
    )
    return sentences


def _is_early(race: Mapping[str, Any]) -> bool:
    """Whether a race was judged at its model's own price, and another one pays."""
    return not race["indicative"] and race["decision"] != race["settlement"]


def _summary(races: Sequence[Mapping[str, Any]]) -> str:
    bets = [row for race in races for row in race["runners"] if row["stake"]]
    of = f"{len(races)} race{'s' if len(races) != 1 else ''}"
    if not any(race["market"] for race in races):
        return f"No market in {of}: chances and fair odds alone, no verdict."
    strategy = words.bucket(races[0]["strategy"])
    if not bets:
        return f"No bet in {of} by {strategy}."
    staked = sum(row["stake"] for row in bets)
    return (
        f"{len(bets)} bet{'s' if len(bets) != 1 else ''} in {of} by {strategy}, "
        f"{formats.count(staked)} point{'s' if staked != 1 else ''} in all."
    )


def _says(race: Mapping[str, Any]) -> list[str]:
    """What is to be said of a race beside its table."""
    sentences = []
    if any(row["verdict"] == "odds beyond reason" for row in race["runners"]):
        sentences.append("No market: these odds cannot be a market's, so nothing is backed.")
    elif not race["market"]:
        sentences.append(
            "No market: not every runner has odds, so the model's chances stand alone."
        )
    elif race["indicative"]:
        kind = race["price_kind"]
        odds = "of no named kind" if kind == UNNAMED else f"{kind} prices"
        sentences.append(
            f"Indicative: the odds are {odds}, and the model was judged on "
            f"{race['decision'].upper()}."
        )
    if race["backfill"]:
        sentences.append("Backfilled: predicted after the off, so not part of the ledger.")
    return sentences


def _absent(card: Mapping[str, Any], race: Mapping[str, Any]) -> str:
    """The race's horses that are not to run, in words; empty if there is none."""
    return ", ".join(
        f"{horse['horse']} ({horse['standing']})"
        for horse in card.get("absent", ())
        if horse["race_id"] == race["race_id"]
    )


def _field(race: Mapping[str, Any], number: int) -> PageTable:
    caption = f"{called(race)}: {len(race['runners'])} runners by chance"
    if not race["market"]:
        rows = [_unpriced(row) for row in race["runners"]]
        return PageTable(f"field-{number}", caption, UNPRICED, rows)
    rows = [_priced(race, row) for row in race["runners"]]
    return PageTable(f"field-{number}", caption, PRICED, rows)


def _priced(race: Mapping[str, Any], row: Mapping[str, Any]) -> list[Cell]:
    return [
        Cell(str(row["rank"]), row["rank"]),
        _horse(row),
        Cell(formats.percent(row["p_model"]), row["p_model"]),
        Cell(formats.percent(row["p_market"]), row["p_market"]),
        Cell(formats.percent(row["p"]), row["p"]),
        Cell(formats.number(row["fair_odds"]), row["fair_odds"]),
        Cell(formats.number(row["odds"]), row["odds"]),
        Cell(formats.percent(row["edge"], sign=True), row["edge"]),
        Cell(formats.number(row["stake"]) if row["stake"] else "", row["stake"]),
        _verdict(row, race["indicative"]),
        _why(row),
    ]


def _unpriced(row: Mapping[str, Any]) -> list[Cell]:
    return [
        Cell(str(row["rank"]), row["rank"]),
        _horse(row),
        Cell(formats.percent(row["p_model"]), row["p_model"]),
        Cell(formats.number(row["fair_odds"]), row["fair_odds"]),
        word(row["verdict"]),
        _why(row),
    ]


def _horse(row: Mapping[str, Any]) -> Cell:
    number = f"no. {row['number']}" if row["number"] is not None else ""
    new = f"new: {', '.join(row['unknown'])}" if row["unknown"] else ""
    return word(row["horse"], ", ".join(filter(None, (number, row.get("style"), new))))


def _verdict(row: Mapping[str, Any], indicative: bool) -> Cell:
    backed = row["verdict"] == BACK
    return word(
        f"✓ {BACK}" if backed else row["verdict"],
        "indicative" if indicative else "",
        "good" if backed else "",
    )


def _why(row: Mapping[str, Any]) -> Cell:
    lines = tuple(
        f"{each['feature']} {formats.number(each['push'], sign=True)}" for each in row["moved"]
    )
    return Cell("", lines[0] if lines else None, lines=lines)


def _backed(races: Sequence[Mapping[str, Any]], with_day: bool) -> PageTable:
    rows = [
        [
            word(called(race, with_day)),
            _horse(row),
            Cell(formats.number(row["odds"]), row["odds"]),
            Cell(formats.number(row["fair_odds"]), row["fair_odds"]),
            Cell(formats.percent(row["edge"], sign=True), row["edge"]),
            Cell(formats.number(row["stake"]), row["stake"]),
        ]
        for race in races
        for row in race["runners"]
        if row["stake"]
    ]
    columns = (
        Column("Race", False),
        Column("Horse", False),
        Column("Odds"),
        Column("Fair"),
        Column("Edge"),
        Column("Stake"),
    )
    return PageTable("backed", "To back, in the order of the races", columns, rows)


def _moment(iso: str, zone: str) -> str:
    when = datetime.fromisoformat(iso).astimezone(ZoneInfo(zone))
    return f"{formats.day(when.date().isoformat())}, {when:%H:%M} ({zone})"
