"""A home's champion against its journal: what is kept, what was predicted, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.cli.velo_command import velo
from tests.live.predicted import race, runner
from tests.monitoring.worlds import FEATURES, reference, runners
from tests.training.promoted import judged, promoted
from training.model import artifact
from training.record.tracking import Recorder
from velo.errors import DataError
from velo.home import Home
from velo.live.journal import record
from velo.monitoring.drift import INVESTIGATE, NOTHING, drift
from velo.settings import DriftLimits, Settings

SETTINGS = Settings(drift=DriftLimits(days=30, runners=1000))
LATER = date(2026, 3, 1)


def crown(home: Home, kept: Mapping[str, Any] | None) -> None:
    """Promote a version that kept this reference."""
    with Recorder(home, "a run") as recorder:
        sha256 = artifact.save(recorder.model_folder, {"temperature": 1.0}, None, kept)
        judged(recorder)
        recorder.enrol(sha256, "a model", {"velo.verdict": "passed"})
    promoted(home, str(recorder.version))


def predicted(home: Home, days: int, change: Any = None, version: str = "1") -> None:
    """A journal of so many days of a hundred runners, none of them with a result."""
    frame = runners(days, 100, 2, LATER)
    if change is not None:
        change(frame)
    values = frame[list(FEATURES)].astype(object).where(frame[list(FEATURES)].notna(), None)
    rows = values.to_dict("records")
    record(
        home.ledger,
        [
            replace(
                race(int(number), [runner(int(i), features=rows[i]) for i in of_race.index]),
                day=of_race["date"].iloc[0].date(),
                version=version,
            )
            for number, of_race in frame.groupby("race_id")
        ],
    )


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return reference().to_dict()


def test_days_as_the_training_had_them_hold(home: Home, kept: dict[str, Any]) -> None:
    crown(home, kept)
    predicted(home, 40)
    steady = drift(home, SETTINGS)
    assert steady.drifting == []
    assert steady.advice.step == NOTHING
    assert (steady.window.last - steady.window.first).days == 29
    assert steady.window.last == LATER + timedelta(39)
    assert len(steady.window.seen) == 3000
    assert [each.missing for each in steady.readings[-3:]] == ["300 races"] * 3


@pytest.mark.slow
def test_the_command_names_what_drifts_by_how_much_and_status_asks_for_a_look(
    home: Home, kept: dict[str, Any]
) -> None:
    crown(home, kept)

    def moved(frame: pd.DataFrame) -> None:
        frame["form"] += 1

    predicted(home, 30, moved)
    assert drift(home, SETTINGS).advice.step == INVESTIGATE
    table = velo(home.root, "drift")
    assert table.code == 1
    assert "DRIFTS: psi, distance" in table.out
    assert "next: investigate: form has moved: PSI" in table.out
    plain = velo(home.root, "drift", "--json")
    assert plain.code == 1
    assert plain.json["advice"]["step"] == "investigate"
    assert {each["name"] for each in plain.json["readings"] if each["drifts"]} == {"form"}
    status = velo(home.root, "status", "--json")
    assert status.code == 1
    assert status.json["drift"]["drifts"] is True


def test_another_versions_predictions_say_nothing_of_the_champion(
    home: Home, kept: dict[str, Any]
) -> None:
    crown(home, kept)
    predicted(home, 30, version="7")
    with pytest.raises(DataError, match="predicted no race"):
        drift(home, SETTINGS)


@pytest.mark.slow
def test_a_champion_of_before_references_were_kept_says_so(home: Home) -> None:
    crown(home, None)
    predicted(home, 5)
    with pytest.raises(DataError, match="before references were kept"):
        drift(home, SETTINGS)
    answer = velo(home.root, "drift")
    assert answer.code == 2
    assert "`velo train` keeps one" in answer.err


@pytest.mark.slow
def test_a_champion_whose_files_were_changed_could_not_be_told(
    home: Home, kept: dict[str, Any]
) -> None:
    crown(home, kept)
    (path,) = Path(home.artifacts).glob("*/artifacts/model/reference.json")
    path.write_text("{}", encoding="utf-8")
    answer = velo(home.root, "status", "--json")
    assert "not the registered model" in answer.json["drift"]["error"]
