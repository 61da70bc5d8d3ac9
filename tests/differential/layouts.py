"""The format-years: what each column of each means, from the cases' table and docs/data.md."""

from __future__ import annotations

from datetime import date

from tests.differential.layout import layout

_RACEFORM = (
    "date course race_id off race_name type class pattern rating_band age_band sex_rest dist going "
    "ran num pos draw ovr_btn btn horse age sex wgt hg time sp jockey trainer prize or rpr ts sire "
    "dam damsire owner comment"
)
_RPSCRAPE_2020 = (
    "date course off name type class pattern rating_band age_band sex_rest dist dist_y dist_m "
    "dist_f going num pos ran draw btn ovr_btn horse sp dec age sex wgt lbs hg time jockey trainer "
    "or rpr ts prize sire dam damsire owner comment"
)
_OLD = {
    "time": "off",
    "distance": "distance",
    "btn": "beaten",
    "weight": "weight",
    "gear": "headgear",
    "fin_time": "seconds",
    "class": "class_or_pattern",
}

_RACING_API = (
    "race_id date region course course_id off off_dt race_name type class pattern rating_band "
    "age_band sex_rest dist dist_y dist_m dist_f going surface jumps horse_id horse sp sp_dec "
    "number position draw btn ovr_btn age sex weight weight_lbs headgear time or rpr tsr prize "
    "jockey jockey_claim_lbs jockey_id trainer trainer_id owner owner_id sire sire_id dam dam_id "
    "damsire damsire_id comment silk_url"
)
_API = {
    "sp_dec": "sp",
    "number": "number",
    "position": "position",
    "tsr": "ts",
    "weight": "weight",
    "weight_lbs": "weight",
    "headgear": "headgear",
    "off_dt": "off_dt",
}
_CARD = (
    "date region course off_time race_id race_name distance distance_f race_class pattern "
    "rating_band prize field_size going surface"
)
_ENTRY = (
    "number draw name age sex_code lbs headgear ofr jockey trainer owner sire dam damsire "
    "horse_id runner_region"
)
_CARD_NAMES = {
    "off_time": "off",
    "off_dt": "off_dt",
    "distance_f": "distance",
    "distance": "distance",
    "race_class": "class",
    "race_type": "race_type",
    "field_size": "ran",
    "number": "number",
    "name": "horse",
    "sex_code": "sex",
    "headgear": "headgear",
    "ofr": "official_rating",
    "prize": "race_prize",
    "runner_region": "bred",
    "non_runner": "non_runner",
    "reserve": "reserve",
}

