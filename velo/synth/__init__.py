"""The synthetic racing world: a raceform file with known truth, the embedded default."""

from __future__ import annotations
