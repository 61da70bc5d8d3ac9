"""A card says how each horse likes to run, where that is known, and nothing where it is not."""

from __future__ import annotations

from tests.live.predicted import race, runner
from velo.live.serialise import as_rows, race_json
from velo.report.card_page import Standing, page
from velo.report.notable import _runner as on_report

FEATURES = {"form_ewma": 0.5, "or_delta": None}


def predicted():
    """Two horses whose early positions are known to the service, and one that it never saw."""
    styles = ("front", "held up", "")
    return race(
        7,
        [
            runner(number, rank=number, features={**FEATURES, "running_style": style})
            for number, style in enumerate(styles, 1)
        ],
    )


def test_rows_and_json_of_a_card_have_the_style() -> None:
    rows = as_rows([predicted()])
    assert [row["style"] for row in rows] == ["front", "held up", ""]
    assert [each["style"] for each in race_json(predicted())["runners"]] == ["front", "held up", ""]
    assert list(rows[0]).index("style") == list(rows[0]).index("horse_id") + 1


def test_a_prediction_of_a_service_without_early_positions_has_none() -> None:
    (row,) = as_rows([race(7, [runner(1)])])
    assert row["style"] == ""


def test_the_page_has_the_style_under_the_horse() -> None:
    card = {"races": [race_json(predicted())], "notes": [], "unscored": [], "absent": []}
    written = page(card, Standing("1", None, champion=True), "Europe/London")
    assert "no. 1, front" in written
    assert "no. 2, held up" in written
    assert "no. 3, mid" not in written


def test_the_report_lists_a_horse_with_its_style() -> None:
    import pandas as pd

    row = pd.Series(
        {
            "horse": "Arkle",
            "running_style": "prominent",
            **dict.fromkeys(
                ("win_share", "decision_odds", "p", "p_model", "p_market", "p_market_power"), 0.5
            ),
            **{f"feature_{k}": "form" for k in (1, 2, 3)},
            **{f"{part}_{k}": 0.1 for part in ("push", "value") for k in (1, 2, 3)},
        }
    )
    assert on_report(row)["style"] == "prominent"
    assert on_report(row.drop("running_style"))["style"] == ""
