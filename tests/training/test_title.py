"""Who may price as champion, in a home of an earlier version that people have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from tests.training.killed import Killed, kill_after
from training.promotion.champion import Reign
from training.promotion.promote import promote, roll_back
from training.promotion.succession import answer_to_alarm
from training.promotion.title import rightful_champion, why_not_champion
from training.record.mlflow_store import SHA256, client
from training.record.registry import MODEL, register, resolve
from velo.backup.restore import restore
from velo.backup.stores import migrate
from velo.errors import ModelError
from velo.home import Home
from velo.live.predict import Asked, predict
from velo.live.serialise import to_json
from velo.monitoring.drift import drift
from velo.service.served_model import Champion
from velo.settings import load

KEPT = Path(__file__).parents[1] / "homes" / "v1.1.0"
DAY = datetime.fromisoformat("2016-08-03")
WHY = "the edge is planted"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Version 1 was promoted, 2 refused by the gate; 3 is 1 once more, which nobody promoted."""
    root = tmp_path_factory.mktemp("kept") / "home"
    restore(KEPT / "home.tar.gz", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VELO_HOME", str(root))
        home = Home.current()
        migrate(home, load().store)
        first = resolve(home, "1")
        tags = {SHA256: first.sha256, "velo.verdict": "passed"}
        register(client(home), first.folder, first.run_id, "", tags, alias=None)
        yield home


@pytest.fixture
def home(kept: Home) -> Iterator[Home]:
    """The same; what a test did to the aliases is undone."""
    yield kept
    name(kept, "champion", "1")
    client(kept).delete_registered_model_alias(MODEL, "previous")


def name(home: Home, alias: str, version: str) -> None:
    """Set an alias by hand."""
    client(home).set_registered_model_alias(MODEL, alias, version)


def test_a_champion_of_an_earlier_version_keeps_its_title(home: Home) -> None:
    assert rightful_champion(home).version == "1"


def test_a_version_that_the_gate_refused_is_no_champion_by_its_alias(home: Home) -> None:
    name(home, "champion", "2")
    with pytest.raises(ModelError, match=r"version 2 is champion by its alias alone.* gamma"):
        predict(home, load(), Asked(KEPT / "card_2016-08-03.csv"))
    with pytest.raises(ModelError, match=r"version 2 is champion by its alias alone.* gamma"):
        drift(home, load())
    served = Champion(home, load())
    served.look()
    assert "version 2 is champion by its alias alone" in str(served.why)
    with pytest.raises(ModelError, match="by its alias alone"):
        served.pricer()


def test_tags_set_by_hand_give_no_title(home: Home) -> None:
    store = client(home)
    tags = {"velo.verdict": "passed", "velo.judged": "1", "velo.promotion": "promoted 2016-07-01"}
    for tag, value in tags.items():
        store.set_model_version_tag(MODEL, "2", tag, value)
    assert "its gate does not hold: gamma" in str(why_not_champion(home, resolve(home, "2")))


def test_a_version_whose_gate_holds_is_no_champion_until_it_is_promoted(home: Home) -> None:
    name(home, "champion", "3")
    with pytest.raises(ModelError, match="`velo promote` did not make it champion"):
        rightful_champion(home)
    assert promote(home, "3").promoted
    assert rightful_champion(home).version == "3"


def test_a_rollback_keeps_the_title_and_gives_none(home: Home) -> None:
    name(home, "previous", "2")
    with pytest.raises(ModelError, match="version 2 cannot be champion again: its gate"):
        roll_back(home)
    assert Reign.now(home) == Reign("1", "2")
    name(home, "previous", "1")
    name(home, "champion", "2")
    assert roll_back(home)[1] == Reign("1", "2")
    assert rightful_champion(home).version == "1"


def test_a_run_that_is_no_version_is_none(home: Home) -> None:
    run = resolve(home, resolve(home, "1").run_id)
    assert "no version" in str(why_not_champion(home, run))


@pytest.fixture
def alarmed(home: Home) -> Iterator[Home]:
    """Nobody is champion, and the alarm rings for version 1's run."""
    path = resolve(home, "1").folder.parent / "training_report.json"
    whole = path.read_text(encoding="utf-8")
    report = json.loads(whole)
    report["settings"]["gate"]["top1_alarm"] = 0.05
    report["holdout"] |= {"top1_hit": 0.9, "top1_hit_favourite": 0.3}
    path.write_text(json.dumps(report), encoding="utf-8")
    client(home).delete_registered_model_alias(MODEL, "champion")
    yield home
    path.write_text(whole, encoding="utf-8")


@pytest.mark.parametrize("write", ["set_registered_model_alias", "set_model_version_tag"])
def test_a_kill_within_a_promotion_loses_no_answer_to_the_alarm(
    alarmed: Home, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = f"{WHY}, {write}"
    with monkeypatch.context() as patch:
        kill_after(patch, 0, write)
        with pytest.raises(Killed):
            promote(alarmed, "3", despite_alarm=reason)
    assert Reign.now(alarmed).champion is None
    assert answer_to_alarm(resolve(alarmed, "3")) == reason
    assert not promote(alarmed, "3").promoted, "the alarm is to be answered again"


def test_a_promotion_that_was_killed_after_the_crown_is_completed_with_its_reason(
    alarmed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_after(patch, 1, "set_model_version_tag")
        with pytest.raises(Killed):
            promote(alarmed, "3", despite_alarm="said once")
    assert rightful_champion(alarmed).version == "3"
    again = promote(alarmed, "3")
    assert again.promoted
    tags = resolve(alarmed, "3").tags
    assert tags["velo.despite_alarm"] == again.despite_alarm == "said once"
    assert tags["velo.promotion"].startswith("promoted")


@pytest.mark.slow
def test_a_version_that_is_named_prices_and_is_marked(home: Home) -> None:
    asked = Asked(KEPT / "card_2016-08-03.csv", model="2")
    at_nine = datetime.combine(DAY.date(), time(9), UTC)
    done = predict(home, load(), asked, clock=lambda: at_nine)
    assert done.predictions
    assert "its gate does not hold: gamma" in to_json(done)["not_champion"]
    name(home, "champion", "2")
    marked = predict(home, load(), Asked(asked.card, model="champion"), clock=lambda: at_nine)
    assert marked.not_champion == done.not_champion
    output = velo(home.root, "predict", "--date", "2016-08-03", "--backfill", "--model", "2").out
    assert "version 2 is not promoted: its gate does not hold: gamma" in output
    assert "model version 2, NOT PROMOTED" in output
    refused = velo(home.root, "predict", "--date", "2016-08-03", "--backfill")
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "--model 2" in refused.err
