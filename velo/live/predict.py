"""A card in, predictions out, each of them kept (commands.md, velo predict)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from training.data.dataset import feature_store
from training.promotion.title import rightful_champion, why_not_champion
from training.scoring import Stored, stored_model
from velo.errors import InputError, ModelError
from velo.home import Home
from velo.live.beyond_reason import declined
from velo.live.card import Absent, Card, Unpredicted, held_card, race_name, take_card
from velo.live.card_file import CardRow, price_rows, unread_odds
from velo.live.card_store import keep_card
from velo.live.clock import never_back
from velo.live.journal import Prediction, record
from velo.live.odds_taken import Quoted, held_odds, match_odds, unknown_kinds
from velo.live.preparation import bring_build, bring_store
from velo.live.price_notes import price_notes
from velo.live.pricing import Pricer, beyond_reason, off_called
from velo.live.refusals import refusal, require_later_day
from velo.live.serialise import all_rows, to_json
from velo.offline.spine import Spine
from velo.result import Result
from velo.settings import Settings

Progress = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Asked:
    """What is to be predicted, and how.

    Attributes:
        card: a card file, or None for the day's races in the warehouse.
        day: of those.
        prices: a price file, whose odds stand for the card's.
        price_kind: of odds that do not say what they are.
        model: alias, version, label or run, whatever the gate said of it; None for the champion,
            which must have been promoted.
        offline: whether features come through the as-of join.
        backfill: whether races that are over may be predicted, and marked so.
        name: what the warehouse calls the card file, its path by default.
    """

    card: Path | None = None
    day: date | None = None
    prices: Path | None = None
    price_kind: str | None = None
    model: str | None = None
    offline: bool = False
    backfill: bool = False
    name: str | None = None


@dataclass(frozen=True, repr=False)
class Predicted(Result):
    """What was predicted and kept, what was not and why.

    Attributes:
        predictions: of the races that were.
        unscored: runners and races that were not.
        notes: what a person should know, the gravest first, and what was done before.
        absent: horses that are not to run.
        not_champion: why the model may not price as champion; None if it may.
    """

    predictions: list[Prediction]
    unscored: list[Unpredicted]
    notes: list[str]
    absent: list[Absent] = field(default_factory=list)
    not_champion: str | None = None

    @property
    def summary(self) -> str:
        """How many races were priced, by which version, and what was left out."""
        version = f" by version {self.predictions[0].version}" if self.predictions else ""
        left = f", {len(self.unscored)} not scored" if self.unscored else ""
        return f"{len(self.predictions)} races priced{version}{left}"

    def rows(self) -> list[dict[str, Any]]:
        """A row a runner, as `velo.live.serialise.all_rows` sets them out."""
        return all_rows(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return to_json(self)


def predict(
    home: Home,
    settings: Settings,
    asked: Asked,
    progress: Progress = lambda stage: None,
    clock: Clock = lambda: datetime.now(UTC),
    warn: Callable[[str], None] = lambda note: None,
) -> Predicted:
    """Score a card and add the predictions to the home's journal.

    A card that is refused, for whatever reason, leaves nothing in the home but its rows in
    quarantine.

    Args:
        home: warehouse, build, store, model and journal.
        settings: of the daily loop, and declared strategies.
        asked: what and how.
        progress: called with the name of each stage as it begins.
        clock: gives the time, with its zone. It is looked at again as a prediction is made, for
            a build may take until after the off.
        warn: called with each note on the card before anything of it is kept.

    Raises:
        InputError: the card or the prices cannot be read, every race is past its off, or the odds
            of every race are beyond reason.
        DataError: the warehouse holds no race of the day.
        ModelError: no such model, one that was trained on the day, or a champion that `velo
            promote` did not make one and no `model` names.
        HomeError: build, registry or store are not in a state to serve.
    """
    clock = never_back(home.ledger, clock)
    progress("reading the card")
    stored = _model(home, asked.model)
    not_champion = None if asked.model is None else why_not_champion(home, stored.registered)
    prices = None if asked.prices is None else price_rows(asked.prices, asked.price_kind)
    pricer = Pricer.of(settings, stored, feature_store(home))

    def admit(card: Card) -> None:
        for note in card.notes:
            warn(note)
        _open_races(card, settings, asked, clock(), stored)

    card, built = _card(home, settings, asked, progress, clock, admit)
    notes = [*card.notes, built]
    card, unscored = _open_races(card, settings, asked, clock(), stored)
    quoted, on_prices = _quoted(home, settings, asked, card, prices, pricer.decision, clock())
    notes += on_prices
    card, quoted, left = _with_credible_odds(settings, card, quoted)
    unscored += left
    progress("features")
    kinds = dict.fromkeys(card.entries["race_id"].to_pylist(), quoted.kind)
    priced = pricer.with_prices(card.entries, quoted.odds, kinds, clock(), home.ledger)
    features, done = _features(home, pricer, priced, asked.offline, progress)
    notes += done
    progress("scoring")
    made = pricer.price(
        card.entries,
        quoted.odds,
        kinds,
        features,
        source="offline" if asked.offline else "online",
        build=Spine(home).fingerprint,
        now=clock(),
    )
    if not asked.backfill:
        unscored += [
            Unpredicted(off_called(each), None, "its off passed while it was being scored")
            for each in made
            if each.backfill
        ]
        made = [each for each in made if not each.backfill]
    revisions = record(home.ledger, made)
    kept = [
        replace(each, revision=revision) for each, revision in zip(made, revisions, strict=True)
    ]
    number = dict(
        zip(*(card.entries[name].to_pylist() for name in ("race_id", "race_no")), strict=True)
    )
    kept.sort(
        key=lambda each: (
            each.day,
            each.deadline,
            each.course,
            number[each.race_id] or 0,
            each.race_id,
        )
    )
    return Predicted(kept, unscored, [note for note in notes if note], card.absent, not_champion)


def _model(home: Home, reference: str | None) -> Stored:
    if reference is not None:
        return stored_model(home, reference)
    try:
        return stored_model(home, str(rightful_champion(home).version))
    except ModelError as error:
        raise ModelError(
            f"{error}; `--model challenger` predicts with the version trained last"
        ) from None


def _card(
    home: Home,
    settings: Settings,
    asked: Asked,
    progress: Progress,
    clock: Clock,
    admit: Callable[[Card], None],
) -> tuple[Card, str | None]:
    if (asked.card is None) == (asked.day is None):
        raise InputError("give a card file, or --date for a day's cards in the warehouse")
    if asked.card is not None:
        card = take_card(home, settings, asked.card, progress, clock, asked.name, admit)
        return card, keep_card(home, settings, card, progress)
    assert asked.day is not None
    card = held_card(home, settings, asked.day)
    admit(card)
    return card, bring_build(home, settings, progress)


def _open_races(
    card: Card, settings: Settings, asked: Asked, now: datetime, stored: Stored
) -> tuple[Card, list[Unpredicted]]:
    """The races that can be predicted now, and the others with their reasons.

    Raises:
        InputError: there is none of the former.
        ModelError: the model was trained on a race's day.
    """
    unscored, shut = list(card.unscored), set()
    rows = card.entries.to_pylist()
    first = {row["race_id"]: row for row in reversed(rows)}
    sizes = pd.Series([row["race_id"] for row in rows]).value_counts()
    require_later_day(stored, min(row["day"] for row in first.values()))
    for race, row in first.items():
        why = refusal(row, sizes[race], race in card.incomplete, now, asked.backfill, settings.live)
        if why:
            shut.add(race)
            unscored.append(Unpredicted(race_name(row), None, why.why))
    if len(shut) == len(first):
        raise InputError(f"no race can be predicted: {unscored[-1].race}: {unscored[-1].reason}")
    mask = pa.array([row["race_id"] not in shut for row in rows])
    return replace(card, entries=card.entries.filter(mask)), unscored


def _quoted(
    home: Home,
    settings: Settings,
    asked: Asked,
    card: Card,
    prices: list[CardRow] | None,
    decision: str,
    now: datetime,
) -> tuple[Quoted, list[str]]:
    """The odds of the card's runners as they can be known now, and what is to be said of them."""
    runners = card.entries.to_pylist()
    clock = settings.prices.clock
    # What the caller calls the odds is taken for that, as the model's own kind is.
    unknown = unknown_kinds(runners, decision, now, clock) - {asked.price_kind}
    if asked.prices is not None and prices is not None:
        quoted = match_odds(prices, runners, decision, unknown)
        notes = [
            *unread_odds(prices),
            *price_notes(quoted.kind, prices, runners, unknown, now, clock),
        ]
        if quoted.strangers:
            notes.append(
                f"{quoted.strangers} rows of {asked.prices.name} match no runner of the card"
            )
        return quoted, notes
    if asked.card is None:
        return held_odds(home, settings, runners, decision, now), []
    rows = [
        replace(
            row,
            odds={
                asked.price_kind if asked.price_kind and kind == "current" else kind: odd
                for kind, odd in row.odds.items()
            },
        )
        for row in card.rows
    ]
    quoted = match_odds(rows, runners, decision, unknown)
    return quoted, price_notes(quoted.kind, rows, runners, unknown, now, clock)


