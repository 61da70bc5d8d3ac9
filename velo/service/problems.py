"""What goes wrong, as problem+json (RFC 9457) with the platform's one line as its detail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from velo.errors import DataError, HomeError, InputError, InUse, ModelError, VeloError

MEDIA = "application/problem+json"
AGAIN = 5
"""Seconds after which a client should ask again where somebody holds what it needs."""
LATER = 30
"""The same where a command must be run first."""


class Busy(HomeError):
    """More is waiting than can be served."""


class Closed(VeloError):
    """A race that is not predicted: it is off, or cannot be scored."""


@dataclass(frozen=True)
class Problem:
    """A status, its line, and after how many seconds to ask again, where that helps."""

    status: HTTPStatus
    detail: str
    again: int | None = None

    def headers(self) -> dict[str, str]:
        """Beside the content type."""
        return {} if self.again is None else {"Retry-After": str(self.again)}

    def body(self, instance: str | None = None) -> dict[str, Any]:
        """RFC 9457's members; no instance where the request was not read as far as its path."""
        members = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        return members if instance is None else {**members, "instance": instance}

    def encoded(self, instance: str | None = None) -> bytes:
        """The same as JSON."""
        return json.dumps(self.body(instance)).encode()


def problem_of(error: BaseException) -> Problem:
    """What a client is told of an error."""
    line = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, InUse | Busy):
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, line, AGAIN)
    if isinstance(error, Closed):
        return Problem(HTTPStatus.CONFLICT, line)
    if isinstance(error, InputError):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, line)
    if isinstance(error, DataError):
        return Problem(HTTPStatus.NOT_FOUND, line)
    if isinstance(error, HomeError | ModelError):
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, line, LATER)
    if isinstance(error, VeloError):
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, line)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        f"unexpected {type(error).__name__}; the service's log says where",
    )
