"""Waiting for another process that is at it, instead of giving up at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from velo.errors import InUse

RETRY_SECONDS = 0.25

Answer = TypeVar("Answer")


def patiently(
    do: Callable[[], Answer], wait: float, waiting: Callable[[str], None] = lambda why: None
) -> Answer:
    """Do something, again and again while another process stands in the way.

    Args:
        do: raises `InUse` before it has changed anything, as long as another process is at it.
        wait: seconds to go on trying.
        waiting: told once, as the wait begins, what is waited for.

    Raises:
        InUse: it was still so in the end.
    """
    until, announced = time.monotonic() + wait, False
    while True:
        try:
            return do()
        except InUse as error:
            left = until - time.monotonic()
            if left <= 0:
                raise
            if not announced:
                waiting(f"waiting: {str(error).rpartition(': ')[0]}")
                announced = True
        time.sleep(min(RETRY_SECONDS, left))
