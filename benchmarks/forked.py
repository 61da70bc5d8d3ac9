"""A `velo` command in a process of its own that need not import anything first.

Everything is imported once and the process is forked for each command. So a blow that comes at any
time while a command runs meets what the command does, and not its imports, which are most of the
time of a short one.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from velo.cores import wait_passively

PACKAGES = ("velo", "training", "backtest")
BROKEN = 70
"""Exit code of a question that raised."""


def warm() -> None:
    """Import all that a command may need, and run nothing of it: threads would not be forked."""
    wait_passively()
    for package in PACKAGES:
        folder = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(folder, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    for name in ("duckdb", "feast.feature_store", "lightgbm", "mlflow", "pandas", "pyarrow"):
        importlib.import_module(name)


@dataclass
class Running:
    """A command that was started.

    Attributes:
        pid: of its process, which leads a group of its own.
        printed: file of what it says, and `.err` beside it of what it complains of.
        seconds: of CPU that it took, once it has ended.
    """

    pid: int
    printed: Path
    seconds: float = 0.0

    def alive(self) -> bool:
        """Whether it is still at it."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def worked(self) -> float:
        """Seconds of CPU that it has taken so far, to the kernel's tick."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        ticks = stat.rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """SIGKILL to it and whatever it started."""
        os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> tuple[int, str]:
        """Wait; its exit code, negative for a signal, and its complaint."""
        _, status, usage = os.wait4(self.pid, 0)
        self.seconds = usage.ru_utime + usage.ru_stime
        complaint = self.printed.with_suffix(".err")
        text = complaint.read_text(encoding="utf-8", errors="replace")
        complaint.unlink()
        return os.waitstatus_to_exitcode(status), text


def command(home: Path, *words: str) -> Running:
    """Start `velo` with these words in a home."""

    def work() -> None:
        from velo.cli import main

        sys.argv = ["velo", *words]
        main()

    return _forked(home, work)


def answer(home: Path, question: Callable[[], Any]) -> Any:
    """What a function returns that may open the home, as JSON gives it back.

    Raises:
        RuntimeError: it raised.
    """

    def work() -> None:
        print(json.dumps(question()))

    process = _forked(home, work)
    code, complaint = process.end()
    text = process.printed.read_text(encoding="utf-8")
    process.printed.unlink()
    if code:
        raise RuntimeError(complaint)
    return json.loads(text)


def _forked(home: Path, work: Callable[[], None]) -> Running:
    number, name = tempfile.mkstemp(prefix="velo-forked-", suffix=".out")
    printed = Path(name)
    pid = os.fork()
    if not pid:
        _be(home, work, number, printed)
    os.close(number)
    # Both sides set the group: whoever is first, it is there before anybody kills it.
    os.setpgid(pid, pid)
    return Running(pid, printed)


def _be(home: Path, work: Callable[[], None], number: int, printed: Path) -> NoReturn:
    code = BROKEN
    try:
        os.setpgid(0, 0)
        os.dup2(number, 1)
        os.dup2(os.open(printed.with_suffix(".err"), os.O_CREAT | os.O_WRONLY, 0o600), 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ["VELO_HOME"] = str(home)
        warnings.simplefilter("ignore")
        work()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
