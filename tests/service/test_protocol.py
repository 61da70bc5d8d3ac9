"""What one connection may cost, on real sockets and before any token is asked for.

The server takes 127.0.0.1 for a known peer, as it takes a proxy, and 127.0.0.2 for a stranger.
"""

from __future__ import annotations

import http.client
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psutil
import pytest
import uvicorn

from velo.errors import SettingsError
from velo.service.admission import Admission
from velo.service.listening import require_descriptors
from velo.service.open_connections import OpenConnections
from velo.service.protocol import bounded_protocol
from velo.settings import Serve

TOKEN = "a-token-of-some-length"
BOUNDS = Serve(
    largest_head=4096,
    head_seconds=0.4,
    body_seconds=0.5,
    connections=200,
    connections_of_one_peer=20,
    drain_seconds=4,
)
BEGUN = b"GET /races HTTP/1.1\r\nhost: velo.example\r\n"
LARGE = 30_000_000
AUTHORIZED = f"Bearer {TOKEN}"
PATIENCE = 60.0
"""Seconds for what is not measured, on a busy machine."""
Address = tuple[str, int]


async def _inside(scope: Any, receive: Any, send: Any) -> None:
    """What is behind the token: long answers, and the header `x-said` given back."""
    header = dict(scope["headers"]).get(b"x-said", b"")
    body = b"x" * LARGE if scope["path"] == "/large" else header
    await receive()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def _serving(held: OpenConnections, seconds: float = BOUNDS.body_seconds) -> Iterator[Address]:
    app = Admission(_inside, TOKEN, 100_000, seconds)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        address = listening.getsockname()
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_level="critical",
                ws="none",
                http=bounded_protocol(BOUNDS, held),
                timeout_graceful_shutdown=BOUNDS.drain_seconds,
            )
        )
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    held = OpenConnections(
        BOUNDS.connections, BOUNDS.connections_of_one_peer, lambda peer: peer == "127.0.0.1"
    )
    with _serving(held) as at:
        yield at


