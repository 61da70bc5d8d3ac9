"""Whether a horse on a card is to run: it may have been taken out, or wait in reserve."""

from __future__ import annotations

from typing import Literal

Standing = Literal["non-runner", "reserve"]
"""Of a horse that is not to run; one that is has none."""
