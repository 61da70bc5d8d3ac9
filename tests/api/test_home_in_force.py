"""A block works in its own home, whatever the environment names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from feast.protos.feast.core.Registry_pb2 import Registry

from training.data.dataset import feature_store
from velo import settings
from velo.errors import SettingsError
from velo.home import Home
from velo.settings import Settings
from velo.store.registry_file import hash_of


def test_the_innermost_block_says_which_home_is_current(home: Home, tmp_path: Path) -> None:
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    with first.in_force():
        with second.in_force():
            assert Home.current() == second
        assert Home.current() == first
    assert Home.current() == home


def test_a_block_that_ends_in_an_error_leaves_the_home_as_it_was(
    home: Home, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError), Home(tmp_path / "other").in_force():
        raise SettingsError("a setting is wrong")
    assert Home.current() == home


def test_each_thread_works_in_its_own_home(home: Home, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as thread, Home(tmp_path / "other").in_force():
        assert thread.submit(Home.current).result() == home


def test_settings_are_those_of_the_home_in_force(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.root.mkdir()
    (home.root / "velo.toml").write_text("[ranker]\nrounds = 11\n")
    (other.root / "velo.toml").write_text("[ranker]\nrounds = 22\n")
    with other.in_force():
        assert settings.load().ranker.rounds == 22
    assert settings.load().ranker.rounds == 11


def test_settings_made_by_hand_read_no_file_of_a_home_that_they_do_not_name(home: Home) -> None:
    (home.root / "velo.toml").write_text("[ranker]\nrounds = 11\n")
    assert Settings().ranker.rounds != 11
    assert Settings(home=home.root).ranker.rounds == 11


def test_a_misspelt_section_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"unknown setting 'trainng'.*training"):
        Settings(trainng={"folds": 3})


def test_feasts_stores_stay_with_the_home_that_they_were_made_for(
    home: Home, tmp_path: Path
) -> None:
    """Feast looks for both files when they are first used, which is after the block."""
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    declared = Registry(version_id="1" * 400).SerializeToString()
    for own in (first, second):
        own.root.mkdir()
        own.registry.write_bytes(declared)
    stores = {each: feature_store(each) for each in (first, second)}
    for own, store in stores.items():
        assert store.config.online_store.path == str(own.online)
        assert not hash_of(own.registry).exists()
        store.registry.commit()
        assert hash_of(own.registry).exists()
    assert not home.registry.exists()
