"""A service in this process, asked without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import httpx

from tests.live.replayed import SETTINGS
from velo.home import Home
from velo.service.application import application
from velo.service.service import Service

BASE = "http://127.0.0.1"
T = TypeVar("T")


def at_eight(day: date) -> Callable[[], datetime]:
    """A clock that stands at 8 in the morning."""
    return lambda: datetime.combine(day, time(8), UTC)


@contextmanager
def served(home: Home, clock: Callable[[], datetime], token: str | None = None) -> Iterator[Any]:
    """The application of a service that is open; its own opening and closing is left out."""
    service = Service(
        home,
        SETTINGS.model_copy(
            update={"serve": SETTINGS.serve.model_copy(update={"look_seconds": 0.05})}
        ),
        clock,
    )
    app = application(service, token)

    async def opened(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for answer in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": answer})

    service.open()
    try:
        yield opened
    finally:
        service.close()


def asked(app: Any, ask: Callable[[httpx.AsyncClient], Awaitable[T]], **headers: str) -> T:
    """What a client gets."""

    async def within() -> T:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, timeout=60, headers=headers
        ) as client:
            return await ask(client)

    return asyncio.run(within())
