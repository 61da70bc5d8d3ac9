"""Properties here hold however busy the machine is: no deadline on an example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
