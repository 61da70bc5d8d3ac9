"""Who and what is let in, before any route is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from velo.errors import SettingsError
from velo.service.admission import Admission, required_token

SECRET = "a-secret-of-some-length"


class Asked:
    """One request of the application behind an `Admission`."""

    def __init__(
        self,
        headers: Mapping[str, str] | None = None,
        *,
        body: tuple[bytes, ...] = (b"",),
        path: str = "/races",
        token: str | None = None,
        largest: int = 100,
        pause: float = 0.0,
        breaks_off: bool = False,
    ) -> None:
        self.status, self.headers, self.seen = 0, {}, None
        self._body, self._pause, self._breaks_off = list(body), pause, breaks_off
        named = {"host": "127.0.0.1:8000", **(headers or {})}
        scope = {
            "type": "http",
            "path": path,
            "method": "POST",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        asyncio.run(Admission(self._inner, token, largest, 0.2)(scope, self._receive, self._send))

    async def _inner(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def _receive(self) -> Any:
        await asyncio.sleep(self._pause)
        if not self._body:
            return {"type": "http.disconnect"}
        chunk = self._body.pop(0)
        more = bool(self._body) or self._breaks_off
        return {"type": "http.request", "body": chunk, "more_body": more}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.answer = json.loads(message["body"])


def test_a_body_arrives_whole_and_once() -> None:
    assert Asked(body=(b"one ", b"two", b"")).seen == b"one two"


def test_a_body_that_does_not_say_how_long_it_is_is_stopped_where_it_is_too_long() -> None:
    asked = Asked(body=(b"x" * 60, b"x" * 60, b"never asked for"))
    assert (asked.status, asked.seen) == (413, None)
    assert asked._body == [b"never asked for"]
    assert "serve.largest_body" in asked.answer["detail"]
    assert asked.headers["content-type"] == "application/problem+json"


def test_a_body_that_says_it_is_too_long_is_not_read_at_all() -> None:
    asked = Asked({"content-length": "101"}, body=(b"x" * 101,))
    assert (asked.status, len(asked._body)) == (413, 1)


def test_a_body_that_lies_about_its_length_is_stopped_all_the_same() -> None:
    assert Asked({"content-length": "3"}, body=(b"x" * 101,)).status == 413


def test_half_a_card_whose_sender_is_gone_is_no_card() -> None:
    asked = Asked(body=(b"horse\nArkle\n", b"Golden Mil"), breaks_off=True)
    assert (asked.status, asked.seen) == (400, None)


def test_a_body_that_trickles_in_is_given_up() -> None:
    assert Asked(body=(b"x", b"x"), pause=0.15).status == 408


@pytest.mark.parametrize("header", ["", f"Bearer {SECRET}x", f"Basic {SECRET}", SECRET])
def test_who_has_not_the_token_learns_nothing(header: str) -> None:
    asked = Asked({"authorization": header}, token=SECRET, body=(b"x" * 1000,))
    assert (asked.status, asked.seen) == (401, None)
    assert asked.headers["www-authenticate"] == "Bearer"
    assert SECRET not in json.dumps(asked.answer)


def test_who_has_the_token_may_call_the_service_by_any_name() -> None:
    asked = Asked({"authorization": f"Bearer {SECRET}", "host": "velo.example"}, token=SECRET)
    assert asked.status == 200


def test_whether_the_process_lives_is_no_secret() -> None:
    assert Asked(path="/health", token=SECRET).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_without_a_token_no_strangers_page_can_ask_through_a_browser(
    headers: dict[str, str],
) -> None:
    asked = Asked(headers)
    assert (asked.status, asked.seen) == (403, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000", "[::1]"])
def test_without_a_token_this_machine_may_ask(host: str) -> None:
    assert Asked({"host": host}).status == 200
    assert Asked({"host": host, "origin": f"http://{host}"}).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "velo.example"])
def test_elsewhere_than_on_loopback_the_service_does_not_start_without_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="VELO_SERVE_TOKEN"):
        required_token(host, None)
    with pytest.raises(SettingsError, match="VELO_SERVE_TOKEN"):
        required_token(host, "")
    assert required_token(host, SECRET) == SECRET


@pytest.mark.parametrize("token", ["short", "with a blank in it all", "sixteen-signs-\u00e9"])
def test_a_poor_token_is_none(token: str) -> None:
    with pytest.raises(SettingsError, match="is not a token"):
        required_token("127.0.0.1", token)


def test_on_loopback_a_token_that_is_set_is_asked_for() -> None:
    assert required_token("127.0.0.1", SECRET) == SECRET
    assert required_token("::1", None) is None
