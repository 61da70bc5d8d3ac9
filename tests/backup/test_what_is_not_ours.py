"""Backup and restore clear what they left themselves, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backup.forged import keep, little_home
from velo.backup.restore import restore
from velo.backup.staging_folder import MARK, PREFIX
from velo.home import Home


def belongings(folder: Path) -> Path:
    """A folder with a file in it that somebody would miss."""
    folder.mkdir()
    (folder / "results.csv").write_text("eleven years", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [".backup", f"{PREFIX}backup-mine", ".velo"])
def test_a_folder_of_the_users_in_the_home_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    home = little_home(tmp_path / "home")
    mine = belongings(home.root / name)
    keep(home, tmp_path / "a.tar.gz")
    assert (mine / "results.csv").read_text(encoding="utf-8") == "eleven years"


@pytest.mark.parametrize("name", [".again.restoring", f"{PREFIX}restore-mine"])
def test_a_link_where_a_restore_would_work_is_not_followed(tmp_path: Path, name: str) -> None:
    keep(little_home(tmp_path / "home"), tmp_path / "a.tar.gz")
    mine = belongings(tmp_path / "mine")
    (tmp_path / name).symlink_to(mine, target_is_directory=True)
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert (mine / "results.csv").read_text(encoding="utf-8") == "eleven years"


def test_a_link_to_a_marked_folder_is_not_followed_either(tmp_path: Path) -> None:
    keep(little_home(tmp_path / "home"), tmp_path / "a.tar.gz")
    mine = belongings(tmp_path / "mine")
    (mine / MARK).symlink_to(mine / "results.csv")
    (tmp_path / f"{PREFIX}restore-x").symlink_to(mine, target_is_directory=True)
    folder = belongings(tmp_path / f"{PREFIX}restore-y")
    (folder / MARK).symlink_to(mine / "results.csv")
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    for each in (mine, folder):
        assert (each / "results.csv").is_file()


def test_what_the_archive_lacks_is_named(tmp_path: Path) -> None:
    home = little_home(tmp_path / "home")
    (home.root / ".env").write_text("VELO_TOKEN=x", encoding="utf-8")
    (home.root / "notes.new").write_text("x", encoding="utf-8")
    (home.root / ".promotion.lock").touch()
    assert keep(home, tmp_path / "a.tar.gz").left_out == (".env", "notes.new")


def test_nothing_is_named_where_all_of_it_is_in_the_archive(tmp_path: Path) -> None:
    assert keep(little_home(tmp_path / "home"), tmp_path / "a.tar.gz").left_out == ()


def test_two_homes_are_backed_up_into_one_folder_and_restored_beside_each_other(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        keep(little_home(tmp_path / name), tmp_path / f"{name}.tar.gz")
        restore(tmp_path / f"{name}.tar.gz", tmp_path / f"{name} again")
        assert Home(tmp_path / f"{name} again").root.is_dir()
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(PREFIX)]
    assert left == []
