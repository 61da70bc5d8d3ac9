"""Take the pictures of docs/pictures: the report and the card of the demo's home, in Chromium.

`make demo` comes first, then `make pictures`. The card is that of the world's last day, predicted
after the fact and marked so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURES = Path(__file__).resolve().parent / "pictures"
MOST_BYTES = 300_000
WIDTH = 1000
HEIGHTS = {"report": 880, "card": 930}
"""Pixels of the page that each picture shows, from its top."""
MOMENTS = (
    (re.compile(r"Trained [\d-]+ [\d:]+ UTC on"), "Trained on"),
    (re.compile(r"Predicted \d+ \w+ \d{4}, [\d:]+ \([\w/]+\), features"), "Features"),
)
"""When a run or a prediction was made: left out, so that a world gives the same picture again."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=2000",
)


def main() -> int:
    """Take both, and say how large they are."""
    home = Path(os.environ.get("VELO_HOME") or "var").resolve() / "demo"
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    reports = sorted((home / "reports").glob("report_*.html"))
    if browser is None or not reports:
        lack = "there is no chromium: install it" if reports else f"{home} has no report: make demo"
        print(f"error: {lack}", file=sys.stderr)
        return 2
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        card = Path(folder) / "card.html"
        predict_last_day(home, card)
        for name, page in (("report", reports[-1]), ("card", card)):
            size = take(browser, page, PICTURES / f"{name}.png", HEIGHTS[name])
            print(f"docs/pictures/{name}.png: {size / 1000:.0f} kB")
            if size > MOST_BYTES:
                print(f"error: {name} is over {MOST_BYTES / 1000:.0f} kB", file=sys.stderr)
                return 1
    return 0


def predict_last_day(home: Path, card: Path) -> None:
    """Write the page of the last race day's card, priced by the challenger."""
    day = json.loads(velo(home, "status", "--json").stdout)["warehouse"]["last_day"]
    words = ("--date", day, "--model", "challenger", "--backfill", "--html", str(card))
    velo(home, "predict", *words).check_returncode()


def velo(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the demo's home."""
    return subprocess.run(
        [sys.executable, "-m", "velo", *words],
        env={**os.environ, "VELO_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def take(browser: str, page: Path, picture: Path, height: int) -> int:
    """Write the top of a page as PNG; returns its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        timeless = Path(folder) / "page.html"
        html = page.read_text("utf-8")
        for moment, without in MOMENTS:
            html = moment.sub(without, html)
        timeless.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                browser,
                *FLAGS,
                f"--user-data-dir={folder}/profile",
                f"--window-size={WIDTH},{height}",
                f"--screenshot={picture}",
                timeless.as_uri(),
            ],
            stderr=subprocess.DEVNULL,
            timeout=300,
            check=True,
        )
    return picture.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
