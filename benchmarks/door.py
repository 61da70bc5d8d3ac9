"""What strangers without the token can do to `velo serve`: `python -m benchmarks.door`.

A service in an empty home is started with a token and 1,024 descriptors, and each attack is made
on its socket while `GET /health` is asked four times a second. Printed is the most memory that the
service took beyond what it had, the slowest answer, and the requests that got none.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx
import psutil

DESCRIPTORS = 1024
MB = 1_000_000
PATIENCE = 120.0
BEGUN = b"GET /races HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@dataclass
class Watched:
    """What was seen of a service while it was attacked."""

    slowest: float = 0.0
    failed: int = 0
    memory: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, address: tuple[str, int], process: psutil.Process) -> None:
        """Ask and weigh until the end."""
        before = process.memory_info().rss
        while not self.ended.is_set():
            begun = time.perf_counter()
            try:
                httpx.get(f"http://{address[0]}:{address[1]}/health", timeout=PATIENCE)
            except httpx.HTTPError:
                self.failed += 1
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            self.memory = max(self.memory, process.memory_info().rss - before)
            self.ended.wait(0.25)


def many_headers(address: tuple[str, int]) -> str:
    """200 MB of headers of some bytes each, in one request."""
    lines = b"".join(b"x-%06d: %s\r\n" % (number, b"y" * 40) for number in range(20_000))
    return _sent(address, lines, 200 * MB)


def one_header(address: tuple[str, int]) -> str:
    """One header of 100 MB."""
    return _sent(address, b"y" * MB, 100 * MB, BEGUN + b"x-long: ")


def half_heads(address: tuple[str, int]) -> str:
    """1,300 connections that send half a head, held for 20 seconds."""
    refused = 0
    with ExitStack() as held:
        connected = []
        for _ in range(1300):
            try:
                connected.append(held.enter_context(socket.create_connection(address, 5)))
                connected[-1].sendall(BEGUN)
            except OSError:
                refused += 1
        time.sleep(20)
        return f"{1300 - refused} connected, {sum(map(_is_held, connected))} still held"


def endless_body(address: tuple[str, int]) -> str:
    """200 MB of a body that goes on after its request was refused."""
    begun = b"POST /cards HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n"
    return _sent(address, b"y" * MB, 200 * MB, begun)


def pipelined(address: tuple[str, int]) -> str:
    """20 MB of requests in one connection, the answers not read."""
    return _sent(address, b"GET /races HTTP/1.1\r\nhost: x\r\n\r\n" * 10_000, 20 * MB, b"")


ATTACKS: tuple[Callable[[tuple[str, int]], str], ...] = (
    many_headers,
    one_header,
    half_heads,
    endless_body,
    pipelined,
)


def _sent(address: tuple[str, int], chunk: bytes, size: int, begun: bytes = BEGUN) -> str:
    sent = 0
    with socket.create_connection(address, PATIENCE) as connection:
        connection.settimeout(20)
        try:
            connection.sendall(begun)
            while sent < size:
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError as error:
            return f"{sent // MB} MB sent, then {type(error).__name__}"
        time.sleep(2)
        return f"{sent // MB} MB sent"


def _is_held(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b"" and _is_held(connection)
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextmanager
def _served() -> Iterator[tuple[tuple[str, int], psutil.Process]]:
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            [sys.executable, "-m", "velo", "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "VELO_HOME": home, "VELO_SERVE_TOKEN": "a-token-of-some-length"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS,) * 2),
        )
        try:
            assert server.stdout
            *_, port = server.stdout.readline().decode().rpartition(":")
            yield ("127.0.0.1", int(port)), psutil.Process(server.pid)
        finally:
            server.kill()
            server.wait()


def main(chosen: list[str]) -> None:
    """Make the attacks that are named, or all."""
    for attack in ATTACKS:
        if chosen and attack.__name__ not in chosen:
            continue
        with _served() as (address, process):
            watched = Watched()
            thread = threading.Thread(target=watched.watch, args=(address, process))
            thread.start()
            time.sleep(1)
            outcome = attack(address)
            watched.ended.set()
            thread.join()
        print(
            f"{attack.__name__}: {outcome}; +{watched.memory / MB:.0f} MB, slowest answer "
            f"{watched.slowest:.1f} s, {watched.failed} without answer",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
