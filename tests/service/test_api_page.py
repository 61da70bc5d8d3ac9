"""The OpenAPI document is whole, and its page is made of it without the network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from tests.report.browser import CHROMIUM, show
from tests.report.reading import read
from tests.service.asking import asked, at_eight, served
from velo.home import Home
from velo.report.service_page import kind

TOKEN = "a-secret-of-some-length"


@pytest.fixture(params=[None, TOKEN])
def token(request: pytest.FixtureRequest) -> str | None:
    chosen: str | None = request.param
    return chosen


@pytest.fixture
def app(home: Home, token: str | None) -> Iterator[Any]:
    """A service on a home without anything: what it can be asked does not depend on that."""
    with served(home, at_eight(date(2026, 5, 2)), token) as app:
        yield app


def get(app: Any, path: str, token: str | None) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return asked(app, lambda client: client.get(path), **bearer)


def references(part: Any) -> Iterator[str]:
    """Every `$ref` within."""
    if isinstance(part, dict):
        for name, within in part.items():
            if name == "$ref":
                yield within
            yield from references(within)
    elif isinstance(part, list):
        for within in part:
            yield from references(within)


def test_what_the_document_refers_to_stands_in_it(app: Any, token: str | None) -> None:
    document = get(app, "/openapi.json", token).json()
    forms = document["components"]["schemas"]
    wanted = {each.removeprefix("#/components/schemas/") for each in references(document)}
    assert wanted - set(forms) == set()
    assert "detail" in forms["ProblemSaid"]["properties"]


def test_every_route_status_and_form_stands_on_the_page(app: Any, token: str | None) -> None:
    document = get(app, "/openapi.json", token).json()
    answer = get(app, "/docs", token)
    assert answer.headers["content-type"].startswith("text/html")
    page = read(answer.text)
    heads = [each.text for each in page.named("h2", "h3")]
    tables = {each.attributes["id"]: each.text for each in page.named("table")}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in heads
            for status in operation["responses"]:
                assert status in tables[f"{operation['operationId']}-answers-table"]
    for name, form in document["components"]["schemas"].items():
        assert name in heads
        for field in form["properties"]:
            assert field in tables[f"{name}-fields-table"]


def test_the_page_fetches_nothing(app: Any, token: str | None) -> None:
    html = get(app, "/docs", token).text
    assert "http://" not in html
    assert "https://" not in html
    assert "default-src 'none'" in html.replace("&#39;", "'")


def test_the_page_is_no_more_open_than_the_routes(app: Any, token: str | None) -> None:
    stranger = asked(app, lambda client: client.get("/docs"))
    assert stranger.status_code == (401 if token else 200)
    assert ("Bearer TOKEN" in get(app, "/docs", token).text) is (token is not None)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Odd"}}, "list of Odd"),
        ({"enum": ["back", "pass"], "type": "string"}, "“back” or “pass”"),
        ({"const": True, "type": "boolean"}, "always true"),
        ({"type": "string", "format": "date"}, "string (date)"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({"type": "object", "additionalProperties": True}, "object"),
        ({}, "anything"),
    ],
)
def test_a_schema_is_told_in_words(schema: dict[str, Any], words: str) -> None:
    assert kind(schema) == words


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
@pytest.mark.parametrize("width", [390, 768, 1400])
@pytest.mark.parametrize("token", [None], indirect=True)
def test_the_page_lies_within_its_window(app: Any, token: str | None, width: int) -> None:
    window = show(get(app, "/docs", token).text, width)
    assert window.complaints == []
    assert window.measured["content"] <= width
    assert window.measured["spilt"] == []
