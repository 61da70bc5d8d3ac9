"""Whether a request is this machine's own, where nobody is asked for a token or a password."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from velo.service.problems import MEDIA, Problem

OWN_SITE = (b"none", b"same-origin")
"""What a browser says of requests that no other site's page makes."""


def is_loopback(host: str) -> bool:
    """Whether a host is surely this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def by_own_machine(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request calls this machine by a name of its own and is of no other site's page.

    Neither may a stranger have a browser of this machine ask for him: by a name of his that leads
    here (DNS rebinding), or from a page of his. Not every browser says of which site a page is, but
    each says the page's origin where it sends something.

    Args:
        headers: of the request, names in lower case.
    """
    host = headers.get(b"host", b"")
    if not is_loopback(_name(host.decode("latin-1"))):
        return False
    if headers.get(b"sec-fetch-site", b"none") not in OWN_SITE:
        return False
    origin = headers.get(b"origin")
    if origin is None:
        return True
    scheme, _, authority = origin.lower().partition(b"://")
    return scheme in (b"http", b"https") and authority == host.lower()


class OwnMachineReads:
    """ASGI: an application of others that this machine may read, and nobody may change."""

    def __init__(self, app: Any, methods: Collection[str] = ("GET", "HEAD")) -> None:
        """Take the application within, and what it may be asked by."""
        self._app, self._methods = app, methods

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = None
        if not by_own_machine(dict(scope["headers"])):
            why = "this only answers to 127.0.0.1 and localhost, and to no page of another site"
            refused = Problem(HTTPStatus.FORBIDDEN, why)
        elif scope["method"] not in self._methods:
            why = f"these pages are read-only: only {' and '.join(self._methods)} are answered"
            refused = Problem(HTTPStatus.METHOD_NOT_ALLOWED, why)
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await answer(refused, scope, send)


async def answer(
    problem: Problem, scope: Any, send: Any, more: Collection[tuple[bytes, bytes]] = ()
) -> None:
    """Answer an ASGI request with a problem.

    Args:
        problem: that is told.
        scope: of the request.
        send: of the request.
        more: headers beside the problem's own.
    """
    body = problem.encoded(scope["path"])
    headers = [
        (b"content-type", MEDIA.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers().items()),
        *more,
    ]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name(host: str) -> str:
    """`[::1]:8000` is `::1`, `localhost:8000` is `localhost`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
