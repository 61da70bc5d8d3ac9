"""What the service is told and what it says, as its OpenAPI page shows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictStr,
    WithJsonSchema,
    model_validator,
)

from velo.racing.reason import PRICE
from velo.settings import PriceKind

LONGEST_ODDS = 20
"""Signs of odds as text."""
ID = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]


def _price(odds: float | str) -> float | str:
    """Text is read where the race is known, within the same bounds."""
    if isinstance(odds, str):
        if len(odds) > LONGEST_ODDS:
            raise ValueError(f"may have at most {LONGEST_ODDS} characters")
    elif not PRICE.holds(odds):
        raise ValueError(f"must be greater than 1 and at most {PRICE.most:g}")
    return odds


Price = Annotated[
    StrictFloat | StrictStr,
    AfterValidator(_price),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 1, "maximum": PRICE.most},
                {"type": "string", "maxLength": LONGEST_ODDS},
            ]
        }
    ),
]


class Body(BaseModel):
    """Something that a client sends; an unknown field is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Odd(Body):
    """The odds of one runner, who is named by horse or by number."""

    horse_id: ID | None = None
    number: Annotated[int, Field(ge=0, le=999)] | None = None
    odds: Price = Field(
        description="decimal odds, stake included, or a fraction as text: 7.5, '13/2', 'Evens'"
    )

    @model_validator(mode="after")
    def _named(self) -> Odd:
        if (self.horse_id is None) == (self.number is None):
            raise ValueError("name a runner by horse_id or by number, not both")
        return self


class PredictionAsked(Body):
    """What a prediction is made with, apart from the card."""

    odds: Annotated[list[Odd], Field(max_length=200)] | None = Field(
        None, description="replace the card's odds; a runner that is left out has none"
    )
    price_kind: PriceKind | None = Field(None, description="kind of these odds")
    backfill: bool = Field(
        False, description="predict a race after its off too; the prediction is marked for good"
    )


class Moved(BaseModel):
    """A feature that moved a runner, by how much (nats), and the feature's value."""

    feature: str
    push: float
    value: float | None


class RunnerSaid(BaseModel):
    """A runner as it was predicted; what depends on odds is null without a complete book."""

    rank: int
    number: int | None
    horse: str
    horse_id: int
    style: str
    p_model: float
    p_market: float | None
    p: float | None
    fair_odds: float | None
    odds: float | None
    edge: float | None
    stake: float
    stakes: dict[str, float]
    verdict: Literal["back", "pass", "no market", "odds beyond reason"]
    unknown: list[str]
    moved: list[Moved]


class PredictionSaid(BaseModel):
    """A race as it was predicted, as `velo predict --json` has it."""

    race_id: int
    revision: int
    made: datetime
    deadline: datetime
    backfill: bool
    day: date
    course: str
    off: str | None
    race_name: str | None
    version: str
    run_id: str
    sha256: str
    source: Literal["online", "offline"]
    build: str
    price_kind: str | None
    decision: str
    settlement: str
    strategy: str
    market: bool
    indicative: bool
    runners: list[RunnerSaid]


class Revisions(BaseModel):
    """Predictions of a race, oldest first; `after` leads to the next page, null after the last."""

    predictions: list[PredictionSaid]
    after: int | None


class Entered(BaseModel):
    """A runner of a known race, with the card's odds of the kind that would decide."""

    horse_id: int
    number: int | None
    draw: int | None
    horse: str
    odds: float | None


class NotRunning(BaseModel):
    """A horse of the card that will not run, and so is not priced."""

    horse: str
    number: int | None
    standing: Literal["non-runner", "reserve"]


class RaceSaid(BaseModel):
    """A known race. `closed` says why it cannot be predicted now; null if it can."""

    race_id: int
    day: date
    course: str
    off: str | None
    race_name: str | None
    deadline: datetime
    closed: str | None
    price_kind: str | None
    predictions: str = Field(
        description="path to post to: ids are too long for JavaScript's numbers"
    )
    runners: list[Entered]
    absent: list[NotRunning]


class RacesSaid(BaseModel):
    """Races, by off and course."""

    races: list[RaceSaid]


class Unscored(BaseModel):
    """A runner that cannot be scored, and why."""

    race: str
    horse: str | None
    reason: str


class CardSaid(RacesSaid):
    """A card that was accepted."""

    unscored: list[Unscored]
    notes: list[str]


class Health(BaseModel):
    """The process is alive."""

    alive: Literal[True] = True


class Part(BaseModel):
    """One thing that a prediction needs, and why it is missing."""

    ready: bool
    why: str | None = None


class Readiness(BaseModel):
    """Whether a race of `day` can be predicted.

    `stores`: journal and cards are where they were opened; `threads`: the ones that price and
    that look for another champion are alive.
    """

    ready: bool
    day: date
    champion: Part
    build: Part
    online: Part
    stores: Part
    threads: Part
    version: str | None


class ChangedSaid(BaseModel):
    """A prediction that became fair, or unfair, when results were imported."""

    race_id: int
    day: date
    course: str
    off: str | None
    revision: int
    made: datetime
    fair: bool
    batch_id: int
    file: str


class LedgerSaid(BaseModel):
    """The same as `velo ledger --json`; `backfill`: predictions made after the off count."""

    backfill: bool
    backfilled_races: int
    spans: list[dict[str, Any]]
    bets: dict[str, int]
    backfilled_left_out: int
    chain: dict[str, Any] | None
    changed: list[ChangedSaid]


class ProblemSaid(BaseModel):
    """An error, as in RFC 9457; `detail` says what is wrong and what to do."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
