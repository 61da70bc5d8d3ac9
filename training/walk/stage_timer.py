"""The stages of a run: announced as they begin, and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[str], None]


@dataclass
class StageTimer:
    """Wall-clock seconds of each stage, by its name.

    Attributes:
        announce: called with the name of each stage, and of a step within one.
        seconds: of the stages that have ended.
    """

    announce: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce a stage and time it."""
        self.announce(name)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
