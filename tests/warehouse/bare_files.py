"""Files of the formats that write no country, by hand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

OLD = (
    "date",
    "course",
    "time",
    "race_name",
    "class",
    "band",
    "distance",
    "going",
    "pos",
    "draw",
    "btn",
    "name",
    "sp",
    "age",
    "weight",
    "gear",
    "jockey",
    "trainer",
    "or",
    "ts",
    "rpr",
    "prize",
    "comment",
)
SLUGS = (
    "Date",
    "Course",
    "Off",
    "Name",
    "Type",
    "Class",
    "Pattern",
    "Rating_Band",
    "Age_Band",
    "Sex_Rest",
    "Dist",
    "Dist_Y",
    "Dist_M",
    "Dist_F",
    "Going",
    "Num",
    "Pos",
    "Ran",
    "Draw",
    "Btn",
    "Ovr_Btn",
    "Horse",
    "SP",
    "Dec",
    "Age",
    "Sex",
    "Wgt",
    "Lbs",
    "HG",
    "Time",
    "Jockey",
    "Trainer",
    "OR",
    "RPR",
    "TS",
    "Prize",
    "Sire",
    "Dam",
    "Damsire",
    "Owner",
    "Comment",
)
CARD = (
    "date",
    "course",
    "off",
    "race_name",
    "num",
    "horse",
    "age",
    "sex",
    "trainer",
    "sire",
    "dam",
)
OLD_RUN = {
    "date": "02 Jun 2018",
    "course": "Newbury",
    "time": "2:45",
    "distance": "1m",
    "pos": "1",
    "race_name": "Handicap",
    "going": "Good",
    "age": "3",
    "weight": "9-4",
    "sp": "2/1",
    "trainer": "A Rider",
    "jockey": "A Trainer",
}
"""A runner of the 2:45 at Newbury on 2 June 2018; the trainer stands under `jockey`."""

SLUG = {
    "Date": "2020-06-12",
    "Course": "leopardstown",
    "Off": "3:10",
    "Name": "Handicap",
    "Type": "Flat",
    "Dist": "1m",
    "Going": "Good",
    "Ran": "1",
    "Age": "4",
    "Sex": "G",
    "Pos": "1",
    "Wgt": "9-4",
    "Lbs": "130",
    "SP": "6/4",
    "Dec": "2.50",
    "Jockey": "A Rider",
    "Trainer": "A Trainer",
}
"""A runner of the 3:10 at Leopardstown on 12 June 2020."""


def old_file(folder: Path, horses: Sequence[str], name: str = "old.csv", **race: str) -> Path:
    """A race as rpscrape's old columns write it: no suffix, no parents.

    `trainer` and `age` may be given for all runners; the trainer stands under `jockey`.
    """
    usual = OLD_RUN
    cells = {("jockey" if key == "trainer" else key): value for key, value in race.items()}
    rows = [
        usual | {"name": horse, "pos": str(place)} | cells for place, horse in enumerate(horses, 1)
    ]
    return written(folder / name, OLD, rows)


def slug_file(folder: Path, horses: Sequence[str], name: str = "slugs.csv", **race: str) -> Path:
    """A race as rpscrape wrote it in 2020: the course as a slug, no country."""
    usual = SLUG | {"Ran": str(len(horses))}
    rows = [
        usual | {"Horse": horse, "Pos": str(place), "Num": str(place)} | race
        for place, horse in enumerate(horses, 1)
    ]
    return written(folder / name, SLUGS, rows)


def card_file(folder: Path, horses: Sequence[str], name: str = "card.csv", **race: str) -> Path:
    """A card without countries."""
    usual = {"date": "2018-07-01", "course": "Newbury", "off": "2:45", "race_name": "Handicap"}
    rows = [
        usual | {"horse": horse, "num": str(place)} | race for place, horse in enumerate(horses, 1)
    ]
    return written(folder / name, CARD, rows)


def written(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> Path:
    """A CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