LAYOUTS = {
    each.name: each
    for each in (
        layout(
            "raceform",
            _RACEFORM,
            date(2015, 1, 2),
            dates=("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d", "%d %b %Y"),
            needed=frozenset({"race_id", "sp", "wgt"}),
        ),
        layout(
            "raceform-24h",
            _RACEFORM,
            date(2025, 10, 15),
            twenty_four=date(2025, 10, 15),
            last=date(2026, 6, 1),
            needed=frozenset({"race_id", "sp", "wgt"}),
        ),
        layout(
            "rpscrape",
            "date region course course_detail off race_name type class pattern rating_band "
            "age_band sex_rest dist dist_f dist_m going surface ran num pos draw ovr_btn btn horse "
            "age sex lbs hg time secs dec jockey trainer prize or rpr sire dam damsire owner "
            "comment",
            date(2021, 11, 1),
            needed=frozenset({"lbs", "dec"}),
        ),
        layout(
            "rpscrape-chosen",
            "date course race_id off race_name type dist going ran num pos draw horse age sex lbs "
            "sp dec jockey trainer prize or rpr ts",
            date(2021, 11, 1),
            needed=frozenset({"lbs", "sp", "race_id"}),
        ),
        layout(
            "rpscrape-2021",
            _RPSCRAPE_2020.replace("date ", "date region "),
            date(2021, 4, 21),
            last=date(2021, 10, 20),
            slug=True,
            header_case="title",
            other={"name": "race_name"},
            needed=frozenset({"region", "name", "dec"}),
        ),
        layout(
            "rpscrape-2020",
            _RPSCRAPE_2020,
            date(2020, 3, 1),
            last=date(2021, 4, 15),
            slug=True,
            header_case="title",
            other={"name": "race_name"},
            needed=frozenset({"name", "dec"}),
        ),
        layout(
            "rpscrape-2019",
            "date course time race_name class band dist(f) dist(m) going pos draw btn horse_name "
            "sp dec age weight lbs gear fin_time jockey trainer or ts rpr prize(£) sire dam "
            "damsire comment",
            date(2019, 2, 21),
            last=date(2020, 2, 20),
            suffixes=False,
            quoted=True,
            other={**_OLD, "dist(f)": "distance", "horse_name": "horse", "prize(£)": "prize"},
            needed=frozenset({"time", "horse_name", "dist(f)", "weight", "dec"}),
        ),
        layout(
            "rpscrape-2019-jan",
            "date course time race_name class band distance going pos draw btn name sp dec age "
            "weight lbs gear fin_time jockey trainer or ts rpr prize sire dam damsire comment",
            date(2019, 1, 20),
            last=date(2019, 2, 9),
            suffixes=False,
            quoted=True,
            other={**_OLD, "name": "horse"},
            needed=frozenset({"time", "name", "distance", "weight", "dec", "jockey", "trainer"}),
        ),
        layout(
            "rpscrape-2018",
            "date course time race_name class band distance going pos draw btn name sp age weight "
            "gear fin_time jockey trainer or ts rpr prize sire dam damsire comment",
            date(2016, 3, 1),
            last=date(2018, 12, 2),
            suffixes=False,
            quoted=True,
            dates=("%d %b %Y",),
            other={**_OLD, "name": "horse", "jockey": "trainer", "trainer": "jockey"},
            needed=frozenset(
                {"time", "name", "distance", "weight", "band", "class", "gear", "jockey", "trainer"}
            ),
        ),
        layout(
            "racing-data",
            "date course race_id off race_name type class pattern rating_band dist going ran num "
            "pos draw ovr_btn horse age sex wgt hg secs sp jockey trainer prize official_rating "
            "rpr ts sire dam damsire owner comments",
            date(2016, 1, 2),
            other={"comments": "comment"},
            needed=frozenset({"race_id", "official_rating", "sp", "wgt", "secs"}),
        ),
        layout(
            "racing-api",
            _RACING_API,
            date(2024, 1, 2),
            last=date(2026, 6, 1),
            other=_API,
            needed=frozenset({"race_id", "off_dt", "weight", "weight_lbs", "number", "sp"}),
        ),
        layout(
            "racecard",
            "date region course off race_name type class pattern rating_band age_band sex_rest "
            "dist going surface ran num draw horse age sex lbs hg jockey trainer or sire dam "
            "damsire owner race_id",
            date(2022, 1, 2),
            role="card",
            needed=frozenset({"lbs"}),
        ),
        layout(
            "racing-api-json",
            _RACING_API,
            date(2024, 1, 2),
            last=date(2026, 6, 1),
            other=_API,
            container="json-results",
            needed=frozenset({"race_id", "off_dt", "weight", "weight_lbs", "number", "sp"}),
        ),
        layout(
            "rpscrape-json",
            f"{_CARD} type {_ENTRY}",
            date(2024, 1, 2),
            last=date(2025, 12, 1),
            role="card",
            container="json-by-region",
            other=_CARD_NAMES,
            needed=frozenset({"lbs", "jockey", "race_id"}),
        ),
        layout(
            "rpscrape-json-2026",
            f"{_CARD} race_type {_ENTRY} non_runner reserve",
            date(2025, 12, 5),
            last=date(2026, 6, 1),
            twenty_four=date(2025, 10, 15),
            role="card",
            container="json-by-region",
            other=_CARD_NAMES,
            needed=frozenset({"lbs", "jockey", "non_runner", "reserve", "race_id"}),
        ),
        layout(
            "racing-api-card",
            "date region course off_time off_dt race_name distance_f race_class type pattern "
            "rating_band prize field_size going surface number draw horse age sex_code lbs "
            "headgear ofr jockey trainer owner sire dam damsire runner_region",
            date(2024, 1, 2),
            last=date(2026, 6, 1),
            role="card",
            container="json-racecards",
            other=_CARD_NAMES,
            needed=frozenset({"lbs", "jockey", "off_dt"}),
        ),
    )
}
"""Every format-year but the exchange's price files, which are no runners' own."""

KNOWN_AFTER = frozenset({"position", "beaten", "seconds", "sp", "rpr", "ts", "comment"})
"""Fields that a card never gives."""

PARQUET = {
    each.name: each
    for each in (
        layout(
            "hong_kong",
            "date region course race_id race_no race_name type class rating_band dist surface "
            "going ran num pos draw horse bred horse_id age sex wgt hg jockey trainer owner "
            "official_rating secs ovr_btn prize sp_dec sire dam damsire comment",
            date(2008, 9, 1),
            other={"sp_dec": "sp", "prize": "race_prize", "bred": "bred"},
        ),
        layout(
            "gb_all_weather",
            "date region course race_id off race_name type class pattern rating_band dist going "
            "ran num pos draw horse horse_id age sex wgt hg jockey trainer owner official_rating "
            "rpr ts secs ovr_btn prize bsp morn_price break_price eve_price sire dam damsire "
            "comment",
            date(2019, 1, 1),
            twenty_four=date(2019, 1, 1),
            other={
                "bsp": "bsp",
                "morn_price": "morning",
                "break_price": "breakfast",
                "eve_price": "evening",
                "prize": "race_prize",
            },
        ),
    )
}
"""The two parquet files of the shared data."""
