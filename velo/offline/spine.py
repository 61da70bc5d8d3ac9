"""The one reader of entity rows, labels and prices: the current build's `spine` tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from velo.disk.interruptible import connect
from velo.errors import NothingBuilt
from velo.home import Home
from velo.offline.build import current_build
from velo.offline.manifest import require_whole
from velo.offline.partitions import scan


class Spine:
    """The entries, outcomes, withdrawals and voids of one build, as SQL relations.

    Attributes:
        first_day, last_day: the race days that the build holds.
        fingerprint: the build's, which changes with the data and the tables' SQL.
        starts: how many it holds.
        corrections: how they are seen, `as known` or `always so`.
        unfitted: (region, year) of the races before which no curve of what a price lets expect
            could be fitted (`price_curve`).
    """

    def __init__(self, home: Home) -> None:
        """Take the build that the home points at now.

        Raises:
            NothingBuilt: there is none.
        """
        build = current_build(home)
        self._folder = Path(build.folder)
        self.first_day = date.fromisoformat(build.first_day)
        self.last_day = date.fromisoformat(build.last_day)
        self.fingerprint = build.fingerprint
        self.starts = build.starts
        self.corrections = "as known" if build.as_known else "always so"
        self.unfitted = tuple(
            (str(each["region"]), int(each["year"]))
            for each in build.price_curves
            if not each["fitted"]
        )

    @property
    def entries(self) -> str:
        """One row a runner of the field: keys, and facts known before the off."""
        return self._table("entries")

    @property
    def outcomes(self) -> str:
        """One row a start: win share, finish, every price."""
        return self._table("outcomes")

    @property
    def withdrawals(self) -> str:
        """One row a horse withdrawn from a race that was run, with every price quoted of it.

        Raises:
            NothingBuilt: the build is from before there was such a table.
        """
        return self._newer("withdrawals")

    @property
    def voids(self) -> str:
        """One row a horse whose race was declared void, with every price quoted of it.

        Raises:
            NothingBuilt: the build is from before there was such a table.
        """
        return self._newer("voids")

    @property
    def offs(self) -> str:
        """One row a race whose off is known: the moment, and the zone of its course.

        Raises:
            NothingBuilt: the build is from before there was such a table.
        """
        return self._newer("offs")

    def feature_table(self, name: str) -> str:
        """A table that features are joined from.

        Raises:
            NothingBuilt: the build is from before there was such a table.
        """
        return self._newer(name)

    def require_whole(self) -> None:
        """See that every file of the build is as it was made; once a build and process.

        Raises:
            HomeError: one is not.
        """
        require_whole(self._folder)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection in which `entries` and `outcomes` can be queried by name."""
        con = connect()
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"CREATE VIEW entries AS SELECT * FROM {self.entries}")
        con.execute(f"CREATE VIEW outcomes AS SELECT * FROM {self.outcomes}")
        return con

    def _newer(self, name: str) -> str:
        if not (self._folder / name).is_dir():
            raise NothingBuilt(f"{self._folder} holds no {name}: run `velo build` again")
        return self._table(name)

    def _table(self, name: str) -> str:
        return scan(self._folder / name)
