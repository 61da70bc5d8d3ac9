"""A process that says when it starts and when it is done, killed on its way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path


def killed(script: str, where: Path, seconds: float | None) -> float:
    """Run a script on a path, killed some seconds after it began; returns the seconds taken.

    Args:
        script: prints `started` and, at its end, `done`.
        where: its one argument.
        seconds: None lets it live.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(where)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    begun = time.perf_counter()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    else:
        assert process.stdout.read() == "done\n"
    process.stdout.close()
    return time.perf_counter() - begun
