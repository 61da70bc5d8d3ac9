"""Two workspaces in one process, and a third home in the environment: none sees another."""

from __future__ import annotations

from pathlib import Path

import pytest

import velo
from tests.warehouse.raceform_file import race, text_of
from velo.settings import Priors


def opened(folder: Path, days: int) -> velo.Workspace:
    """A home with a race a day."""
    folder.mkdir()
    rows = [
        row
        for day in range(1, days + 1)
        for row in race(date=f"2024-04-{day:02d}", race_id=str(day))
    ]
    (folder / "results.csv").write_text(text_of(rows), encoding="utf-8")
    settings = velo.Settings(store={"memory_limit": "1GB", "threads": 1})
    return velo.open(folder / "home", settings=settings)


@pytest.mark.slow
def test_each_home_builds_applies_and_retrieves_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "of the environment"))
    few, many = opened(tmp_path / "few", 3), opened(tmp_path / "many", 6)
    pair = (few, many)
    for each in pair:
        each.ingest(each.home.root.parent / "results.csv")
    assert [each.build().last_day for each in pair] == ["2024-04-03", "2024-04-06"]
    assert all("velo_v1_1_0" in each.apply().services for each in pair)
    assert [each.materialize().as_of for each in pair] == ["2024-04-04", "2024-04-07"]
    from datetime import date

    frames = [each.features(first=date(2024, 4, 1), priors=Priors()) for each in pair]
    assert [frame["event_timestamp"].dt.day.max() for frame in frames] == [3, 6]
    again = few.features(few.entities(date(2024, 4, 2)), priors=Priors())
    later = frames[0].loc[frames[0]["event_timestamp"].dt.day >= 2].reset_index(drop=True)
    assert again.equals(later)
    assert [each.status().data["races"] for each in pair] == [3, 6]
    assert not (tmp_path / "of the environment").exists()


@pytest.mark.slow
def test_features_follow_the_rows_and_the_facts_that_are_given(tmp_path: Path) -> None:
    from datetime import date

    workspace = opened(tmp_path / "one", 4)
    workspace.ingest(tmp_path / "one" / "results.csv")
    workspace.build()
    workspace.apply()
    rows = workspace.entities(date(2024, 4, 4))
    given = workspace.features(rows, priors=Priors())
    turned = workspace.features(rows[::-1], priors=Priors())
    assert list(turned.index) == list(rows.index[::-1])
    assert turned.sort_index().equals(given)
    higher = workspace.features(rows.assign(class_level=rows["class_level"] + 1), priors=Priors())
    assert (higher["class_drop"] != given["class_drop"]).any()
    outcomes = workspace.outcomes(date(2024, 4, 4))
    assert set(outcomes["horse_id"]) == set(rows["horse_id"])
    assert outcomes["win_share"].sum() == 1
    assert "win_share" not in given
