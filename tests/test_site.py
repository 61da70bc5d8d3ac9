"""The site of `make docs` has every page, and its pages work without a network.

Links and headings of every page are held to the project in `tests/test_citations.py`. The strict
build itself needs an environment of its own: `make docs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"
SITE = yaml.safe_load((PROJECT / "mkdocs.yml").read_text(encoding="utf-8"))
PAGES = {page.relative_to(DOCS).as_posix(): page for page in DOCS.rglob("*.md")}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MOST_BYTES = 300_000
"""Of a picture: a page opens at once on a phone too."""


def navigation(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for each in part if isinstance(part, list) else part.values():
            yield from navigation(each)


def links(page: Path) -> Iterator[str]:
    yield from LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def test_every_page_stands_in_the_navigation_once_or_is_left_out_of_it_by_name() -> None:
    left_out = SITE["not_in_nav"].split()
    listed = [page for page in PAGES if not any(fnmatch(page, each) for each in left_out)]
    assert sorted(navigation(SITE["nav"])) == sorted(listed)


def test_every_decision_is_listed_once_under_its_own_title() -> None:
    index = (PROJECT / "docs/adr/index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^(\d+)\. \[(.*)\]\((.*)\)$", index, re.MULTILINE)
    titles = [
        (*page.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ").split(". ", 1), name)
        for page in sorted((DOCS / "adr").glob("0*.md"))
        for name in [page.name]
    ]
    assert listed == titles


def test_a_link_of_a_page_leads_to_a_file_of_the_site() -> None:
    lost = [
        f"{name}: {link}"
        for name, page in PAGES.items()
        for link in links(page)
        if "://" not in link and not link.startswith("#")
        for aim in [(page.parent / link.partition("#")[0]).resolve()]
        if not (aim.is_file() and aim.is_relative_to(DOCS))
    ]
    assert lost == []


def test_a_link_of_the_first_page_leads_to_a_file() -> None:
    here = [link.partition("#")[0] for link in links(PROJECT / "README.md")]
    assert [link for link in here if "://" not in link and not (PROJECT / link).exists()] == []


def defined(name: str) -> bool:
    """Whether a module of ours has this name, or defines it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = PROJECT.joinpath(*parts[:length])
        for file in (module.with_suffix(".py"), module / "__init__.py"):
            if file.is_file():
                inside = parts[length:]
                text = file.read_text(encoding="utf-8")
                return not inside or bool(re.search(rf"^(class|def) {inside[0]}\b", text, re.M))
    return False


def test_everything_whose_docstrings_are_a_page_is_there() -> None:
    named = [
        name
        for page in (DOCS / "api").glob("*.md")
        for name in re.findall(r"^::: (\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert [name for name in named if not defined(name)] == []
    assert not defined("velo.settings.lode")
    assert not defined("velo.racing.sods")


def test_pictures_are_small_and_each_is_shown() -> None:
    linked = {
        (page.parent / link).resolve()
        for page in (*PAGES.values(), PROJECT / "README.md")
        for link in links(page)
        if link.endswith(".png")
    }
    pictures = {each.resolve() for each in (DOCS / "pictures").iterdir()}
    assert pictures == linked
    assert [each.name for each in pictures if each.stat().st_size > MOST_BYTES] == []


def test_pages_load_nothing_from_elsewhere() -> None:
    """Material's own files come with it; its fonts do not, and diagrams would load a script."""
    assert SITE["theme"]["font"] is False
    assert not {"extra_javascript", "extra_css"} & set(SITE)
    assert "mermaid" not in (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in PAGES.values():
        assert not re.search(r"(?:src|!\[[^\]]*\]\()=?[\"']?https?:", page.read_text("utf-8"))


def test_the_first_page_fits_a_few_screens() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
