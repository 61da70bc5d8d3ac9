"""What the settings name is held to Feast's registry before anything long begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from training.data.named import names_any, require_named
from velo.errors import HomeError, SettingsError
from velo.settings import Gate, Ranker, Settings, Training

if TYPE_CHECKING:
    from tests.offline.built_world import Applied


@pytest.mark.parametrize(
    ("named", "error", "message"),
    [
        (
            {"training": Training(service="velo_v9")},
            HomeError,
            r"no feature service 'velo_v9'; there are velo_.*: name one of them, or run `feast",
        ),
        ({"ranker": Ranker(monotone={"or_dleta": 1})}, SettingsError, "no feature 'or_dleta'"),
        ({"ranker": Ranker(interactions=(("a", "b"),))}, SettingsError, "no feature 'a'"),
        (
            {"gate": Gate(waived_dead=("headgear",))},
            SettingsError,
            r"gate\.waived_dead: velo_v1_1_0 has no feature 'headgear'; it has ",
        ),
    ],
)
def test_a_name_that_the_registry_lacks_is_refused_with_those_that_it_holds(
    applied: Applied, named: dict[str, Any], error: type[Exception], message: str
) -> None:
    settings = Settings(**named)
    assert names_any(settings)
    with pytest.raises(error, match=message):
        require_named(applied.store, settings)


def test_the_defaults_are_held_by_the_registry_and_not_asked_by_status(applied: Applied) -> None:
    require_named(applied.store, Settings())
    assert not names_any(Settings())
