"""Races priced by one model: what does not change from race to race is made ready once.

`velo predict` makes a `Pricer` for its card, `velo serve` keeps one for as long as its model is
champion; a race comes to the same figures through either.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from training.data.entity_sql import request_values
from training.scoring import Stored
from training.statistics.races import Races
from velo.arrays import Flags, Floats
from velo.errors import ModelError
from velo.live import features
from velo.live.beyond_reason import BEYOND_REASON, books_beyond_reason
from velo.live.card import race_title
from velo.live.deadline import deadline
from velo.live.earlier_prices import with_price_path
from velo.live.features import Source
from velo.live.journal import PredictedRunner, Prediction
from velo.live.scoring import BACK, NO_MARKET, PASS, moved, score, stakes_by_strategy
from velo.racing.running_style import STYLE
from velo.racing.saddlecloth import coupled_races
from velo.settings import Settings

FACTS = ("race_id", "horse_id", "course", "horse", "race_type", "class_level")


@dataclass(frozen=True)
class Pricer:
    """A model, and how its features are asked for.

    Attributes:
        settings: of the daily loop, and declared strategies.
        stored: the model.
        source: of its features.
    """

    settings: Settings
    stored: Stored
    source: Source

    @classmethod
    def of(cls, settings: Settings, stored: Stored, store: Any) -> Pricer:
        """Make ready.

        Raises:
            ModelError: the registry's service no longer has all of the model's features, or the
                settings have other windows than it was trained with.
            HomeError: the registry has no such service.
        """
        stored.require_windows(settings.windows, "the section `windows`")
        source = Source.of(store, stored.card.service)
        gone = sorted(set(stored.model.fundamental.features) - set(source.declared.features))
        if gone:
            raise ModelError(
                f"version {stored.version} was trained on {', '.join(gone)}, which service "
                f"{source.declared.service} no longer has; check out the code that it was trained "
                "with"
            )
        return cls(settings, stored, source)

    @property
    def decision(self) -> str:
        """The kind of price that the model was judged on."""
        return self.stored.card.prices.decision

    def with_prices(
        self,
        entries: pa.Table,
        odds: Floats,
        kinds: Mapping[int, str | None],
        now: datetime,
        journal: Path,
    ) -> pa.Table:
        """Entries with today's prices beside them, for a model whose features read those.

        Args:
            entries, odds, kinds, now: as `price` takes them.
            journal: whose predictions of the races were made before.
        """
        if not self.source.declared.todays_prices:
            return entries
        rows = entries.to_pylist()
        given = np.where(_without_a_market(rows, odds), np.nan, odds)
        return with_price_path(entries, given, kinds, now, journal, self.stored.card.hours)

    def online(self, entries: pa.Table) -> pd.DataFrame:
        """Features of entries of one day, whose morning the online store is at."""
        card = self.stored.card
        return features.online(self.source, entries, request_values(card.priors, card.layoff))

    def offline(self, entries: pa.Table) -> pd.DataFrame:
        """The same through the as-of join over the current build."""
        card = self.stored.card
        return features.offline(self.source, entries, card.priors, card.layoff)

    def price(
        self,
        entries: pa.Table,
        odds: Floats,
        kinds: Mapping[int, str | None],
        features: pd.DataFrame,
        *,
        source: str,
        build: str,
        now: datetime,
    ) -> list[Prediction]:
        """Predictions of whole races, in the order of the entries; nothing is kept yet.

        Args:
            entries: a row a runner as `velo.live.entries` gives them, races together.
            odds: float64[rows], NaN where there are none; a race with coupled entries is
                priced without them, and so is one whose odds are beyond reason, marked.
            kinds: race -> what its odds are.
            features: the rows' features.
            source: `online` or `offline`.
            build: fingerprint of the build that the features are of.
            now: when they are made, with its zone; a race that is off by then, or has
                a result, is a backfill.
        """
        rows, settings = entries.to_pylist(), self.settings
        frame = pd.DataFrame({name: [row[name] for row in rows] for name in FACTS})
        frame["class_level"] = frame["class_level"].astype(np.float64)
        frame["date"] = pd.to_datetime(pd.Series([row["day"] for row in rows]))
        strange = beyond_reason(rows, odds)
        frame["decision_odds"] = np.where(_without_a_market(rows, odds), np.nan, odds)
        scored = score(self.stored, frame, features)
        judged = self._judged(scored, frame)
        saw = list(self.stored.model.fundamental.features)
        saw += [STYLE] if STYLE in features else []
        values, records = _rows(features[saw]), _rows(scored)
        given: list[dict[str, Any]] = [
            {"decision_odds": _number(price), "beyond_reason": True}
            if row["race_id"] in strange
            else {}
            for row, price in zip(rows, odds, strict=True)
        ]
        races = Races.of(scored["race_id"].to_numpy())
        prices, registered = self.stored.card.prices, self.stored.registered
        made = []
        for begin, size in zip(races.offsets, races.sizes, strict=True):
            row = rows[begin]
            until = deadline(row, settings.live)
            priced = records[begin]["p"] is not None
            made.append(
                Prediction(
                    race_id=row["race_id"],
                    made=now.astimezone(UTC).isoformat(timespec="seconds"),
                    deadline=until.isoformat(timespec="seconds"),
                    backfill=now >= until or row["told"],
                    day=row["day"],
                    course=row["course"],
                    off=row["off"],
                    race_name=race_title(row),
                    version=self.stored.version,
                    run_id=registered.run_id,
                    sha256=registered.sha256,
                    source=source,
                    build=build,
                    price_kind=kinds[row["race_id"]] if priced else None,
                    decision=prices.decision,
                    settlement=prices.settlement,
                    strategy=settings.live.strategy,
                    runners=tuple(
                        _runner(
                            rows[i],
                            records[i] | given[i],
                            values[i],
                            judged[i],
                            settings.live.strategy,
                        )
                        for i in range(begin, begin + size)
                    ),
                )
            )
        return made

    def _judged(self, scored: pd.DataFrame, frame: pd.DataFrame) -> list[dict[str, float] | None]:
        """The stakes by strategy on each row; None in a race without a market."""
        priced = scored["p"].notna().to_numpy()
        stakes_by_row: list[dict[str, float] | None] = [None] * len(scored)
        if priced.any():
            judged = stakes_by_strategy(self.stored, scored[priced], frame[priced], self.settings)
            for row, stakes in zip(np.flatnonzero(priced), judged, strict=True):
                stakes_by_row[row] = stakes
        return stakes_by_row


def beyond_reason(rows: Sequence[Mapping[str, Any]], odds: Floats) -> dict[int, str]:
    """The races whose odds cannot be a market's, each with what is wrong.

    Args:
        rows: a row a runner as `velo.live.entries` gives them.
        odds: [runners], NaN where there are none; coupled entries, whose odds are one bet's, have
            no market whatever they are.
    """
    races, coupled = [row["race_id"] for row in rows], _coupled(rows)
    alone = np.where([race in coupled for race in races], np.nan, odds)
    return books_beyond_reason(np.array(races, dtype=np.int64), alone)


def _without_a_market(rows: Sequence[Mapping[str, Any]], odds: Floats) -> Flags:
    """Whether a row is of a race that is scored without its odds."""
    without = {*_coupled(rows), *beyond_reason(rows, odds)}
    return np.array([row["race_id"] in without for row in rows], dtype=np.bool_)


def _coupled(rows: Sequence[Mapping[str, Any]]) -> Set[Hashable]:
    return coupled_races((row["race_id"], row["number"], row.get("number_letter")) for row in rows)


def off_called(race: Prediction) -> str:
    """A predicted race as people call it."""
    return f"{race.course} {race.off or race.race_name}"


def day_of(entries: pa.Table) -> date:
    """The day of entries that are all of one."""
    day: date = entries["day"][0].as_py()
    return day


def _runner(
    entry: Mapping[str, Any],
    scored: Mapping[str, Any],
    values: Mapping[str, Any],
    stakes: dict[str, float] | None,
    strategy: str,
) -> PredictedRunner:
    verdict = NO_MARKET if stakes is None else BACK if strategy in stakes else PASS
    verdict = BEYOND_REASON if scored.get("beyond_reason") else verdict
    unknown = [
        name for name in ("horse", "trainer", "jockey", "course") if not entry[f"seen_{name}"]
    ]
    unknown += ["going"] if entry["going_group"] is None else []
    return PredictedRunner(
        horse_id=entry["horse_id"],
        horse=entry["horse"],
        number=entry["number"],
        rank=scored["rank"],
        odds=scored["decision_odds"],
        p_model=scored["p_model"],
        p_market=scored["p_market"],
        p_market_power=scored["p_market_power"],
        p=scored["p"],
        verdict=verdict,
        stakes=stakes or {},
        unknown=unknown,
        moved=moved(scored),
        features=dict(values),
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, None where there is none; many times faster than by pandas."""
    columns = {
        str(name): [None if value != value else value for value in column.tolist()]
        for name, column in frame.items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
