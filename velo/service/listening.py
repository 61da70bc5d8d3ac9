"""The service on a socket, until it is told to end; what is in flight then is answered."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address
from signal import SIGINT, SIGTERM
from typing import Any

import uvicorn

from velo.errors import InputError, SettingsError
from velo.service.admission import required_token
from velo.service.application import application
from velo.service.open_connections import OpenConnections
from velo.service.protocol import bounded_protocol
from velo.service.service import Service

BACKLOG = 2048
"""Connections that wait to be taken; they may all be taken before the first is turned away."""
OWN_DESCRIPTORS = 256
"""Files and libraries of the service itself."""
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
        InputError: they are not available.
    """
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        family = socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise InputError(
            f"port {port} on {host} is not available ({error.strerror}): choose another"
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
        SettingsError: strangers can reach the socket, and there is no token; or there are fewer
            descriptors than connections.
    """
    bounds = service.settings.serve
    require_descriptors(bounds.connections)
    held = OpenConnections.bounded(bounds)
    at = listening.getsockname()
    local = listening.family == socket.AF_UNIX
    needed = required_token("127.0.0.1" if local else at[0], token)
    config = uvicorn.Config(
        application(service, needed),
        lifespan="on",
        log_level="warning",
        access_log=False,
        http=bounded_protocol(bounds, held),
        ws="none",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=bounds.drain_seconds,
    )
    # The server sends itself the signal that ended it once more: this end is a good one.
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (SIGINT, SIGTERM)}
    try:
        _Server(config, lambda: say(f"VÉLØ: {_address(local, at)}")).run(sockets=[listening])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def require_descriptors(connections: int) -> None:
    """See that every connection and the service's own files can be open, raising the soft limit.

    Raises:
        SettingsError: the hard limit is lower.
    """
    needed = connections + OWN_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = needed + BACKLOG
    if hard < needed:
        raise SettingsError(
            f"serve.connections = {connections} needs {needed} file descriptors, and this process "
            f"may have {hard}: allow fewer connections, or raise LimitNOFILE="
        )
    if soft != resource.RLIM_INFINITY and soft < needed + BACKLOG:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, needed + BACKLOG), hard))


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
