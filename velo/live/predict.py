"""A card in, predictions out, each of them kept (cli.md, `velo predict`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from training.dataset import feature_store, request_values
from training.declared import declared
from training.races import Races
from training.scoring import Stored, stored_model
from velo.errors import InputError, ModelError
from velo.home import Home
from velo.live import features
from velo.live.card import Card, Unscored, held_card, race_name, race_title, take_card
from velo.live.deadline import deadline
from velo.live.journal import PredictedRunner, Prediction, record
from velo.live.moment import never_back
from velo.live.odds_taken import Quoted, filed_odds, held_odds, said_odds
from velo.live.preparation import bring_build, bring_store
from velo.live.scoring import BACK, NO_MARKET, PASS, moved, score, stakes_by_strategy
from velo.offline.spine import Spine
from velo.settings import Layoff, Priors, Settings

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
        model: alias, version, label or run.
        offline: whether features come through the as-of join.
        backfill: whether races that are over may be predicted, and marked so.
    """

    card: Path | None = None
    day: date | None = None
    prices: Path | None = None
    price_kind: str | None = None
    model: str = "champion"
    offline: bool = False
    backfill: bool = False


@dataclass(frozen=True)
class Predicted:
    """What was predicted and kept, what was not and why, and what was done before."""

    predictions: list[Prediction]
    unscored: list[Unscored]
    notes: list[str]


