"""`velo serve`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from velo.cli import console


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but loopback needs a token.")
    ] = ("127.0.0.1"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free one.")
    ] = 8000,
) -> None:
    """Price races over HTTP until SIGTERM or Ctrl-C; VELO_SERVE_TOKEN sets the token."""
    from velo import settings
    from velo.home import Home
    from velo.service.admission import TOKEN, required_token

    token = os.environ.get(TOKEN)
    chosen = settings.load()
    from velo.service.listening import bound_socket, handed_socket
    from velo.service.listening import serve as listen

    listening = handed_socket()
    if listening is None:
        required_token(host, token)
        listening = bound_socket(host, port)
    from velo.service.readiness import why_not
    from velo.service.service import Service

    service = Service(Home.current(), chosen)

    def say(line: str) -> None:
        console.say(line)
        why = why_not(service.readiness())
        if why:
            console.say(f"not ready: {why}")
        sys.stdout.flush()

    with listening:
        listen(service, listening, token, say)
