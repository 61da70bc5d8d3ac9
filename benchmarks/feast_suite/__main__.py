"""Run Feast's own tests with our stores and with its own, and compare.

    FEAST_SOURCE=../feast python -m benchmarks.feast_suite

`FEAST_SOURCE` is a checkout of github.com/feast-dev/feast, whose tests and whose Feast are run.
Nothing of it is copied. The exit code is 1 where a test passes with Feast's stores and not with
ours, unless it is of vector search, or `known.py` says why it may.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.feast_suite.known import why_it_may

SUITES = {
    "offline": (
        ["tests/integration/offline_store"],
        {"FULL_REPO_CONFIGS_MODULE": "tests.universal.feature_repos.duckdb_repo_configuration"},
    ),
    "online": (["tests/integration/online_store"], {}),
    "materialisation": (["tests/integration/materialization"], {}),
    "end to end": (["tests/integration/local_feast_tests"], {}),
    "local": (["tests/unit/local_feast_tests"], {}),
    "unit": (
        [
            "tests/unit/online_store",
            "tests/unit/test_on_demand_pandas_transformation.py",
            "tests/unit/test_on_demand_python_transformation.py",
            "tests/unit/test_on_demand_feature_view.py",
            "tests/unit/cli",
        ],
        {},
    ),
}
"""Suite -> what is run, and what it needs in the environment."""

CHOSEN = "not rbac_remote_integration_test and not ray_offline_stores_only and not mongodb"
ELSEWHERE = (
    "lambda",
    "snowflake",
    "redis",
    "postgres",
    "mysql",
    "dynamodb",
    "milvus",
    "mongodb",
    "scylladb",
    "s3_custom",
    "delta",
    "dqm",
)
"""Tests of other stores, of formats and of validation that need what we do not have."""
VECTORS = ("vector", "document", "embedding")
"""Tests of vector search."""


def main() -> None:
    """Print a row a suite and store, and every test that fails on ours alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", choices=[[], *SUITES], default=[])
    parser.add_argument("--ours", action="store_true", help="do not run Feast's stores beside")
    parser.add_argument("-k", default="", help="only tests whose names fit")
    chosen = parser.parse_args()
    checkout = Path(os.environ.get("FEAST_SOURCE") or "-").resolve()
    if not (checkout / "sdk/python/tests/universal").is_dir():
        raise SystemExit("set FEAST_SOURCE to a checkout of github.com/feast-dev/feast")
    print("| tests | stores | pass | fail | skipped |\n| --- | --- | --- | --- | --- |", flush=True)
    amiss: list[str] = []
    for suite in chosen.suites or SUITES:
        ours = _outcomes(checkout, suite, "ours", chosen.k)
        _print(suite, "ours", ours)
        stock = {} if chosen.ours else _outcomes(checkout, suite, "Feast's", chosen.k)
        if not chosen.ours:
            _print(suite, "Feast's", stock)
        amiss += [
            test
            for test, outcome in ours.items()
            if outcome == "fail" and stock.get(test, "pass") == "pass"
        ]
    reasons = {test: _why_it_may(test) for test in amiss}
    for test, why in reasons.items():
        print(f"fails on ours alone: {test}" + (f"\n  may: {why}" if why else ""))
    sys.exit(int(None in reasons.values()))


def _why_it_may(test: str) -> str | None:
    if any(word in test.lower() for word in VECTORS):
        return "vector search, which our online store does not offer"
    return why_it_may(test)


def _print(suite: str, stores: str, outcomes: dict[str, str]) -> None:
    count = Counter(outcomes.values())
    print(
        f"| {suite} | {stores} | {count['pass']} | {count['fail']} | {count['skip']} |", flush=True
    )


def _outcomes(checkout: Path, suite: str, stores: str, only: str) -> dict[str, str]:
    """Test -> `pass`, `fail` or `skip`."""
    paths, needs = SUITES[suite]
    here = Path(__file__).resolve()
    python = checkout / "sdk/python"
    ours = [str(here.parent / "startup")] if stores == "ours" else []
    names = f"not ({' or '.join(ELSEWHERE)})" + (f" and ({only})" if only else "")
    log = Path(os.environ.get("FEAST_LOG") or os.devnull)
    with tempfile.TemporaryDirectory(prefix="velo-feast-") as folder, log.open("a") as output:
        report = Path(folder) / "report.xml"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "pytest_lazyfixture",
                "-n",
                "2",
                "--timeout",
                "1200",
                "--dist",
                "loadgroup",
                *(["--integration"] if suite in _INTEGRATION else []),
                "-m",
                CHOSEN,
                "-k",
                names,
                *(f"--ignore-glob=*{word}*" for word in ELSEWHERE),
                "-W",
                "ignore",
                f"--junitxml={report}",
                *paths,
            ],
            cwd=python,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                **needs,
                "FEAST_IS_LOCAL_TEST": "True",
                "FEAST_USAGE": "False",
                "PYTHONDONTWRITEBYTECODE": "1",
                "VELO_HOME": f"{folder}/home",
                "PYTHONPATH": os.pathsep.join(
                    [*ours, str(here.parent / "lazy"), str(python), str(here.parents[2])]
                ),
            },
        )
        if not report.exists():
            raise SystemExit(f"{suite}: pytest wrote no report; FEAST_LOG=file keeps what it said")
        return {
            f"{case.get('classname')}::{case.get('name')}": _outcome(case)
            for case in ElementTree.parse(report).iter("testcase")
        }


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "fail"
    return "skip" if case.find("skipped") is not None else "pass"


_INTEGRATION = {"offline", "online", "materialisation", "end to end"}


if __name__ == "__main__":
    main()
