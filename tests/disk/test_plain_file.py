"""A pipe, a socket, a device or a folder in the place of a file is refused at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from velo.backup.restore import restore
from velo.cli.output_file import require_output
from velo.disk.plain_file import require_plain
from velo.errors import InputError, SettingsError
from velo.home import Home
from velo.live.card_file import check_card, price_rows
from velo.settings import Store, load
from velo.synth.truth_file import read_truth
from velo.warehouse.deliveries import expand
from velo.warehouse.ingest import ingest


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def device(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


def listening(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


KINDS = [(pipe, "a pipe"), (device, "a device"), (listening, "a socket"), (folder, "a folder")]


@pytest.mark.parametrize(("made", "called"), KINDS)
def test_what_is_no_plain_file_is_called_what_it_is(
    tmp_path: Path, made: Callable[[Path], Path], called: str
) -> None:
    with pytest.raises(InputError, match=f"x.csv is {called}: name a plain file"):
        require_plain(made(tmp_path / "x.csv"))


def test_a_link_to_a_plain_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("horse\n")
    (tmp_path / "y.csv").symlink_to(tmp_path / "x.csv")
    require_plain(tmp_path / "y.csv")
    with pytest.raises(InputError, match="no such file"):
        require_plain(tmp_path / "z.csv")


@pytest.mark.parametrize("made", [pipe, device])
@pytest.mark.parametrize("name", ["x.csv.gz", "x.zip", "x.csv", "x.json", "x.parquet", "x.db"])
def test_no_delivery_is_waited_for(
    home: Home, tmp_path: Path, made: Callable[[Path], Path], name: str
) -> None:
    path = made(tmp_path / name)
    with pytest.raises(InputError, match="name a plain file"):
        expand([path])
    with pytest.raises(InputError, match="name a plain file"):
        ingest(home, Store(memory_limit="1GB", threads=1), path)


@pytest.mark.parametrize("name", ["x.csv.gz", "x.zip"])
def test_none_in_a_folder_or_of_a_pattern_is_waited_for_either(tmp_path: Path, name: str) -> None:
    pipe(folder(tmp_path / "in") / name)
    for paths in (tmp_path / "in", tmp_path / "in" / f"*{Path(name).suffix}"):
        with pytest.raises(InputError, match="is a pipe: name a plain file"):
            list(expand([paths]))


@pytest.mark.parametrize("made", [pipe, device])
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("card.csv", check_card),
        ("card.json", check_card),
        ("odds.csv", price_rows),
        ("world.truth.parquet", read_truth),
        ("home.tar.gz", lambda path: restore(path, path.parent / "home")),
        ("out.csv", lambda path: require_output("--export", path, (".csv",))),
        ("card.html", lambda path: require_output("--html", path, (".html",))),
    ],
)
def test_neither_is_what_a_command_reads_or_writes(
    tmp_path: Path, made: Callable[[Path], Path], name: str, read: Callable[[Path], object]
) -> None:
    with pytest.raises(InputError, match="name a plain file"):
        read(made(tmp_path / name))


@pytest.mark.parametrize("made", [pipe, device, folder])
def test_neither_are_the_settings(home: Home, made: Callable[[Path], Path]) -> None:
    home.root.mkdir(exist_ok=True)
    made(home.root / "velo.toml")
    with pytest.raises(SettingsError, match="is no plain file"):
        load()
