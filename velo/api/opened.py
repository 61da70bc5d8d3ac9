"""A home with its settings, and the block within which everything works in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from velo.home import Home
from velo.settings import Settings
from velo.settings.in_force import in_force

Progress = Callable[[str], None]
"""Called with the name of each stage as it begins."""


def silent(stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, repr=False)
class OpenHome:
    """One home and its settings.

    Attributes:
        home: where everything lies.
        settings: of every step.
    """

    home: Home
    settings: Settings

    def _in_force(self) -> AbstractContextManager[None]:
        """Work in this home within the block; the folder is made if it is not there."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        return in_force(self.home.root, self.settings.feature_repo)
