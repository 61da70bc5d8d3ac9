"""The `velo` command: one module a noun; what is slow to import is imported where it is used."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import typer

from velo.cli import (
    audit,
    backtest,
    backup,
    build,
    console,
    demo,
    docs,
    drift,
    ingest,
    init,
    ledger,
    materialize,
    migrate,
    predict,
    promote,
    quarantine,
    report,
    restore,
    results,
    serve,
    status,
    synth,
    train,
    ui,
)
from velo.disk.access import denied, is_denied
from velo.disk.full_disk import is_full
from velo.disk.interruptible import ended_by_ctrl_c
from velo.errors import VeloError

INTERRUPTED = 130
"""What a shell says of a process that SIGINT ended, and Typer of a command that it did."""
QUERY_INTERRUPTED = "Query interrupted"
"""What DuckDB raises in place of KeyboardInterrupt, which its queries take and drop."""

app = typer.Typer(
    name="velo",
    help="A feature store, an honestly judged model and the daily loop for horse racing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    init,
    synth,
    ingest,
    quarantine,
    build,
    materialize,
    audit,
    train,
    backtest,
    promote,
    predict,
    results,
    ledger,
    drift,
    serve,
    report,
    status,
    migrate,
    backup,
    restore,
    ui,
    demo,
    docs,
):
    app.command()(module.__dict__[module.__name__.rpartition(".")[2]])


@app.callback()
def _options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    console.DEBUG.set(debug)
    _stay_in_home()


def _stay_in_home() -> None:
    """Let a home that is a link be the folder that it names now, whoever moves the link on.

    Warehouse, registry and online store each ask where the home is when they are opened.
    """
    if named := os.environ.get("VELO_HOME"):
        os.environ["VELO_HOME"] = str(Path(named).expanduser().resolve())


def main() -> None:
    """Run the command line; exit 0 done, 1 the answer is no, 2 wrong usage or input, 130 Ctrl-C."""
    warnings.simplefilter("ignore")
    try:
        with ended_by_ctrl_c():
            app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except VeloError as error:
        sys.exit(_complain(error, str(error)))
    except Exception as error:
        if str(error) == QUERY_INTERRUPTED:
            sys.exit(INTERRUPTED)
        if is_full(error):
            sys.exit(_complain(error, "the disk is full: make room and run the command again"))
        if is_denied(error):
            from velo.settings import home_path

            sys.exit(_complain(error, denied(error, home_path)))
        if isinstance(error, OSError | MemoryError):
            sys.exit(_complain(error, f"{type(error).__name__}: {error}"))
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        line = f"unexpected {type(error).__name__}: {first}; `velo --debug ...` shows where"
        sys.exit(_complain(error, line))


def _complain(error: BaseException, line: str) -> int:
    if console.DEBUG.get():
        raise error
    console.error(line)
    return 2
