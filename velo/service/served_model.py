"""The model that the service prices with, and its successor, which is noticed and loaded beside.

A look is cheap: MLflow is asked only when its database changed. The successor is made ready and
tried before it takes over, so no request waits for it or meets half of it; one that cannot be
loaded takes nothing over, and the service says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.data.dataset import feature_store
from training.promotion.title import rightful_champion
from training.scoring import stored_model
from training.statistics.races import Races
from velo.errors import ModelError, VeloError
from velo.home import Home
from velo.live.pricing import Pricer
from velo.settings import Settings

Stamp = tuple[tuple[int, int, int] | None, ...]


class Champion:
    """The one in use."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        changed: Callable[[Pricer], None] = lambda pricer: None,
    ) -> None:
        """Take the home; `look` looks who it is.

        Args:
            home: of registry and models.
            settings: of the daily loop.
            changed: told of a new one, after it took over.
        """
        self._home, self._settings, self._changed = home, settings, changed
        self._pricer: Pricer | None = None
        self._why: str | None = "the service has not looked for a model yet"
        self._stamp: Stamp | None = None
        self._registry: Stamp | None = None
        self._looking = threading.Lock()

    def pricer(self) -> Pricer:
        """What to price with now.

        Raises:
            ModelError: there is no champion.
        """
        pricer = self._pricer
        if pricer is None:
            raise ModelError(self._why or "there is no champion")
        return pricer

    @property
    def why(self) -> str | None:
        """Why there is none, or why the registered one did not take over; None where it did."""
        return self._why

    def look(self) -> None:
        """Take over a champion that was promoted, or features that were applied, since.

        Whatever a registry that is damaged, half written or locked makes of it, is why there is no
        successor; the next look may find it mended.
        """
        with self._looking:
            try:
                registry = stamp_of(self._home.registry)
                stamp = (*stamp_of(self._home.root / "mlflow.db"), *registry)
                if stamp == self._stamp:
                    return
                self._take_over(registry)
            except Exception as error:
                self._why, self._stamp = _in_a_line(error), None
                return
            self._why, self._stamp = None, stamp

    def _take_over(self, registry: Stamp) -> None:
        if not self._home.root.joinpath("mlflow.db").exists():
            raise ModelError("no model has been trained in this home yet; run `velo train`")
        registered, now = rightful_champion(self._home), self._pricer
        known = now is not None and now.stored.registered == registered
        if known and registry == self._registry:
            return
        version = str(registered.version)
        stored = now.stored if now is not None and known else stored_model(self._home, version)
        pricer = Pricer.of(self._settings, stored, feature_store(self._home))
        _try(pricer)
        self._pricer, self._registry = pricer, registry
        self._changed(pricer)


def _in_a_line(error: Exception) -> str:
    """Our own errors say it in one; of others the first line, and what kind they are."""
    if isinstance(error, VeloError):
        return " ".join(str(error).split())
    first = (str(error).strip() or "without a message").splitlines()[0]
    return f"the champion cannot be looked up ({type(error).__name__}: {first})"


def _try(pricer: Pricer) -> None:
    """Score a race of nobody, which also reads the trees."""
    fundamental, race = pricer.stored.model.fundamental, Races.of(np.zeros(2))
    nobody = np.full((2, len(fundamental.inputs.columns)), np.nan, dtype=np.float32)
    fundamental.column(nobody, race)
    fundamental.shares(nobody, race)


def stamp_of(path: Path) -> Stamp:
    """What changes when a file, or what SQLite keeps beside it, is written."""
    files: list[tuple[int, int, int] | None] = []
    for each in (path, Path(f"{path}-wal")):
        try:
            facts = each.stat()
        except FileNotFoundError:
            files.append(None)
        else:
            files.append((facts.st_mtime_ns, facts.st_size, facts.st_ino))
    return tuple(files)
