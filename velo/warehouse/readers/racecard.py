"""A card: who is to run, of any writer, and who was declared and is not.

What is known only after the race is not read, even where a file has a column for it.
"""

from __future__ import annotations

from dataclasses import replace

from velo.warehouse.readers.after_race import AFTER_RACE, PLACES
from velo.warehouse.readers.reader import RUNNER, Reader, Spelling
from velo.warehouse.readers.spellings import (
    DISTANCE,
    FLAT_UNUSED,
    JOCKEY,
    NO_JOCKEY,
    NUMBER,
    WEIGHT,
    any_of,
    spelt,
)

OUR_OWN = frozenset({"pounds"})
"""A file with such a column was exported from our view `entries`: its ids are no source's."""

_YES = any_of("true", "t", "1", "1.0", "yes", "y")
_OUT = any_of(
    "non-runner",
    "non runner",
    "nonrunner",
    "non_runner",
    "nr",
    "n/r",
    "withdrawn",
    "scratched",
    "scr",
    "wd",
)
_NUMBER = f"CASE WHEN NOT {_OUT} THEN {{0}} END"
_STATUS = f"CASE WHEN {_OUT} THEN 'non-runner' WHEN {any_of('reserve', 'res')} THEN 'reserve' END"

# The Racing API writes NR in a non-runner's number; Ireland numbers its reserves R1, R2.
_NUMBER_STATUS = (
    f"CASE WHEN {_OUT} THEN 'non-runner' "
    r"WHEN regexp_full_match(upper(trim({0})), 'R(ES)?\.?\s*[0-9]*') THEN 'reserve' END"
)

READER = Reader(
    name="racecard",
    omits=frozenset({"country", "suffix"}),
    role="card",
    needs=RUNNER,
    never=frozenset(PLACES),
    columns={
        "date": spelt("date"),
        "course": spelt("course"),
        "region": spelt("region"),
        "source_race_id": (Spelling(("race_id",), lacks=OUR_OWN),),
        "off": spelt("off", "off_time"),
        "off_dt": spelt("off_dt", "off_at"),
        "race_no": spelt("race_no", "race_number"),
        "race_name": (
            *spelt("race_name"),
            Spelling(("name", "horse")),
            Spelling(("name", "horse_name"), lacks=frozenset({"horse"})),
        ),
        "race_type": spelt("type", "race_type"),
        "class": spelt("class", "race_class"),
        "pattern": spelt("pattern"),
        "rating_band": spelt("rating_band"),
        "distance": DISTANCE,
        "surface": spelt("surface"),
        "going": spelt("going"),
        "rail": spelt("rail"),
        "ran": spelt("ran", "field_size"),
        "number": tuple(
            replace(each, sql=_NUMBER) if each.sql == "{0}" else each for each in NUMBER
        ),
        "draw": spelt("draw", "stall"),
        "horse": (
            *spelt("horse", "horse_name"),
            Spelling(("name",), lacks=frozenset({"horse", "horse_name"})),
        ),
        "bred": spelt("bred"),
        "source_horse_id": (Spelling(("horse_id",), lacks=OUR_OWN),),
        "age": spelt("age"),
        "sex": spelt("sex_code", "sex"),
        "weight": WEIGHT,
        "headgear": spelt("hg", "headgear"),
        "jockey": JOCKEY,
        "trainer": spelt("trainer"),
        "owner": spelt("owner"),
        "official_rating": spelt("or", "official_rating", "ofr"),
        "race_prize": spelt("race_prize", "prize"),
        "sire": spelt("sire"),
        "dam": spelt("dam"),
        "damsire": spelt("damsire"),
        "standing": (
            Spelling(("non_runner",), f"CASE WHEN {_YES} OR {_OUT} THEN 'non-runner' END"),
            *(
                Spelling((name,), _STATUS)
                for name in ("standing", "status", "runner_status", "race_status")
            ),
            Spelling(("jockey",), f"CASE WHEN {NO_JOCKEY} THEN 'non-runner' END"),
            *(Spelling((name,), _NUMBER_STATUS) for name in ("num", "number")),
            Spelling(
                ("reserve",), f"CASE WHEN {_YES} OR {any_of('reserve', 'res')} THEN 'reserve' END"
            ),
        ),
    },
    unused=FLAT_UNUSED
    | AFTER_RACE
    | OUR_OWN
    | frozenset(
        (
            "race_id",
            "horse_id",
            "off_zone",
            "off_doubt",
            "odds",
            "price",
            "decimal_odds",
            "decimal",
            "wap",
            "open",
            "morning",
            "breakfast",
            "evening",
            "breeder",
            "breeder_id",
            "claim",
            "colour",
            "dam_region",
            "damsire_region",
            "sire_region",
            "dob",
            "form",
            "gelding_first_time",
            "headgear_first",
            "jockey_allowance",
            "last_run",
            "medical",
            "prev_owners",
            "prev_trainers",
            "profile",
            "quotes",
            "silk_path",
            "spotlight",
            "stable_tour",
            "stats",
            "trainer_14_days",
            "trainer_location",
            "trainer_rtf",
            "wind_surgery_first",
            "wind_surgery_second",
            "wind_surgery",
            "grandsire",
            "going_detailed",
            "rail_movements",
            "stalls",
            "weather",
            "handicap",
            "href",
            "prizes",
            "prize_winner",
            "course_info",
            "category",
            "sex_restriction",
            "broken_url",
            "jumps",
            "headgear_run",
            "wind_surgery_run",
            "past_results_flags",
            "is_abandoned",
            "big_race",
            "tip",
            "verdict",
            "betting_forecast",
        )
    ),
)
