"""The service on a socket, until it is told to end; what is in flight then is answered."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address
from signal import SIGINT, SIGTERM
from typing import Any

import uvicorn

from velo.errors import InputError
from velo.service.admission import required_token
from velo.service.application import application
from velo.service.service import Service

HANDED = 3
"""The first descriptor that systemd hands over (sd_listen_fds(3))."""


def handed_socket() -> socket.socket | None:
    """The socket that systemd listens on for this process, which outlives a restart of it."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=HANDED)


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at a host and a port.

    Raises:
        InputError: they cannot be had.
    """
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        family = socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(2048)
    except OSError as error:
        made.close()
        raise InputError(
            f"port {port} of {host} cannot be had ({error.strerror}): choose another"
        ) from None
    return made


def serve(
    service: Service, listening: socket.socket, token: str | None, say: Callable[[str], None]
) -> None:
    """Serve until SIGTERM or SIGINT, and answer what is in flight before the end.

    Args:
        service: not open yet.
        listening: where requests come in.
        token: as the environment gives it.
        say: told the address as soon as requests are answered.

    Raises:
        SettingsError: strangers can reach the socket, and there is no token.
    """
    at = listening.getsockname()
    local = listening.family == socket.AF_UNIX
    needed = required_token("127.0.0.1" if local else at[0], token)
    config = uvicorn.Config(
        application(service, needed), lifespan="on", log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=service.settings.serve.drain_seconds,
    )  # fmt: skip
    # The server sends itself the signal that ended it once more: this end is a good one.
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (SIGINT, SIGTERM)}
    try:
        _Server(config, lambda: say(f"VÉLØ: {_address(local, at)}")).run(sockets=[listening])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._begun()


def _address(local: bool, at: Any) -> str:
    if local:
        return f"unix:{at}"
    return f"http://[{at[0]}]:{at[1]}" if ":" in at[0] else f"http://{at[0]}:{at[1]}"
