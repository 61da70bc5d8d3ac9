"""A project folder from `velo init` to a bet, with a wheel and with a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from feast.protos.feast.core.Registry_pb2 import Registry

from velo.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow

SMALL = {
    "VELO_TRAINING__HISTORY_DAYS": "120",
    "VELO_TRAINING__FOLDS": "2",
    "VELO_TRAINING__HOLDOUT_DAYS": "60",
    "VELO_TRAINING__BOOTSTRAP_DRAWS": "100",
    "VELO_BACKTEST__NULL_DRAWS": "100",
    "VELO_RANKER__ROUNDS": "20",
    "VELO_RANKER__EARLY_STOPPING": "5",
    "VELO_RANKER__THREADS": "1",
    "VELO_STORE__THREADS": "1",
}
STRATEGY = """
class Quiet:
    def backs(self, race):
        return race["value"] > 0.05
"""
SERVED = """
from training.data.dataset import feature_store

row = {"horse_id": 1, "form_k": 3.0, "form_v0": 0.075}
served = feature_store().get_online_features(features=["form:form_ewma"], entity_rows=[row])
print(served.to_dict()["form_ewma"][0])
"""
"""What a horse without a start is served: the formula's own number."""


@dataclass(frozen=True)
class Installed:
    """A Python that has the package."""

    python: str

    def run(self, folder: Path, *words: str, **environment: str) -> str:
        """Run it in a folder, with no home named; it must end well."""
        done = self.tried(folder, *words, **environment)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def tried(
        self, folder: Path, *words: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it in a folder, with no home named."""
        ours = ("VELO_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return subprocess.run(
            [self.python, "-P", "-W", "ignore", *words],
            cwd=folder,
            env={**kept, "FEAST_USAGE": "False", **environment},
            capture_output=True,
            text=True,
            timeout=500,
        )

    def velo(self, folder: Path, *words: str) -> str:
        return self.run(folder, "-m", "velo", *words, **SMALL)

    def feast(self, folder: Path, *words: str) -> str:
        return self.run(folder, "-m", "feast.cli.cli", *words)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own, over the packages of this one."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("velo-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    (packages,) = (folder / "env").glob("lib/python*/site-packages")
    zipfile.ZipFile(built).extractall(packages)
    others = [each for each in sys.path if Path(each).name == "site-packages"]
    (packages / "others.pth").write_text("\n".join(others) + "\n", encoding="utf-8")
    return Installed(str(folder / "env" / "bin" / "python"))


@pytest.fixture(params=["wheel", "checkout"])
def installed(request: pytest.FixtureRequest) -> Iterator[Installed]:
    """The package as a wheel, and as an editable checkout."""
    if request.param == "wheel":
        yield request.getfixturevalue("wheel")
    else:
        yield Installed(sys.executable)


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_changed_formula_of_the_project_is_the_one_served(
    installed: Installed, tmp_path: Path
) -> None:
    """Whatever lies in the checkout, or beside the wheel, and wherever Feast is run."""
    installed.velo(tmp_path, "init", "racing")
    racing = tmp_path / "racing"
    change(racing / "feature_repo" / "form.py", "unseen=0.5)", "unseen=0.625)")
    installed.feast(tmp_path, "-c", str(racing / "feature_repo"), "apply")
    deep = racing / "a" / "b"
    deep.mkdir(parents=True)
    assert installed.run(deep, "-c", SERVED).split() == ["0.625"]
    assert "velo_v1_1_0" in installed.feast(
        tmp_path, "-c", str(racing / "feature_repo"), "feature-services", "list"
    )
    assert {path.name for path in (racing / "var").glob("*.db")} == {"registry.db", "online.db"}


def test_one_process_with_two_projects_applies_and_serves_each_its_own(tmp_path: Path) -> None:
    checkout = Installed(sys.executable)
    for name in ("mine", "yours"):
        checkout.velo(tmp_path, "init", name)
    change(tmp_path / "mine" / "feature_repo" / "form.py", "unseen=0.5)", "unseen=0.6)")
    both = [
        "import os, pathlib, sys",
        "from velo.store.registration import apply",
        "for folder in sys.argv[1:] * 2:",
        "    os.chdir(folder)",
        "    apply()",
        *(f"    {line}" for line in SERVED.splitlines()),
        "    form = pathlib.Path('feature_repo/form.py')",
        "    form.write_text(form.read_text().replace('unseen=0.6)', 'unseen=0.7)'))",
    ]
    folders = (str(tmp_path / name) for name in ("mine", "yours"))
    served = checkout.run(tmp_path, "-c", "\n".join(both), *folders)
    assert served.split() == ["0.6", "0.5", "0.7", "0.5"]


def test_feast_refuses_the_declarations_that_it_imported_from_elsewhere(tmp_path: Path) -> None:
    """Two projects, and Python told to look into the one while Feast is told of the other."""
    checkout = Installed(sys.executable)
    for name in ("mine", "yours"):
        checkout.velo(tmp_path, "init", name)
    done = checkout.tried(
        tmp_path,
        "-m",
        "feast.cli.cli",
        "-c",
        str(tmp_path / "mine" / "feature_repo"),
        "apply",
        PYTHONPATH=str(tmp_path / "yours" / "feature_repo"),
    )
    assert done.returncode != 0
    assert "is not what Python imports as" in done.stderr.splitlines()[-1]
    registry = Registry.FromString((tmp_path / "mine" / "var" / "registry.db").read_bytes())
    assert not registry.feature_views, "Feast writes an empty one before it reads what is declared"


def test_a_wheel_without_a_project_refuses_in_one_line(wheel: Installed, tmp_path: Path) -> None:
    done = wheel.tried(tmp_path, "-m", "velo", "status")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "run `velo init DIR`" in done.stderr


WHOLE_WAY = """
import json, pathlib, sys
import velo
from velo.synth.world import write_world

write_world(12000, 5, 0.85, pathlib.Path("world.csv"))
racing = velo.open()
racing.ingest("world.csv")
racing.build()
racing.apply()
trained = racing.train()
for text in sys.argv[1:]:
    pathlib.Path("mine.py").write_text(text)
    bet = velo.open().backtest(first=trained.report.plan.holdout_start)
    print(json.dumps(bet.report))
"""
"""One process, for a process takes longer to load its packages than to do its step here."""


def test_the_whole_way_in_a_project_with_a_wheel(wheel: Installed, tmp_path: Path) -> None:
    """A run has the declarations that it stands on, and a changed strategy is another look."""
    wheel.velo(tmp_path, "init", "racing")
    racing = tmp_path / "racing"
    with (racing / "velo.toml").open("a", encoding="utf-8") as file:
        file.write('[strategies.quiet]\npython = "mine:Quiet"\n')
    texts = (STRATEGY, STRATEGY, STRATEGY.replace("0.05", "0.06"))
    output = wheel.run(racing, "-c", WHOLE_WAY, *texts, **SMALL)
    reports = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert [each["earlier_looks"] for each in reports] == [0, 0, 1]
    hashes = [each["python_strategies"]["quiet"] for each in reports]
    assert hashes[0] == hashes[1] != hashes[2]
    assert reports[0]["strategies"]["quiet"]["bets"] > 0
    artifacts = racing / "var" / "mlartifacts" / reports[0]["run_id"] / "artifacts"
    kept = {path.parent.name: path.read_text() for path in artifacts.glob("strategies/*/mine.py")}
    assert set(kept) == {hashes[0], hashes[2]}
    assert kept[hashes[0]] == STRATEGY
    assert (artifacts / "feature_repo" / "tables" / "horse_form.sql").is_file()
