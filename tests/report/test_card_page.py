"""A card's page says every runner's price and why, and plainly what its verdicts are worth."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.live.predicted import backed, race, runner
from tests.report.reading import Page, read
from velo.live.card import Unpredicted
from velo.live.journal import Prediction
from velo.live.predict import Predicted
from velo.live.serialise import to_json
from velo.report.card_page import Standing, page

CHAMPION = Standing("3", "v1", True)
MOVED = [
    {"feature": "form_ewma", "push": 0.31, "value": 0.7},
    {"feature": "draw_iv", "push": -0.12, "value": 0.9},
    {"feature": "or_delta", "push": 0.04, "value": None},
]
FIRST = race(
    1,
    [
        backed(1, odds=8.0, moved=MOVED),
        runner(2, rank=2),
        runner(3, rank=3, unknown=["horse"]),
    ],
)


def unpriced(race_id: int, off: str | None) -> Prediction:
    nothing = {"p": None, "p_market": None, "p_market_power": None, "verdict": "no market"}
    runners = [runner(n, None, rank=n, **nothing) for n in (1, 2)]
    return race(race_id, runners, price_kind=None, off=off, race_name="race 2, Lantau Handicap")


def html(
    *races: Prediction, standing: Standing = CHAMPION, unscored: tuple[Unpredicted, ...] = ()
) -> str:
    return page(to_json(Predicted([*races], [*unscored], [])), standing, "Europe/London")


def sections(card: Page) -> list[str]:
    return [each.text for each in card.named("section")]


def test_a_bet_stands_first_with_its_price_and_its_race() -> None:
    first = sections(read(html(FIRST)))[0]
    assert "1 bet in 1 race by Top20%" in first
    assert "14:30 Ripon" in first
    assert "Horse 1" in first
    assert "8.00" in first
    assert "+100.0%" in first


def test_every_runner_has_a_row_with_what_moved_it_and_a_stranger_is_marked() -> None:
    body = sections(read(html(FIRST)))[1]
    assert all(f"Horse {number}" in body for number in (1, 2, 3))
    assert "form_ewma +0.31" in body
    assert "draw_iv \u22120.12" in body
    assert "new: horse" in body


def test_races_without_a_market_have_no_verdict_and_say_so() -> None:
    texts = sections(read(html(FIRST, unpriced(2, "15:00"))))
    assert "No market" in texts[2]
    assert "Edge" not in texts[2]
    assert "1 of 2 races have no market" in texts[-1]


def test_a_race_without_an_off_is_called_by_its_number() -> None:
    headings = [each.text.strip() for each in read(html(unpriced(2, None))).named("h2")]
    assert any(each.startswith("Ripon race 2") for each in headings)


def test_odds_of_another_kind_make_the_race_indicative() -> None:
    other = race(1, FIRST.runners, price_kind="morning", decision="bsp", settlement="bsp")
    texts = sections(read(html(other)))
    assert "Indicative: the odds are morning prices, and the model was judged on BSP." in texts[1]
    assert "Indicative verdicts" in texts[-1]


def test_a_version_that_the_gate_refused_is_not_for_betting() -> None:
    standing = Standing("2", None, False, "its gate does not hold: roi_top20 -0.2 misses >= 0")
    page = read(html(FIRST, standing=standing))
    refused = sections(page)[-1]
    assert "version 2, not promoted" in page.named("header")[0].text
    assert "roi_top20 -0.2 misses" in refused
    assert "not for betting" in refused
    assert "not the champion" not in sections(read(html(FIRST)))[-1]


def test_what_could_not_be_scored_is_listed_with_its_reason() -> None:
    left = Unpredicted("Ripon 15:00", "Lost Horse", "line 9 names no horse")
    first = sections(read(html(FIRST, unscored=(left,))))[0]
    assert "Lost Horse" in first
    assert "line 9 names no horse" in first


def test_the_model_and_the_local_time_of_the_prediction_are_said() -> None:
    head = read(html(FIRST)).named("header")[0].text
    assert "version 3 (v1), champion" in head
    assert "2 May 2026, 09:00 (Europe/London)" in head


def test_nothing_is_fetched_and_a_name_is_no_code() -> None:
    evil = race(1, [backed(1, horse="<script>alert(1)</script>"), runner(2, rank=2)])
    card = read(html(evil))
    assert len(card.named("script")) == 1
    script = card.named("script")[0].text
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(
        each.attributes["content"] or ""
        for each in card.named("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert digest in policy
    assert not any({"src", "srcset", "action"} & set(each.attributes) for each in card.elements)


def test_every_link_leads_to_a_part_of_the_page() -> None:
    card = read(html(FIRST, unpriced(2, "15:00")))
    ids = [each.attributes["id"] for each in card.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert all((each.attributes["href"] or "")[1:] in ids for each in card.named("a"))


@pytest.mark.parametrize("backfill", [True, False])
def test_a_backfilled_race_says_that_it_counts_in_no_ledger(backfill: bool) -> None:
    text = read(html(race(1, FIRST.runners, backfill=backfill))).named("main")[0].text
    assert ("not part of the ledger" in text) == backfill
