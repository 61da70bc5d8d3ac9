"""Which predictions count: those made before the off, by what was known when they were made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.live.carded import FIELD, card_file, field
from tests.live.predicted import backed
from tests.live.predicted import race as predicted
from tests.warehouse.raceform_file import ask, file_of, row
from velo.home import Home
from velo.live.fairness import Changed, Declaration, RaceOffs, Results, ToldOff, mark_unfair, off_by
from velo.live.journal import Prediction, predictions, record
from velo.live.ledger import counting
from velo.live.ledger_view import view_ledger
from velo.settings import Settings, Store
from velo.warehouse.ingest import ingest
from velo.warehouse.undo import undo

SETTINGS = Settings(store=Store(memory_limit="1GB", threads=1))
RACE, DAY = 9, date(2026, 5, 2)


def at(clock: str) -> datetime:
    """A time of 2 May 2026, by the clock of Ripon."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 5, 2, hour - 1, minute, tzinfo=UTC)


class Rules:
    """A race whose cards and results are told to the rules alone."""

    def __init__(self) -> None:
        self.declared: list[Declaration] = []
        self.results_known: list[Results] = []
        self.made: list[Prediction] = []

    def card(self, off: str, when: str) -> None:
        """A card declares an off."""
        self.declared.append(Declaration(ToldOff(at(off)), at(when)))

    def results(self, off: str, when: str = "18:00") -> int:
        """Results give an off; returns their batch."""
        batch = len(self.results_known) + 7
        self.results_known.append(Results(batch, f"results_{batch}.csv", (ToldOff(at(off)),)))
        return batch

    def predicts(self, made: str, deadline: str, off: str = "14:30") -> None:
        """A prediction as it was made, not marked."""
        self.made.append(
            predicted(
                RACE,
                [backed(1)],
                made=at(made).isoformat(),
                deadline=at(deadline).isoformat(),
                off=off,
                revision=len(self.made) + 1,
            )
        )

    def judged(self) -> tuple[list[Prediction], list[Changed]]:
        """The predictions, and those that results changed."""
        known = RaceOffs(at("10:00"), tuple(self.declared), tuple(self.results_known))
        return mark_unfair(self.made, {RACE: known})

    def counts(self) -> tuple[int, bool]:
        """The revision that counts, and whether it is fair."""
        (one,) = counting(self.judged()[0], backfilled=True)
        return one.revision, not one.backfill

    def changed(self) -> list[Changed]:
        """The predictions that results made fair, or unfair."""
        return self.judged()[1]


