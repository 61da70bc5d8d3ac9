"""HTTP on one connection, bounded before anything of a request is asked or answered.

Uvicorn bounds neither a head nor the time for it, holds every connection that is made, and reads
on for ever what follows a request that was refused.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from velo.service.open_connections import OpenConnections
from velo.service.problems import AGAIN, MEDIA, Problem
from velo.settings import Serve
from velo.warehouse.bounds import size_in_bytes

MOST_PIPELINED = 16
"""Requests that one connection may send before the first is answered."""
FIRST_HEAD = 1.0
"""Seconds that a new connection has for its first request when the service stops, at most."""


def bounded_protocol(bounds: Serve, held: OpenConnections) -> type[asyncio.Protocol]:
    """The protocol of one server's connections, as Uvicorn's `http` takes it."""
    return type("Bounded", (BoundedProtocol,), {"bounds": bounds, "held": held})


class _Refused(Exception):
    """Stops the parser; what is answered is in the protocol's `_problem`."""


class BoundedProtocol(HttpToolsProtocol):
    """Ends connections that send too much, too slowly, or take no answer.

    From its beginning, and from each answer on, a connection waits for a request's head.

    Attributes:
        bounds: of a request.
        held: the connections of this server.
    """

    bounds: Serve
    held: OpenConnections

    def __init__(self, *args: Any, **named: Any) -> None:
        """Take Uvicorn's own arguments."""
        super().__init__(*args, **named)
        self._most_drained = size_in_bytes(self.bounds.largest_body)
        self._problem: Problem | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._answer_timer: asyncio.TimerHandle | None = None
        self._drain_timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._stopping = False
        self._untold = 0
        self._drained = 0

    def connection_made(self, transport: Any) -> None:
        """Hold a connection, or turn it away."""
        super().connection_made(transport)
        if not self.held.take(self, self.client[0] if self.client else None):
            why = "too many connections (serve.connections, serve.connections_of_one_peer)"
            self._refuse(Problem(HTTPStatus.SERVICE_UNAVAILABLE, why, AGAIN))
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self.held.let_go(self)
        self._stop(self._head_timer)
        self._stop(self._answer_timer)
        self._stop(self._drain_timer)
        super().connection_lost(exc)

    def give_way(self) -> None:
        """End at once: another connection takes the place."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse what came, which is bounded where the parser keeps it: heads and trailers."""
        if self.transport.is_closing():
            return
        self._untold += len(data)
        super().data_received(data)
        if self._untold > self.bounds.largest_head and not self.transport.is_closing():
            self._refuse(self._head_problem())

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; trailers are nobody's."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head is whole: begin its request."""
        self._untold, self._in_head = 0, False
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.bounds.largest_head:
            self._problem = self._head_problem()
            raise _Refused
        if len(self.pipeline) >= MOST_PIPELINED:
            why = f"more than {MOST_PIPELINED} requests before the first was answered"
            self._problem = Problem(HTTPStatus.TOO_MANY_REQUESTS, why)
            raise _Refused
        self._stop(self._head_timer)
        self.held.busy(self)
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Pass a body on; what follows a refused request is thrown away, up to a bound."""
        self._untold = 0
        super().on_body(body)
        if self.cycle.response_complete:
            self._drained += len(body)
            if self._drained > self._most_drained:
                self.transport.abort()

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._untold = self._drained = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, and not for ever for the rest of this one."""
        pipelined = bool(self.pipeline)
        super().on_response_complete()
        if not pipelined:
            self._await_head()

    def pause_writing(self) -> None:
        """The client takes nothing of its answer for now."""
        super().pause_writing()
        self._stop(self._answer_timer)
        self._answer_timer = self.loop.call_later(self.bounds.body_seconds, self.give_way)

    def resume_writing(self) -> None:
        """It takes more."""
        self._stop(self._answer_timer)
        super().resume_writing()

    def shutdown(self) -> None:
        """Answer what is asked and end; what is on its way has half the drain at most to arrive.

        A connection that was just made may have its first request on the way: whoever sent it
        cannot know that nobody reads it any more.
        """
        if self.cycle is None and not self._stopping and not self.transport.is_closing():
            self._stopping = True
            wait = min(FIRST_HEAD, self.bounds.drain_seconds / 2)
            self._drain_timer = self.loop.call_later(wait, self._end_unasked)
            return
        super().shutdown()
        if self._awaits_body():
            self._drain_timer = self.loop.call_later(
                self.bounds.drain_seconds / 2, self._give_body_up
            )

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, or what was refused while it was."""
        self._refuse(
            self._problem or Problem(HTTPStatus.BAD_REQUEST, "this is not an HTTP request")
        )

    def _await_head(self) -> None:
        self._stop(self._head_timer)
        self.held.waits(self)
        self._head_timer = self.loop.call_later(self.bounds.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        if self._untold and not self.transport.is_closing():
            why = (
                f"the request's head did not arrive within {self.bounds.head_seconds:g} s "
                "(serve.head_seconds)"
            )
            self._refuse(Problem(HTTPStatus.REQUEST_TIMEOUT, why))
        else:
            self.transport.abort()

    def _end_unasked(self) -> None:
        if self.cycle is None:
            super().shutdown()

    def _awaits_body(self) -> bool:
        cycle = self.cycle
        return cycle is not None and cycle.more_body and not cycle.response_started

    def _give_body_up(self) -> None:
        if self._awaits_body():
            self._answer(Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is stopping", AGAIN))

    def _head_problem(self) -> Problem:
        return Problem(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"a request's head may have at most {self.bounds.largest_head:,} bytes "
            "(serve.largest_head)",
        )

    def _refuse(self, problem: Problem) -> None:
        """Answer and end; where a request of the connection is at work, only end."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
        else:
            self._answer(problem)

    def _answer(self, problem: Problem) -> None:
        """Answer and end, without waiting for a client that takes nothing."""
        body = problem.encoded()
        headers = {
            "content-type": MEDIA,
            "content-length": str(len(body)),
            "connection": "close",
            **problem.headers(),
        }
        lines = [f"HTTP/1.1 {int(problem.status)} {problem.status.phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
