"""Files that tell what others tell too: their order decides what is joined, moved and doubted."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse.bare_files import card_file, old_file, slug_file
from tests.warehouse.raceform_file import file_of, row

PAIR = ("Alder Bough", "Birch Hollow")
IRISH = ("Cedar Lane (IRE)", "Damson Row (GB)", "Elder Field (IRE)")
OTHERS = ("Hazel Dene (IRE)", "Juniper Row (FR)")


def joining_files(folder: Path) -> list[Path]:
    """Results, cards and prices of races and horses that are joined once both sides are there.

    Newbury in 2018 with suffixes, without, and both of one race; Leopardstown in 2020 with its
    country and without, its other races, and prices of it; a career with a wrong age.
    """
    may = {"date": "2018-05-05", "course": "Newbury", "off": "2:10", "age": "3"}
    leopardstown = {
        "date": "2020-06-12",
        "course": "Leopardstown (IRE)",
        "off": "3:10",
        "race_id": "981001",
    }
    suffixed = ("Alder Bough (IRE)", "Birch Hollow (FR)")
    irish = [row(horse, str(n), **leopardstown) for n, horse in enumerate(IRISH, 1)]
    slip = {"sire": "", "dam": "", "course": "Woodbine (CAN)"}
    return [
        file_of(
            folder, [row(horse, str(n), **may) for n, horse in enumerate(suffixed, 1)], "14a.csv"
        ),
        file_of(folder, [row(suffixed[0], "1", **may, trainer="B Trainer")], "b_trainer.csv"),
        file_of(
            folder,
            [row("Alder Bough (FR)", "1", **(may | {"date": "2018-05-06"}), trainer="Another")],
            "namesake.csv",
        ),
        old_file(folder, PAIR, "14b.csv"),
        old_file(folder, PAIR, "may.csv", date="05 May 2018", time="2:10", trainer="B Trainer"),
        old_file(folder, PAIR[:1], "july.csv", date="02 Jul 2018", trainer="B Trainer"),
        card_file(folder, PAIR, "bare_card.csv", trainer="A Trainer"),
        file_of(folder, irish, "15a.csv"),
        file_of(folder, [each | {"jockey": "C Rider", "rpr": "99"} for each in irish], "15a2.csv"),
        slug_file(folder, IRISH, "15b.csv", RPR="82", Jockey="B Rider"),
        slug_file(
            folder,
            [name.partition(" (")[0] for name in IRISH],
            "bare.csv",
            Off="3:15",
            SP="3/1",
            Dec="4.00",
        ),
        slug_file(folder, OTHERS, "early.csv", Off="1:10"),
        slug_file(folder, OTHERS, "late.csv", Date="2020-07-01"),
        file_of(
            folder,
            [
                row(horse, str(n), **(leopardstown | {"off": "1:10", "race_id": "981002"}))
                for n, horse in enumerate(OTHERS, 1)
            ],
            "early_too.csv",
        ),
        file_of(
            folder,
            [
                row("Juniper Row (USA)", "1", date=f"2024-0{month}-01", age="3", **slip)
                for month in (6, 8)
            ],
            "career.csv",
        ),
        file_of(
            folder,
            [
                row("Juniper Row (USA)", "1", date="2024-07-01", age="13", **slip),
                row("Quince (USA)", "2", date="2024-07-01", age="31", **slip),
            ],
            "11.csv",
        ),
        prices(folder, "irish_bsp.csv", "IRE / Leop 12th Jun", "12-06-2020 15:10", IRISH),
        prices(folder, "june_bsp.csv", "GB / Newb 2nd Jun", "02-06-2018 14:45", PAIR),
    ]


FILES = 18


def prices(folder: Path, name: str, menu: str, moment: str, horses: tuple[str, ...]) -> Path:
    """The exchange's starting prices of one race."""
    head = "EVENT_ID,MENU_HINT,EVENT_NAME,EVENT_DT,SELECTION_ID,SELECTION_NAME,WIN_LOSE,BSP"
    lines = [
        f"1,{menu},1m Hcap,{moment},{number},{horse.partition(' (')[0]},0,{number + 3}.5"
        for number, horse in enumerate(horses)
    ]
    path = folder / name
    path.write_text("\n".join([head, *lines]) + "\n")
    return path
