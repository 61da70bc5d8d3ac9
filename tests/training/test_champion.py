"""The champion's alias changes hands in a real MLflow store, and is never without a holder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.killed import Killed, kill_after
from training.model import artifact
from training.promotion import champion
from training.promotion.champion import Reign, changing, crown, restore_previous
from training.record import registry
from training.record.mlflow_store import client
from training.record.tracking import Recorder
from velo.errors import HomeError, InputError, ModelError
from velo.home import Home


def enrolled(home: Home, label: str | None = None) -> str:
    with Recorder(home, "train") as recorder:
        sha256 = artifact.save(recorder.model_folder, {"label": label})
        recorder.enrol(sha256, "a model", {} if label is None else {registry.LABEL: label})
    return str(recorder.version)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with four versions."""
    home = Home(tmp_path_factory.mktemp("reigns"))
    for _ in range(4):
        enrolled(home)
    return home


@pytest.fixture
def vacant(opened: Home) -> Home:
    """The same home without a champion."""
    for alias in ("champion", "previous"):
        client(opened).delete_registered_model_alias(registry.MODEL, alias)
    return opened


def test_the_first_champion_has_nobody_before_it(vacant: Home) -> None:
    assert crown(vacant, "1") == Reign("1", None)


def test_the_champion_that_is_followed_becomes_previous(vacant: Home) -> None:
    crown(vacant, "1")
    assert crown(vacant, "2") == Reign("2", "1")
    assert crown(vacant, "4") == Reign("4", "2")


def test_crowning_the_champion_again_does_not_make_it_its_own_predecessor(vacant: Home) -> None:
    crown(vacant, "1")
    crown(vacant, "2")
    assert crown(vacant, "2") == Reign("2", "1")


def test_going_back_twice_is_where_it_began(vacant: Home) -> None:
    crown(vacant, "1")
    crown(vacant, "2")
    assert restore_previous(vacant) == Reign("1", "2")
    assert restore_previous(vacant) == Reign("2", "1")


def test_without_a_champion_before_there_is_nothing_to_go_back_to(vacant: Home) -> None:
    crown(vacant, "3")
    with pytest.raises(ModelError, match="none to go back to"):
        restore_previous(vacant)
    assert Reign.now(vacant) == Reign("3", None)


@pytest.mark.parametrize("written", [0, 1])
def test_a_change_that_is_killed_leaves_a_champion_and_is_completed_by_the_next(
    vacant: Home, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    crown(vacant, "1")
    crown(vacant, "2")
    with monkeypatch.context() as patch:
        kill_after(patch, written)
        with pytest.raises(Killed):
            crown(vacant, "3")
    assert Reign.now(vacant).champion == "2"
    assert crown(vacant, "3") == Reign("3", "2")


@pytest.mark.parametrize("written", [0, 1])
def test_a_return_that_is_killed_leaves_one_of_the_two_as_champion(
    vacant: Home, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    crown(vacant, "1")
    crown(vacant, "2")
    with monkeypatch.context() as patch:
        kill_after(patch, written)
        with pytest.raises(Killed):
            restore_previous(vacant)
    assert Reign.now(vacant) == Reign("21"[written], "1")


def test_two_promotions_at_once_are_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with changing(home), pytest.raises(HomeError, match="another promotion"), changing(home):
        pass
    with changing(home):
        pass


def test_a_version_that_is_registered_without_an_alias_moves_none(vacant: Home) -> None:
    before = registry.aliases(vacant)
    with Recorder(vacant, "refit") as recorder:
        sha256 = artifact.save(recorder.model_folder, {})
        recorder.enrol(sha256, "a refit", {}, alias=None)
    assert registry.aliases(vacant) == before
    assert registry.resolve(vacant, str(recorder.version)).sha256 == sha256


def test_a_label_means_the_newest_version_that_bears_it(vacant: Home) -> None:
    enrolled(vacant, "v1.2.0")
    newest = enrolled(vacant, "v1.2.0")
    enrolled(vacant, "v1.3.0")
    assert registry.resolve(vacant, "v1.2.0").version == newest


def test_a_run_is_promoted_as_the_version_that_it_registered(vacant: Home) -> None:
    registered = registry.resolve(vacant, "2")
    assert registry.resolve_version(vacant, registered.run_id).version == "2"


@pytest.mark.parametrize("label", ["champion", "12", "a" * 32, "", "../v1", "v1 0", "-v", "é"])
def test_a_label_that_could_mean_something_else_is_refused(label: str) -> None:
    with pytest.raises(InputError, match="--version"):
        registry.check_label(label)


def test_the_names_of_the_aliases_are_the_registrys() -> None:
    assert {champion.CHAMPION, champion.PREVIOUS} < set(registry.ALIASES)
