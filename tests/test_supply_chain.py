"""What is installed is what was pinned: on every platform, by hash where that is asked for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PINS = sorted(PROJECT.glob("requirements*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)( ; [^\\]+?)?(?= \\$|$)")

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


def pins(name: str) -> dict[str, tuple[str, str]]:
    """Package -> version and marker, of one file."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    pinned = [PIN.match(line) for line in lines if not line.startswith("    ")]
    assert all(pinned), name
    return {each[1]: (each[2], each[3] or "") for each in pinned if each}


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_both_files_pin_the_same_versions_for_the_same_platforms() -> None:
    assert pins("requirements.txt") == pins("requirements-hashes.txt")
    markers = {marker for _, marker in pins("requirements.txt").values()}
    assert any("win32" in marker for marker in markers)


def test_every_package_of_the_second_file_has_hashes() -> None:
    text = (PROJECT / "requirements-hashes.txt").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", text.strip())
    assert len(packages) == len(pins("requirements-hashes.txt"))
    hashed = re.compile(r"\S[^\n]* \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\\n)?)+")
    assert [each for each in packages if not hashed.fullmatch(each)] == []


def test_the_build_backend_is_among_the_pins() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    (backend,) = project["build-system"]["requires"]
    name, version = backend.split("==")
    assert pins("requirements.txt")[name][0] == version


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_no_pin_names_an_address_or_a_place_on_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|find-links|^-|(^|[\s@])/", text, re.MULTILINE)


def test_what_the_product_imports_is_in_no_group_of_developers_alone() -> None:
    """shin is a second opinion of a test, compiled, and has no wheel for every Python."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert not any(each.startswith("shin") for each in project["project"]["dependencies"])


@needs_make
def test_an_environment_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "theirs"
    foreign.mkdir()
    (foreign / "pyvenv.cfg").write_text("home = /usr/bin\n")
    done = make("status", f"VENV={foreign}")
    assert done.returncode == 2
    assert f"{foreign} is there and was not made by this Makefile" in done.stderr
    assert [path.name for path in foreign.iterdir()] == ["pyvenv.cfg"]


@needs_make
@pytest.mark.parametrize(
    ("words", "reason"),
    [(("VENV=",), "VENV names no folder"), (("HASHES=no",), "say HASHES=yes, or leave it out")],
)
def test_a_word_that_would_install_elsewhere_or_otherwise_is_refused(
    words: tuple[str, ...], reason: str
) -> None:
    done = make("help", *words)
    assert done.returncode == 2
    assert reason in done.stderr


@needs_make
def test_a_word_decides_what_is_installed_from() -> None:
    by_hash = make("--dry-run", "status", "VENV=/nowhere/venv", "HASHES=yes").stdout
    assert "--require-hashes --only-binary :all: -r requirements-hashes.txt" in by_hash
    plain = make("--dry-run", "status", "VENV=/nowhere/venv").stdout
    assert "-r requirements.txt" in plain
    assert "--require-hashes" not in plain


@needs_make
def test_which_mutants_are_wanted_is_no_package_to_install_and_no_word_of_pip_a_module() -> None:
    some = make("--dry-run", "mutants", "VENV=/nowhere/venv", "ONLY=blending/pool").stdout
    assert "benchmarks.mutants blending/pool\n" in some
    assert not re.search(r"install .*blending/pool", some)
    every = make("--dry-run", "mutants", "VENV=/nowhere/venv", "HASHES=yes").stdout
    assert re.search(r"-m benchmarks\.mutants *$", every)
