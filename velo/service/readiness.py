"""Whether a race can be predicted now, part by part, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from velo.errors import VeloError
from velo.service.schemas import Part, Readiness


def part(asked: Callable[[], Any]) -> Part:
    """A part that is ready where asking for it raises nothing."""
    try:
        asked()
    except (VeloError, OSError) as error:
        return Part(ready=False, why=" ".join(str(error).split()))
    return Part(ready=True)


def threads(lives: Mapping[str, bool]) -> Part:
    """Whether every thread that the service needs is alive; by what to say of one that is not."""
    dead = [what for what, alive in lives.items() if not alive]
    if not dead:
        return Part(ready=True)
    return Part(ready=False, why=f"{' and '.join(dead)}: restart the service")


def parts(readiness: Readiness) -> list[Part]:
    """The parts, what is needed first first."""
    return [
        readiness.stores,
        readiness.threads,
        readiness.champion,
        readiness.build,
        readiness.online,
    ]


def why_not(readiness: Readiness) -> str | None:
    """The first part that is missing, in one line; None where a race can be predicted."""
    return next((each.why for each in parts(readiness) if not each.ready), None)