class Warehouse:
    """The same of files that are loaded, and predictions that are kept, in a home."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder, self.files = home, folder, 0

    def card(self, off: str, when: str, **changes: str) -> None:
        """Load a card that declares an off."""
        self.files += 1
        path = card_file(self.folder / f"card_{self.files}.csv", field(off=off, **changes)[:2])
        ingest(self.home, SETTINGS.store, path, "racecard", clock=lambda: at(when))

    def results(self, off: str, when: str = "18:00") -> int:
        """Load results, which give an off; returns the batch."""
        self.files += 1
        rows = [
            row(
                f"{horse} (GB)",
                str(place),
                num=str(place),
                date=str(DAY),
                race_id="9",
                off=off,
                ran="2",
            )
            for place, horse in enumerate(FIELD[:2], 1)
        ]
        path = file_of(self.folder, rows, f"results_{self.files}.csv")
        batch = ingest(self.home, SETTINGS.store, path, "raceform", clock=lambda: at(when))
        return batch.batch_id or 0

    def predicts(
        self, made: str, deadline: str, off: str | None = "14:30", course: str = "Ripon"
    ) -> None:
        """Keep a prediction as it was made, not marked."""
        ((race,),) = ask(self.home, "SELECT race_id FROM races")
        horses = ask(self.home, "SELECT horse_id FROM runners ORDER BY ALL")
        kept = predicted(
            race,
            [backed(horse) for (horse,) in horses],
            made=at(made).isoformat(),
            deadline=at(deadline).isoformat(),
            off=off,
            course=course,
        )
        record(self.home.ledger, [kept])

    def counts(self) -> tuple[int, bool]:
        """The revision that counts in the ledger, and whether it is fair."""
        runners = view_ledger(self.home, SETTINGS, backfilled=True).runners
        return int(runners["revision"].iloc[0]), not runners["backfill"].iloc[0]

    def changed(self) -> list[Changed]:
        """The predictions that the ledger lists."""
        return list(view_ledger(self.home, SETTINGS, backfilled=True).changed)


@pytest.fixture
def warehoused(home: Home, tmp_path: Path) -> Warehouse:
    return Warehouse(home, tmp_path)


@pytest.fixture(params=["rules", pytest.param("warehouse", marks=pytest.mark.slow)])
def day(request: pytest.FixtureRequest) -> Rules | Warehouse:
    """The same sentences hold of the rules and of a home."""
    if request.param == "rules":
        return Rules()
    world: Warehouse = request.getfixturevalue("warehoused")
    return world


def test_a_race_moved_to_later_does_not_make_a_late_prediction_fair(day: Rules | Warehouse) -> None:
    day.card("14:30", "09:00")
    day.predicts("14:00", "14:30")
    day.card("15:30", "14:40")
    day.predicts("14:45", "15:30", off="15:30")
    assert day.counts() == (1, True)
    day.results("14:30")
    assert day.counts() == (1, True)
    assert day.changed() == []


def test_a_postponement_counts_once_a_result_confirms_it(day: Rules | Warehouse) -> None:
    day.card("14:30", "09:00")
    day.predicts("14:00", "14:30")
    day.card("15:30", "14:40")
    day.predicts("14:45", "15:30", off="15:30")
    batch = day.results("15:30")
    assert day.counts() == (2, True)
    (changed,) = day.changed()
    assert (changed.revision, changed.fair, changed.batch_id) == (2, True, batch)
    assert "results_" in str(changed)


@pytest.mark.slow
def test_an_off_stays_declared_when_its_card_is_taken_back(warehoused: Warehouse) -> None:
    day = warehoused
    day.card("14:30", "09:00")
    day.card("13:45", "10:00")
    undo(day.home, SETTINGS.store, 2, lambda: ())
    day.predicts("14:00", "14:30")
    assert day.counts() == (1, False)
    day.results("14:30")
    assert day.counts() == (1, True)


def test_a_race_moved_to_earlier_counts_from_the_card_that_says_so(day: Rules | Warehouse) -> None:
    day.card("14:30", "09:00")
    day.predicts("13:50", "14:30")
    day.card("13:45", "14:00")
    assert day.counts() == (1, True)
    day.predicts("14:10", "14:30")
    assert day.counts() == (1, True)
    day.results("13:45")
    assert day.counts() == (2, False)
    assert [(each.revision, each.fair) for each in day.changed()] == [(1, False)]


def test_a_corrected_result_changes_the_answer_either_way_and_is_named(
    day: Rules | Warehouse,
) -> None:
    day.card("14:30", "09:00")
    day.predicts("14:10", "14:30")
    first = day.results("14:05")
    assert day.counts() == (1, False)
    again = day.results("14:30", "20:00")
    assert day.counts() == (1, True)
    assert [(each.fair, each.batch_id) for each in day.changed()] == [(False, first), (True, again)]


def test_what_was_marked_when_it_was_made_stays_late_whatever_a_result_says(
    day: Rules | Warehouse,
) -> None:
    day.card("14:30", "09:00")
    day.predicts("14:40", "14:30")
    day.results("15:30")
    assert day.counts() == (1, False)


def test_offs_that_differ_by_five_minutes_are_one_and_the_earlier_counts(
    day: Rules | Warehouse,
) -> None:
    day.card("14:30", "09:00")
    day.card("14:35", "10:00")
    day.predicts("14:31", "14:35", off="14:35")
    assert day.counts() == (1, False)
    day.results("14:35")
    assert day.counts() == (1, False)
    day.results("14:36", "20:00")
    assert day.counts() == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("course", "country", "early", "late"),
    [
        ("Sha Tin", "HK", "04:10", "04:20"),
        ("Randwick", "AUS", "01:10", "01:20"),
        ("Del Mar", "USA", "18:10", "18:20"),
    ],
)
def test_a_race_whose_off_nobody_tells_is_held_to_the_first_hour_of_its_region(
    warehoused: Warehouse, course: str, country: str, early: str, late: str
) -> None:
    """An earlier version wrote the same hour of London as deadline, whatever the country."""
    day = warehoused
    day.card("", "01:00", course=f"{course} ({country})")
    day.predicts(early, "22:00", off=None, course=course)
    assert day.counts() == (1, True)
    day.predicts(late, "22:00", off=None, course=course)
    assert day.counts() == (1, True)
    kept = predictions(day.home.ledger)
    assert [each.backfill for each in kept] == [False, False]


def test_an_off_that_a_prediction_names_is_known_without_a_warehouse(home: Home) -> None:
    first = predicted(7, [backed(1)], made=at("14:00").isoformat())
    moved = predicted(
        7, [backed(1)], made=at("14:45").isoformat(), deadline=at("15:30").isoformat()
    )
    record(home.ledger, [first, moved])
    runners = view_ledger(home, SETTINGS, backfilled=True).runners
    assert (runners["revision"].tolist(), runners["backfill"].tolist()) == ([1], [False])


def test_a_doubtful_card_means_its_earlier_half_of_the_day_until_a_certain_one_is_there() -> None:
    half_a_day = timedelta(hours=12)
    doubtful = Declaration(ToldOff(at("21:30"), half_a_day), at("08:00"))
    certain = Declaration(ToldOff(at("21:35")), at("10:00"))
    assert off_by(at("09:00"), at("07:00"), [doubtful, certain], ()) == at("09:30")
    assert off_by(at("11:00"), at("07:00"), [doubtful, certain], ()) == at("21:30")
    results = (ToldOff(at("21:40"), half_a_day),)
    assert off_by(at("11:00"), at("07:00"), [doubtful, certain], results) == at("21:30")
    assert off_by(at("09:00"), at("07:00"), [doubtful], results) == at("09:40")


def test_of_several_results_the_most_trusted_source_gives_the_off_and_a_near_one_the_minute() -> (
    None
):
    results = (ToldOff(at("14:30")), ToldOff(at("14:27")), ToldOff(at("13:30")))
    assert off_by(at("14:00"), at("10:00"), (), results) == at("14:27")
