"""What a report says before it is believed."""

from __future__ import annotations

from typing import Any

from backtest.provisos import caveats
from backtest.report_schema import Bank, Returned, Statement, Strength, Withdrawals


def statement(**changes: Any) -> Statement:
    """A strategy that claims an edge and has the bets to show it."""
    figures = dict.fromkeys(("roi", "ae_ratio", "ae_fair", "strike_rate"), 1.0)
    usual = {
        "bets": 9,
        "bet_days": 9,
        "unsettled": 0,
        "winners": 1,
        "staked": 9,
        "profit": 1,
        "max_drawdown": 0,
        **figures,
        **{f"{name}_ci": None for name in figures},
        "stake": "flat",
        "each_way": False,
        "bank": Bank(opening=100, closing=101, lowest=99, path=[101], drawdown=[0]),
        "random": None,
        "power": Strength(claimed_edge=0.2, power=0.9, bets_needed=5),
        "sharpe": None,
    }
    return Statement(**{**usual, **changes})


NONE = Returned(withdrawn=0, void=0, void_races=0)


def caveat_text(
    decision: str,
    settlement: str,
    one: Statement,
    back: Returned = NONE,
    looks: int = 0,
    **gone: Any,
) -> str:
    withdrawn = Withdrawals(**{"horses": 0, "law": "none", "unsettleable_races": 0, **gone})
    lines = caveats(decision, settlement, withdrawn, back, {"mine": one}, ("mine",), looks)
    return "\n".join(lines)


def test_a_strong_strategy_decided_early_has_nothing_to_be_warned_of() -> None:
    assert caveat_text("morning", "bsp", statement()) == ""


def test_a_bet_settled_at_the_price_that_chose_it_is_said_first() -> None:
    assert caveat_text("sp", "sp", statement()) == "selected on the price it settles at"


def test_a_morning_decision_that_knows_the_final_field_is_said() -> None:
    text = caveat_text("morning", "morning", statement(), horses=12, unsettleable_races=3)
    assert "12 were withdrawn" in text
    assert "3 races settle no bet" in text


def test_a_book_below_1_over_the_horses_that_ran_is_said() -> None:
    text = caveat_text("evening", "bsp", statement(), overbroke_races=40)
    assert "races with a book below 1 at evening prices: 40" in text


def test_returned_bets_are_counted_and_said_to_be_no_losses() -> None:
    back = Returned(withdrawn=3, void=17, void_races=2)
    text = caveat_text("morning", "bsp", statement(), back)
    assert "3 withdrawn horses had a morning price in the odds band" in text
    assert "races declared void: 2, with 17 horses" in text
    assert text.count("returned") == 2


def test_earlier_looks_at_the_days_are_said() -> None:
    assert "before: 2; the interval of the gain" in caveat_text(
        "morning", "bsp", statement(), looks=2
    )


def test_a_bank_that_is_gone_is_said() -> None:
    broke = Bank(opening=100, closing=50, lowest=-1, path=[50], drawdown=[50])
    assert "would not have lasted: mine" in caveat_text("morning", "bsp", statement(bank=broke))


def test_a_claim_of_nothing_is_told_from_a_claim_too_small_for_its_bets() -> None:
    none = Strength(claimed_edge=-0.1, power=0.01, bets_needed=None)
    small = Strength(claimed_edge=0.02, power=0.1, bets_needed=9_000)
    assert "expects nothing of these bets: mine" in caveat_text("am", "bsp", statement(power=none))
    text = caveat_text("am", "bsp", statement(power=small))
    assert "too few bets" in text
    assert "expects nothing" not in text
