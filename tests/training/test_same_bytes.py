"""The same data, seed and machine give the same bytes, whatever was looked at or killed before."""

from __future__ import annotations

import locale
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.training.crashing import PROJECT
from training.judging.metrics import Predictions, likelihoods
from training.judging.reference import judged_figures
from training.model import artifact
from training.record.tracking import Recorder
from training.statistics.bootstrap import Resampling
from training.statistics.races import Races
from velo.home import Home
from velo.synth.world import write_world

TRAINING = """
import os
import sys
from pathlib import Path

from training.data import feature_retrieval
from training.record.registry import resolve
from training.run import train
from velo.home import Home
from velo.offline.build import build
from velo.settings import Gate, Ranker, Settings, Store, Training
from velo.store.registration import apply
from velo.warehouse.ingest import ingest

home, world = Home.current(), Path(sys.argv[1])
settings = Settings(
    training=Training(folds=2, holdout_days=60, history_days=150, bootstrap_draws=100),
    ranker=Ranker(rounds=20, early_stopping=10, threads=2),
    store=Store(memory_limit="1GB", threads=2),
)
if not home.current_build.exists():
    ingest(home, settings.store, world)
    build(home, settings)
    apply()
feature_retrieval.BATCH = int(os.environ.get("BATCH", feature_retrieval.BATCH))
done = train(home, settings, progress=lambda stage: print(stage, flush=True))
print(resolve(home, done.version).sha256)
"""


def training(home: Path, world: Path, **surroundings: str) -> subprocess.Popen[str]:
    """A training in a home of its own, made of the world at its first."""
    return subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(world)],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "VELO_HOME": str(home), **surroundings},
    )


def sha256(process: subprocess.Popen[str]) -> str:
    """What a training ended with."""
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out.splitlines()[-1]


ASCII = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
"""No locale, and none of what Python does about that: what names no encoding is ASCII."""


def elsewhere() -> dict[str, str]:
    """Another time zone and locale: Turkey's if it is installed, whose small I has no dot."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "tr_TR.UTF-8")
    except locale.Error:
        return {"TZ": "Pacific/Auckland", **ASCII}
    else:
        return {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8"}
    finally:
        locale.setlocale(locale.LC_ALL, before)


@pytest.mark.slow
def test_two_clean_homes_elsewhere_looked_at_and_killed_in_give_one_sha256(tmp_path: Path) -> None:
    world = tmp_path / "world.csv"
    write_world(8_000, 11, 0.9, world)
    plain = sha256(training(tmp_path / "plain", world, TZ="UTC", LC_ALL="C.UTF-8"))

    home, there = tmp_path / "looked at", {**elsewhere(), "BATCH": "900"}
    killed = training(home, world, **there)
    for stage in killed.stdout:
        if stage.strip() == "looking into the verdict":
            break
    killed.kill()
    killed.communicate()
    for turn in range(3):
        with Recorder(Home(home), f"look {turn}") as recorder:
            recorder.look(date(2000, 1, 1), date(2100, 1, 1))
    assert sha256(training(home, world, **there)) == plain


def test_earlier_looks_widen_the_gates_interval_and_not_the_references() -> None:
    draw = np.random.default_rng(3)
    races = Races.of(np.repeat(np.arange(300), 4))
    p, market = (races.softmax(draw.normal(size=1200)) for _ in range(2))
    won = (np.arange(1200) % 4 == 0).astype(float)
    days = np.repeat(np.datetime64("2020-01-01") + np.arange(300) // 5, 4)
    given = Predictions(races.index, days, races, won, 1 / p, 1 / p, p, market, market, 0)
    never, thrice = (likelihoods(given, Resampling(200, 1), looks) for looks in (0, 3))
    assert thrice["delta_ll_low"] < never["delta_ll_low"]
    kept = [judged_figures(figures, given, Resampling(200, 1)) for figures in (never, thrice)]
    assert kept[0] == kept[1]
    assert kept[0]["delta_ll_low"] == never["delta_ll_low"]


def test_a_last_bit_makes_no_other_model(tmp_path: Path) -> None:
    saved = [
        artifact.save(tmp_path / str(number), {"beta": [value], "n": 3}, None, {"mean": value})
        for number, value in enumerate((0.1 + 0.2, 0.3, 0.3 + 1e-10))
    ]
    assert saved[0] == saved[1] != saved[2]
