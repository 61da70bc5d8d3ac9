"""A build's files are as they were made, or it is neither trained on nor built on."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.offline.built_world import SETTINGS, build_tables
from tests.offline.test_renewal import DAYS, on
from tests.offline.told_by_day import Telling, tell
from training.data.dataset import gather
from velo.errors import HomeError
from velo.home import Home
from velo.offline import build as building
from velo.offline.build import build, current_build
from velo.offline.manifest import NAME, first_fault, hashes, require_whole, write_manifest


def written(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def rot(path: Path) -> None:
    """One bit, and the file's times as they were."""
    times, held = path.stat(), bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda build: rot(build / "a"), "a is not as it was made"),
        (lambda build: (build / "a").unlink(), "a is missing"),
        (lambda build: (build / "c").touch(), "c was not made with it"),
        (lambda build: (build / NAME).write_text("{"), "a was not made with it"),
    ],
)
def test_what_is_not_as_it_was_made_is_named(
    tmp_path: Path, change: Callable[[Path], None], fault: str
) -> None:
    build = written(tmp_path / "build", a="one", b="two")
    write_manifest(build)
    assert first_fault(build) is None
    change(build)
    assert first_fault(build) == fault
    with pytest.raises(HomeError, match=f"{fault}: run `velo build --full`"):
        require_whole(build)


def test_a_linked_file_that_rotted_is_not_taken_for_what_was_made(tmp_path: Path) -> None:
    before, after = written(tmp_path / "1", a="one"), written(tmp_path / "2", b="two")
    write_manifest(before)
    os.link(before / "a", after / "a")
    rot(after / "a")
    write_manifest(after, before)
    assert first_fault(after) == "a is not as it was made"


def test_a_build_of_an_earlier_version_has_no_fault_that_could_be_found(tmp_path: Path) -> None:
    build = written(tmp_path / "build", a="one")
    assert hashes(build) is None
    require_whole(build)


def test_a_build_that_rotted_is_neither_trained_on_nor_built_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "CHANGED_SHARE", 1.0)
    tell(home, [Telling(DAYS[20], on(*DAYS[:20]))])
    build_tables(home)
    tell(home, [Telling(DAYS[21], on(DAYS[20]))])
    second = build_tables(home)
    assert second.built_on == 1
    folder = Path(second.folder)
    require_whole(folder)
    require_whole.cache_clear()
    rot(next((folder / "trainer_form").rglob("*.parquet")))
    with pytest.raises(HomeError, match=r"trainer_form/.*parquet is not as it was made"):
        gather(home, SETTINGS, None)  # type: ignore[arg-type]
    tell(home, [Telling(DAYS[22], on(DAYS[21]))])
    bounds = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, bounds[1]))
    try:
        with pytest.raises(HomeError, match=r"the disk is full, .* what was under way is undone"):
            build(home, SETTINGS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
    assert current_build(home).number == 2
    assert build(home, SETTINGS).built_on is None
    assert first_fault(Path(current_build(home).folder)) is None
