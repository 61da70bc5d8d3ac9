"""`velo audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from velo.cli import console
from velo.cli.options import LARGEST_SEED

if TYPE_CHECKING:
    from velo.audit.differences import Audit
    from velo.home import Home


def audit(
    cuts: Annotated[
        int,
        typer.Option(min=1, max=1000, help="How many random days to cut, poison and shuffle at."),
    ] = 1,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the random days and races.")
    ] = 0,
    sample: Annotated[
        int,
        typer.Option(
            min=1,
            max=1_000_000,
            help="How many races to recompute by brute force and to read from the online store.",
        ),
    ] = 60,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Only verify the hash of every prediction.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout.")
    ] = False,
) -> None:
    """Prove on your own data that no feature knows the future; exit 1 if one does."""
    import velo

    workspace = velo.open()
    if ledger:
        _ledger(workspace.home, as_json)
        return
    with console.progress("Auditing") as tell:
        result = workspace.audit(cuts=cuts, seed=seed, sample=sample, progress=tell)
    if as_json:
        console.emit_json(result.to_dict())
    else:
        _show(result)
    if not result.passed:
        raise typer.Exit(1)


def _ledger(home: Home, as_json: bool) -> None:
    from velo.errors import DataError
    from velo.live.proof import chain_lines, verify_ledger

    proof = verify_ledger(home, whole=True)
    if proof is None:
        raise DataError("there are no predictions yet: run `velo predict CARD` before the off")
    if as_json:
        console.emit_json(proof.to_dict())
    else:
        for line in chain_lines(proof):
            console.say(line)
    if not proof.holds:
        raise typer.Exit(1)


def _show(findings: Audit) -> None:
    from velo.audit.differences import PROOFS

    cells = {(each.view, each.proof): each for each in findings.compared}
    proofs = [proof for proof in PROOFS if any(each.proof == proof for each in findings.compared)]
    rows = [
        [view, *(_cell(cells.get((view, proof))) for proof in proofs)]
        for view in dict.fromkeys(each.view for each in findings.compared)
    ]
    console.table(
        f"Build {findings.build} audited at {', '.join(findings.days)}: runners compared, "
        "and how many of them differ",
        ["view", *proofs],
        rows,
    )
    if findings.differences:
        console.table(
            "The first differences",
            ["world", "view", "race", "course", "horse", "feature", "expected", "found"],
            [
                [
                    each.world,
                    each.view,
                    f"{each.date} {each.race_id}",
                    each.course,
                    each.horse,
                    each.feature,
                    _exact(each.expected),
                    _exact(each.actual),
                ]
                for each in findings.differences
            ],
        )
    if findings.reads_todays_price:
        console.say(f"read the price of today's race: {', '.join(findings.reads_todays_price)}")
    for line in findings.not_as_written:
        console.say(f"NOT AS WRITTEN: {line}")
    for note in findings.notes:
        console.say(f"note: {note}")
    spent = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in findings.seconds.items())
    console.say(f"{'No leak found' if findings.passed else 'NOT CLEAN'} ({spent})")


def _cell(compared: Any) -> str:
    if compared is None:
        return "-"
    differ = f", {compared.differing:,} DIFFER" if compared.differing else ", 0"
    return f"{compared.rows:,}{differ}"


def _exact(value: Any) -> str:
    """All digits: two values that differ must not look alike."""
    return "-" if value is None else repr(value) if isinstance(value, float) else str(value)
