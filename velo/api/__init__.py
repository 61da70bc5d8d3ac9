"""The face of the platform for Python: one object over one home, and what its methods give back.

`import velo` gives the same names, loaded when they are first used. What is not listed here or in
`velo.__all__` is no part of the face and may change with any version.
"""

from __future__ import annotations

from velo.api.results import Applied, Ingested
from velo.api.workspace import Workspace, open
from velo.errors import VeloError
from velo.result import Result
from velo.settings import Settings

__all__ = ["Applied", "Ingested", "Result", "Settings", "VeloError", "Workspace", "open"]
