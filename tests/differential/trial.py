"""One generated file of any format-year through a home of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.differential.exchange_files import FORMS, generate_prices
from tests.differential.generated import generate
from tests.differential.home_rows import differences, taken
from tests.differential.json_files import read_json
from tests.differential.layout import Layout
from tests.differential.layouts import LAYOUTS
from tests.differential.reading import Reading, read_csv
from velo.home import Home

FORMAT_YEARS = (*LAYOUTS, *FORMS)


@dataclass(frozen=True)
class Trial:
    """What became of a file: `faults` are one line each."""

    path: Path
    rows: int
    oddities: int
    faults: list[str]


def read(path: Path, layout: Layout) -> Reading:
    """The independent reading of a file."""
    return (read_csv if layout.container == "csv" else read_json)(path, layout)


def trial(folder: Path, name: str, seed: int) -> Trial:
    """The generated file of a format-year and seed, ingested and compared."""
    home = Home(folder / f"home-{name}-{seed}")
    home.root.mkdir()
    if name in FORMS:
        results, planted, reading = generate_prices(folder, name, seed)
        refusal = taken(home, results, planted.path)
    else:
        planted = generate(folder, name, seed)
        reading = read(planted.path, planted.layout)
        refusal = taken(home, planted.path)
    faults = differences(home, reading, refusal)
    return Trial(planted.path, len(reading.rows), planted.oddities, faults)