def _with_credible_odds(
    settings: Settings, card: Card, quoted: Quoted
) -> tuple[Card, Quoted, list[Unpredicted]]:
    """The races that can be predicted at their odds, and the others with their reasons.

    Raises:
        InputError: there is none of the former.
    """
    rows = card.entries.to_pylist()
    wrong = beyond_reason(rows, quoted.odds) if settings.live.beyond_reason == "decline" else {}
    if not wrong:
        return card, quoted, []
    names = {row["race_id"]: race_name(row) for row in rows}
    unscored = [Unpredicted(names[race], None, declined(wrong, race)) for race in wrong]
    if len(wrong) == len(names):
        raise InputError(f"no race can be predicted: {unscored[-1].race}: {unscored[-1].reason}")
    mask = np.array([row["race_id"] not in wrong for row in rows])
    entries = card.entries.filter(pa.array(mask))
    return replace(card, entries=entries), replace(quoted, odds=quoted.odds[mask]), unscored


def _features(
    home: Home, pricer: Pricer, entries: pa.Table, offline: bool, progress: Progress
) -> tuple[pd.DataFrame, list[str | None]]:
    """The features of the entries, in their order, and what was done for them."""
    if offline:
        Spine(home).require_whole()
        return pricer.offline(entries), []
    notes, parts = [], []
    days = np.array(entries["day"].to_pylist())
    for day in sorted(set(days)):
        notes.append(bring_store(home, pricer.settings, pricer.source.store, day, progress))
        parts.append(pricer.online(entries.filter(pa.array(days == day))))
    return pd.concat(parts, ignore_index=True), notes
