"""Processes that write runs, to be killed or to run beside each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

HANGING = """
import sys
from pathlib import Path
from training.model import artifact
from training.record.tracking import Recorder
from velo.home import Home

with Recorder(Home(Path(sys.argv[1])), "hanging") as recorder:
    recorder.enrol(artifact.save(recorder.model_folder, {}), "never to be seen")
    print(recorder.run_id, flush=True)
    input()
"""

TRAINING = """
import sys
from pathlib import Path
from training.model import artifact
from training.record.nested import Nested
from training.record.tracking import Recorder
from velo.home import Home

for turn in range(3):
    with Recorder(Home(Path(sys.argv[1])), sys.argv[2]) as recorder:
        recorder.params({"who": sys.argv[2], "turn": turn})
        for fold in range(3):
            curve = [float(i) for i in range(50)]
            recorder.nested(Nested(f"fold {fold}", 1.0, 2.0, curves={"likelihood": curve}))
        sha256 = artifact.save(recorder.model_folder, {"who": sys.argv[2], "turn": turn})
        recorder.enrol(sha256, sys.argv[2])
"""


def started(script: str, *words: str) -> subprocess.Popen[str]:
    """A process of this project that runs a script."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=PROJECT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
