"""An archive that is not, to the byte, what a backup wrote makes no home and writes nothing."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backup.forged import entry, forge, keep, linked, little_home, plain
from velo.backup.archive_manifest import is_inside
from velo.backup.restore import restore
from velo.errors import HomeError, InputError

CONTENT = b"[odds_band]\nlow = 4.0\n"
TOML = plain("home/velo.toml", CONTENT)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    file = folder / "home.tar.gz"
    keep(little_home(folder / "home"), file)
    return file


def nothing_but(folder: Path, *names: str) -> bool:
    """Whether a folder holds these and nothing else, hidden or not."""
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_the_archive_that_is_forged_in_nothing_is_taken(tmp_path: Path) -> None:
    file = forge(tmp_path / "a.tar.gz", [entry("velo.toml", CONTENT)], [TOML])
    restore(file, tmp_path / "home")
    assert (tmp_path / "home" / "velo.toml").read_bytes() == CONTENT


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_that_differs_makes_no_other_home(
    archive: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Some bytes of gzip's and tar's headers say nothing of the content; no other may differ."""
    folder = tmp_path_factory.mktemp("changed")
    good = archive.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[place]))
    (folder / "bad").write_bytes(good[:place] + bytes([value]) + good[place + 1 :])
    try:
        restore(folder / "bad", folder / "home")
    except InputError as error:
        complaint = str(error)
    else:
        complaint = ""
    if complaint:
        assert complaint.startswith(str(folder / "bad"))
        assert "\n" not in complaint
        assert nothing_but(folder, "bad")
    else:
        for name in ("velo.toml", "reports/backtest_1.json"):
            restored, original = folder / "home" / name, archive.parent / "home" / name
            assert restored.read_bytes() == original.read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.9, 0.999])
def test_an_archive_that_was_cut_short_is_refused(
    archive: Path, tmp_path: Path, share: float
) -> None:
    good = archive.read_bytes()
    (tmp_path / "cut").write_bytes(good[: int(share * len(good))])
    with pytest.raises(InputError, match="cut"):
        restore(tmp_path / "cut", tmp_path / "home")
    assert nothing_but(tmp_path, "cut")


@pytest.mark.parametrize(
    "path",
    [
        "../velo.toml",
        "a/../../velo.toml",
        "/etc/velo.toml",
        "a//b",
        "./a",
        "a/.",
        "..",
        ".",
        "",
        "a\\..\\b",
        "a\0b",
        "a/",
        7,
        None,
    ],
)
def test_a_path_that_leads_out_of_the_home_is_refused(tmp_path: Path, path: Any) -> None:
    lines = [entry(path, CONTENT)]
    file = forge(tmp_path / "out", lines, [plain(f"home/{str(path).replace(chr(0), '')}", CONTENT)])
    with pytest.raises(InputError, match="leads out of the home"):
        restore(file, tmp_path / "in" / "home")
    assert nothing_but(tmp_path, "in", "out")
    assert nothing_but(tmp_path / "in")


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b", "home"]), max_size=6).map("/".join))
def test_every_path_that_is_taken_lies_below_the_home(path: str) -> None:
    root = Path("/home/racing")
    if is_inside(path):
        assert (root / path).resolve().is_relative_to(root)
        assert (root / path).resolve() != root


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_nothing_but_plain_files_is_taken(tmp_path: Path, kind: bytes) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("untouched", encoding="utf-8")
    file = forge(
        tmp_path / "bad",
        [entry("velo.toml", b"")],
        [linked("home/velo.toml", str(outside), kind)],
    )
    with pytest.raises(InputError, match=r"stands where the plain file home/velo\.toml must be"):
        restore(file, tmp_path / "home")
    assert nothing_but(tmp_path, "bad", "outside.txt")
    assert outside.read_text(encoding="utf-8") == "untouched"


@pytest.mark.parametrize(
    ("entries", "members", "why"),
    [
        ([entry("velo.toml", b"x" * 22)], [TOML], "its SHA-256 differs"),
        ([entry("velo.toml", CONTENT, bytes=21)], [TOML], "has 22 bytes, not 21"),
        ([entry("velo.toml", CONTENT, bytes=10**15)], [TOML], "make room"),
        ([entry("velo.toml", CONTENT, bytes=-1)], [TOML], "a size of -1"),
        ([entry("velo.toml", CONTENT, bytes=True)], [TOML], "a size of True"),
        ([entry("velo.toml", CONTENT, sha256="0")], [TOML], "no SHA-256"),
        ([entry("velo.toml", CONTENT)], [], "not where it must be"),
        ([], [TOML], "more than its manifest names"),
        ([entry("velo.toml", CONTENT)], [TOML, TOML], "more than its manifest names"),
        ([entry("velo.toml", CONTENT)] * 2, [TOML, TOML], "twice"),
        ([entry("a", b""), entry("a/b", b"")], [], "a file and a folder"),
        ([entry("b", CONTENT)], [TOML], "stands where"),
    ],
)
def test_what_is_not_as_the_manifest_says_is_refused(
    tmp_path: Path, entries: list[dict[str, Any]], members: list[Any], why: str
) -> None:
    file = forge(tmp_path / "bad", entries, members)
    with pytest.raises((InputError, HomeError), match=why):
        restore(file, tmp_path / "home")
    assert nothing_but(tmp_path, "bad")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"form": 2}, "its form is 2, this version reads 1"),
        ({"home": "racing"}, "cannot be read"),
        ({"files": 3}, "cannot be read"),
        ({"surprise": 1}, "cannot be read"),
        ({"build": "../../etc"}, "names a build"),
        ({"build": "build-000001"}, "none of its files"),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    file = forge(tmp_path / "bad", [entry("velo.toml", CONTENT)], [TOML], **changes)
    with pytest.raises(InputError, match=why):
        restore(file, tmp_path / "home")
    assert nothing_but(tmp_path, "bad")


def test_a_manifest_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    file = forge(tmp_path / "bomb", [entry("velo.toml", CONTENT)], [TOML], home=" " * 70_000_000)
    assert file.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="at most 67,108,864"):
        restore(file, tmp_path / "home")


def test_an_archive_of_another_hash_than_the_one_noted_is_refused(
    archive: Path, tmp_path: Path
) -> None:
    """A manifest can be forged together with the files; what was noted elsewhere cannot."""
    with pytest.raises(InputError, match="has the SHA-256"):
        restore(archive, tmp_path / "home", "0" * 64)
    assert nothing_but(tmp_path)
    done = restore(archive, tmp_path / "home")
    assert restore(archive, tmp_path / "again", done.sha256.upper()).sha256 == done.sha256


@pytest.mark.parametrize("text", [b"", b"not an archive", json.dumps({"form": 1}).encode()])
def test_a_file_that_is_no_archive_is_refused_by_name(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(text)
    with pytest.raises(InputError, match=r"notes\.txt"):
        restore(tmp_path / "notes.txt", tmp_path / "home")
