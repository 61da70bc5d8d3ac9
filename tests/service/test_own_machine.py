"""Pages of others that this machine may read: whose requests are passed on, and which."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from velo.service.own_machine import OwnMachineReads, by_own_machine


def _status(method: str, **headers: str) -> int:
    statuses: list[int] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(OwnMachineReads(inside)(scope, None, send))
    return statuses[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_this_machine_reads(method: str) -> None:
    assert _status(method, host="127.0.0.1:8888") == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"])
def test_nobody_changes(method: str) -> None:
    assert _status(method, host="127.0.0.1:8888") == 405


def test_a_strangers_name_that_leads_here_is_refused() -> None:
    assert _status("GET", host="rebound.example") == 403
    assert _status("GET") == 403


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://localhost:8888", True),
        ("HTTP://LOCALHOST:8888", True),
        ("https://localhost:8888", True),
        ("http://localhost", False),
        ("http://localhost:8889", False),
        ("http://127.0.0.1:8888", False),
        ("null", False),
        ("file://", False),
    ],
)
def test_a_page_is_own_where_it_is_of_this_very_host_and_port(origin: str, own: bool) -> None:
    assert by_own_machine({b"host": b"localhost:8888", b"origin": origin.encode()}) is own
