"""Commands on a disk that fills up while they write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.velo_command import ALONE
from velo import settings
from velo.backup.restore import restore
from velo.backup.stores import migrate
from velo.home import Home
from velo.offline.build import build
from velo.store.registration import apply

pytestmark = pytest.mark.slow
HOME = Path(__file__).resolve().parent.parent / "homes" / "v1.1.0" / "home.tar.gz"
ROOM = 60_000
"""Bytes that a file may have; what is larger already cannot grow."""
RUN = """
import resource, sys
import feast, mlflow  # Feast writes files of its own as it is imported
from velo.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
del sys.argv[1]
main()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("full") / "home"
        restore(HOME, root)
        patch.setenv("VELO_HOME", str(root))
        migrate(Home.current(), settings.load().store)
        build(Home.current(), settings.load())
        apply()
        yield root


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("materialize", "--as-of", "2016-03-01"), "the online store serves what it did before"),
        (("train",), "the features were not retrieved"),
    ],
    ids=("materialize", "train"),
)
def test_a_disk_that_fills_up_is_named_and_costs_nothing(
    root: Path, words: tuple[str, ...], kept: str
) -> None:
    stores = {name: (root / name).read_bytes() for name in ("ledger.db", "registry.db")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(ROOM), *words],
        env={**os.environ, **ALONE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"velo: the disk of {root} is full: {kept}; make room and run the command again\n"
    )
    assert stores == {name: (root / name).read_bytes() for name in stores}
