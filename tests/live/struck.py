"""The `velo` command in a process of its own, at a time of one's own, and struck dead on the way.

    python -m tests.live.struck MOMENT PLACE WORDS...

MOMENT is the time that the process believes it is, ISO 8601 with its zone. PLACE is where it gets
the signal that cannot be caught: `module:name`, then `before` or `after` and which call of it,
`velo.live.predict:record:after:1`; `-` lets it live.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from datetime import datetime, tzinfo
from functools import reduce
from pathlib import Path
from typing import Any

CLOCKS = ("velo.live.predict", "velo.live.settling", "velo.warehouse.ingest")
"""Modules that ask what time it is."""


def velo_at(
    home: Path, moment: datetime, *words: str, struck: str = "-", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `velo` with these words at a moment, struck at a place."""
    return subprocess.run(
        [sys.executable, "-m", "tests.live.struck", moment.isoformat(), struck, *words],
        env={**os.environ, "VELO_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )


def set_clocks(moment: datetime) -> None:
    """Let the modules believe that it is this moment."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    for name in CLOCKS:
        vars(importlib.import_module(name))["datetime"] = Stopped


def strike(place: str) -> None:
    """Have the process killed before or after a call of something."""
    module, name, when, nth = place.split(":")
    *path, last = name.split(".")
    owner = reduce(getattr, path, importlib.import_module(module))
    does, calls = getattr(owner, last), 0

    def struck(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" and calls == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)
        done = does(*args, **kwargs)
        if when == "after" and calls == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, last, struck)


if __name__ == "__main__":
    set_clocks(datetime.fromisoformat(sys.argv[1]))
    if sys.argv[2] != "-":
        strike(sys.argv[2])
    sys.argv = ["velo", *sys.argv[3:]]
    from velo.cli import main

    main()