def predict(
    home: Home,
    settings: Settings,
    asked: Asked,
    progress: Progress = lambda stage: None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Predicted:
    """Score a card and add the predictions to the home's journal.

    Args:
        home: warehouse, build, store, model and journal.
        settings: of the daily loop, and declared strategies.
        asked: what and how.
        progress: called with the name of each stage as it begins.
        clock: gives the time, with its zone. It is looked at again as a prediction is made, for
            a build may take until after the off.

    Raises:
        InputError: the card or the prices cannot be read, or every race is past its off.
        DataError: the warehouse holds no race of the day.
        ModelError: no such model, or one that was trained on the day.
        HomeError: build, registry or store are not in a state to serve.
    """
    clock = never_back(home.ledger, clock)
    progress("reading the card")
    stored = _model(home, asked.model)
    card = _card(home, settings, asked, progress, clock)
    notes: list[str | None] = [bring_build(home, settings, progress)]
    card, unscored = _open_races(card, settings, asked, clock(), stored)
    quoted, said = _quoted(home, settings, asked, card, stored.said["prices"]["decision"])
    notes.append(said)
    progress("features")
    found, done = _features(home, settings, card.entries, stored, asked.offline, progress)
    notes += done
    progress("scoring")
    build = Spine(home).fingerprint
    made = _predictions(settings, stored, card.entries, quoted, found, asked, clock(), build)
    if not asked.backfill:
        unscored += [
            Unscored(_called(each), None, "its off passed while it was being scored")
            for each in made
            if each.backfill
        ]
        made = [each for each in made if not each.backfill]
    revisions = record(home.ledger, made)
    kept = [
        replace(each, revision=revision) for each, revision in zip(made, revisions, strict=True)
    ]
    number = dict(zip(*(card.entries[name].to_pylist() for name in ("race_id", "race_no")),
                      strict=True))  # fmt: skip
    kept.sort(
        key=lambda each: (
            each.day, each.off or "", each.course, number[each.race_id] or 0, each.race_id
        )
    )  # fmt: skip
    return Predicted(kept, unscored, [note for note in notes if note])


def _model(home: Home, reference: str) -> Stored:
    try:
        return stored_model(home, reference)
    except ModelError as error:
        if reference != "champion":
            raise
        raise ModelError(f"{error}; --model challenger predicts with the latest trained") from None


def _card(home: Home, settings: Settings, asked: Asked, progress: Progress, clock: Clock) -> Card:
    if (asked.card is None) == (asked.day is None):
        raise InputError("give a card file, or --date for the day's cards in the warehouse")
    if asked.card is not None:
        return take_card(home, settings, asked.card, progress, clock)
    assert asked.day is not None
    return held_card(home, settings, asked.day)


def _open_races(
    card: Card, settings: Settings, asked: Asked, now: datetime, stored: Stored
) -> tuple[Card, list[Unscored]]:
    """The races that can be predicted now, and the others with their reasons.

    Raises:
        InputError: there is none of the former.
        ModelError: the model was trained on a race's day.
    """
    unscored, shut = list(card.unscored), set()
    rows = card.entries.to_pylist()
    first = {row["race_id"]: row for row in reversed(rows)}
    sizes = pd.Series([row["race_id"] for row in rows]).value_counts()
    earliest = min(row["day"] for row in first.values())
    if earliest < stored.train_end:
        raise ModelError(
            f"version {stored.version} was trained on days before {stored.train_end}, so on "
            f"{earliest}: choose an earlier model with --model"
        )
    for race, row in first.items():
        until = deadline(row["day"], row["off"], settings.live)
        why = None
        if now >= until and not asked.backfill:
            why = (
                f"its {'off' if row['off'] else 'cut-off of the morning'} was "
                f"{until:%Y-%m-%d %H:%M} UTC; --backfill predicts it all the same and marks it "
                "for ever"
            )
        elif row["told"] and not asked.backfill:
            why = "it has a result, so it is over, whatever the clock says; --backfill predicts it"
        elif sizes[race] < 2:
            why = "it has fewer than two runners"
        elif race in card.incomplete and settings.live.incomplete == "decline":
            why = "a runner of it could not be read (live.incomplete = 'score' scores the others)"
        if why:
            shut.add(race)
            unscored.append(Unscored(race_name(row), None, why))
    if len(shut) == len(first):
        raise InputError(f"no race can be predicted: {unscored[-1].race}: {unscored[-1].reason}")
    mask = pa.array([row["race_id"] not in shut for row in rows])
    return replace(card, entries=card.entries.filter(mask)), unscored


def _quoted(
    home: Home, settings: Settings, asked: Asked, card: Card, decision: str
) -> tuple[Quoted, str | None]:
    runners = card.entries.to_pylist()
    if asked.prices is not None:
        quoted = filed_odds(asked.prices, asked.price_kind, runners, decision)
        if quoted.strangers:
            return quoted, f"{quoted.strangers} rows of {asked.prices.name} price no runner of it"
        return quoted, None
    if asked.card is None:
        return held_odds(home, settings, runners, decision), None
    said = [
        replace(row, odds={asked.price_kind if asked.price_kind and kind == "current" else kind: odd
                           for kind, odd in row.odds.items()})
        for row in card.said
    ]  # fmt: skip
    return said_odds(said, runners, decision), None


def _features(
    home: Home,
    settings: Settings,
    entries: pa.Table,
    stored: Stored,
    offline: bool,
    progress: Progress,
) -> tuple[pd.DataFrame, list[str | None]]:
    """The features of the entries, in their order, and what was done for them."""
    store = feature_store()
    service = declared(store, stored.said["service"])
    gone = sorted(set(stored.model.fundamental.features) - set(service.features))
    if gone:
        raise ModelError(
            f"version {stored.version} was trained on {', '.join(gone)}, which service "
            f"{service.service} no longer has; check out the code that it was trained with"
        )
    priors, layoff = Priors(**stored.said["priors"]), Layoff(**stored.said["layoff"])
    if offline:
        return features.offline(store, service, entries, priors, layoff), []
    notes, found = [], []
    days = np.array(entries["day"].to_pylist())
    for day in sorted(set(days)):
        notes.append(bring_store(home, settings, store, day, progress))
        rows = entries.filter(pa.array(days == day))
        found.append(features.online(store, service, rows, request_values(priors, layoff)))
    return pd.concat(found, ignore_index=True), notes


def _predictions(
    settings: Settings,
    stored: Stored,
    entries: pa.Table,
    quoted: Quoted,
    found: pd.DataFrame,
    asked: Asked,
    now: datetime,
    build: str,
) -> list[Prediction]:
    rows = entries.to_pylist()
    frame = entries.select(["race_id", "horse_id", "course", "horse", "race_type",
                            "class_level"]).to_pandas()  # fmt: skip
    frame["date"] = pd.to_datetime(pd.Series([row["day"] for row in rows]))
    frame["decision_odds"] = quoted.odds
    scored = score(stored, frame, found)
    judged = _judged(settings, stored, scored, frame)
    saw = list(stored.model.fundamental.features)
    values = found[saw].astype(object).where(found[saw].notna(), None).to_dict("records")
    prices, made = stored.said["prices"], []
    races = Races.of(scored["race_id"].to_numpy())
    records = scored.to_dict("records")
    for begin, size in zip(races.offsets, races.sizes, strict=True):
        place = range(begin, begin + size)
        row = rows[begin]
        until = deadline(row["day"], row["off"], settings.live)
        priced = bool(np.isfinite(scored["p"].to_numpy()[begin]))
        made.append(
            Prediction(
                race_id=row["race_id"], made=now.astimezone(UTC).isoformat(timespec="seconds"),
                deadline=until.isoformat(timespec="seconds"), backfill=now >= until or row["told"],
                day=row["day"], course=row["course"], off=row["off"],
                race_name=race_title(row), version=stored.version,
                run_id=stored.registered.run_id, sha256=stored.registered.sha256,
                source="offline" if asked.offline else "online", build=build,
                price_kind=quoted.kind if priced else None, decision=prices["decision"],
                settlement=prices["settlement"], strategy=settings.live.strategy,
                runners=tuple(
                    _runner(rows[i], records[i], values[i], judged[i], settings.live.strategy)
                    for i in place
                ),
            )
        )  # fmt: skip
    return made


def _judged(
    settings: Settings, stored: Stored, scored: pd.DataFrame, frame: pd.DataFrame
) -> list[dict[str, float] | None]:
    """The stakes by strategy on each row; None in a race without a market."""
    priced = scored["p"].notna().to_numpy()
    found: list[dict[str, float] | None] = [None] * len(scored)
    if priced.any():
        judged = stakes_by_strategy(stored, scored[priced], frame[priced], settings)
        for row, stakes in zip(np.flatnonzero(priced), judged, strict=True):
            found[row] = stakes
    return found


def _runner(
    entry: Mapping[str, Any],
    scored: Mapping[Any, Any],
    values: Mapping[Any, Any],
    stakes: dict[str, float] | None,
    strategy: str,
) -> PredictedRunner:
    verdict = NO_MARKET if stakes is None else BACK if strategy in stakes else PASS
    unknown = [
        name for name in ("horse", "trainer", "jockey", "course") if not entry[f"seen_{name}"]
    ]
    unknown += ["going"] if entry["going_group"] is None else []
    return PredictedRunner(
        horse_id=entry["horse_id"], horse=entry["horse"], number=entry["number"],
        rank=int(scored["rank"]), odds=_number(scored["decision_odds"]),
        p_model=float(scored["p_model"]), p_market=_number(scored["p_market"]),
        p_market_power=_number(scored["p_market_power"]), p=_number(scored["p"]),
        verdict=verdict, stakes=stakes or {}, unknown=unknown, moved=moved(scored),
        features=dict(values),
    )  # fmt: skip


def _called(race: Prediction) -> str:
    return f"{race.course} {race.off or race.race_name}"


def _number(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
