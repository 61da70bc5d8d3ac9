"""What the service says and does when its home is empty, damaged or moved away under it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.live.carded import card_file, field
from tests.live.replayed import SETTINGS, World, copied
from tests.service.asking import asked, at_eight, served
from velo.errors import InputError
from velo.home import Home
from velo.live.journal import predictions
from velo.service.readiness import threads, why_not
from velo.service.service import Service

CSV = {"content-type": "text/csv"}
QUICK = SETTINGS.model_copy(
    update={"serve": SETTINGS.serve.model_copy(update={"look_seconds": 0.02})}
)


@pytest.fixture
def service(home: Home) -> Iterator[Service]:
    """Of an empty home."""
    made = Service(home, QUICK)
    made.open()
    yield made
    made.close()


def test_a_registry_that_cannot_be_read_is_looked_at_again_until_it_can(
    service: Service, home: Home
) -> None:
    """The looking goes on; that it does is part of being ready."""
    store = home.root / "mlflow.db"
    for damage, complaint in (
        (lambda: store.symlink_to(store.name), "cannot be looked up (OSError: "),
        (lambda: store.write_text("no database at all"), "mlflow.db cannot be opened"),
        (lambda: None, "no model has been trained"),
    ):
        store.unlink(missing_ok=True)
        damage()
        until = time.monotonic() + 60
        while complaint not in str(service.champion.why) and time.monotonic() < until:
            time.sleep(0.02)
        assert complaint in str(service.champion.why)
        assert service.readiness().threads.ready


def test_a_thread_that_died_is_a_reason_not_to_be_ready() -> None:
    assert threads({"nobody prices": True}).ready
    part = threads({"nobody prices": False, "nobody looks": False})
    assert (part.ready, part.why) == (
        False,
        "nobody prices and nobody looks: restart the service",
    )


def test_cards_that_are_moved_away_make_the_service_not_ready(service: Service, home: Home) -> None:
    assert service.readiness().stores.ready
    home.cards.rename(home.root / "elsewhere")
    assert "cards.db was moved away" in str(why_not(service.readiness()))
    (home.root / "elsewhere").rename(home.cards)
    assert service.readiness().stores.ready


def test_a_past_card_is_refused_before_any_other_work(
    service: Service, home: Home, tmp_path: Path
) -> None:
    long_ago = date.today() - timedelta(days=3)
    body = card_file(tmp_path / "card.csv", field(date=str(long_ago))).read_bytes()
    with pytest.raises(InputError, match=rf"no race can be predicted: .* is for {long_ago}"):
        service.take(body, "text/csv")
    assert not home.warehouse.exists()


@pytest.mark.slow
def test_an_empty_home_is_served_and_said_to_be_not_ready_in_one_line(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "velo", "serve", "--port", "0"],
        env={**os.environ, "VELO_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=120)
    assert lines[0].startswith("VÉLØ: http://127.0.0.1:")
    assert lines[1].startswith("not ready: no model has been trained in this home yet")
    assert (rest, errors, process.returncode) == ("", "", 0)


@pytest.mark.slow
@pytest.mark.parametrize("moved", ["ledger.db", "cards.db", "."])
def test_nothing_is_answered_with_created_that_is_kept_nowhere(
    trained: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    world = copied(trained, tmp_path)
    monkeypatch.setenv("VELO_HOME", str(world.home.root))
    day = sorted(world.days)[0]
    with served(world.home, at_eight(day)) as app:
        card = asked(
            app,
            lambda client: client.post("/cards", content=world.card(day).read_bytes(), headers=CSV),
        )
        path = card.json()["races"][0]["predictions"]

        def predict() -> Any:
            return asked(app, lambda client: client.post(path))

        assert predict().status_code == 201
        kept = len(predictions(world.home.ledger))
        what = world.home.root / moved
        what.rename(tmp_path / "elsewhere")
        for _ in range(2):
            answer = predict()
            assert (answer.status_code, "was moved away" in answer.text) == (503, True)
        assert asked(app, lambda client: client.get("/ready")).status_code == 503
        assert not what.exists()
        (tmp_path / "elsewhere").rename(what)
        assert predict().status_code == 201
        assert len(predictions(world.home.ledger)) == kept + 1


@pytest.mark.slow
def test_a_card_whose_races_are_all_past_their_offs_is_refused_and_nothing_of_it_kept(
    world: World,
) -> None:
    day = sorted(world.days)[0]
    with served(world.home, lambda: datetime.combine(day, datetime.max.time(), UTC)) as app:
        answer = asked(
            app,
            lambda client: client.post(
                "/cards", content=world.card(day, "late").read_bytes(), headers=CSV
            ),
        )
        assert answer.status_code == 422
        assert "no race can be predicted" in answer.json()["detail"]
        assert "--backfill" not in answer.json()["detail"]
        assert asked(app, lambda client: client.get(f"/races?date={day}")).json() == {"races": []}
