"""What brings an earlier version's warehouse to this one, a module a version, in order."""

from __future__ import annotations

from velo.warehouse.steps import to_3, to_4, to_5
from velo.warehouse.steps.step import Step

STEPS: tuple[Step, ...] = (to_3.STEP, to_4.STEP, to_5.STEP)
"""The last one's version is that of `schema.sql`."""
