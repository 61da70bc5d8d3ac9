"""The oracle's little world in a real home: warehouse, offline tables, registry, retrieval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from tests.oracle import features as oracle
from tests.oracle.features import FEATURES, Start
from tests.oracle.random_world import random_starts
from training.data.dataset import feature_store, retrieve
from training.data.service_features import declared
from velo.home import Home
from velo.offline.build import Build, build
from velo.offline.spine import Spine
from velo.offline.tables import FEATURE_REPO
from velo.racing.layoff import knots_text
from velo.racing.names import stable_id
from velo.settings import Layoff, Priors, Settings, Store, Windows
from velo.store.online.store import file_of
from velo.store.registration import apply
from velo.warehouse.connection import warehouse

ORACLE_PRIORS = oracle.Priors(0.11, 30, 12, 40, 9, 15, 3, 4, 2.5, 0.09)
PRIZE_RACES, PAR_RACES = 10, 3
SETTINGS = Settings(
    windows=Windows(prize_ladder_races=PRIZE_RACES, par_races=PAR_RACES),
    store=Store(memory_limit="2GB", threads=2, builds_kept=2),
)
SERVICE = "velo_v1_1_0"

Features = dict[tuple[str, str], dict[str, float | None]]
"""(race, horse) -> feature -> value, None where it is missing."""


def oracle_features(starts: list[Start]) -> Features:
    """What the page says of every starter."""
    judge = oracle.Oracle(
        starts, ORACLE_PRIORS, min_prize_races=PRIZE_RACES, min_par_races=PAR_RACES
    )
    return {
        (race, horse): values
        for race in judge.races
        for horse, values in judge.features(race).items()
    }


def oracle_priors() -> Priors:
    """The oracle's strengths under the platform's names."""
    p = ORACLE_PRIORS
    return Priors(
        p0=p.p0,
        trainer_k0=p.k0_trainer,
        trainer_k1=p.k1_trainer,
        jockey_k0=p.k0_jockey,
        jockey_k1=p.k1_jockey,
        pair_k2=p.k2,
        horse_k=p.k_horse,
        draw_k=p.k_draw,
        draw_distance_k=p.k_draw,
        draw_course_k=p.k_draw,
        form_k=p.k_form,
        form_v0=p.v0,
    )


def record(home: Home, starts: list[Start]) -> None:
    """Make the home's warehouse hold these starts and nothing else."""
    races = [race_row(s) for s in {s.race_id: s for s in starts}.values()]
    runners = [runner_row(s) for s in starts]
    results = [result_row(s) for s in starts]
    with warehouse(home, SETTINGS.store, write=True) as con:
        # A build reads off the batches what came in since the one before: no world but this one's.
        con.execute("DELETE FROM import_batches")
        for name, rows in (("races", races), ("runners", runners), ("results", results)):
            con.register("incoming", pa.Table.from_pylist(rows))
            con.execute(f"DELETE FROM {name}")
            con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
            con.unregister("incoming")


def build_tables(
    home: Home, repo: Path = FEATURE_REPO, until: date | None = None, as_known: bool = False
) -> Build:
    """Build with the oracle's bounds for prizes and par times."""
    return build(home, SETTINGS, until, repo, as_known=as_known)


def entity_rows(home: Home, where: str = "was_run") -> str:
    """SQL of the field's keys and request columns, the oracle's priors among them."""
    layoff = Layoff()
    constants = {
        **oracle_priors().model_dump(),
        "sweet_spot_from": layoff.sweet_spot[0],
        "sweet_spot_to": layoff.sweet_spot[1],
    }
    requests = ", ".join(f"{float(v)!r}::DOUBLE AS {name}" for name, v in constants.items())
    return (
        f"SELECT entries.*, {requests}, '{knots_text(layoff.knots)}' AS layoff_knots "
        f"FROM {Spine(home).entries} AS entries WHERE {where}"
    )


def retrieved(home: Home, store: Any, where: str = "was_run") -> pd.DataFrame:
    """The service's features of the current build's field, as training retrieves them."""
    return retrieve(store, declared(store, SERVICE), entity_rows(home, where))


