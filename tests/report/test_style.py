"""The style's colours can be read on their grounds, in the light and in the dark (WCAG 2.2, AA)."""

from __future__ import annotations

import re

import pytest

from velo.report.run_page import FOLDER

CSS = (FOLDER / "page.css").read_text(encoding="utf-8")
TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("muted", "paper"),
    ("muted", "card"),
    ("model", "paper"),
    ("good", "paper"),
    ("bad", "paper"),
    ("good", "good-ground"),
    ("bad", "bad-ground"),
    ("ink", "good-ground"),
    ("ink", "bad-ground"),
]
DRAWN = ["model", "market", "third", "fourth"]


def palettes() -> dict[str, dict[str, str]]:
    themes = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    ]
    light, dark = themes[:2]
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_words_stand_out_from_their_ground(text: str, ground: str, scheme: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mark", DRAWN)
def test_lines_and_marks_stand_out_from_the_page(mark: str, scheme: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[mark], colours["paper"]) >= 3.0
