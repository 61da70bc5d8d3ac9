"""Every pair of writing commands at one time in one home.

    python -m benchmarks.together --runners 20000

Two commands may be in each other's way: then one says so in one line, and names who is there. When
both have ended each is run again alone. Then every row is there that the home held, and every row
that either command leaves when it is alone, of the stores to which rows are only added; the
ledger's chain holds, and `velo audit` proves the features anew.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

from benchmarks.contents import Tables, Uninterrupted
from benchmarks.small_home import SmallHome, options, small_home

ADDED_TO = (
    "warehouse/import_batches",
    "warehouse/races",
    "warehouse/results",
    "warehouse/prices_history",
)
"""Tables of which a command's rows do not depend on what the other one did."""
COUNTED = (
    "cards.db/races",
    "ledger.db/predictions",
    "ledger.db/links",
    "mlflow.db/model_versions",
    "mlflow.db/runs",
)
"""Tables of which they may, and are counted."""
HEAD = ("one", "other", "exits", "again", "rows lost", "chain", "audit")


def main() -> None:
    """Print one row a pair as Markdown, and each fault."""
    chosen = options(__doc__).parse_args()
    with small_home(chosen.folder, chosen.runners) as home:
        names = [name for name in home.commands() if chosen.only is None or name in chosen.only]
        alone = {name: _alone(home, name) for name in names}
        home.restore()
        before = home.contents()
        print(f"| {' | '.join(HEAD)} |\n{'| --- ' * len(HEAD)}|", flush=True)
        for pair in combinations_with_replacement(names, 2):
            print(_row(home, pair, before, alone), flush=True)


def _alone(home: SmallHome, name: str) -> tuple[Uninterrupted, Tables]:
    """What a command leaves, of the columns in which two runs of it agree."""
    runs = []
    for _ in range(2):
        home.restore()
        home.run(*home.commands()[name])
        home.archive.unlink(missing_ok=True)
        runs.append(home.contents())
    return Uninterrupted.of(*runs), runs[0]


def _row(
    home: SmallHome,
    pair: tuple[str, str],
    before: Tables,
    alone: dict[str, tuple[Uninterrupted, Tables]],
) -> str:
    home.restore()
    words = [home.commands()[name] for name in pair]
    processes = [home.start(*each) for each in words]
    ended = [process.end() for process in processes]
    again = [home.run(*each) for each in words]
    chain, audit = home.run("audit", "--ledger"), home.audit()
    for code, complaint in (*ended, *again, chain, audit):
        if "unexpected" in complaint or "Traceback" in complaint or complaint.count("\n") > 2:
            print(f"{' and '.join(pair)}: {code}: {complaint.strip()}")
    home.archive.unlink(missing_ok=True)
    lost = _lost(home.contents(), before, [alone[name] for name in pair])
    for line in lost:
        print(f"{' and '.join(pair)}: {line}")
    exits = ["/".join(str(code) for code, _ in codes) for codes in (ended, again)]
    return f"| {' | '.join(map(str, (*pair, *exits, len(lost), chain[0], audit[0])))} |"


def _lost(after: Tables, before: Tables, alone: list[tuple[Uninterrupted, Tables]]) -> list[str]:
    lines = []
    for expected, _ in alone:
        lost = expected.lost(after)
        lines += [f"{lost[table]} rows of {table} are lost" for table in ADDED_TO if table in lost]
    for table in COUNTED:
        begun = len(before[table][1])
        due = begun + sum(len(tables[table][1]) - begun for _, tables in alone)
        if len(after[table][1]) < due:
            lines.append(f"{table} has {len(after[table][1])} rows of at least {due}")
    return lines


if __name__ == "__main__":
    main()
