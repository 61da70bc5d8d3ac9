"""Version 5: where the rail stood, and where each horse lay early in its race.

Comments are stored, so early positions that they name are filled in. The rail, positions at the
calls and letters of earlier imports were not kept: `velo status` names the files to ingest again.
"""

from __future__ import annotations

from velo.warehouse.early_positions import fill_early_positions
from velo.warehouse.steps.step import Step

STEP = Step(version=5, fill=fill_early_positions)
