"""The exchange's price files beside a plain results file, and what each price must become.

The results file holds no oddity: what is tested is that every price finds its runner.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np

from tests.differential.cells import NOTHING, UNREAD, Cell, exactly, perhaps
from tests.differential.generated import Planted, plain_records
from tests.differential.layouts import LAYOUTS
from tests.differential.reading import Reading, Row, canonical, folded
from tests.differential.truth import Race, some_races

HEADER = (
    "EVENT_ID",
    "MENU_HINT",
    "EVENT_NAME",
    "EVENT_DT",
    "SELECTION_ID",
    "SELECTION_NAME",
    "WIN_LOSE",
    "BSP",
    "PPWAP",
    "MORNINGWAP",
    "PPMAX",
    "PPMIN",
    "IPMAX",
    "IPMIN",
    "MORNINGTRADEDVOL",
    "PPTRADEDVOL",
    "IPTRADEDVOL",
)
KINDS = {
    "BSP": "bsp",
    "PPWAP": "wap",
    "MORNINGWAP": "morning",
    "PPMAX": "max",
    "PPMIN": "min",
    "IPMAX": "in-play-max",
    "IPMIN": "in-play-min",
}
ODD = {
    "NaN": NOTHING,
    "": NOTHING,
    "TBP": Cell((None,), "free"),
    "5.25552375674192372734339419": exactly(5.255523756741924),
    "8": exactly(8.0),
    "1000": exactly(1000.0),
    "07-Feb": UNREAD,
    "0": Cell((None,), "free"),
    "45293": UNREAD,
    "#N/A": UNREAD,
    "1,80": perhaps(1.8),
}
SHORT = {
    "Newbury": "Newb",
    "Leicester": "Leic",
    "Ascot": "Ascot",
    "Kempton (AW)": "Kemp",
    "Ludlow": "Ludl",
    "York": "York",
    "Leopardstown (IRE)": "Leop",
    "Navan (IRE)": "Navan",
    "Dundalk (AW) (IRE)": "Dund",
}

FORMS = {
    "exchange": (("GB", "IRE"), date(2015, 1, 2), date(2024, 12, 1)),
    "exchange-2025": (("GB", "IRE"), date(2025, 1, 2), date(2026, 6, 1)),
    "exchange-south": (("AUS", "NZ"), date(2016, 1, 2), date(2026, 6, 1)),
}


def generate_prices(folder: Path, name: str, seed: int) -> tuple[Path, Planted, Reading]:
    """A results file, a price file of its races, and the reading of both."""
    countries, first, last = FORMS[name]
    rng = np.random.default_rng([seed, 100 + sorted(FORMS).index(name)])
    races = some_races(rng, first, last, countries, False)
    late = races[0].day >= date(2025, 10, 15)
    layout = LAYOUTS["raceform-24h" if late else "raceform"]
    results = folder / f"{name}-{seed}-results.csv"
    with results.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, layout.columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(plain_records(layout, races))
    prices = Planted(folder / f"{name}-{seed}.csv", layout, seed)
    rows = _write_prices(prices, name, races, rng)
    return results, prices, Reading(rows)


def _write_prices(
    planted: Planted, name: str, races: list[Race], rng: np.random.Generator
) -> list[Row]:
    modern = name != "exchange" and rng.random() < 0.6
    rows: list[Row] = []
    with planted.path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.lower() if modern else column for column in HEADER])
        for k, race in enumerate(races):
            for i, runner in enumerate(race.runners):
                texts = {c: f"{2 + i + 0.1 * j:.2f}" for j, c in enumerate(KINDS)}
                cells = {KINDS[c]: exactly(float(text)) for c, text in texts.items()}
                if rng.random() < 0.3:
                    column = list(KINDS)[int(rng.integers(len(KINDS)))]
                    text = list(ODD)[int(rng.integers(len(ODD)))]
                    texts[column], cells[KINDS[column]] = text, ODD[text]
                    planted.oddities += 1
                horse = runner["horse"]
                if name == "exchange-south":
                    horse = f"{runner['number']}. {horse}"
                elif modern and rng.random() < 0.3:
                    horse = f"{horse} ({runner['suffix']})"
                writer.writerow(
                    [
                        7000 + k,
                        _menu(race, name, modern),
                        "R1 1m Hcap",
                        race.british.strftime("%d-%m-%Y %H:%M"),
                        100 * k + i,
                        horse,
                        int(i == 0),
                        *texts.values(),
                        100.5,
                        3000,
                        800,
                    ]
                )
                key = (race.day, canonical(race.course), folded(runner["horse"]))
                rows.append(Row(len(rows) + 2, key=key, cells=cells))
    return rows


def _menu(race: Race, name: str, modern: bool) -> str:
    """`GB / Ling 31st Dec`, `Nottingham 31st May`, `AUS / Randwick (AUS) 15th Mar`."""
    day = race.day.day
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    when = f"{day}{ending} {race.day:%b}"
    if name == "exchange-south":
        return f"{race.country} / {race.course} {when}"
    if modern:
        return f"{race.course.split(' (')[0]} {when}"
    return f"{race.country} / {SHORT[race.course]} {when}"
