"""Cards: the runners of the last day, as they stand before the off.

A runner that was withdrawn is written as the format-year writes a non-runner.
"""

from __future__ import annotations

from velo.synth.formats import respelling as s
from velo.synth.formats.declaration import ColumnText, Format, Source

_OUT = ("WV", "NR")
_NON_RUNNER = ColumnText(("jockey", "pos"), lambda name, pos: "Non-Runner" if pos in _OUT else name)
_FLAG = ColumnText(("pos",), lambda pos: "true" if pos in _OUT else "false")
_STALL_OR_0 = ColumnText(("draw",), lambda draw: s.whole(draw) or "0")
_PEDIGREE: dict[str, Source] = {
    "sire": ColumnText(("sire",), s.bare),
    "sire_region": ColumnText(("sire",), s.country),
    "dam": ColumnText(("dam",), s.bare),
    "dam_region": ColumnText(("dam",), s.country),
    "damsire": "damsire",
}

RACECARD = Format(
    name="racecard",
    columns={
        "date": "date",
        "course": "course",
        "race_id": "race_id",
        "off": "off",
        "race_name": "race_name",
        "type": "type",
        "class": "class",
        "pattern": "pattern",
        "rating_band": "rating_band",
        "age_band": "age_band",
        "sex_rest": "sex_rest",
        "dist": "dist",
        "going": "going",
        "race_prize": "race_prize",
        "num": s.NUMBER,
        "draw": s.STALL,
        "horse": "horse",
        "age": "age",
        "sex": "sex",
        "lbs": s.POUNDS,
        "hg": "hg",
        "jockey": _NON_RUNNER,
        "trainer": "trainer",
        "or": s.RATING,
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "owner": "owner",
    },
    blanks={},
    last_day=True,
)

_RACE: dict[str, Source] = {
    "course": s.BARE_COURSE,
    "race_id": "race_id",
    "date": "date",
    "off_time": "off",
    "race_name": "race_name",
    "distance": "dist",
    "region": s.COUNTRY,
    "pattern": "pattern",
    "age_band": "age_band",
    "rating_band": "rating_band",
    "field_size": "ran",
    "going": "going",
    "prize": "race_prize",
}
_ENTRY: dict[str, Source] = {
    "age": "age",
    "name": s.BARE_HORSE,
    "sex_code": "sex",
    "sex": ColumnText(("sex",), lambda code: s.SEXES.get(code, "")),
    "runner_region": s.HORSE_COUNTRY,
    **_PEDIGREE,
    "trainer": "trainer",
    "owner": "owner",
    "number": s.NUMBER,
    "headgear": "hg",
    "lbs": s.POUNDS,
    "ofr": s.RATING,
}

RACECARD_JSON = Format(
    name="racecard-json",
    columns={
        **_RACE,
        "race_class": "class",
        "type": "type",
        **_ENTRY,
        "draw": _STALL_OR_0,
        "jockey": _NON_RUNNER,
    },
    blanks={},
    container="json-by-region",
    of_race=frozenset({*_RACE, "race_class", "type"}),
    last_day=True,
)
"""rpscrape's cards until December 2025."""

RACECARD_JSON_2026 = Format(
    name="racecard-json-2026",
    columns={
        **_RACE,
        "off_time": s.AFTERNOON,
        "race_class": ColumnText(("class",), lambda level: level.removeprefix("Class ")),
        "race_type": "type",
        **_ENTRY,
        "draw": s.STALL,
        "jockey": ColumnText(("jockey", "pos"), lambda name, pos: "" if pos in _OUT else name),
        "non_runner": _FLAG,
        "reserve": ColumnText(("pos",), lambda _: "false"),
    },
    blanks={},
    container="json-by-region",
    of_race=frozenset({*_RACE, "race_class", "race_type"}),
    last_day=True,
)
"""rpscrape's cards from December 2025."""

_API_RACE: dict[str, Source] = {
    "course": s.BARE_COURSE,
    "date": "date",
    "off_time": "off",
    "off_dt": s.MOMENT,
    "race_name": "race_name",
    "distance_f": s.FURLONGS,
    "region": s.COUNTRY,
    "pattern": "pattern",
    "race_class": "class",
    "type": "type",
    "age_band": "age_band",
    "rating_band": "rating_band",
    "sex_restriction": "sex_rest",
    "field_size": "ran",
    "going": "going",
    "prize": "race_prize",
}

RACING_API_CARD = Format(
    name="racing-api-card",
    columns={
        **_API_RACE,
        "horse": s.BARE_HORSE,
        **{name: of for name, of in _ENTRY.items() if name != "name"},
        "draw": s.STALL,
        "jockey": _NON_RUNNER,
    },
    blanks={},
    container="json-racecards",
    of_race=frozenset(_API_RACE),
    last_day=True,
)
