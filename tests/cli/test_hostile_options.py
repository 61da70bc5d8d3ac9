"""No value of any option of any command breaks it in words that do not say what to mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest
from typer.models import OptionInfo

from velo import cli, settings
from velo.backup.restore import restore
from velo.backup.stores import migrate
from velo.home import Home

TESTS = Path(__file__).resolve().parent.parent
HOME = TESTS / "homes" / "v1.1.0" / "home.tar.gz"
SERVERS = {"serve", "ui", "demo"}
"""Commands that do not end by themselves, or run all others."""


def options() -> Iterator[tuple[str, str, Any, OptionInfo]]:
    """Every option as (command, name, type, what Typer knows of it)."""
    for command in cli.app.registered_commands:
        function = command.callback
        assert function is not None
        hints = typing.get_type_hints(function, include_extras=True)
        for name, hint in hints.items():
            if get_origin(hint) is Annotated:
                kind, *extras = get_args(hint)
                for option in (each for each in extras if isinstance(each, OptionInfo)):
                    yield function.__name__, name, kind, option


def test_every_number_that_a_command_takes_has_both_bounds_and_none_is_nan() -> None:
    numbers = [
        (command, name, option)
        for command, name, kind, option in options()
        if {int, float} & {kind, *get_args(kind)}
    ]
    assert len(numbers) > 15
    for command, name, option in numbers:
        assert None not in (option.min, option.max), f"velo {command}: {name}"
    floats = [option for _, _, kind, option in options() if float in {kind, *get_args(kind)}]
    assert all(option.callback is not None for option in floats)


HOSTILE = {
    int: ("-1", "0", "1000000000000", "9" * 40, "nan", "1.5", ""),
    float: ("nan", "inf", "-inf", "-1", "1e309", "x", ""),
    "date": ("0001-01-01", "9999-12-31", "2024-02-30", "now", ""),
    str: ("", "x", "=1+1", "\x1b[2J", "'; DROP TABLE races", "a" * 5000, "-"),
    Path: ("", "/", "/dev/null", "/dev/null/x", "a" * 5000, "\x1b.csv"),
}

RUN = """
import contextlib, io, json, sys
from velo import cli
for words in json.load(sys.stdin):
    sys.argv = ["velo", *words]
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        except BaseException as error:
            code, said = 99, repr(error)
            err.write(said)
    print(json.dumps([words, code, err.getvalue()]), file=sys.__stdout__, flush=True)
"""
LEAD = {
    "backup": ["{tmp}/none/x.tar.gz"],
    "restore": ["{tmp}/none.tar.gz"],
    "ingest": ["none.csv"],
    "results": ["none.csv"],
}
SHORT = {"synth": ["--runners", "1000"]}


def hostile_words(command: str, tmp: Path) -> list[list[str]]:
    """The command with each of its options at each hostile value of its type."""
    lines = []
    for owner, name, kind, option in options():
        kinds = {kind, *get_args(kind)}
        if owner != command or bool in kinds:
            continue
        drawn = next(
            (HOSTILE[each] for each in (int, float, str, Path) if each in kinds), HOSTILE["date"]
        )
        flag = next(iter(option.param_decls or ()), f"--{name.replace('_', '-')}")
        lead = [word.format(tmp=tmp) for word in LEAD.get(command, [])]
        short = [] if name == "runners" else SHORT.get(command, [])
        lines += [[command, *lead, *short, flag, value] for value in drawn]
    return lines


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    sorted({command for command, *_ in options()} - SERVERS),
)
def test_no_hostile_value_of_an_option_is_unexpected(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the home of an earlier version, which has results, a build, a champion and a ledger."""
    home = tmp_path / "home"
    restore(HOME, home)
    monkeypatch.setenv("VELO_HOME", str(home))
    migrate(Home.current(), settings.load().store)
    asked = hostile_words(command, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
        env={**os.environ, "VELO_HOME": str(home), "PYTHONPATH": str(TESTS.parent)},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(asked)
    odd = [each for each in answers if "unexpected" in each[2] or each[1] not in (0, 1, 2)]
    assert odd == []
