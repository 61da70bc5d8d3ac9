"""Who and what is let in: the token, the host that was called, and bodies of a bounded size."""

from __future__ import annotations

import asyncio
import hmac
from http import HTTPStatus
from typing import Any

from velo.errors import SettingsError
from velo.service.own_machine import answer, by_own_machine, is_loopback
from velo.service.problems import Problem

TOKEN = "VELO_SERVE_TOKEN"  # noqa: S105
SHORTEST = 16
OPEN_TO_ALL = ("/health",)
"""What is answered without a token: whether the process lives, and no more."""


def required_token(host: str, token: str | None) -> str | None:
    """The token that requests must bear; None where none is needed.

    Args:
        host: that the service listens at.
        token: as the environment gives it, none or empty where it does not.

    Raises:
        SettingsError: the host is not loopback and there is no token, or it is a poor one.
    """
    if not token:
        if is_loopback(host):
            return None
        raise SettingsError(
            f"{host} can be reached from elsewhere: set {TOKEN} to a secret of at least {SHORTEST} "
            "characters, or listen on 127.0.0.1"
        )
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(
            f"{TOKEN} is not a token: it needs at least {SHORTEST} printable characters and no "
            "spaces, such as `openssl rand -hex 32` makes"
        )
    return token


class Admission:
    """ASGI: refuses what may not come in before anything reads it.

    Without a token a request must be this machine's own.
    """

    def __init__(self, app: Any, token: str | None, largest: int, seconds: float) -> None:
        """Take the application within.

        Args:
            app: what is asked when a request is let in.
            token: that requests must bear, or None.
            largest: bytes of a body.
            seconds: in which a body must arrive.
        """
        self._app, self._largest, self._seconds = app, largest, seconds
        self._token = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, its body read, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refused = self._refused(scope, headers)
        body = b""
        if refused is None:
            refused, body = await self._body(headers, receive)
        if refused is not None:
            await answer(refused, scope, send, _more(refused))
            return
        await self._app(scope, _replayed(body, receive), send)

    def _refused(self, scope: Any, headers: dict[bytes, bytes]) -> Problem | None:
        if self._token is None:
            if by_own_machine(headers):
                return None
            return Problem(
                HTTPStatus.FORBIDDEN,
                "without a token this service only answers to 127.0.0.1 and localhost, and to no "
                f"page of another site: set {TOKEN}",
            )
        if scope["path"] in OPEN_TO_ALL:
            return None
        if hmac.compare_digest(headers.get(b"authorization", b""), self._token):
            return None
        return Problem(
            HTTPStatus.UNAUTHORIZED, f"send `Authorization: Bearer TOKEN` with the token of {TOKEN}"
        )

    async def _body(
        self, headers: dict[bytes, bytes], receive: Any
    ) -> tuple[Problem | None, bytes]:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._largest:
            return self._too_large(), b""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        # Half a card is another card. Whoever is still there learns why.
                        return Problem(
                            HTTPStatus.BAD_REQUEST, "the body ended before it was complete"
                        ), b""
                    chunks.append(message.get("body", b""))
                    size += len(chunks[-1])
                    if size > self._largest:
                        return self._too_large(), b""
                    more = message.get("more_body", False)
        except TimeoutError:
            why = f"the body did not arrive within {self._seconds:g} s (serve.body_seconds)"
            return Problem(HTTPStatus.REQUEST_TIMEOUT, why), b""
        return None, b"".join(chunks)

    def _too_large(self) -> Problem:
        why = f"a body may have at most {self._largest:,} bytes (serve.largest_body)"
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)


def _replayed(body: bytes, receive: Any) -> Any:
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _more(problem: Problem) -> tuple[tuple[bytes, bytes], ...]:
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return ((b"www-authenticate", b"Bearer"),)
    if problem.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
        # What is left of the body is not read, so nothing more can be asked over it.
        return ((b"connection", b"close"),)
    return ()
