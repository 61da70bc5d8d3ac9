"""The raceform sheet itself, on either clock, and the table of `velo_racing.db`."""

from __future__ import annotations

from velo.synth.formats import respelling as s
from velo.synth.formats.declaration import Format
from velo.synth.raceform import COLUMNS

RACEFORM = Format("raceform", {name: name for name in COLUMNS}, {})
RACEFORM_24H = Format(
    "raceform-24h", {name: s.AFTERNOON if name == "off" else name for name in COLUMNS}, {}
)
"""From 15 October 2025."""

RACING_DATA = Format(
    "racing-data",
    {{"or": "official_rating", "comment": "comments"}.get(name, name): name for name in COLUMNS},
    {},
)
