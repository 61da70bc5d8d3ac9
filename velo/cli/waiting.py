"""`--wait`: for commands that cron starts while another one may be at work."""

from __future__ import annotations

from typing import Annotated

import typer

Wait = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait while another process is at it.")
]
