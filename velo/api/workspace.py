"""A home, and everything that is done over it: the steps of the commands as methods."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

from velo.api.daily_work import DailyWork
from velo.api.feature_work import FeatureWork
from velo.api.model_work import ModelWork
from velo.cores import wait_passively
from velo.home import Home
from velo.settings import Settings, home_path, load
from velo.settings.in_force import in_force


class Workspace(FeatureWork, ModelWork, DailyWork):
    """One home and its settings, and every step of the platform.

    Each method works in this home alone. What goes wrong is raised as a `velo.VeloError` that says
    in one line what to do. A result is one line when it is printed, a data frame by `to_frame()`,
    plain JSON by `to_dict()`, and a table in a notebook.

    Attributes:
        home: where everything lies.
        settings: of every step.
    """

    def __repr__(self) -> str:
        """The home's path."""
        return f"<Workspace: {self.home.root}>"


def open(
    path: str | os.PathLike[str] | None = None, *, settings: Settings | None = None
) -> Workspace:
    """Open a home, whatever `VELO_HOME` says. Several may be open in one process.

    >>> import velo
    >>> racing = velo.open(folder)
    >>> racing.settings.training.folds
    5
    >>> velo.open(folder, settings=velo.Settings(training={"folds": 3})).settings.training.folds
    3

    Args:
        path: the home's folder, made when something is first written to it; by default the home
            that the commands would work in.
        settings: taken as they are, beside the environment; by default those of the home's
            `velo.toml`, the environment and the defaults.

    Raises:
        SettingsError: the path is a file, or a setting cannot be.
    """
    wait_passively()
    with nullcontext() if path is None else in_force(Path(path)):
        home = Home(home_path())
    if settings is not None:
        return Workspace(home, settings.model_copy(update={"home": home.root}))
    with home.in_force():
        return Workspace(home, load())
