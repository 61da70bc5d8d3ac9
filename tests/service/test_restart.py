"""The process itself: it starts, drains when it is told to end, and is restarted under load."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.velo_command import velo
from tests.live.replayed import World
from velo.home import Home

HANDED = 3
PATIENCE = 120.0


@contextmanager
def process(home: Home, listening: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """`velo serve` on a socket that this test holds, as systemd holds one; ended with the block."""
    command = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", sys.executable, "-m", "velo", "serve"]
    server = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        pass_fds=(HANDED,),
        preexec_fn=lambda: os.dup2(listening.fileno(), HANDED),
        env={**os.environ, "VELO_HOME": str(home.root), "LISTEN_FDS": "1"},
    )
    try:
        assert server.stdout
        assert server.stdout.readline().startswith("VÉLØ: http://127.0.0.1:".encode())
        yield server
    finally:
        server.kill()
        server.wait()


@pytest.mark.slow
def test_a_restart_under_load_costs_no_request(world: World) -> None:
    day = sorted(world.days)[-1]
    world.predict(day)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        statuses: list[int | str] = []
        ended = threading.Event()

        def client(path: str) -> None:
            while not ended.is_set():
                try:
                    # A connection of its own each time: what a proxy does when one was closed.
                    answer = httpx.post(base + path, json={"backfill": True}, timeout=PATIENCE)
                    statuses.append(answer.status_code)
                except httpx.HTTPError as error:
                    statuses.append(repr(error))

        with process(world.home, listening) as first:
            races = httpx.get(f"{base}/races?date={day}", timeout=PATIENCE).json()["races"]
            clients = [
                threading.Thread(target=client, args=(race["predictions"],)) for race in races[:4]
            ]
            for each in clients:
                each.start()
            _await(lambda: len(statuses) > 10)
            first.send_signal(signal.SIGTERM)
            assert first.wait(PATIENCE) == 0
            before = len(statuses)
            with process(world.home, listening):
                _await(lambda: len(statuses) > before + 10)
                ended.set()
                for each in clients:
                    each.join()
        assert set(statuses) == {201}


def test_the_command_refuses_to_listen_elsewhere_without_a_token(home: Home) -> None:
    answer = velo(home.root, "serve", "--host", "0.0.0.0", VELO_SERVE_TOKEN="")
    assert answer.code == 2
    assert "VELO_SERVE_TOKEN" in answer.err


def test_a_port_that_is_taken_is_named(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = velo(home.root, "serve", "--port", str(taken.getsockname()[1]))
    assert answer.code == 2
    assert "choose another" in answer.err


def _await(so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < until
        time.sleep(0.05)