@contextmanager
def _connected(address: Address, origin: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection(address, PATIENCE, (origin, 0)) as made:
        yield made


def _all(connection: socket.socket) -> bytes:
    """Whatever comes until the server ends the connection."""
    answer = b""
    try:
        while chunk := connection.recv(65536):
            answer += chunk
    except ConnectionResetError:
        pass
    return answer


def _flood(connection: socket.socket, chunk: bytes, times: int) -> bool:
    """Whether the server put an end to it."""
    try:
        for _ in range(times):
            connection.sendall(chunk)
    except OSError:
        return True
    return False


def _problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    return int(head.split()[1]), json.loads(body)["detail"]


def _get(address: Address, path: str = "/races", header: str = "") -> tuple[int, bytes]:
    """What a client with the token gets; a connection for itself."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"authorization": AUTHORIZED, "x-said": header})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        b"x-long: " + b"y" * 4200,
        b"".join(b"x-%d: y\r\n" % number for number in range(500)),
        b"x-long: " + b"y" * 4200 + b"\r\n\r\n",
    ],
)
def test_a_head_that_is_too_long_is_refused_whole_or_half(address: Address, headers: bytes) -> None:
    with _connected(address) as connection:
        connection.sendall(BEGUN + headers)
        assert _problem(_all(connection)) == (
            431,
            "a request's head may have at most 4,096 bytes (serve.largest_head)",
        )


def test_a_head_within_the_bound_is_read(address: Address) -> None:
    assert _get(address, header="y" * 3000) == (200, b"y" * 3000)


@pytest.mark.parametrize(
    "flood",
    [b"y" * 100_000, b"x-a: b\r\n" * 10_000, b"x-a: b\r\n\r\n" + BEGUN * 3000],
    ids=["one header", "many headers", "no header at all"],
)
def test_a_flood_of_headers_without_a_token_costs_no_memory(address: Address, flood: bytes) -> None:
    own = psutil.Process()
    before = own.memory_info().rss
    with _connected(address) as connection:
        connection.sendall(BEGUN + b"x-long: ")
        begun = time.perf_counter()
        assert _flood(connection, flood, 1000)
        assert time.perf_counter() - begun < PATIENCE / 4
    assert own.memory_info().rss - before < 30_000_000


def test_trailers_are_bounded_as_headers_are(address: Address) -> None:
    with _connected(address) as connection:
        connection.sendall(
            b"POST /cards HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
            b"authorization: " + AUTHORIZED.encode() + b"\r\n\r\n1\r\nx\r\n0\r\nx-long: "
        )
        time.sleep(0.05)
        assert _flood(connection, b"y" * 100_000, 100)


@pytest.mark.parametrize("begun", [b"", BEGUN, b"\r\n", b"G"])
def test_half_a_head_is_waited_for_so_long(address: Address, begun: bytes) -> None:
    with _connected(address) as connection:
        connection.sendall(begun)
        waited = time.perf_counter()
        answer = _all(connection)
        assert 0.3 < time.perf_counter() - waited < PATIENCE / 4
    if begun == BEGUN:
        assert _problem(answer) == (
            408,
            "the request's head did not arrive within 0.4 s (serve.head_seconds)",
        )


def test_a_head_that_trickles_in_is_not_waited_for_longer(address: Address) -> None:
    with _connected(address) as connection:
        begun = time.perf_counter()
        while not _flood(connection, b"G", 1):
            time.sleep(0.05)
            assert time.perf_counter() - begun < PATIENCE / 4


def test_after_an_answer_the_next_half_head_is_not_waited_for_either(address: Address) -> None:
    with _connected(address) as connection:
        connection.sendall(BEGUN + b"\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")
        connection.sendall(BEGUN)
        assert b"408" in _all(connection)


def test_the_body_of_a_request_that_was_refused_is_not_read_for_ever(address: Address) -> None:
    head = b"POST /cards HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n"
    with _connected(address) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")
        assert _flood(connection, b"y" * 100_000, 200)
    with _connected(address) as connection:
        connection.sendall(head + b"half a body")
        begun = time.perf_counter()
        assert _all(connection).startswith(b"HTTP/1.1 401")
        assert time.perf_counter() - begun < PATIENCE / 4


def test_requests_are_not_taken_in_advance_without_end(address: Address) -> None:
    own = psutil.Process()
    before = own.memory_info().rss
    with _connected(address) as connection:
        assert _flood(connection, (BEGUN + b"\r\n") * 5000, 100)
    assert own.memory_info().rss - before < 50_000_000


def test_who_takes_no_answer_is_not_waited_for(address: Address) -> None:
    asked = b"GET /large HTTP/1.1\r\nhost: x\r\nauthorization: " + AUTHORIZED.encode()
    with _connected(address) as connection:
        connection.sendall(asked + b"\r\n\r\n")
        time.sleep(2)
        assert len(_all(connection)) < LARGE


def test_no_other_protocol_is_spoken(address: Address) -> None:
    with _connected(address) as connection:
        connection.sendall(
            BEGUN + b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")


def test_what_is_no_http_is_answered_in_one_line(address: Address) -> None:
    with _connected(address) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert _problem(_all(connection)) == (400, "this is not an HTTP request")


def test_100_clients_of_a_proxy_are_served_while_1300_half_heads_of_a_stranger_are_dropped(
    address: Address,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        with ExitStack() as ends, ThreadPoolExecutor(100) as clients:
            half = []
            for _ in range(1300):
                half.append(ends.enter_context(_connected(address, "127.0.0.2")))
                half[-1].sendall(BEGUN)
            answers = list(clients.map(lambda _: _get(address)[0], range(400)))
            assert answers == [200] * 400
            ended = [_all(each) for each in half]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sum(b" 503 " in each for each in ended) > 0
    assert len(ended) == 1300


def test_more_connections_than_descriptors_are_refused_at_the_start() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        pytest.skip("descriptors are not bounded here")
    with pytest.raises(SettingsError, match=f"serve.connections = {hard} needs"):
        require_descriptors(hard)


def test_the_end_does_not_wait_for_the_rest_of_a_body() -> None:
    head = b"POST /cards HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\nauthorization: "
    with ExitStack() as ends:
        with _serving(OpenConnections(9, 9, lambda peer: True), seconds=60) as address:
            late, whole = (ends.enter_context(_connected(address)) for _ in range(2))
            for connection in (late, whole):
                connection.sendall(head + AUTHORIZED.encode() + b"\r\n\r\nhalf")
            time.sleep(0.2)
            arrives = threading.Timer(0.2, whole.sendall, [b" a body"])
            arrives.start()
            begun = time.perf_counter()
        assert time.perf_counter() - begun < PATIENCE / 4
        assert _problem(_all(late)) == (503, "the service is stopping")
        assert _all(whole).startswith(b"HTTP/1.1 200")
