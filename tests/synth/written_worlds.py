"""One world in every format-year, its raceform twin, and the features of a home of either."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tests.offline.built_world import SETTINGS, Applied, retrieved
from tests.oracle.features import FEATURES
from velo.offline.build import build
from velo.offline.tables import FEATURE_REPO
from velo.synth.formats import FORMATS
from velo.synth.formats.declaration import Format
from velo.synth.formats.respelling import bare, slug
from velo.synth.formats.writing import write
from velo.synth.world import write_world
from velo.warehouse.connection import warehouse
from velo.warehouse.ingest import ingest

# Sums of fractions depend on the order in which threads come to them, by a bit or two.
ONE_THREAD = SETTINGS.model_copy(update={"store": SETTINGS.store.model_copy(update={"threads": 1})})
SUFFIX = {"flat": ".csv", "prices": ".csv"}


@dataclass(frozen=True)
class Sheet:
    """A world's raceform sheet, from which every format-year is written."""

    table: pa.Table

    @classmethod
    def of(cls, folder: Path, runners: int, seed: int = 5) -> Sheet:
        path = folder / "sheet.parquet"
        write_world(runners, seed, 0.85, path)
        return cls(pq.read_table(path))

    def before_the_last_day(self) -> Sheet:
        days = self.table["date"].to_pylist()
        return Sheet(self.table.filter(pa.array([day < max(days) for day in days])))

    def written(self, folder: Path, name: str) -> Path:
        """The file of a format-year."""
        form = FORMATS[name]
        path = folder / f"{name}{SUFFIX.get(form.container, '.json')}"
        write(path, path.suffix, form, [self.table])
        return path

    def twin(self, folder: Path, form: Format) -> Path:
        """The raceform file that says what the format-year says and no more."""
        path = folder / f"{form.name}-twin.csv"
        pacsv.write_csv(form.left(self.table), path)
        return path


def features(applied: Applied, files: Iterable[Path], where: str = "was_run") -> pd.DataFrame:
    """The features of a fresh warehouse of the files, by day, off, course and horse."""
    home = applied.home
    home.warehouse.unlink(missing_ok=True)
    shutil.rmtree(home.offline, ignore_errors=True)
    for path in files:
        ingest(home, SETTINGS.store, path)
    build(home, ONE_THREAD, None, FEATURE_REPO)
    frame = retrieved(home, applied.store, where)
    with warehouse(home, SETTINGS.store, write=False) as con:
        names = con.execute(
            "SELECT race_id, horse_id, date, off, course, horse FROM entries"
        ).fetchdf()
    names["course"] = names["course"].map(slug)
    names["horse"] = names["horse"].map(bare).str.lower()
    keyed = frame[["race_id", "horse_id", *FEATURES]].merge(names, on=["race_id", "horse_id"])
    return keyed.set_index(["date", "off", "course", "horse"])[list(FEATURES)].sort_index()


def share_alike(
    one: pd.DataFrame, other: pd.DataFrame, within: float = 0.0
) -> tuple[float, dict[str, int]]:
    """Share of the runners with equal features, and the count of unequal ones by feature.

    A runner that only one side has is unequal. Two values are equal to the bit, or `within` so
    much of each other.
    """
    both = one.index.intersection(other.index)
    ours, theirs = one.loc[both], other.loc[both]
    near = (ours - theirs).abs() <= within
    unequal = ~((ours == theirs) | near | (ours.isna() & theirs.isna()))
    runners = len(one.index.union(other.index))
    by_feature = {name: int(count) for name, count in unequal.sum().items() if count}
    return 1 - (runners - len(both) + int(unequal.any(axis=1).sum())) / runners, by_feature
