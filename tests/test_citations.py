"""Every page and every heading that code, tests or docs name is in the project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = (
    "velo",
    "training",
    "backtest",
    "feature_repo",
    "benchmarks",
    "tests",
    "docs",
    "examples",
    ".github",
)
SUFFIXES = {".py", ".sql", ".md", ".toml", ".yaml", ".yml", ".html", ".js", ".css", ".txt"}
NOT_PAGES = {"gate.md"}
"""What a run leaves in MLflow, and no page of ours."""

PAGE = re.compile(r"(?P<page>[\w./-]*\w\.md)\b(?:#(?P<anchor>[\w-]+))?")
ENDING = re.compile(r"\.md\b")
BEFORE = re.compile(r"[\w./:-]*$")
NEAR = 200
"""Signs of a text around a page's name that are looked at."""
OWN_ANCHOR = re.compile(r"\]\(#([\w-]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
CODE = re.compile(r"`(?:\.\./)*(?P<path>[\w./-]*\w\.py)(?:::(?P<name>\w+))?")
ANY = re.compile(r"(?:^|[/_])[A-Z]+\.py$")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
WRAP = re.compile(r"\n[ \t]*(?:#|--|//|\*)?[ \t]*")
NUMBERED = re.compile(r"(?:section|sections|family|chapter|point)\b")


@cache
def texts() -> tuple[Path, ...]:
    """The project's own text files, this test left out."""
    top = [file for file in PROJECT.iterdir() if file.is_file()]
    inner = [file for room in ROOMS for file in (PROJECT / room).rglob("*")]
    return tuple(
        file
        for file in sorted(top + inner)
        if (file.suffix in SUFFIXES or file.name == "Makefile") and file != Path(__file__).resolve()
    )


@cache
def pages() -> tuple[Path, ...]:
    return tuple(file for file in texts() if file.suffix == ".md")


def page_of(name: str, citing: Path) -> Path | None:
    """The page that a name means: by its path from the citing file or the root (from `docs` in the
    site's navigation), else by its name alone if one page in the project has it."""
    site = [PROJECT / "docs"] if citing.name == "mkdocs.yml" else []
    for base in (*site, citing.parent, PROJECT):
        if (base / name).is_file():
            return (base / name).resolve()
    alike = [page for page in pages() if page.name == name]
    return alike[0] if len(alike) == 1 else None


@cache
def headings(page: Path) -> tuple[str, ...]:
    """A page's headings without their backticks, the longest first."""
    titles = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return tuple(sorted((each.replace("`", "") for each in titles), key=len, reverse=True))


def anchors(page: Path) -> set[str]:
    """What a link to a heading may say, as GitHub makes it."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)
    }


def faults(text: str, citing: Path) -> Iterator[str]:
    """Each name of a page or heading in a text that leads nowhere."""
    if ".md" not in text and "](#" not in text:
        return
    if citing.suffix == ".md":
        for anchor in OWN_ANCHOR.findall(text):
            if anchor not in anchors(citing):
                yield f"#{anchor}: no such heading"
    for ending in ENDING.finditer(text):
        before = text[max(0, ending.start() - NEAR) : ending.start()]
        named = PAGE.match(text, ending.start() - len(BEFORE.search(before)[0]))
        if named is None or named["page"] in NOT_PAGES:
            continue
        page = page_of(named["page"], citing)
        if page is None:
            yield f"{named[0]}: no such page"
        elif named["anchor"] and named["anchor"] not in anchors(page):
            yield f"{named[0]}: no such heading"
        else:
            after = WRAP.sub(" ", text[named.end() : named.end() + NEAR])
            yield from _lost_heading(named[0], page, after, text[named.start() - 1] == "(")


def _lost_heading(name: str, page: Path, after: str, bracketed: bool) -> Iterator[str]:
    """What stands behind `page.md, ` where it is the name of a heading and the page lacks it."""
    if not after.startswith(", "):
        return
    rest = after[2:].replace("`", "")
    if PAGE.match(rest):
        return
    if not (bracketed or after[2] == "`" or rest[:1].isupper() or NUMBERED.match(rest)):
        return
    while True:
        heading = next(
            (each for each in headings(page) if re.match(re.escape(each) + r"(?!\w)", rest)), None
        )
        if heading is None:
            yield f"{name}, {re.split(r'[).;:]', rest)[0][:60]}: no such heading"
            return
        rest = rest[len(heading) :]
        if not re.match(r" and [A-Z]", rest):
            return
        rest = rest.removeprefix(" and ")


def lost_code(text: str, modules: dict[str, str]) -> Iterator[str]:
    """Modules, and tests or functions of them, that a page names in backticks and nobody has.

    A name in capitals stands for any: `tables/NAME.py`, `steps/to_N.py`.

    Args:
        text: of the page.
        modules: path from the root -> source.
    """
    for named in CODE.finditer(text):
        path, name = named["path"], named["name"]
        if ANY.search(path):
            continue
        sources = [source for at, source in modules.items() if f"/{at}".endswith(f"/{path}")]
        if not any(
            name is None or re.search(rf"^ *(?:async )?(?:def|class) {name}\b", each, re.MULTILINE)
            for each in sources
        ):
            yield named[0]


def test_every_module_and_test_that_a_page_names_exists() -> None:
    modules = {
        str(file.relative_to(PROJECT)): file.read_text(encoding="utf-8")
        for file in texts()
        if file.suffix == ".py"
    }
    modules["tests/test_citations.py"] = Path(__file__).read_text(encoding="utf-8")
    lost = [
        f"{page.relative_to(PROJECT)}: {named}"
        for page in pages()
        for named in lost_code(page.read_text(encoding="utf-8"), modules)
    ]
    assert lost == []
    source = {"velo/live/clock.py": "def never_back():"}
    assert list(lost_code("`clock.py`, `clock.py::never_back`, `../live/clock.py`", source)) == []
    assert list(lost_code("`moment.py`, `clock.py::never`", source)) == [
        "`moment.py",
        "`clock.py::never",
    ]


def test_every_page_and_heading_that_is_named_exists() -> None:
    lost = [
        f"{file.relative_to(PROJECT)}: {fault}"
        for file in texts()
        for fault in faults(file.read_text(encoding="utf-8"), file)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("docs/data.md", 0),
        ("(data.md, Clocks)", 0),
        ("(data.md, Clocks and Corrections)", 0),
        ("[clocks](docs/data.md#clocks), docs/online.md and more", 0),
        ("data.md, `races` and what is in it", 1),
        ("rules.md says so", 1),
        ("(data.md, Watches)", 1),
        ("(data.md, clocks\n    and so on)", 1),
        ("(data.md,\n    # Clocks)", 0),
        ("(data.md, Clocks and Watches)", 1),
        ("data.md, section 4.", 1),
        ("docs/data.md#watches", 1),
        ("the page of data, docs/data.md, from the tables", 0),
    ],
)
def test_a_name_that_leads_nowhere_is_found(text: str, lost: int) -> None:
    assert len(list(faults(text, PROJECT / "README.md"))) == lost
