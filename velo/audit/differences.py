"""What an audit found: rows compared and differences, view by view and proof by proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from velo.result import Result

PROOFS = ("cut", "poison", "shuffle", "online", "brute force")
SHOWN = 10
"""How many differing values are shown of each view and proof."""


@dataclass(frozen=True)
class Difference:
    """One value that moved, or that is not what it should be.

    Attributes:
        view, proof: where it was found.
        world: which world it was found in, such as `cut 2019-05-04`.
        race_id, date, course, horse: whose value.
        feature: the view's column.
        expected: what it is in the build, for brute force what the page makes of it.
        actual: what it was in the altered world, or what was retrieved.
    """

    view: str
    proof: str
    world: str
    race_id: int
    date: str
    course: str
    horse: str
    feature: str
    expected: Any
    actual: Any


@dataclass
class Compared:
    """One view under one proof.

    Attributes:
        view, proof: which.
        rows: runners whose values were compared.
        differing: of them, those with a value that differs.
        differences: the first of these values.
    """

    view: str
    proof: str
    rows: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(repr=False)
class Audit(Result):
    """Everything that was compared.

    Attributes:
        build: number of the build that was audited.
        days: the cut dates.
        compared: one a view and proof.
        not_as_written: what of the home is not as VÉLØ wrote it, a line each.
        notes: what a reader should know of the proofs' reach.
        seconds: how long each step took.
        reads_todays_price: features that move with the odds of their own race.
    """

    build: int
    days: list[str]
    compared: list[Compared] = field(default_factory=list)
    not_as_written: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    reads_todays_price: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether something was compared, nothing differs and all is as it was written."""
        differs = any(each.differing for each in self.compared)
        return bool(self.compared) and not differs and not self.not_as_written

    @property
    def differences(self) -> list[Difference]:
        """The first ones of each view and proof."""
        return [one for each in self.compared for one in each.differences]

    @property
    def summary(self) -> str:
        """Whether a leak was found, and in how many comparisons."""
        rows, differing = (
            sum(getattr(each, count) for each in self.compared) for count in ("rows", "differing")
        )
        outcome = "no leak found" if self.passed else "NOT CLEAN"
        return f"{outcome} in build {self.build}: {differing:,} of {rows:,} comparisons differ"

    def rows(self) -> list[dict[str, Any]]:
        """A row a view and proof: runners compared, and how many of them differ."""
        names = ("view", "proof", "rows", "differing")
        return [{name: getattr(each, name) for name in names} for each in self.compared]

    def add(self, comparisons: Iterable[Compared]) -> None:
        """Take up a step's comparisons; those of one view and proof are summed."""
        for new in comparisons:
            for each in self.compared:
                if (each.view, each.proof) == (new.view, new.proof):
                    each.rows += new.rows
                    each.differing += new.differing
                    room = SHOWN - len(each.differences)
                    each.differences += new.differences[: max(room, 0)]
                    break
            else:
                self.compared.append(new)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"passed": self.passed, **asdict(self, dict_factory=_as_printed)}


def _as_printed(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the JSON, which calls the actual value `found`."""
    return {"found" if name == "actual" else name: value for name, value in items}


def differs(expected: Any, actual: Any, tolerance: float) -> bool:
    """Whether two values are not the same.

    Numbers may differ by the tolerance, taken as a share of numbers above 1.
    """
    if expected is None or actual is None:
        return expected is not actual
    if isinstance(expected, float) or isinstance(actual, float):
        if expected != expected or actual != actual:
            return bool((expected != expected) != (actual != actual))
        return bool(abs(expected - actual) > tolerance * max(1.0, abs(expected)))
    return bool(expected != actual)