def retrieved_features(home: Home, store: Any, starts: list[Start]) -> Features:
    """The same, under the names that the world knows."""
    races = {stable_id("race", s.race_id): s.race_id for s in starts}
    horses = {stable_id("horse", s.horse): s.horse for s in starts}
    frame = retrieved(home, store)
    values = frame[list(FEATURES)].astype(object).where(frame[list(FEATURES)].notna(), None)
    keys = zip(frame["race_id"].map(races), frame["horse_id"].map(horses), strict=True)
    rows = (dict(zip(FEATURES, row, strict=True)) for row in values.itertuples(index=False))
    return dict(zip(keys, rows, strict=True))


def differences(ours: Features, theirs: Features, tolerance: float = 1e-9) -> list[str]:
    """Every feature that differs, as a line each; a starter that only one side knows too."""
    lines = [f"{key}: only one side has it" for key in sorted(ours.keys() ^ theirs.keys())]
    for key in sorted(ours.keys() & theirs.keys()):
        for name in FEATURES:
            a, b = ours[key][name], theirs[key][name]
            if (a is None) != (b is None) or (
                a is not None and b is not None and abs(a - b) > tolerance
            ):
                lines.append(f"{name} of {key}: {a} against {b}")
    return lines


def moved_features(lines: list[str]) -> set[str]:
    """The features that `differences` speaks of."""
    return {line.split(" of ")[0] for line in lines}


@dataclass(frozen=True)
class LittleWorld:
    """Starts, and what the oracle makes of them."""

    starts: list[Start]
    features: Features

    @classmethod
    def of(cls, seed: int, races: int) -> LittleWorld:
        """One world a seed."""
        starts = random_starts(seed, races)
        return cls(starts, oracle_features(starts))


@dataclass(frozen=True)
class Applied:
    """A home with the declarations applied; its store needs no variable any more."""

    home: Home
    store: Any

    @classmethod
    def to(cls, home: Home) -> Applied:
        """Apply to the home that is in force."""
        apply()
        store = feature_store()
        store.refresh_registry()
        assert file_of(store.config) == home.online
        return cls(home, store)

    def features_of(self, starts: list[Start], **how: Any) -> Features:
        """Record, build and retrieve."""
        record(self.home, starts)
        return self.rebuilt(starts, **how)

    def rebuilt(self, starts: list[Start], **how: Any) -> Features:
        """Build and retrieve from the warehouse as it stands."""
        build_tables(self.home, **how)
        return retrieved_features(self.home, self.store, starts)


def race_row(s: Start) -> dict[str, Any]:
    """A start's row of `races`."""
    return {
        "race_id": stable_id("race", s.race_id),
        "source": "oracle",
        "source_race_id": s.race_id,
        "date": s.date,
        "region": s.region,
        "course": s.course,
        "course_id": stable_id("course", s.course),
        "off": f"{s.order // 60:02d}:{s.order % 60:02d}",
        "race_type": "Flat",
        "surface": s.surface,
        "declared_level": s.race_level,
        "distance_m": s.distance_key,
        "distance_band": s.distance_band,
        "going_group": s.going_group,
        "prize": s.prize,
        "batch_id": 1,
    }


def runner_row(s: Start) -> dict[str, Any]:
    """A start's row of `runners`."""
    return {
        "race_id": stable_id("race", s.race_id),
        "horse_id": stable_id("horse", s.horse),
        "draw": s.draw,
        "horse": s.horse,
        "pounds": s.pounds,
        "official_rating": s.official_rating,
        "jockey": s.jockey,
        "jockey_id": stable_id("jockey", s.jockey) if s.jockey else None,
        "trainer": s.trainer,
        "trainer_id": stable_id("trainer", s.trainer) if s.trainer else None,
        "source": "oracle",
        "content": 0,
        "batch_id": 1,
    }


def result_row(s: Start) -> dict[str, Any]:
    """A start's row of `results`."""
    placed = s.position if s.started and s.finished else None
    fate = "finished" if placed else "non-finisher" if s.started else "withdrawn"
    return {
        "race_id": stable_id("race", s.race_id),
        "horse_id": stable_id("horse", s.horse),
        "position": str(placed) if placed else "PU" if s.started else "WV",
        "finish": placed,
        "status": fate,
        "seconds": s.seconds,
        "rpr": s.rpr,
        "ts": s.ts,
        "early_position": stable_id("horse", s.horse) % 11 / 10 if s.started else None,
        "batch_id": 1,
    }
