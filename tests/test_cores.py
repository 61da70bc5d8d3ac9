"""How many threads a process starts, and how they wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from velo.cores import usable_cores
from velo.settings import Settings

ALLOWED = len(os.sched_getaffinity(0))
PROJECT = Path(__file__).parents[1]


def machine(root: Path, groups: str, **files: str) -> Path:
    """A file system that says of the process's control groups what a kernel says."""
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "100000 100000\n"}),
        ("0::/racing.slice/velo\n", {"sys/fs/cgroup/racing.slice/cpu.max": "150000 100000\n"}),
        (
            "0::/a/b\n",
            {
                "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
                "sys/fs/cgroup/a/cpu.max": "50000 100000\n",
            },
        ),
        (
            "4:cpu,cpuacct:/docker/12\n",
            {
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
        ),
        (
            "1:cpu:/velo\n0::/\n",
            {
                "sys/fs/cgroup/cpu/velo/cpu.cfs_quota_us": "25000\n",
                "sys/fs/cgroup/cpu/velo/cpu.cfs_period_us": "100000\n",
            },
        ),
    ],
    ids=["a container", "a slice above", "less above", "the first version", "both versions"],
)
def test_a_containers_quota_bounds_the_threads(
    tmp_path: Path, groups: str, files: dict[str, str]
) -> None:
    assert usable_cores(machine(tmp_path, groups, **files)) == 1


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("", {}),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "max 100000\n"}),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "6400000 100000\n"}),
        (
            "1:cpu:/\n",
            {
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
        ),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "nonsense\n"}),
    ],
)
def test_without_a_quota_the_affinity_mask_alone_does(
    tmp_path: Path, groups: str, files: dict[str, str]
) -> None:
    assert usable_cores(machine(tmp_path, groups, **files)) == ALLOWED


def test_a_process_bound_to_one_core_sets_one_thread() -> None:
    one = min(os.sched_getaffinity(0))
    code = (
        f"import os; os.sched_setaffinity(0, {{{one}}}); from velo.settings import Settings; "
        "s = Settings(); print(s.ranker.threads, s.store.threads)"
    )
    assert last_line(code) == "1 1"


def test_settings_take_the_cores_that_the_process_may_use() -> None:
    cores = usable_cores()
    assert 1 <= cores <= ALLOWED
    assert (Settings().store.threads, Settings().ranker.threads) == (cores, cores)


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "import training.model.ranker as ranker; ranker._lightgbm()",
        "import sys; sys.argv = ['velo', '--help']\nfrom velo.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass",
        "import tests.conftest",
    ],
    ids=["training as a library", "the command", "the tests"],
)
def test_openmp_waits_passively_where_nobody_chose(code: str) -> None:
    asked = (
        f"{code}\nimport os\nprint(os.environ['OMP_WAIT_POLICY'], os.environ.get('GOMP_SPINCOUNT'))"
    )
    assert last_line(asked) == "passive 2000"
    assert last_line(asked, OMP_WAIT_POLICY="active") == "active None"


@pytest.mark.slow
def test_the_policy_is_left_alone_once_lightgbm_is_loaded() -> None:
    assert (
        last_line(
            "import os, lightgbm; from velo.cores import wait_passively; wait_passively(); "
            "print(os.environ.get('OMP_WAIT_POLICY'))"
        )
        == "None"
    )


def last_line(code: str, **environment: str) -> str:
    """The last line that a process of its own prints, without the tests' own policy."""
    ours = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    inherited = {name: text for name, text in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.splitlines()[-1]
