"""A bare name is a known horse where something speaks for it; an age alone splits no career."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.bare_files import OLD, OLD_RUN, SLUG, SLUGS, card_file, old_file, written
from tests.warehouse.raceform_file import STORE, ask, file_of, horses, load, row
from velo.errors import InputError
from velo.home import Home
from velo.warehouse.unmerge import unmerge

APART = "SELECT conclusion, evidence FROM inferences WHERE kind = 'horse-apart' ORDER BY 1"


def known(folder: Path, horse: str, name: str = "known.csv", **changes: str) -> Path:
    """One run in May 2018, as raceform writes it, of a horse of three."""
    usual = {"date": "2018-05-05", "course": "Newbury", "off": "2:10", "age": "3"}
    return file_of(folder, [row(horse, "1", **(usual | changes))], name)


def in_order(first: bool, *files: Path) -> tuple[Path, ...]:
    return files if first else files[::-1]


@pytest.mark.parametrize("suffix_first", [True, False])
def test_a_bare_name_with_the_same_trainer_is_the_known_horse(
    home: Home, tmp_path: Path, suffix_first: bool
) -> None:
    for path in in_order(
        suffix_first, known(tmp_path, "Alder Bough (IRE)"), old_file(tmp_path, ["Alder Bough"])
    ):
        load(home, path)
    assert horses(home) == [2]
    assert ask(home, "SELECT name, country, foaled FROM horses") == [("alder bough", "IRE", 2015)]


@pytest.mark.slow
@pytest.mark.parametrize("suffix_first", [True, False])
def test_horses_that_meet_again_are_known_by_each_other(
    home: Home, tmp_path: Path, suffix_first: bool
) -> None:
    met = file_of(
        tmp_path,
        [
            row(horse, str(place), date="2018-05-05", age="3", trainer=trainer)
            for place, (horse, trainer) in enumerate(
                {"Alder Bough (IRE)": "A Trainer", "Birch Hollow (FR)": "Gone Since"}.items(), 1
            )
        ],
    )
    for path in in_order(suffix_first, met, old_file(tmp_path, ["Alder Bough", "Birch Hollow"])):
        load(home, path)
    assert horses(home) == [2, 2]


@pytest.mark.few(1)
@pytest.mark.parametrize("suffix_first", [True, False])
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"trainer": "B Trainer"}, "only name and years agree"),
        ({"age": "6"}, None),
        ({"date": "2013-05-05", "age": "3"}, None),
    ],
    ids=["another trainer", "other years", "long ago"],
)
def test_a_bare_name_for_which_nothing_speaks_is_another_horse(
    home: Home, tmp_path: Path, suffix_first: bool, changes: dict[str, str], why: str | None
) -> None:
    for path in in_order(
        suffix_first,
        known(tmp_path, "Alder Bough (IRE)", **changes),
        old_file(tmp_path, ["Alder Bough"]),
    ):
        load(home, path)
    assert horses(home) == [1, 1]
    assert [evidence for _, evidence in ask(home, APART)] == ([why] if why else [])


@pytest.mark.few(1)
@pytest.mark.parametrize("suffix_first", [True, False])
def test_of_two_candidates_neither_is_taken(home: Home, tmp_path: Path, suffix_first: bool) -> None:
    both = file_of(
        tmp_path,
        [
            row("Alder Bough (IRE)", "1", date="2018-05-05", age="3"),
            row("Alder Bough (FR)", "1", date="2018-05-06", age="3", trainer="Another"),
        ],
    )
    for path in in_order(suffix_first, both, old_file(tmp_path, ["Alder Bough"])):
        load(home, path)
    assert horses(home) == [1, 1, 1]
    assert ask(home, APART) == [
        (
            "alder bough without a suffix is not taken for alder bough (FR, foaled 2015) or "
            "alder bough (IRE, foaled 2015)",
            "2 horses of the name are possible",
        )
    ]


@pytest.mark.slow
def test_a_bare_name_in_a_file_that_writes_suffixes_is_british(home: Home, tmp_path: Path) -> None:
    load(home, known(tmp_path, "Alder Bough (IRE)"))
    later = {"date": "2018-06-02", "age": "3"}
    load(
        home,
        file_of(
            tmp_path,
            [row("Alder Bough", "1", **later), row("Charlie (FR)", "2", **later)],
            "next.csv",
        ),
    )
    assert ask(home, "SELECT country FROM horses WHERE name = 'alder bough' ORDER BY 1") == [
        ("GB",),
        ("IRE",),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("suffix_first", [True, False])
@pytest.mark.parametrize("course", ["Leopardstown", "Newbury"])
def test_a_race_that_both_tell_of_joins_its_horses_whole(
    home: Home, tmp_path: Path, suffix_first: bool, course: str
) -> None:
    """The trainers differ, and the run of June is joined by the race of May."""
    where = course if course == "Newbury" else f"{course} (IRE)"
    met = file_of(
        tmp_path,
        [
            row(horse, str(place), date="2018-05-05", course=where, off="2:10", age="3")
            for place, horse in enumerate(("Alder Bough (IRE)", "Birch Hollow (FR)"), 1)
        ],
    )
    pair = ["Alder Bough", "Birch Hollow"]
    may = old_file(
        tmp_path,
        pair,
        "may.csv",
        date="05 May 2018",
        time="2:10",
        course=course,
        trainer="B Trainer",
    )
    june = old_file(tmp_path, pair[:1], "june.csv", trainer="B Trainer")
    load(home, june)
    for path in in_order(suffix_first, met, may):
        load(home, path)
    assert horses(home) == [1, 2]
    assert ask(home, "SELECT count(*) FROM races") == [(2,)]


@pytest.mark.slow
def test_evidence_that_comes_later_joins_and_the_older_id_stays(home: Home, tmp_path: Path) -> None:
    load(home, known(tmp_path, "Alder Bough (IRE)", trainer="B Trainer"))
    ((older,),) = ask(home, "SELECT horse_id FROM horses")
    load(home, old_file(tmp_path, ["Alder Bough"]))
    ((younger,),) = ask(home, "SELECT horse_id FROM horses WHERE country IS NULL")
    assert len(ask(home, APART)) == 1
    load(
        home,
        old_file(tmp_path, ["Alder Bough"], "next.csv", date="02 Jul 2018", trainer="B Trainer"),
    )
    assert ask(home, "SELECT horse_id, country FROM horses") == [(older, "IRE")]
    assert ask(home, "SELECT kind, alias, id FROM aliases") == [("horse", younger, older)]
    assert ask(home, f"{APART[:-11]} AND undone_by IS NULL") == []
    assert horses(home) == [3]


@pytest.mark.slow
@pytest.mark.parametrize("suffix_first", [True, False])
def test_what_was_joined_is_taken_back_for_good(
    home: Home, tmp_path: Path, suffix_first: bool
) -> None:
    for path in in_order(
        suffix_first, known(tmp_path, "Alder Bough (IRE)"), old_file(tmp_path, ["Alder Bough"])
    ):
        load(home, path)
    ((number,),) = ask(home, "SELECT inference_id FROM inferences")
    batch = unmerge(home, STORE, number)
    assert ask(home, "SELECT country, first_seen = last_seen FROM horses ORDER BY country") == [
        ("IRE", True),
        (None, True),
    ]
    assert ask(
        home, "SELECT country, horse FROM runners JOIN horses USING (horse_id) ORDER BY country"
    ) == [
        ("IRE", "Alder Bough (IRE)"),
        (None, "Alder Bough"),
    ]
    assert ask(
        home, "SELECT kind, undoes, batch_id FROM import_batches WHERE kind <> 'import'"
    ) == [("unmerge", number, batch)]
    load(home, old_file(tmp_path, ["Alder Bough"], "next.csv", date="02 Jul 2018"))
    assert horses(home) == [1, 2]


def test_only_what_was_joined_can_be_taken_back(home: Home, tmp_path: Path) -> None:
    load(home, known(tmp_path, "Alder Bough (IRE)", trainer="B Trainer"))
    load(home, old_file(tmp_path, ["Alder Bough"]))
    for number, why in ((1, "joined nothing"), (7, "no conclusion 7")):
        with pytest.raises(InputError, match=why):
            unmerge(home, STORE, number)


@pytest.mark.slow
def test_a_cards_horse_is_the_one_live_horse_of_its_name(home: Home, tmp_path: Path) -> None:
    load(home, known(tmp_path, "Alder Bough (IRE)", trainer="B Trainer"))
    load(home, card_file(tmp_path, ["Alder Bough", "Never Seen"], trainer="A Trainer"))
    assert horses(home) == [1, 2]
    assert ask(home, "SELECT kind, evidence FROM inferences") == [
        ("card-horse", "the one live horse of the name")
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("horse", "changes"),
    [
        ("Alder Bough (IRE)", {"date": "2014-05-05"}),
        ("Alder Bough (IRE)", {"dam": "Another Dam"}),
        ("Alder Bough (IRE)", {"age": "9"}),
    ],
    ids=["long gone", "another dam", "other years"],
)
def test_a_cards_horse_is_no_horse_that_it_cannot_be(
    home: Home, tmp_path: Path, horse: str, changes: dict[str, str]
) -> None:
    load(home, known(tmp_path, horse, **changes))
    load(home, card_file(tmp_path, ["Alder Bough"], age="3", dam="A Dam"))
    assert horses(home) == [1, 1]


@pytest.mark.slow
def test_of_several_live_horses_a_card_takes_none_and_names_them(
    home: Home, tmp_path: Path
) -> None:
    load(home, known(tmp_path, "Alder Bough (IRE)"))
    load(home, known(tmp_path, "Alder Bough (FR)", "fr.csv", date="2018-05-06"))
    load(home, card_file(tmp_path, ["Alder Bough"]))
    assert horses(home) == [1, 1, 1]
    ((conclusion, other),) = ask(
        home, "SELECT conclusion, other FROM inferences WHERE kind = 'card-horse-apart'"
    )
    assert "(FR, foaled 2015) or alder bough (IRE, foaled 2015)" in conclusion
    assert ask(home, f"SELECT horse FROM runners WHERE horse_id = {other}") == [("Alder Bough",)]


@pytest.mark.slow
def test_no_suffix_in_a_whole_days_file_says_nothing_of_britain(home: Home, tmp_path: Path) -> None:
    """Raceform writes a suffix behind every name: a file without one had them taken off."""
    names = [f"Horse {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
    may = [row(f"{name} (IRE)", "1", num=str(place)) for place, name in enumerate(names)]
    june = [row(name, "1", num=str(place), date="2015-06-01") for place, name in enumerate(names)]
    load(home, file_of(tmp_path, may))
    load(home, file_of(tmp_path, june, "june.csv"))
    assert horses(home) == [2] * len(names)


@pytest.mark.few(1)
@pytest.mark.parametrize("files", [1, 2])
def test_bare_names_of_two_dams_are_two_horses(home: Home, tmp_path: Path, files: int) -> None:
    runs = [
        {"Horse": "Alder Bough", "Date": day, "Dam": dam, "Sire": "A Sire", "Age": "4"}
        for day, dam in (("2020-06-12", "A Dam"), ("2020-07-12", "Another"))
    ]
    if files == 1:
        load(home, written(tmp_path / "both.csv", SLUGS, [SLUG | run for run in runs]))
    else:
        for number, run in enumerate(runs):
            load(home, written(tmp_path / f"{number}.csv", SLUGS, [SLUG | run]))
    assert horses(home) == [1, 1]


@pytest.mark.slow
def test_bare_names_that_run_in_turns_for_two_trainers_are_two_horses(
    home: Home, tmp_path: Path
) -> None:
    """The Irish one is known by its trainer; the other one is nobody that is known."""
    load(home, known(tmp_path, "Hidden Dream (IRE)", trainer="A Trainer"))
    runs = [
        OLD_RUN | {"name": "Hidden Dream", "date": f"{day:02} Jun 2018", "jockey": trainer}
        for day, trainer in (
            (2, "A Trainer"),
            (9, "B Trainer"),
            (16, "A Trainer"),
            (23, "B Trainer"),
        )
    ]
    load(home, written(tmp_path / "turns.csv", OLD, runs))
    assert horses(home) == [2, 3]


@pytest.mark.slow
def test_a_trainer_of_very_many_horses_tells_nothing_in_one_run(home: Home, tmp_path: Path) -> None:
    stable = [
        row(
            f"Horse {number} (IRE)",
            "1",
            num=str(number),
            date="2018-05-05",
            age="3",
            sire="",
            dam="",
        )
        for number in range(60)
    ]
    load(home, file_of(tmp_path, stable))
    load(home, old_file(tmp_path, ["Horse 7"]))
    assert sum(horses(home)) - len(horses(home)) == 0
    load(home, old_file(tmp_path, ["Horse 7"], "next.csv", date="16 Jun 2018"))
    assert ask(home, "SELECT count(*) FROM horses") == [(61,)]
    again = [{**run, "date": "2018-05-25"} for run in stable[:8]]
    load(home, file_of(tmp_path, again, "again.csv"))
    assert ask(
        home,
        "SELECT count(*) FROM runners JOIN horses USING (horse_id) "
        "WHERE name = 'horse 7' AND country = 'IRE'",
    ) == [(4,)]
