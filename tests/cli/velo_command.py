"""Running the commands as a user does: a process of its own, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON object."""
        return json.loads(self.out)


ALONE = {"VELO_RANKER__THREADS": "1", "VELO_STORE__THREADS": "1"}
"""Tests run side by side: where threads share their cores with other tests, one is faster."""


def velo(home: Path, *words: str, **environment: str) -> Answer:
    """Run `velo` with these words."""
    done = subprocess.run(
        [sys.executable, "-m", "velo", *words],
        env={**os.environ, **ALONE, "VELO_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
