"""A report is one whole page: it says its verdict, fetches nothing and runs nobody's code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.report.little_run import SPITEFUL, little_run
from tests.report.reading import Page, read
from velo.report.comparison import comparison
from velo.report.comparison_page import page as compare
from velo.report.findings import findings
from velo.report.run_page import page

FOUND = findings(little_run())
HTML = page(FOUND)
PAIR = comparison(little_run(), little_run(2, "2"))
PAGES = {"report": HTML, "comparison": compare(PAIR)}


@pytest.fixture(params=PAGES, scope="module")
def whole(request: pytest.FixtureRequest) -> Page:
    return read(PAGES[request.param])


def test_findings_are_plain_json() -> None:
    assert json.loads(json.dumps(FOUND, allow_nan=False)) == FOUND


def test_the_verdict_stands_first_and_in_words() -> None:
    report = read(HTML)
    second = report.named("h2")[0].text
    assert "Refused" in second
    assert "underpowered" in second
    lead = next(each for each in report.elements if each.attributes.get("class") == "lead")
    assert "training rows" in lead.text


def test_the_sections_stand_in_the_order_of_the_contents_each_with_its_own_words() -> None:
    whole = read(HTML)
    sections = whole.named("section")
    contents = [each.attributes["href"] for each in whole.named("a") if "nav" in each.around]
    assert [f"#{each.attributes['id']}" for each in sections] == contents
    words = {
        "verdict": "Its Top20% bets at SP returned",
        "gate": "Value, 95%",
        "caveats": "Selected on the price it settles at",
        "profit": "Profit so far by race day",
        "calibration": "Calibration error",
        "odds": "Return by odds band",
        "time": "Gain, nats",
        "sees": "lost at",
        "worst": "Where the blend lost most",
        "features": "Lost when shuffled",
        "data": "a starter without sp",
        "repeat": "Earlier looks at the holdout",
    }
    assert [each.attributes["id"] for each in sections] == list(words)
    for section, text in zip(sections, words.values(), strict=True):
        assert text in section.text


def test_a_horses_name_is_no_code(whole: Page) -> None:
    assert len(whole.named("script")) == 1
    assert not whole.named("b")


def test_a_horses_name_is_shown_as_it_is_written() -> None:
    """In every cell, title and label that bears it; no part of it is anywhere else."""
    whole = read(HTML)
    bearing = [each.text for each in whole.named("td", "th") if "Sons" in each.text]
    assert len(bearing) >= 20
    texts = [whole.named("html")[0].text, *bearing]
    for text in texts:
        assert text.count("Sons") == text.count(SPITEFUL)
    attributes = [text for each in whole.elements for text in each.attributes.values() if text]
    assert all(text.count("Sons") == text.count(SPITEFUL) for text in attributes)


def test_nothing_is_fetched(whole: Page) -> None:
    fetching = {"src", "srcset", "action", "data", "poster", "background"}
    for element in whole.elements:
        assert not fetching & set(element.attributes), element
        link = element.attributes.get("href")
        assert link is None or link.startswith("#"), link
    style = whole.named("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_lets_the_pages_own_script_run_and_nothing_be_fetched(whole: Page) -> None:
    import base64
    import hashlib

    policy = next(
        each.attributes["content"]
        for each in whole.named("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    script = whole.named("script")[0].text
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_no_id_stands_twice_and_every_link_leads_somewhere(whole: Page) -> None:
    ids = [each.attributes["id"] for each in whole.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for element in whole.named("a"):
        assert (element.attributes["href"] or "")[1:] in ids
    for element in whole.elements:
        for name in (element.attributes.get("aria-labelledby") or "").split():
            assert name in ids


def test_headings_descend_by_one_and_there_is_one_first(whole: Page) -> None:
    levels = [int(each.name[1]) for each in whole.elements if re.fullmatch("h[1-6]", each.name)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_there_are_landmarks_and_a_language(whole: Page) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(whole.named(landmark)) == 1
    assert whole.named("html")[0].attributes["lang"] == "en"


def test_every_table_has_a_caption_and_heads_that_sort(whole: Page) -> None:
    tables, captions = whole.named("table"), whole.named("caption")
    assert len(tables) == len(captions) > 0
    heads = [each for each in whole.named("th") if "thead" in each.around]
    assert heads
    assert all(each.attributes["aria-sort"] == "none" for each in heads)
    assert all(each.attributes["scope"] == "col" for each in heads)
    buttons = [each for each in whole.named("button") if "th" in each.around]
    assert len(buttons) == len(heads)


def test_every_drawing_is_named_and_described(whole: Page) -> None:
    drawings = whole.named("svg")
    assert drawings
    assert all(each.attributes["role"] == "img" for each in drawings)
    described = [each for each in whole.named("desc") if each.text.strip()]
    assert len(described) == len(drawings)


def test_figures_of_bets_carry_interval_and_count() -> None:
    text = " ".join(read(HTML).named("section")[0].text.split())
    holdout = FOUND["holdout"]
    value, low, high = (
        f"{100 * holdout[f'roi_top20{end}']:+.1f}%".replace("-", "−")
        for end in ("", "_low", "_high")
    )
    bets = f"{holdout['roi_top20_bets']:,.0f} bets"
    assert f"returned {value} on {bets} ({low} to {high}" in text
    assert f"{value} {low} to {high}" in text
    assert text.count(bets) >= 3


def test_a_run_without_a_bet_says_so() -> None:
    run = little_run()
    never = replace(run, cutoffs=dict.fromkeys(run.cutoffs, 99.0))
    document = findings(never) | {
        "holdout": run.report.holdout | {"roi_top20": None, "roi_top20_bets": 0}
    }
    text = read(page(document)).named("main")[0].text
    assert "struck no bet that could be settled" in text


def test_a_straight_line_has_no_split_gain_and_a_residual_blend_no_share() -> None:
    run = little_run()
    holdout = {k: v for k, v in run.report.holdout.items() if not k.startswith("alpha_share")}
    residual = {
        "importance": {},
        "contributions": [],
        "holdout": holdout | {"gamma": 0.4, "gamma_low": 0.2, "gamma_high": 0.6},
    }
    report = run.report.model_copy(update=residual)
    text = read(page(findings(replace(run, report=report)))).named("main")[0].text
    assert "Exponent of the model" in text
    assert "not measured" in text


def test_the_page_is_small() -> None:
    assert len(HTML.encode()) < 600_000


def test_the_page_of_a_run_is_the_same_each_time() -> None:
    assert page(findings(little_run())) == HTML


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.001, 0.004, "is better than"),
        (-0.004, 0.001, "cannot be told apart from"),
        (-0.004, -0.001, "is worse than"),
    ],
)
def test_a_gain_below_0_is_called_worse_and_not_nothing(
    low: float, high: float, outcome: str
) -> None:
    gain = {"delta_ll": (low + high) / 2, "delta_ll_low": low, "delta_ll_high": high}
    verdict = page(FOUND | {"holdout": FOUND["holdout"] | gain})
    assert f"the blend {outcome} the calibrated market" in verdict
    pair = PAIR | {"paired": {"races": 300, "gain": gain["delta_ll"], "gain_ci": [low, high]}}
    assert f"B {outcome} A" in compare(pair)
