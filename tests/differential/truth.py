"""A few meetings, drawn from a seed: what a generated file tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tests.differential.clocks import HOME

COURSES: dict[str, tuple[tuple[str, str], ...]] = {
    "GB": tuple(
        (c, "Europe/London")
        for c in ("Newbury", "Leicester", "Ascot", "Kempton (AW)", "Ludlow", "York")
    ),
    "IRE": tuple(
        (c, "Europe/Dublin") for c in ("Leopardstown (IRE)", "Navan (IRE)", "Dundalk (AW) (IRE)")
    ),
    "FR": (("Chantilly (FR)", "Europe/Paris"), ("Auteuil (FR)", "Europe/Paris")),
    "USA": (
        ("Del Mar (USA)", "America/Los_Angeles"),
        ("Keeneland (USA)", "America/New_York"),
        ("Aqueduct (USA)", "America/New_York"),
    ),
    "AUS": (("Randwick (AUS)", "Australia/Sydney"), ("Flemington (AUS)", "Australia/Melbourne")),
    "JPN": (("Tokyo (JPN)", "Asia/Tokyo"), ("Nakayama (JPN)", "Asia/Tokyo")),
    "HK": (("Sha Tin (HK)", "Asia/Hong_Kong"),),
    "UAE": (("Meydan (UAE)", "Asia/Dubai"),),
    "NZ": (("Te Rapa (NZ)", "Pacific/Auckland"), ("Ellerslie (NZ)", "Pacific/Auckland")),
}
FIRST_LOCAL = {
    "GB": 13,
    "IRE": 13,
    "FR": 13,
    "USA": 13,
    "AUS": 12,
    "JPN": 11,
    "HK": 13,
    "UAE": 16,
    "NZ": 12,
}
TREES = (
    "Alder",
    "Birch",
    "Cedar",
    "Damson",
    "Elder",
    "Fir",
    "Gorse",
    "Hazel",
    "Ivy",
    "Juniper",
    "Larch",
    "Maple",
    "Rowan",
    "Teasel",
    "Umber",
    "Willow",
)
PLACES = (
    "Bough",
    "Hollow",
    "Lane",
    "Row",
    "Field",
    "Gate",
    "Mill",
    "Croft",
    "Bank",
    "Vale",
    "Wood",
    "Brook",
    "Moor",
    "Ridge",
    "Fold",
    "Heath",
)
LADDER = (
    "1/4",
    "4/9",
    "8/11",
    "1/1",
    "11/10",
    "6/4",
    "7/4",
    "2/1",
    "5/2",
    "3/1",
    "4/1",
    "9/2",
    "6/1",
    "8/1",
    "10/1",
    "14/1",
    "20/1",
    "33/1",
    "66/1",
    "100/30",
    "13/8",
)
PEOPLE = ("A Rider", "B O'Hara", "C de la Croix", "D Smith(5)", "E Byrne", "J-P Vane", "K Élan")
DISTANCES = ("5f", "6f", "7f", "1m", "1m2f", "1m2½f", "2m", "2m3½f", "5½f", "3m149y")
GOINGS = ("Good", "Good To Firm", "Soft", "Heavy", "Standard", "Yielding", "Good To Soft")


@dataclass(frozen=True)
class Race:
    """A race: `off` is the British clock's, `moment` says when it really is."""

    day: date
    country: str
    course: str
    moment: datetime
    number: int
    name: str
    kind: str
    distance: str
    going: str
    runners: tuple[dict[str, str], ...]

    @property
    def british(self) -> datetime:
        return self.moment.astimezone(HOME)


def some_races(
    rng: np.random.Generator, first: date, last: date, countries: tuple[str, ...], jumps: bool
) -> list[Race]:
    """Two or three meetings of two or three races of three to five runners."""
    names = _names(rng)
    day = first + timedelta(days=int(rng.integers(0, max(1, (last - first).days))))
    races: list[Race] = []
    chosen = rng.permutation(len(countries))[: int(rng.integers(2, 4))]
    for i in chosen.tolist():
        country = countries[i]
        course, zone = COURSES[country][int(rng.integers(len(COURSES[country])))]
        start = datetime(
            day.year,
            day.month,
            day.day,
            FIRST_LOCAL[country],
            int(rng.integers(0, 12)) * 5,
            tzinfo=ZoneInfo(zone),
        )
        for k in range(int(rng.integers(2, 4))):
            races.append(
                Race(
                    day,
                    country,
                    course,
                    start + timedelta(minutes=35 * k),
                    k + 1,
                    f"Invented Stakes {course.split()[0]} {k + 1}",
                    ("Hurdle", "Chase")[k % 2] if jumps else "Flat",
                    DISTANCES[int(rng.integers(len(DISTANCES)))],
                    GOINGS[int(rng.integers(len(GOINGS)))],
                    _runners(rng, names, country, day.year, jumps),
                )
            )
    return races


def _names(rng: np.random.Generator) -> list[str]:
    pairs = [f"{tree} {place}" for tree in TREES for place in PLACES]
    return [pairs[i] for i in rng.permutation(len(pairs)).tolist()]


def _runners(
    rng: np.random.Generator, names: list[str], country: str, year: int, jumps: bool
) -> tuple[dict[str, str], ...]:
    n = int(rng.integers(3, 6))
    stalls = rng.permutation(n) + 1
    riders = rng.permutation(len(PEOPLE))
    runners = []
    for i in range(n):
        suffix = ("IRE", "GB", "FR", country)[int(rng.integers(4))]
        stones, over = int(rng.integers(8, 11)), int(rng.integers(0, 14))
        price = LADDER[int(rng.integers(len(LADDER)))]
        hundredths = int(rng.integers(10, 99))
        won, staked = (int(part) for part in price.split("/"))
        away = sum(0.5 + 0.25 * k for k in range(i))
        runners.append(
            {
                "horse": names.pop(),
                "suffix": suffix,
                "number": str(i + 1),
                "place": str(i + 1),
                "stall": "" if jumps else str(stalls[i]),
                "age": str(int(rng.integers(3, 9))),
                "sex": "GFMC"[int(rng.integers(4))],
                "stones": f"{stones}-{over}",
                "pounds": str(stones * 14 + over),
                "price": price,
                "decimal": f"{1 + won / staked:.2f}",
                "jockey": PEOPLE[riders[i]],
                "trainer": f"Trainer {TREES[int(rng.integers(len(TREES)))]}",
                "prize": f"{4000 / (i + 1):.2f}",
                "or": str(int(rng.integers(50, 110))),
                "rpr": str(int(rng.integers(50, 120))),
                "ts": str(int(rng.integers(20, 100))),
                "btn": "" if i == 0 else f"{0.25 + 0.25 * i:g}",
                "ovr_btn": f"{away:g}",
                "time": f"1:{40 + i}.{hundredths}",
                "secs": f"{100 + i}.{hundredths}",
                "hg": ("", "b", "t", "v1")[int(rng.integers(4))],
                "comment": (
                    "",
                    "Led last",
                    "Held up(op 6/1 tchd 11/2)",
                    "Never near (tchd 5/1 and 9/2)",
                )[int(rng.integers(4))],
                "id": str(int(rng.integers(10**6, 10**7))),
                "born": str(year - 4),
            }
        )
    return tuple(runners)
