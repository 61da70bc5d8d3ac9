"""Reading a page as a browser or a screen reader takes it, with the standard library's parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "link", "img", "br", "hr", "input"}
DRAWN = {"line", "circle", "rect", "polyline", "polygon"}


@dataclass
class Element:
    """One element: its name, attributes, text within, and elements around it."""

    name: str
    attributes: dict[str, str | None]
    around: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Every element of a page in order; a tag that closes another than the open one is an error."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice: {names}"
        element = Element(tag, dict(attrs), tuple(each.name for each in self.open))
        self.elements.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN, f"{tag} closes itself"
        self.elements.append(Element(tag, dict(attrs), tuple(each.name for each in self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        closed = self.open.pop()
        assert closed.name == tag, f"</{tag}> closes {closed.name}"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def named(self, *names: str) -> list[Element]:
        """Every element of these names."""
        return [each for each in self.elements if each.name in names]


def read(html: str) -> Page:
    """The page's elements."""
    page = Page()
    page.feed(html)
    page.close()
    assert not page.open, f"left open: {[each.name for each in page.open]}"
    return page
