"""The champion's alias: who holds it, who held it before, and how it changes hands.

Each alias is one row of MLflow's registry and is written in one transaction. They are written in
an order that leaves a champion at every moment: `previous` first, then `champion`. A change that
is killed in between leaves the old champion in place, and doing it again completes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from training.record import mlflow_store
from training.record.registry import MODEL, aliases
from velo.disk.file_lock import held_alone
from velo.errors import ModelError
from velo.home import Home

CHAMPION = "champion"
PREVIOUS = "previous"


@dataclass(frozen=True)
class Reign:
    """Version numbers of the champion and of the one before; None where there is none."""

    champion: str | None
    previous: str | None

    @classmethod
    def now(cls, home: Home) -> Reign:
        """As the registry has it."""
        held = aliases(home)
        champion, previous = (held.get(alias, {}).get("version") for alias in (CHAMPION, PREVIOUS))
        return cls(champion, previous)


@contextmanager
def changing(home: Home) -> Iterator[None]:
    """Hold the home's one right to change the champion.

    Raises:
        HomeError: another promotion is under way.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with held_alone(home.root / ".promotion.lock", "promotion", home.root):
        yield


def crown(home: Home, version: str) -> Reign:
    """Make a version the champion and the one in use `previous`; the champion stays as it is."""
    reign = Reign.now(home)
    if version == reign.champion:
        return reign
    store = mlflow_store.client(home)
    if reign.champion is not None:
        store.set_registered_model_alias(MODEL, PREVIOUS, reign.champion)
    store.set_registered_model_alias(MODEL, CHAMPION, version)
    return Reign.now(home)


def restore_previous(home: Home) -> Reign:
    """Make `previous` the champion again; the champion that steps down becomes `previous`.

    The champion is written first here: in between, both names mean the restored version, and a
    second attempt says that it is back already.

    Raises:
        ModelError: there is no champion before this one.
    """
    reign = Reign.now(home)
    if reign.previous is None:
        raise ModelError("no champion came before this one, so there is none to go back to")
    if reign.previous == reign.champion:
        raise ModelError(
            f"version {reign.champion} is champion already and none is known before it; "
            "name the version that you want: `velo promote VERSION`"
        )
    store = mlflow_store.client(home)
    store.set_registered_model_alias(MODEL, CHAMPION, reign.previous)
    if reign.champion is not None:
        store.set_registered_model_alias(MODEL, PREVIOUS, reign.champion)
    return Reign.now(home)
