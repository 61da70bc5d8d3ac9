"""rpscrape's results by year, as its public history has them."""

from __future__ import annotations

from velo.synth.formats import respelling as s
from velo.synth.formats.declaration import Format, Source, blank

_NO_COUNTRY = {"course": s.BARE_COURSE}

RPSCRAPE = Format(
    name="rpscrape",
    columns={
        "date": "date",
        "region": s.COUNTRY,
        "course": s.BARE_COURSE,
        "course_detail": "",
        "off": "off",
        "race_name": "race_name",
        "type": "type",
        "class": "class",
        "pattern": "pattern",
        "rating_band": "rating_band",
        "age_band": "age_band",
        "sex_rest": "sex_rest",
        "dist": "dist",
        "dist_f": "",
        "dist_m": "",
        "going": "going",
        "surface": "",
        "ran": "ran",
        "num": s.NUMBER,
        "pos": "pos",
        "draw": s.STALL,
        "ovr_btn": "ovr_btn",
        "btn": "btn",
        "horse": "horse",
        "age": "age",
        "sex": "sex",
        "lbs": s.POUNDS,
        "hg": "hg",
        "time": "time",
        "secs": s.SECONDS,
        "dec": s.DECIMAL,
        "jockey": "jockey",
        "trainer": "trainer",
        "prize": "prize",
        "or": s.RATING,
        "rpr": s.EARNED,
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "owner": "owner",
        "comment": "comment",
    },
    blanks=blank("race_id", "ts"),
)
"""The columns that it writes unless its user chooses others, since October 2021."""

_CAPITALS: dict[str, Source] = {
    "Course": s.SLUG,
    "Off": "off",
    "Name": "race_name",
    "Type": "type",
    "Class": "class",
    "Pattern": "pattern",
    "Rating_Band": "rating_band",
    "Age_Band": "age_band",
    "Sex_Rest": "sex_rest",
    "Dist": "dist",
    "Dist_Y": "",
    "Dist_M": "",
    "Dist_F": "",
    "Going": "going",
    "Num": s.NUMBER,
    "Pos": "pos",
    "Ran": "ran",
    "Draw": s.STALL,
    "Btn": "btn",
    "Ovr_Btn": "ovr_btn",
    "Horse": "horse",
    "SP": "sp",
    "Dec": s.DECIMAL,
    "Age": "age",
    "Sex": "sex",
    "Wgt": "wgt",
    "Lbs": s.POUNDS,
    "HG": "hg",
    "Time": "time",
    "Jockey": "jockey",
    "Trainer": "trainer",
    "OR": s.RATING,
    "RPR": s.EARNED,
    "TS": s.SPEED,
    "Prize": "prize",
    "Sire": "sire",
    "Dam": "dam",
    "Damsire": "damsire",
    "Owner": "owner",
    "Comment": "comment",
}

RPSCRAPE_2021 = Format(
    name="rpscrape-2021",
    columns={"Date": "date", "Region": s.COUNTRY, **_CAPITALS},
    blanks=blank("race_id"),
)
"""From 20 April to October 2021: courses as slugs, the country in a column."""

RPSCRAPE_2020 = Format(
    name="rpscrape-2020",
    columns={"Date": "date", **_CAPITALS},
    blanks={**blank("race_id"), **_NO_COUNTRY},
)
"""Until 20 April 2021: courses as slugs, no country anywhere."""

_UNTOLD_BEFORE_2020 = {
    **blank(
        "race_id",
        "type",
        "rating_band",
        "age_band",
        "sex_rest",
        "ran",
        "num",
        "sex",
        "owner",
        "btn",
    ),
    "class": s.CLASS_WITHOUT_PATTERN,
    **_NO_COUNTRY,
}


def _early(
    dist: dict[str, Source],
    horse: str,
    prize: str,
    people: tuple[str, str] = ("jockey", "trainer"),
    decimals: bool = True,
    date: Source = "date",
) -> dict[str, Source]:
    """The columns of 2016 to early 2020, with what changed from year to year."""
    prices: dict[str, Source] = {"sp": "sp", **({"dec": s.DECIMAL} if decimals else {})}
    weights: dict[str, Source] = {"weight": "wgt", **({"lbs": s.POUNDS} if decimals else {})}
    return {
        "date": date,
        "course": s.BARE_COURSE,
        "time": "off",
        "race_name": "race_name",
        "class": s.CLASS_OR_PATTERN,
        "band": "age_band",
        **dist,
        "going": "going",
        "pos": "pos",
        "draw": s.STALL,
        "btn": "ovr_btn",
        horse: s.BARE_HORSE,
        **prices,
        "age": "age",
        **weights,
        "gear": "hg",
        "fin_time": "time",
        "jockey": people[0],
        "trainer": people[1],
        "or": s.RATING,
        "ts": s.SPEED,
        "rpr": s.EARNED,
        prize: "prize",
        "sire": "sire",
        "dam": "dam",
        "damsire": "damsire",
        "comment": "comment",
    }


RPSCRAPE_2019 = Format(
    name="rpscrape-2019",
    columns=_early({"dist(f)": "dist", "dist(m)": ""}, "horse_name", "prize(£)"),
    blanks=_UNTOLD_BEFORE_2020,
    quoted=True,
)
"""From 20 February 2019 to 23 February 2020."""

RPSCRAPE_2019_JAN = Format(
    name="rpscrape-2019-jan",
    columns=_early({"distance": "dist"}, "name", "prize"),
    blanks=_UNTOLD_BEFORE_2020,
    quoted=True,
)
"""From 19 January to 9 February 2019: jockey and trainer put right, and a decimal price."""

RPSCRAPE_2018 = Format(
    name="rpscrape-2018",
    columns=_early(
        {"distance": "dist"}, "name", "prize", ("trainer", "jockey"), False, s.DAY_AND_MONTH
    ),
    blanks=_UNTOLD_BEFORE_2020,
    quoted=True,
)
"""Until 3 December 2018: jockey and trainer stand under each other's name."""
