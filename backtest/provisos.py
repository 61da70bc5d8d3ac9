"""What a reader of the report has to know before believing it."""

from __future__ import annotations

from collections.abc import Mapping

from backtest.report_schema import Returned, Statement, Withdrawals
from training.record.run_report import price_note
from velo.racing.withdrawals import STARTING_PRICES


def caveats(
    decision: str,
    settlement: str,
    withdrawals: Withdrawals,
    returned: Returned,
    statement_of: Mapping[str, Statement],
    compared: tuple[str, ...],
    earlier_looks: int = 0,
    chosen_on: str | None = None,
) -> list[str]:
    """One sentence each, the gravest first; `chosen_on` where features were chosen on the days."""
    sentences = []
    if decision == settlement:
        sentences.append(price_note(decision, settlement))
    if chosen_on is not None:
        sentences.append(chosen_on)
    if earlier_looks:
        sentences.append(
            "looks at some of these days by other models, walks or strategies in Python before: "
            f"{earlier_looks:,}; the interval of the gain over the market is widened for it, the "
            "others are not"
        )
    if decision not in STARTING_PRICES and withdrawals.horses:
        sentences.append(
            f"the {decision} book is taken over the horses that ran: {withdrawals.horses:,} were "
            "withdrawn from these races, some of them after the decision"
        )
    if withdrawals.unsettleable_races:
        sentences.append(
            f"{withdrawals.unsettleable_races:,} races settle no bet: a horse was withdrawn or is "
            f"missing, and its {settlement} price is not known"
        )
    if returned.withdrawn:
        sentences.append(
            f"{returned.withdrawn:,} withdrawn horses had a {decision} price in the odds band: a "
            "bet on one is returned, and none is counted as staked or lost"
        )
    if returned.void_races:
        sentences.append(
            f"races declared void: {returned.void_races:,}, with {returned.void:,} horses in the "
            "odds band; their bets are returned, and none is counted as staked or lost"
        )
    if any(statement_of[name].each_way for name in compared):
        sentences.append(
            "each-way bets are chosen by their win part and paid at standard terms; a race is "
            "taken for a handicap where its name says so, in Hong Kong also where its class does"
        )
    broke = [name for name in compared if statement_of[name].bank.lowest <= 0]
    if broke:
        sentences.append(f"the bank would not have lasted: {', '.join(broke)}")
    claims = {name: claim for name in compared if (claim := statement_of[name].power)}
    idle = [name for name, claim in claims.items() if claim.bets_needed is None]
    if idle:
        sentences.append(f"the model itself expects nothing of these bets: {', '.join(idle)}")
    weak = [name for name, claim in claims.items() if name not in idle and claim.power < 0.5]
    if weak:
        sentences.append(
            f"too few bets to show the claimed edge more often than not: {', '.join(weak)}"
        )
    return sentences
