"""`velo audit`: five proofs that no feature knows the future, on the user's own data.

What is compared where, and why. A feature is a function of one runner's row: counts of the views
as of the race's morning, facts of the entry, priors. So the first three proofs compare the views'
rows and the entries of **all** races up to a day by SQL, which is many times faster than retrieving
features twice and proves more, because nothing is averaged away:

- **cut**: the offline tables of a warehouse that ends on the morning of a random day, whose races
  are cards, against the build;
- **poison**: the tables where every result of that day and later is nonsense;
- **shuffle**: the tables where each column that is known only after the race is dealt out anew
  among those of that day.

That a feature is such a function, and that it is joined and computed as the page says, the last two
prove on the declared features themselves, through Feast with the on-demand code:

- **online**: the races of that day, asked for one by one of an online store that was brought to its
  morning, against the point-in-time retrieval that training uses;
- **brute force**: a random sample of races over all years, against feature-rules.md computed
  from the warehouse by looking at every earlier start.

What the home holds is what VÉLØ wrote, by the hashes that were kept of it: the build's files and
Feast's registry, without which nothing is proved, and the online store's tables.

A window a day too wide leaks nothing and passes the first four; brute force finds it. Nothing of
the home is written but a scratch folder below its spill folder.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from velo.arrays import Integers
from velo.audit.brute_force import BruteForce, Value
from velo.audit.brute_force_pace import BruteForcePace
from velo.audit.brute_force_prices import BruteForcePrices, read_quotes
from velo.audit.brute_force_ratings import BruteForceRatings, read_beaten
from velo.audit.brute_force_runs import BruteForceRuns
from velo.audit.differences import Audit, Compared
from velo.audit.feature_differences import compare_features
from velo.audit.history import History, read_history
from velo.audit.later_prices import compare_paths, priced_starts, readers_of_todays_price
from velo.audit.price_facts import PriceFacts, read_price_facts
from velo.audit.rebuilding import compare_world
from velo.audit.retrieval import Retrieval
from velo.audit.worlds import cut, poisoned, shuffled
from velo.errors import HomeError
from velo.home import Home
from velo.offline.build import Build, current_build
from velo.offline.spine import Spine
from velo.settings import Settings
from velo.warehouse.connection import warehouse


class Judge(Protocol):
    """Who computes features from the page alone."""

    def features(self, i: int) -> dict[str, Value]:
        """Those of the start with this number, None where one has no value."""
        ...


CUTS = 1
SAMPLE = 60
ONLINE_TOLERANCE = 1e-12
PAGE_TOLERANCE = 1e-9
"""Sums over thousands of starts are added in another order."""
EARLY_SHARE = 0.25
"""No cut falls into this first share of the race days: little is known there to leak."""


def audit(
    home: Home,
    settings: Settings,
    cuts: int = CUTS,
    seed: int = 0,
    sample: int = SAMPLE,
    repo: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Audit:
    """Run every proof against the home's current build.

    Args:
        home: read; its builds, online store and registry stay as they are.
        settings: those that the build was made with.
        cuts: how many random days are cut, poisoned and shuffled; each rebuilds three times.
        seed: of the days, the shuffles and the sample.
        sample: how many races are computed by brute force, and asked for online.
        repo: the feature repo whose SQL is run; by default the settings'.
        progress: called with what is under way.

    Raises:
        NothingBuilt: there is no build.
        HomeError: the build is not of the warehouse as it stands, nothing is applied, or the
            build or the registry is not as it was written.
    """
    build, repo = current_build(home), repo or settings.feature_repo
    chance = np.random.default_rng(seed)
    days = _days(home, cuts, chance)
    findings = Audit(build.number, [str(day) for day in days])
    _check_current(home, settings, build, findings)
    home.spill.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="audit-", dir=home.spill) as scratch:
        retrieval = Retrieval(home, settings, repo, Path(scratch))
        starts = None
        if retrieval.declared.todays_prices:
            starts = priced_starts(home, settings)
            retrieval.price(starts)
            findings.add(compare_paths(home, starts, seed))
        with _timed(findings, "hashes"):
            findings.not_as_written += retrieval.not_as_written()
        for day in days:
            worlds = {
                "cut": cut(day),
                "poison": poisoned(day),
                "shuffle": shuffled(day, int(chance.integers(2**32))),
            }
            for proof, alter in worlds.items():
                with _timed(findings, proof):
                    findings.add(
                        compare_world(home, settings, repo, build, day, alter, proof, progress)
                    )
        with _timed(findings, "online"):
            findings.add(_online(home, retrieval, days[-1], sample, chance, progress))
        with _timed(findings, "today's price"):
            progress(f"odds dealt out anew {days[-1]}")
            findings.reads_todays_price += readers_of_todays_price(
                home, settings, repo, retrieval, starts, days[-1], seed, Path(scratch)
            )
        with _timed(findings, "brute force"):
            findings.add(
                _brute_force(
                    home, settings, build, retrieval, sample, chance, findings.notes, progress
                )
            )
    return findings


def _days(home: Home, cuts: int, chance: np.random.Generator) -> list[date]:
    rows = (
        Spine(home)
        .connect()
        .execute(
            "SELECT DISTINCT CAST(event_timestamp AS DATE) AS day FROM entries WHERE was_run "
            "ORDER BY day"
        )
        .fetchall()
    )
    late = [day for (day,) in rows[int(EARLY_SHARE * len(rows)) :]]
    chosen = chance.choice(len(late), size=min(cuts, len(late)), replace=False)
    return sorted(late[place] for place in chosen)


def _check_current(home: Home, settings: Settings, build: Build, findings: Audit) -> None:
    until = f"AND date <= DATE '{build.until}'" if build.until else ""
    with warehouse(home, settings.store, write=False) as con:
        ((batch, by_prize, races),) = con.execute(
            "SELECT (SELECT coalesce(max(batch_id), 0) FROM import_batches), "
            "count(*) FILTER (declared_level IS NULL AND declared_prize IS NULL "
            f"AND prize IS NOT NULL), count(*) FROM races WHERE TRUE {until}"
        ).fetchall()
    if batch != build.last_batch:
        raise HomeError(
            f"build {build.number} is older than the last import: run `velo build` first"
        )
    if by_prize:
        findings.notes.append(
            f"{by_prize:,} of {races:,} races declare neither class nor prize: their class level "
            "comes from what the winner won, taken for the advertised prize"
        )


def _online(
    home: Home,
    retrieval: Retrieval,
    day: date,
    sample: int,
    chance: np.random.Generator,
    progress: Callable[[str], None],
) -> list[Compared]:
    of_day = f"event_timestamp = TIMESTAMPTZ '{day} 00:00:00+00'"
    races = (
        Spine(home)
        .connect()
        .execute(f"SELECT DISTINCT race_id FROM entries WHERE {of_day} ORDER BY race_id")
        .fetchall()
    )
    where = f"{of_day} AND {_among(chance.permutation(np.ravel(races))[:sample])}"
    progress(f"online {day}: the point-in-time features")
    runners = retrieval.offline(where)
    progress(f"online {day}: bringing a store to its morning")
    retrieval.bring(day)
    progress(f"online {day}: asking it")
    return compare_features(
        runners,
        retrieval.online(where),
        runners,
        retrieval.declared.families,
        "online",
        f"online {day}",
        ONLINE_TOLERANCE,
    )


def _brute_force(
    home: Home,
    settings: Settings,
    build: Build,
    retrieval: Retrieval,
    sample: int,
    chance: np.random.Generator,
    notes: list[str],
    progress: Callable[[str], None],
) -> list[Compared]:
    if build.as_known and any(build.corrections.values()):
        notes.append("no brute force: the build sees corrections from the day they were known")
        return []
    progress("brute force: reading every start")
    with warehouse(home, settings.store, write=False) as con:
        history = read_history(con, date.fromisoformat(build.until) if build.until else None)
        facts = read_price_facts(con, history, settings.windows)
        beaten = read_beaten(con, history)
    judge = BruteForce(history, settings)
    races = np.sort(chance.permutation(len(history.first_of_race))[:sample])
    starts = np.flatnonzero(np.isin(history.race, races))
    progress(f"brute force: {len(starts):,} starts against all before them")
    page = pd.DataFrame([judge.features(int(start)) for start in starts])
    more: list[Callable[[], Judge]] = [
        lambda: BruteForceRuns(history, facts, judge),
        lambda: BruteForceRatings(history, facts, beaten),
        lambda: BruteForcePace(history, facts),
        lambda: _of_prices(home, settings, history, facts, starts),
    ]
    for each in more:
        if set(retrieval.declared.features) - set(page.columns):
            other = each()
            columns = pd.DataFrame([other.features(int(start)) for start in starts])
            page = pd.concat([page, columns], axis="columns")
    unjudged = [name for name in retrieval.declared.features if name not in page.columns]
    if unjudged:
        notes.append(f"no brute force for {', '.join(unjudged)}: the page does not have them")
    keys = ["race_id", "horse_id"]
    page[keys] = np.column_stack([history.ids[key][starts] for key in keys])
    progress("brute force: the point-in-time features")
    first = timedelta(int(history.day[starts[0]])) + date(1970, 1, 1)
    runners = retrieval.offline(
        f"{_among(np.unique(page['race_id']))} "
        f"AND event_timestamp >= TIMESTAMPTZ '{first} 00:00:00+00'"
    )
    aligned = runners[keys].merge(page, on=keys, how="left", validate="one_to_one")
    return compare_features(
        aligned.set_axis(runners.index),
        runners,
        runners,
        retrieval.declared.families,
        "brute force",
        "feature-rules.md",
        PAGE_TOLERANCE,
    )


def _of_prices(
    home: Home, settings: Settings, history: History, facts: PriceFacts, starts: Integers
) -> BruteForcePrices:
    with warehouse(home, settings.store, write=False) as con:
        quotes = read_quotes(con, np.unique(history.ids["race_id"][starts]).tolist())
    prices = settings.prices
    return BruteForcePrices(history, facts, quotes, prices.decision, prices.clock)


def _among(races: Integers) -> str:
    return f"race_id IN ({', '.join(map(str, races.tolist()))})"


@contextmanager
def _timed(findings: Audit, step: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent = findings.seconds.get(step, 0.0) + time.perf_counter() - begun
    findings.seconds[step] = round(spent, 3)
