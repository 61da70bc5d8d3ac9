"""Ratings from the warehouse to the retrieval, against loops over every earlier start."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from statistics import NormalDist
from typing import Any

import pandas as pd
import pytest

from tests.offline.built_world import Applied, build_tables, entity_rows, record
from tests.oracle.features import Start
from tests.oracle.random_world import random_starts
from tests.oracle.ratings import KINDS, Run, figures_by_hand, ratings_by_hand
from training.data.dataset import retrieve
from training.data.service_features import declared
from velo.home import Home
from velo.live.features import Source, online
from velo.offline.spine import Spine
from velo.racing.names import stable_id

RATED = ("rating_rank", "rating_rank_trainer", "jockey_up", "new_stable_up", "figure_best3")
SERVICE = "velo_ratings_v1"
PRIOR, DRIFT, NOISE = (1.0, 0.08, 0.03), (0.0012, 0.0002, 0.0001), 0.85

Features = dict[tuple[str, str], dict[str, float | None]]


def runs_of(starts: list[Start]) -> list[Run]:
    """Starts as the loops take them, in the order of their days."""
    ran = sorted(
        (s for s in starts if s.started), key=lambda s: (s.date, f"{s.order:05d}", s.race_id)
    )
    sizes: dict[str, int] = {}
    for s in ran:
        sizes[s.race_id] = sizes.get(s.race_id, 0) + 1
    rows = []
    for s in ran:
        n, finish = sizes[s.race_id], s.position if s.finished else None
        rows.append(
            {
                "key": (s.race_id, s.horse),
                "day": s.date.toordinal(),
                "race": stable_id("race", s.race_id),
                "n": n,
                "y": NormalDist().inv_cdf((n - min(finish or n, n) + 0.5) / n),
                "course": stable_id("course", s.course),
                "code": "flat",
                "surface": s.surface,
                "metres": s.distance_key,
                "finish": finish,
                "seconds": s.seconds,
                **{
                    kind: stable_id(kind, name) if name else None
                    for kind in KINDS
                    for name in [getattr(s, kind)]
                },
            }
        )
    return rows


def features_by_hand(starts: list[Start]) -> Features:
    """The features of every starter, from all days before its own."""
    rows = runs_of(starts)
    rated = ratings_by_hand(rows, PRIOR, DRIFT, NOISE)
    figures, _ = figures_by_hand(rows)
    days: dict[tuple[str, int], list[int]] = {}
    for kind, who, day in sorted(rated):
        days.setdefault((kind, who), []).append(day)

    def before(kind: str, run: Run) -> float | None:
        earlier = [day for day in days.get((kind, run[kind]), ()) if day < run["day"]]
        return rated[kind, run[kind], earlier[-1]][0] if earlier else None

    def moved(kind: str, run: Run, last: Run) -> float:
        then = rated[kind, last[kind], last["day"]][2] if last[kind] is not None else 0.0
        return (before(kind, run) or 0.0) - then

    def rank(run: Run) -> float:
        field = [before("horse", each) for each in rows if each["race"] == run["race"]]
        known = [mean for mean in field if mean is not None]
        own = before("horse", run)
        return own if own is not None else sum(known) / len(known) if known else 0.0

    features: Features = {}
    for run in rows:
        past = [r for r in rows if r["horse"] == run["horse"] and r["day"] < run["day"]]
        recent = [figures[r["race"], r["horse"]] for r in past[-3:]]
        stayed = any(
            run["trainer"] is not None and r["trainer"] == run["trainer"]
            for r in past
            if r["day"] == past[-1]["day"]
        )
        features[run["key"]] = {
            "rating_rank": rank(run),
            "rating_rank_trainer": before("trainer", run) or 0.0,
            "jockey_up": moved("jockey", run, past[-1]) if past else 0.0,
            "new_stable_up": 0.0 if stayed or not past else moved("trainer", run, past[-1]),
            "figure_best3": max((f for f in recent if f is not None), default=None),
        }
    return features


def named(frame: pd.DataFrame, starts: list[Start]) -> Features:
    """A frame of the service's features under the names that the world knows."""
    races = {stable_id("race", s.race_id): s.race_id for s in starts}
    horses = {stable_id("horse", s.horse): s.horse for s in starts}
    return {
        (races[row.race_id], horses[row.horse_id]): {
            name: None if getattr(row, name) != getattr(row, name) else getattr(row, name)
            for name in RATED
        }
        for row in frame.itertuples()
    }


def retrieved_ratings(applied: Applied, starts: list[Start]) -> Features:
    """The same through Feast, of the current build."""
    known = declared(applied.store, SERVICE)
    return named(retrieve(applied.store, known, entity_rows(applied.home)), starts)


def hold(applied: Applied, starts: list[Start], monkeypatch: pytest.MonkeyPatch) -> None:
    """Record, build and compare."""
    monkeypatch.setenv("VELO_HOME", str(applied.home.root))
    record(applied.home, starts)
    build_tables(applied.home)
    ours, theirs = retrieved_ratings(applied, starts), features_by_hand(starts)
    assert ours.keys() == theirs.keys()
    unlike: list[Any] = [
        (key, name, ours[key][name], value)
        for key, row in theirs.items()
        for name, value in row.items()
        if ours[key][name] != (value if value is None else pytest.approx(value, abs=1e-8))
    ]
    assert unlike == []


def test_every_rating_is_that_of_loops_over_all_days_before(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = random_starts(seed=8, races=70, horses=16, trainers=4, jockeys=4)
    hold(applied, starts, monkeypatch)
    features = features_by_hand(starts)
    for name in RATED:
        assert any(row[name] for row in features.values()), name


def test_a_days_races_do_not_see_one_another(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One day of three races between the same horses: nobody has a rating yet."""
    starts = [
        Start(f"r{race}", date(2024, 5, 1), race, horse, "T", "J", position=place, seconds=60.0)
        for race in range(3)
        for place, horse in enumerate("ABC", 1)
    ]
    hold(applied, starts, monkeypatch)
    assert {row["rating_rank"] for row in features_by_hand(starts).values()} == {0.0}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30, 34))
def test_more_worlds_have_the_ratings_of_the_loops(
    applied: Applied, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    hold(applied, random_starts(seed, races=150, horses=40), monkeypatch)


@pytest.mark.slow
def test_a_card_has_the_same_ratings_online_and_offline(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a home of its own: an online store keeps the newest row, whichever world it is of."""
    applied = Applied.to(home)
    starts = random_starts(seed=9, races=90, horses=20, trainers=4, jockeys=4)
    hold(applied, starts, monkeypatch)
    day = max(s.date for s in starts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        applied.store.materialize(
            datetime(2000, 1, 1, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC)
        )
    of_day = f"was_run AND event_timestamp = TIMESTAMPTZ '{day} 00:00:00+00'"
    entries = Spine(applied.home).connect().sql(entity_rows(applied.home, of_day)).to_arrow_table()
    served = online(Source.of(applied.store, SERVICE), entries, {})
    keys = entries.select(["race_id", "horse_id"]).to_pandas()
    ours = named(pd.concat([keys, served], axis="columns"), starts)
    theirs = features_by_hand(starts)
    for key, row in ours.items():
        for name, value in row.items():
            assert value == (
                None if theirs[key][name] is None else pytest.approx(theirs[key][name])
            )
