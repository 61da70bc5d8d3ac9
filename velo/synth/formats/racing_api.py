"""The Racing API's results, in JSON: races with their runners."""

from __future__ import annotations

from velo.synth.formats import respelling as s
from velo.synth.formats.declaration import ColumnText, Format, Source, blank

_RACE: dict[str, Source] = {
    "race_id": ColumnText(("date", "course", "off"), s.race_key),
    "date": "date",
    "region": s.COUNTRY,
    "course": s.BARE_COURSE,
    "off": "off",
    "off_dt": s.MOMENT,
    "race_name": "race_name",
    "type": "type",
    "class": "class",
    "pattern": "pattern",
    "rating_band": "rating_band",
    "age_band": "age_band",
    "sex_rest": "sex_rest",
    "dist": "dist",
    "going": "going",
    "surface": "",
}

RACING_API = Format(
    name="racing-api",
    columns={
        **_RACE,
        "horse": "horse",
        "sp": "sp",
        "sp_dec": s.DECIMAL,
        "number": s.NUMBER,
        "position": "pos",
        "draw": s.STALL,
        "btn": "btn",
        "ovr_btn": "ovr_btn",
        "age": "age",
        "sex": "sex",
        "weight": "wgt",
        "weight_lbs": s.POUNDS,
        "headgear": "hg",
        "time": "time",
        "or": s.RATING,
        "rpr": s.EARNED,
        "tsr": s.SPEED,
        "prize": "prize",
        "jockey": "jockey",
        "trainer": "trainer",
        "owner": "owner",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": "comment",
    },
    blanks=blank("race_id", "ran"),
    container="json-results",
    of_race=frozenset(_RACE),
)
