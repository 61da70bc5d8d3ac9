"""A synthetic world on disk as a user has one: results, a card, and that evening's results."""

from __future__ import annotations

import csv
from pathlib import Path

from velo.synth.world import write_world

RUNNERS, SEED, EDGE = 4_000, 11, 0.95
AFTERWARDS = ("pos", "ovr_btn", "btn", "time", "rpr", "ts", "comment", "prize")
NOT_RUN = ("NR", "WD", "WDR", "VOI", "VOID")
SETTINGS = """
[training]
folds = 2
history_days = 150
holdout_days = 60
bootstrap_draws = 100
calibration = "none"

[ranker]
rounds = 20
early_stopping = 10
threads = 1

[store]
memory_limit = "1GB"
threads = 1
"""


def write_small_world(folder: Path) -> None:
    """Write `results.csv`, `card.csv`, `evening.csv` and the settings of the home `racing`."""
    write_world(RUNNERS, SEED, EDGE, folder / "world.csv")
    with (folder / "world.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = max(row["date"] for row in rows)
    evening = [row for row in rows if row["date"] == last]
    card = [
        {name: cell for name, cell in row.items() if name not in AFTERWARDS}
        for row in evening
        if row["pos"] not in NOT_RUN
    ]
    _write(folder / "results.csv", [row for row in rows if row["date"] < last])
    _write(folder / "card.csv", card)
    _write(folder / "evening.csv", evening)
    (folder / "racing").mkdir()
    (folder / "racing" / "velo.toml").write_text(SETTINGS)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
