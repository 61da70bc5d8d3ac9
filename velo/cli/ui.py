"""`velo ui`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from typing import Annotated, Any

import typer

from velo.cli import console

PATIENCE = 120.0
"""Seconds for a server to listen."""
FAREWELL = 10.0
"""Seconds for a server to end when it is asked to."""
POLL = 0.2
SERVERS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE": "false",
    "FEAST_USAGE": "False",
}
"""What the servers are told by the environment, whatever it says."""


def ui(
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of MLflow's pages.")] = 5000,
    feast: Annotated[bool, typer.Option("--feast", help="Show Feast's pages as well.")] = False,
    feast_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of Feast's pages.")
    ] = 8888,
) -> None:
    """Show runs, models and, with --feast, features in a browser, until Ctrl-C."""
    from velo.errors import HomeError
    from velo.home import Home

    require_loopback(host)
    from training.record import mlflow_store
    from velo.store.registry_file import require_as_written

    home = Home.current()
    experiment = mlflow_store.experiment_id(mlflow_store.client(home), home)
    # Without the type of workflow MLflow may open its page for language models.
    runs = f"/#/experiments/{experiment}/runs?workflowType=machine_learning"
    commands = {"MLflow": (port, runs, _mlflow(home, host, port))}
    if feast:
        require_as_written(home.registry)
        commands["Feast"] = (feast_port, "", _feast(host, feast_port))
    for number, *_ in commands.values():
        _require_free(host, number)
    with ExitStack() as ends:
        # A server that is stopped as a service would be is stopped as by Ctrl-C.
        for number, handler in (
            (signal.SIGTERM, signal.default_int_handler),
            (signal.SIGINT, signal.getsignal(signal.SIGINT)),
        ):
            ends.callback(signal.signal, number, signal.signal(number, handler))
        try:
            servers = {}
            for name, (number, page, command) in commands.items():
                servers[name] = ends.enter_context(_serving(command))
                _await_listening(name, servers[name], host, number)
                console.say(f"{name}: {address(host, number)}{page}")
            console.say("Press Ctrl-C to stop")
            sys.stdout.flush()
            while all(server.poll() is None for server in servers.values()):
                time.sleep(POLL)
            gone = next(name for name, server in servers.items() if server.poll() is not None)
            raise HomeError(
                f"{gone}'s server stopped by itself: `velo --debug ui` shows what it says"
            )
        except KeyboardInterrupt:
            # Whoever asks twice must not leave the servers behind.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)


def require_loopback(host: str) -> None:
    """See that a host is this machine's own, for nobody asks who looks.

    Raises:
        InputError: it is not, or not surely.
    """
    from velo.errors import InputError

    try:
        own = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        own = False
    if not own:
        raise InputError(
            f"--host {host} would show the home to others without a password: use 127.0.0.1, and "
            "a tunnel from elsewhere"
        )


def address(host: str, port: int) -> str:
    """What a browser is given."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _mlflow(home: Any, host: str, port: int) -> list[str]:
    """MLflow's own server asks which host was called, and of which page a write is.

    Untold it takes the names of every private network. Pages of this machine's other ports it
    lets write, whatever it is told.
    """
    origins = {address(name, port): None for name in (host, "localhost", "127.0.0.1", "::1")}
    hosts = [origin.removeprefix("http://").removesuffix(":80") for origin in origins]
    return [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        home.tracking_uri,
        "--default-artifact-root",
        home.artifacts.as_uri(),
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "1",
        "--allowed-hosts",
        ",".join(hosts),
        "--cors-allowed-origins",
        ",".join(origins),
        "--x-frame-options",
        "DENY",
    ]


def _feast(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "velo.service.feature_pages", host, str(port)]


def _require_free(host: str, port: int) -> None:
    from velo.errors import InputError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"port {port} on {host} is not available ({error.strerror}): choose another"
            ) from None


@contextmanager
def _serving(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server and all its children, in a group of their own that ends with the block."""
    quiet = None if console.DEBUG.get() else subprocess.DEVNULL
    server = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
        env={**os.environ, **SERVERS},
    )
    try:
        yield server
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    for order, seconds in ((signal.SIGTERM, FAREWELL), (signal.SIGKILL, None)):
        try:
            os.killpg(server.pid, order)
            server.wait(seconds)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _await_listening(name: str, server: subprocess.Popen[bytes], host: str, port: int) -> None:
    from velo.errors import HomeError

    until = time.monotonic() + PATIENCE
    with console.progress(f"Starting {name}"):
        while server.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection((host, port), timeout=POLL).close()
            except OSError:
                time.sleep(POLL)
            else:
                return
    raise HomeError(f"{name}'s server did not start: `velo --debug ui` shows what it says")
