"""Features as training retrieves them and as scoring is served them, out of a scratch folder.

The registry is the home's; the online store is one of the audit's own, so that the home's and
whatever other store is configured are left alone.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

from training.data.dataset import retrieve
from training.data.feature_retrieval import add_field_wide
from training.data.service_features import declared
from training.data.todays_prices import PricedStarts
from velo.disk.pattern import as_pattern
from velo.home import Home
from velo.offline.spine import Spine
from velo.racing.layoff import knots_text
from velo.settings import Settings
from velo.sql_text import literal
from velo.store.joined_services import features_of
from velo.store.online.entity_rows import ServiceColumns
from velo.store.online.materialize import materialize
from velo.store.online.serving import views_not_as_written
from velo.store.registry_file import require_as_written

ONLINE = "velo.store.online.store.HomeOnlineStore"


class Retrieval:
    """The declared service over the current build.

    Args:
        home: whose build and registry are read.
        settings: service, priors and layoff curve.
        repo: the feature repo, whose `feature_store.yaml` says which offline store joins.
        scratch: an empty folder.

    Raises:
        HomeError: the registry does not hold the service, or is not what Feast last wrote.
    """

    def __init__(self, home: Home, settings: Settings, repo: Path, scratch: Path) -> None:
        require_as_written(home.registry)
        from feast import FeatureStore

        written = yaml.safe_load((repo / "feature_store.yaml").read_text(encoding="utf-8"))
        written["online_store"] = {"type": ONLINE, "path": str(scratch / "online.db")}
        written["registry"]["path"] = str(home.registry)
        (scratch / "feature_store.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
        self._home, self._settings = home, settings
        self._store = FeatureStore(repo_path=str(scratch))
        self.declared = declared(self._store, settings.training.service)
        self._repo = repo
        self._paths = scratch / "paths.parquet"

    def not_as_written(self) -> list[str]:
        """What is wrong with the online store that is served from, a line a view."""
        from feast import FeatureStore

        with self._home.in_force():
            served = FeatureStore(repo_path=str(self._repo))
            return [
                f"the online rows of {view} are not what was written: run `velo materialize --full`"
                for view in views_not_as_written(self._home, served)
            ]

    def offline(self, where: str, entries: str | None = None) -> pd.DataFrame:
        """Point-in-time features of entries, one row a runner, by day, race and horse.

        Args:
            where: SQL over the columns of `entries`.
            entries: a relation that stands for those of the build.
        """
        return retrieve(self._store, self.declared, self._asked(where, entries))

    def price(self, starts: PricedStarts) -> None:
        """Take the price paths of starts from now on, where the service asks for any."""
        if self.declared.todays_prices:
            pq.write_table(starts.paths(), self._paths)

    def bring(self, day: date) -> None:
        """Fill the scratch online store with what was known at a day's 00:00 UTC."""
        materialize(self._home, self._settings, self._store, day)

    def online(self, where: str) -> pd.DataFrame:
        """Online features of the same rows in the same order, asked for race by race, as live."""
        con = Spine(self._home).connect()
        rows = con.sql(self._asked(where)).to_arrow_table()
        service = features_of(self._store, self.declared.service)
        asked = ServiceColumns.by(self._store, self.declared.service)
        known = self.declared
        names = [
            name for name in (*known.features, *known.ingredients) if name not in known.field_wide
        ]
        types: dict[str, Any] = dict.fromkeys(names, np.float64)
        types |= dict.fromkeys(known.texts, "string") | dict.fromkeys(known.whole_numbers, np.int64)
        races = rows.column("race_id").to_numpy()
        first = np.flatnonzero(np.r_[True, races[1:] != races[:-1]])
        served = [
            self._store.get_online_features(
                features=service, entity_rows=asked.entity_rows(rows.slice(start, end - start))
            )
            .to_df()[names]
            .astype(types)
            for start, end in zip(first, [*first[1:], len(rows)], strict=True)
        ]
        together = pd.concat(served, ignore_index=True)
        add_field_wide(together, known, rows)
        return together[list(known.features)]

    def _asked(self, where: str, entries: str | None = None) -> str:
        layoff = self._settings.layoff
        constants = {
            **self._settings.priors.model_dump(),
            "sweet_spot_from": layoff.sweet_spot[0],
            "sweet_spot_to": layoff.sweet_spot[1],
        }
        requests = ", ".join(
            f"{float(value)!r}::DOUBLE AS {name}" for name, value in constants.items()
        )
        paths = ""
        if self.declared.todays_prices:
            file = literal(as_pattern(self._paths))
            paths = f"LEFT JOIN read_parquet({file}) AS paths USING (race_id, horse_id)"
        return (
            f"SELECT *, {requests}, '{knots_text(layoff.knots)}' AS layoff_knots "
            f"FROM {entries or Spine(self._home).entries} AS entries {paths} WHERE {where} "
            "ORDER BY event_timestamp, race_id, horse_id"
        )
