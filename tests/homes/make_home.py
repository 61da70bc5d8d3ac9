"""Make the home that is kept of a version: run this in that version's checkout, not in this one.

`tests/homes/README.md` says with which commands. The home lies where `VELO_HOME` says, and the
archive beside it is what `velo backup` of that version writes.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from velo.live.predict import Asked, predict
from velo.settings import load

RUNNERS, SEED, EDGE = 4_000, 11, 0.95
DAYS = 7
"""The last racing days of the world: lived, the last of them without its results."""
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
builds_kept = 1

[gate]
calibration_error = 1.0
band_calibration_margin = 1.0
ae_ratio = 0.01
roi_top20 = -1.0
alpha_low = -5.0
alpha_high = 5.0
null_rate = 1.0
dead_share = 1.0
training_rows = 0
holdout_days = 1
top1_alarm = 1.0
underpowered = 1.0
"""
AFTERWARDS = ("pos", "ovr_btn", "btn", "time", "rpr", "ts", "comment", "prize")
NOT_RUN = ("NR", "WD", "WDR", "VOI", "VOID")

Row = dict[str, str]


def main() -> None:
    """Live a world from its first results to a card that waits for its own."""
    home = Path(os.environ["VELO_HOME"])
    deliveries = home.parent / "deliveries"
    for folder in (home, deliveries):
        folder.mkdir(parents=True)
    (home / "velo.toml").write_text(SETTINGS)
    world = deliveries / "world.csv"
    velo("synth", "--runners", RUNNERS, "--seed", SEED, "--edge", EDGE, "--out", world)
    with world.open(encoding="utf-8", newline="") as file:
        days = {
            date.fromisoformat(day): list(rows)
            for day, rows in groupby(csv.DictReader(file), lambda row: row["date"])
        }
    before, lived = sorted(days)[:-DAYS], sorted(days)[-DAYS:]
    earlier = [row for day in before for row in days[day]]
    unreadable = earlier[0] | {"date": "no day", "horse": "Nameless"}
    velo("ingest", written(deliveries / "before.csv", [*earlier, unreadable]))
    corrected = [row | {"rpr": "77"} for row in days[before[-1]]]
    velo("ingest", written(deliveries / "corrected.csv", corrected))
    velo("ingest", written(deliveries / "scraped.csv", scraped(days[before[-2]])))
    velo("build")
    run("feast", "-c", "feature_repo", "apply")
    velo("train", "--version", "v1")
    velo("train", "--version", "v2", "--blend", "residual")
    velo("promote", "v1")
    for place, day in enumerate(lived):
        card = written(deliveries / f"card_{day}.csv", card_of(days[day]))
        results = written(deliveries / f"results_{day}.csv", days[day])
        if place % 3 == 2:
            velo("results", results)
            velo("predict", "--date", day, "--backfill")
            continue
        if place == 0:
            foretell(card, datetime.combine(day - timedelta(days=1), time(18), UTC))
        foretell(card, datetime.combine(day, time(8), UTC))
        if day != lived[-1]:
            velo("results", results)
    velo("ledger")
    # MLflow's pictures are half of the home, and nothing of it reads them.
    for picture in (home / "mlartifacts").glob("*/artifacts/plots/*.png"):
        picture.unlink()
    velo("backup", home.with_suffix(".tar.gz"))


def foretell(card: Path, at: datetime) -> None:
    """Predict a card as `velo predict CARD` does, at a time of the world's own."""
    from velo.home import Home

    done = predict(Home.current(), load(), Asked(card), clock=lambda: at)
    print(f"{card.name} at {at}: {len(done.predictions)} predictions", flush=True)


def velo(*words: object) -> None:
    """Run a command of the version."""
    run(sys.executable, "-m", "velo", *words)


def run(*words: object) -> None:
    """Run a command, and say it."""
    print("$", *words, flush=True)
    subprocess.run([str(word) for word in words], check=True)


def card_of(rows: list[Row]) -> list[Row]:
    """What the morning knew of a day: who runs, at which price, for which prize."""

    def worth(row: Row) -> float:
        return float("".join(sign for sign in row["prize"] if sign in "0123456789.") or 0)

    most = {
        race: max(map(worth, of_race))
        for race, of_race in groupby(rows, lambda row: row["race_id"])
    }
    return [
        {name: text for name, text in row.items() if name not in AFTERWARDS}
        | {"race_prize": str(most[row["race_id"]])}
        for row in rows
        if row["pos"].upper() not in NOT_RUN
    ]


def scraped(rows: list[Row]) -> list[Row]:
    """The same day as rpscrape writes it, with another comment."""
    return [
        {
            "Date": row["date"],
            "Region": "GB",
            "Course": row["course"],
            "Off": row["off"],
            "Name": row["race_name"],
            "Type": row["type"],
            "Class": row["class"],
            "Dist": row["dist"],
            "Going": row["going"],
            "Ran": row["ran"],
            "Num": row["num"],
            "Pos": row["pos"],
            "Draw": row["draw"],
            "Ovr_Btn": row["ovr_btn"],
            "Horse": row["horse"],
            "SP": row["sp"],
            "Dec": "",
            "Age": row["age"],
            "Sex": row["sex"],
            "Wgt": row["wgt"],
            "Lbs": "",
            "Jockey": row["jockey"],
            "Trainer": row["trainer"],
            "Comment": "As the other source tells it",
        }
        for row in rows
    ]


def written(path: Path, rows: list[Row]) -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    main()
