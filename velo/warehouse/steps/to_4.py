"""Version 4: every off that a card declared stays known, with the batch that declared it.

What version 3 still has of earlier cards is taken over; what later cards or undone batches had
overwritten by then is not known any more.
"""

from __future__ import annotations

from velo.warehouse.declared_offs import fill_declared_offs
from velo.warehouse.steps.step import Step

STEP = Step(version=4, fill=fill_declared_offs)
