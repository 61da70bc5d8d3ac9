"""What a reader of the report has to know before believing it."""

from __future__ import annotations

from collections.abc import Mapping

from backtest.schema import Statement, Withdrawals
from training.report import price_note
from velo.racing.withdrawals import STARTING_PRICES


def caveats(
    decision: str,
    settlement: str,
    withdrawals: Withdrawals,
    said: Mapping[str, Statement],
    compared: tuple[str, ...],
) -> list[str]:
    """One sentence each, the gravest first."""
    found = []
    if decision == settlement:
        found.append(price_note({"decision": decision, "settlement": settlement}))
    if decision not in STARTING_PRICES and withdrawals.horses:
        found.append(
            f"the {decision} book is taken over the horses that ran: {withdrawals.horses:,} were "
            "withdrawn from these races, some of them after the decision"
        )
    if withdrawals.unsettleable_races:
        found.append(
            f"{withdrawals.unsettleable_races:,} races settle no bet: a horse was withdrawn or is "
            f"missing, and its {settlement} price is not known"
        )
    if any(said[name].each_way for name in compared):
        found.append(
            "each-way bets are chosen by their win part and paid at standard terms; a race is "
            "taken for a handicap where its name says so"
        )
    broke = [name for name in compared if said[name].bank.lowest <= 0]
    if broke:
        found.append(f"the bank would not have lasted: {', '.join(broke)}")
    claims = {name: claim for name in compared if (claim := said[name].power)}
    idle = [name for name, claim in claims.items() if claim.bets_needed is None]
    if idle:
        found.append(f"the model itself expects nothing of these bets: {', '.join(idle)}")
    weak = [name for name, claim in claims.items() if name not in idle and claim.power < 0.5]
    if weak:
        found.append(
            f"too few bets to show the claimed edge more often than not: {', '.join(weak)}"
        )
    return found
