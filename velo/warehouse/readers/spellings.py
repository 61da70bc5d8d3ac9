"""How the flat formats spell a field: what most of them share."""

from __future__ import annotations

from velo.warehouse.readers.after_race import PLACES
from velo.warehouse.readers.reader import Spelling, Spellings


def spelt(*names: str) -> Spellings:
    """Columns that hold the field as they stand, the preferred one first."""
    return tuple(Spelling((name,)) for name in names)


def first_of(*names: str) -> Spellings:
    """Of these columns only the first that a file has."""
    return tuple(
        Spelling((name,), lacks=frozenset(names[:place])) for place, name in enumerate(names)
    )


def in_unit(unit: str, *names: str) -> Spellings:
    """Columns of a length in one unit, which the file may leave out: `6`, `6.0` and `6f`."""
    bare = r"regexp_full_match(trim({0}), '[0-9]+(\.[0-9]+)?')"
    return tuple(
        Spelling((name,), f"CASE WHEN {bare} THEN trim({{0}}) || '{unit}' ELSE {{0}} END")
        for name in names
    )


def any_of(*words: str) -> str:
    """SQL: whether the column is one of these words, whatever its case."""
    return f"lower(trim({{0}})) IN ({', '.join(repr(word) for word in words)})"


NO_JOCKEY = any_of("non-runner", "non runner", "nonrunner", "non_runner", "nr", "n/r")
"""What cards write in a jockey's place for a horse that does not run."""

DISTANCE = (
    *spelt("dist"),
    *in_unit("f", "dist_f", "distance_f", "dist(f)"),
    *spelt("distance", "distance_round"),
    *in_unit("y", "dist_y", "distance_y", "dist(y)"),
    *in_unit("m", "dist_m", "distance_m", "dist(m)"),
)
"""In furlongs before yards and metres, which some writers round."""
WEIGHT = spelt("wgt", "weight", "lbs", "weight_lbs", "pounds")
POSITION = first_of(*PLACES)
JOCKEY = (Spelling(("jockey",), f"CASE WHEN NOT {NO_JOCKEY} THEN {{0}} END"),)
NUMBER = (
    *spelt("num"),
    Spelling(("number", "number_letter"), "{0} || coalesce({1}, '')"),
    Spelling(("number",), lacks=frozenset({"number_letter"})),
)

FLAT: dict[str, Spellings] = {
    "date": spelt("date"),
    "course": spelt("course"),
    "region": spelt("region"),
    "source_race_id": spelt("race_id"),
    "off": spelt("off"),
    "race_name": spelt("race_name"),
    "race_type": spelt("type"),
    "class": spelt("class"),
    "pattern": spelt("pattern"),
    "rating_band": spelt("rating_band"),
    "distance": DISTANCE,
    "surface": spelt("surface"),
    "going": spelt("going"),
    "ran": spelt("ran"),
    "number": spelt("num"),
    "position": POSITION,
    "draw": spelt("draw"),
    "horse": spelt("horse"),
    "source_horse_id": spelt("horse_id"),
    "age": spelt("age"),
    "sex": spelt("sex"),
    "weight": spelt("wgt", "lbs"),
    "headgear": spelt("hg"),
    "jockey": JOCKEY,
    "trainer": spelt("trainer"),
    "owner": spelt("owner"),
    "official_rating": spelt("or"),
    "rpr": spelt("rpr"),
    "ts": spelt("ts"),
    "seconds": spelt("secs"),
    "time": spelt("time"),
    "beaten": spelt("ovr_btn"),
    "prize": spelt("prize"),
    "sire": spelt("sire"),
    "dam": spelt("dam"),
    "damsire": spelt("damsire"),
    "comment": spelt("comment"),
}
"""The columns of rpscrape since 2020 and of the raceform file, which is of that writer."""

FLAT_PRICES: dict[str, Spellings] = {
    "sp": spelt("sp", "dec"),
    "bsp": spelt("bsp"),
    "wap": spelt("wap"),
    "morning": spelt("morning_wap"),
    "min": spelt("pre_min"),
    "max": spelt("pre_max"),
    "in-play-min": spelt("ip_min"),
    "in-play-max": spelt("ip_max"),
}

FLAT_UNUSED = frozenset(
    (
        "age_band",
        "sex_rest",
        "btn",
        "course_id",
        "course_detail",
        "jockey_id",
        "trainer_id",
        "sire_id",
        "dam_id",
        "damsire_id",
        "owner_id",
        "silk_url",
        "morning_vol",
        "pre_vol",
        "ip_vol",
    )
)
