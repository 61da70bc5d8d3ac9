"""Folders, patterns, gz and zip: the files in them, and nothing else of them."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.warehouse.raceform_file import ask, contents, file_of, load, race, text_of
from velo.cli import app
from velo.errors import HomeError, InputError, UnknownFormat
from velo.home import Home
from velo.settings import Store
from velo.warehouse.deliveries import Delivery, expand

STORE = Store(memory_limit="1GB", threads=1)
TEXT = text_of(race())


def zip_of(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def gz_of(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content))
    return path


def names(*paths: str | Path) -> list[str]:
    return [delivery.name for delivery in expand(paths)]


def only(path: str | Path) -> Delivery:
    (delivery,) = expand([path])
    return delivery


def test_a_folder_is_its_files_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a/c.parquet", "a/d.csv.gz", "x.zip", "e.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in ("readme.txt", "notes.gz", ".hidden.csv", "csv"):
        (tmp_path / name).touch()
    (tmp_path / "x.zip").unlink()
    assert names(tmp_path) == [
        str(tmp_path / name) for name in ("a/c.parquet", "a/d.csv.gz", "b.csv", "e.db")
    ]


def test_a_folder_without_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").touch()
    with pytest.raises(InputError, match=r"no file in it can be read; files end in \.csv"):
        names(tmp_path)


def test_a_pattern_is_the_files_that_it_fits(tmp_path: Path) -> None:
    for name in ("2015.csv", "2016.csv", "2016.txt", "other.csv"):
        (tmp_path / name).touch()
    assert names(f"{tmp_path}/20*") == [f"{tmp_path}/2015.csv", f"{tmp_path}/2016.csv"]
    with pytest.raises(InputError, match="no file with that pattern"):
        names(f"{tmp_path}/19*.csv")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "of [1].csv").touch()
    assert names(tmp_path / "of [1].csv") == [str(tmp_path / "of [1].csv")]


def test_a_name_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    file_of(tmp_path, race())
    with pytest.raises(InputError, match=r"gone\.csv: no such file"):
        expand([tmp_path / "results.csv", tmp_path / "gone.csv"])


def test_another_ending_is_told_with_those_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match=r"notes\.txt: files end in .*packed as \.gz or \.zip"):
        names(tmp_path / "notes.txt")


def test_a_zip_is_its_members_each_a_file_of_its_own(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "years.zip",
        {"2016.csv": "", "a/2015.csv": "", "readme.txt": "", "__MACOSX/._2016.csv": ""},
    )
    assert names(path) == [f"{path}!2016.csv", f"{path}!a/2015.csv"]
    with pytest.raises(InputError, match="no file in it can be read"):
        names(zip_of(tmp_path / "none.zip", {"readme.txt": ""}))


@pytest.mark.few(1)
@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_what_is_packed_is_read_as_what_is_not(home: Home, tmp_path: Path, packed: str) -> None:
    load(home, file_of(tmp_path, race()))
    before = contents(home)
    delivery = only(
        gz_of(tmp_path / "results.csv.gz", TEXT.encode())
        if packed == "gz"
        else zip_of(tmp_path / "x.zip", {"a/results.csv": TEXT})
    )
    with delivery.unpacked(home, STORE) as path:
        assert load(home, path).unchanged == 3
    assert contents(home) == before
    assert list(home.spill.iterdir()) == []


@pytest.mark.parametrize("member", ["../../escaped.csv", "/escaped.csv", "a\\..\\..\\escaped.csv"])
def test_a_member_s_name_is_never_a_path(home: Home, tmp_path: Path, member: str) -> None:
    delivery = only(zip_of(tmp_path / "sly.zip", {member: TEXT}))
    with delivery.unpacked(home, STORE) as path:
        assert path.parent.parent == home.spill
        assert path.read_text() == TEXT
    assert not list(tmp_path.rglob("escaped*"))
    assert not Path("/escaped.csv").exists()


def test_an_error_names_the_delivery_and_leaves_nothing_unpacked(
    home: Home, tmp_path: Path
) -> None:
    delivery = only(zip_of(tmp_path / "odd.zip", {"odd.csv": "a,b\n1,2\n"}))
    with (
        pytest.raises(UnknownFormat, match=r"odd\.zip!odd\.csv: no known format"),
        delivery.unpacked(home, STORE) as path,
    ):
        load(home, path)
    assert list(home.spill.iterdir()) == []


@pytest.mark.few(1)
@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_a_bomb_is_not_unpacked(home: Home, tmp_path: Path, packed: str) -> None:
    bomb = bytes(150_000_000)
    delivery = only(
        gz_of(tmp_path / "bomb.csv.gz", bomb)
        if packed == "gz"
        else zip_of(tmp_path / "bomb.zip", {"bomb.csv": bomb})
    )
    with (
        pytest.raises(InputError, match="unpacks to more than 200 times its size"),
        delivery.unpacked(home, STORE),
    ):
        pass
    assert list(home.spill.iterdir()) == []


def test_no_file_is_unpacked_beyond_the_largest_that_is_allowed(home: Home, tmp_path: Path) -> None:
    delivery = only(gz_of(tmp_path / "big.csv.gz", os.urandom(2_000_000)))
    with (
        pytest.raises(InputError, match=r"more than store\.largest_file \(1MB\)"),
        delivery.unpacked(home, Store(largest_file="1MB")),
    ):
        pass


def test_a_damaged_or_encrypted_file_is_refused_in_one_line(home: Home, tmp_path: Path) -> None:
    whole = gzip.compress(TEXT.encode() * 100)
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(whole[: len(whole) // 2])
    garbled = tmp_path / "garbled.csv.gz"
    garbled.write_bytes(b"not packed")
    locked = zip_of(tmp_path / "locked.zip", {"a.csv": TEXT})
    content = bytearray(locked.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    locked.write_bytes(content)
    for path, reason in ((torn, "cannot be unpacked"), (garbled, "cannot"), (locked, "encrypted")):
        with pytest.raises(InputError, match=reason), only(path).unpacked(home, STORE):
            pass
    (tmp_path / "no.zip").write_bytes(b"PK no zip")
    with pytest.raises(InputError, match=r"no\.zip cannot be unpacked"):
        only(tmp_path / "no.zip")


def test_a_member_packed_in_a_way_that_nobody_knows_is_refused(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("a.csv", text_of(race()))
    packed = path.read_bytes()
    for header, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = packed.index(header) + place
        packed = packed[:start] + b"\x08\x3b" + packed[start + 2 :]
    path.write_bytes(packed)
    (delivery,) = expand([path])
    with pytest.raises(InputError, match="cannot be unpacked"), delivery.unpacked(home, STORE):
        pass


def test_what_a_killed_process_left_is_cleared_away(home: Home, tmp_path: Path) -> None:
    left = home.spill / "unpacked-999999999-x"
    left.mkdir(parents=True)
    (left / "unpacked.csv").touch()
    with only(gz_of(tmp_path / "results.csv.gz", TEXT.encode())).unpacked(home, STORE):
        assert not left.exists()


def test_the_files_before_a_bad_one_stay_and_are_reported(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VELO_HOME", str(home.root))
    folder = tmp_path / "years"
    file_of(folder, race(), "a.csv")
    (folder / "b.csv").write_text("a,b\n1,2\n")
    file_of(folder, race(date="2016-04-26"), "c.csv")
    ran = CliRunner().invoke(app, ["ingest", "--json", str(folder)])
    report = json.loads(ran.stdout)
    assert [Path(file["file"]).name for file in report["files"]] == ["a.csv"]
    assert "b.csv: no known format" in report["error"]
    assert isinstance(ran.exception, UnknownFormat)
    assert ask(home, "SELECT count(*) FROM runners") == [(3,)]


def test_a_full_disk_is_one_line(home: Home, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    delivery = only(gz_of(tmp_path / "big.csv.gz", os.urandom(3_000_000)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(HomeError, match="no room"), delivery.unpacked(home, STORE):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(home.spill.iterdir()) == []
