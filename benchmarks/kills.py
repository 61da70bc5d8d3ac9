"""Kill every writing command again and again, and see whether the home lost anything.

    python -m benchmarks.kills --runners 20000 --kills 40

Each time the home is put back, the command is struck with SIGKILL at a moment drawn evenly over the
seconds of CPU that it takes, which a busy machine does not stretch, and run again to its end. Then
the home must hold every row of every store that a home holds in which nobody interrupted the
command, and no more but in the stores of what is done twice when it is asked for twice:
predictions, MLflow's runs, reports. The ledger's chain is verified each time, and `velo audit`
proves the features anew.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.contents import Tables, Uninterrupted
from benchmarks.small_home import SmallHome, options, small_home

FINE = {0, 1}
"""1: something is due, refused by the gate, or drifts."""
POLL = 0.002
TWICE = ("ledger.db/", "mlflow.db/", "mlartifacts/", "reports/")
HEAD = (
    "command",
    "CPU seconds",
    "killed",
    "ended before",
    "again fails",
    "rows lost",
    "rows too many",
    "done twice",
    "chain fails",
    "audits",
    "audit fails",
)


def main() -> None:
    """Print one row a command as Markdown, and each fault."""
    parser = options(__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--audit-every", type=int, default=1, help="audit after so many kills")
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with small_home(chosen.folder, chosen.runners) as home:
        print(f"| {' | '.join(HEAD)} |\n{'| --- ' * len(HEAD)}|", flush=True)
        for name in home.commands():
            if chosen.only is None or name in chosen.only:
                trial = Trial(home, name, chosen.audit_every)
                for nth in range(chosen.kills):
                    trial.strike((nth + draw.random()) / chosen.kills)
                print(trial.row(), flush=True)


@dataclass
class Trial:
    """A command that is struck again and again.

    Attributes:
        audit_every: how many blows there are to an audit.
        seconds: of CPU that it takes when nobody interrupts it.
        expected: what it leaves then.
        counted: what came of the blows.
    """

    home: SmallHome
    name: str
    audit_every: int
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Run it twice without a blow, to learn what it leaves and what of that is chance."""
        self.words = self.home.commands()[self.name]
        one, self.seconds = self._alone()
        self.expected = Uninterrupted.of(one, self._alone()[0])
        if self.expected.varying:
            print(f"{self.name}: not compared: {', '.join(self.expected.varying)}")

    def _alone(self) -> tuple[Tables, float]:
        self.home.restore()
        code, complaint, seconds = self.home.timed(*self.words)
        if code not in FINE:
            raise RuntimeError(f"velo {self.name} fails by itself: {complaint}")
        return self.home.contents(), seconds

    def strike(self, share: float) -> None:
        """Kill it after a share of its time, run it to its end, and look at everything."""
        self.home.restore()
        after = self.seconds * share
        self.counted["killed" if self._killed(after) else "ended before"] += 1
        self._hold("again", self.home.run(*self.words), FINE, after)
        rows = self.home.contents()
        self._note("rows lost", self.expected.lost(rows), after)
        added = self.expected.added(rows)
        twice = {table for table in added if table.startswith(TWICE)}
        self.counted["done twice"] += bool(twice)
        self._note("rows too many", {t: n for t, n in added.items() if t not in twice}, after)
        self._hold("chain", self.home.run("audit", "--ledger"), {0}, after)
        if self._blows() % self.audit_every == 0:
            self.counted["audits"] += 1
            self._hold("audit", self.home.audit(), {0}, after)

    def _blows(self) -> int:
        return self.counted["killed"] + self.counted["ended before"]

    def _killed(self, after: float) -> bool:
        """Whether the command was still at it when the blow came."""
        process = self.home.start(*self.words)
        while (alive := process.alive()) and process.worked() < after:
            time.sleep(POLL)
        if alive:
            process.kill()
        process.end()
        process.printed.unlink()
        return alive

    def _hold(self, what: str, ended: tuple[int, str], fine: set[int], after: float) -> None:
        code, complaint = ended
        if code not in fine or "unexpected" in complaint or "Traceback" in complaint:
            self.counted[f"{what} fails"] += 1
            print(f"{self.name}, killed after {after:.2f} s: {what} ended with {code}: {complaint}")

    def _note(self, what: str, rows: dict[str, int], after: float) -> None:
        self.counted[what] += sum(rows.values())
        if rows:
            print(f"{self.name}, killed after {after:.2f} s: {what}: {rows}", flush=True)

    def row(self) -> str:
        """A line of the table."""
        counts = [str(self.counted[column]) for column in HEAD[2:]]
        return f"| `{self.name}` | {self.seconds:.1f} | {' | '.join(counts)} |"


if __name__ == "__main__":
    main()
