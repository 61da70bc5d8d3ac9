"""Settings: defaults, then the home's velo.toml, then the environment; anything odd is refused."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from velo import settings
from velo.errors import SettingsError
from velo.home import Home


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("VELO_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def toml(home: Home) -> Path:
    return home.root / "velo.toml"


def refused() -> str:
    """The one line in which the settings in force are refused."""
    with pytest.raises(SettingsError) as refusal:
        settings.load()
    (line,) = str(refusal.value).splitlines()
    return line


def test_without_a_file_the_defaults_hold(home: Home) -> None:
    assert settings.load() == settings.Settings(home=home.root)
    assert settings.load().odds_band.low == 5.0


def test_the_homes_file_beats_the_defaults(toml: Path) -> None:
    toml.write_text("[odds_band]\nlow = 6.0\n")
    assert settings.load().odds_band == settings.OddsBand(low=6.0, high=21.0)


def test_the_environment_beats_the_file_value_by_value(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml.write_text("[odds_band]\nlow = 6.0\nhigh = 30.0\n")
    monkeypatch.setenv("VELO_ODDS_BAND__LOW", "7.5")
    assert settings.load().odds_band == settings.OddsBand(low=7.5, high=30.0)


def test_an_argument_beats_them_all(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text("[odds_band]\nlow = 6.0\n")
    monkeypatch.setenv("VELO_ODDS_BAND__LOW", "7.5")
    assert settings.load(odds_band=settings.OddsBand(low=8.0)).odds_band.low == 8.0


def test_structured_values_may_come_from_the_environment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VELO_LAYOFF__KNOTS", "[[0, 0.2], [30, 0], [90, 0.3]]")
    assert settings.load().layoff.knots == ((0, 0.2), (30, 0), (90, 0.3))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("[gates]\nae_ratio = 1.0\n", "unknown section 'gates'; known are"),
        ("[gate]\nae_ration = 1.0\n", "'gate.ae_ration'"),
        ("[gate]\nae_ratio = -1.0\n", "'gate.ae_ratio'"),
        ("[gate]\nae_ratio = 'high'\n", "'gate.ae_ratio'"),
        ("[windows]\nstrike_rate_short = 10\n", "trainer_sr_14d is of 14 days, as it says"),
        ("[windows]\npair = 100\n", "pair is no setting any more: pair_wins_365d"),
        ("[layoff]\nknots = [[30, 0.1], [15, 0.2]]\n", "each later than the one before"),
        ("[layoff]\nsweet_spot = [60, 30]\n", "from its lower to its upper day"),
        ("[odds_band]\nlow = 30.0\n", "odds_band.low must be below odds_band.high"),
        ("[prices]\ndecision = 'tote'\n", "'prices.decision'"),
        (
            "[prices]\nsettlement = 'evening'\n",
            "prices.settlement evening is quoted before prices.decision sp",
        ),
        (
            "[prices]\ndecision = 'breakfast'\nsettlement = 'morning'\n"
            "clock = { breakfast = 11:00:00 }\n",
            "prices.settlement morning is quoted before prices.decision breakfast",
        ),
        ("[store]\nmemory_limit = 'lots'\n", "'store.memory_limit'"),
        ("[store]\nthreads = 0\n", "'store.threads'"),
        ("[training]\nfolds = 1\n", "'training.folds'"),
        ("odds_band = 5\n", "'odds_band'"),
        ("[odds_band\n", "is not TOML"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_by_name(
    toml: Path, written: str, reason: str
) -> None:
    toml.write_text(written)
    line = refused()
    assert reason in line
    assert str(toml) in line


@pytest.mark.parametrize(
    ("decision", "settlement"),
    [("evening", "bsp"), ("evening", "evening"), ("morning", "sp"), ("bsp", "sp"), ("sp", "wap")],
)
def test_a_bet_is_paid_at_the_price_that_chose_it_or_at_a_later_one(
    toml: Path, decision: str, settlement: str
) -> None:
    toml.write_text(f"[prices]\ndecision = '{decision}'\nsettlement = '{settlement}'\n")
    assert settings.load().prices.settlement == settlement


def test_a_length_that_a_name_bears_may_still_be_said_as_it_is(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Homes of earlier versions say it, and so do the reports of their runs."""
    toml.write_text("[windows]\nstrike_rate_short = 14\npar_races = 25\n")
    monkeypatch.setenv("VELO_WINDOWS__DRAW_BIAS", "180")
    assert settings.load().windows == settings.Windows(par_races=25)


def test_a_file_that_is_no_text_is_refused(toml: Path) -> None:
    toml.write_bytes(b"\xff\xfe\x00")
    assert "is not TOML" in refused()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("VELO_GATE__AE_RATIO", "high", "gate.ae_ratio"),
        ("VELO_GATE__AE_RATION", "1.0", "gate.ae_ration"),
        ("VELO_STORE__MEMORY_LIMIT", "8 parsecs", "store.memory_limit"),
        ("VELO_LAYOFF__KNOTS", "[[0, 1", "layoff"),
        ("VELO_GATE", "{", "gate"),
    ],
)
def test_an_environment_that_says_what_cannot_be_is_refused_by_name(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    assert reason in refused()


def test_a_misspelt_section_in_the_environment_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VELO_GATES__AE_RATIO", "1.0")
    assert "VELO_GATES__AE_RATIO" in refused()


def test_a_home_in_the_file_cannot_move_the_home(home: Home, toml: Path) -> None:
    toml.write_text("home = '/elsewhere'\n")
    assert "unknown section 'home'" in refused()


def test_settings_are_frozen_once_read(home: Home) -> None:
    loaded = settings.load()
    with pytest.raises(ValidationError):
        loaded.gate.ae_ratio = 0.5
    with pytest.raises(ValidationError):
        loaded.gate = settings.Gate()


def test_without_velo_home_the_home_is_var_in_the_project() -> None:
    assert settings.home_path() == settings.PROJECT_ROOT / "var"


def test_the_home_is_absolute_and_the_users_own_where_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VELO_HOME", "here")
    assert Home.current().root == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VELO_HOME", "~/there")
    assert settings.load().home == tmp_path / "there"


def test_a_home_that_is_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "file"))
    with pytest.raises(SettingsError, match=r"is not a folder: set VELO_HOME"):
        Home.current()


def test_two_homes_never_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_home = {}
    for name, low in (("one", 6.0), ("two", 7.0)):
        monkeypatch.setenv("VELO_HOME", str(tmp_path / name))
        (Home.current().root / "velo.toml").write_text(f"[odds_band]\nlow = {low}\n")
    for name in ("one", "two"):
        monkeypatch.setenv("VELO_HOME", str(tmp_path / name))
        by_home[name] = (settings.load(), Home.current())
    assert [by_home[name][0].odds_band.low for name in ("one", "two")] == [6.0, 7.0]
    one, two = ({str(path) for path in paths_of(by_home[name][1])} for name in ("one", "two"))
    assert one.isdisjoint(two)
    assert all(str(tmp_path / "one") in path for path in one)


def paths_of(home: Home) -> list[object]:
    """Every place that a home names."""
    names = [name for name, member in vars(Home).items() if isinstance(member, property)]
    assert len(names) >= 9
    return [getattr(home, name) for name in names] + list(dataclasses.astuple(home))


def test_a_strategy_is_declared_in_the_file(home: Home, toml: Path) -> None:
    toml.write_text(
        "[strategies.sprint]\nodds_low = 6\ncourses = ['Kempton (AW)']\nmin_edge = 0.05\n"
        "stake = { plan = 'kelly', fraction = 0.5, cap_day = 0.1 }\n"
    )
    sprint = settings.load().strategies["sprint"]
    assert (sprint.odds_low, sprint.odds_high, sprint.courses) == (6.0, None, ("Kempton (AW)",))
    assert (sprint.stake.plan, sprint.stake.cap_day, sprint.each_way) == ("kelly", 0.1, False)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("[strategies.top20]\nmin_edge = 0.1\n", "top20 is built in"),
        ("[strategies.favourite]\nmin_edge = 0.1\n", "favourite is built in"),
        ("[strategies.mine]\nodds_low = 9\nodds_high = 6\n", "odds_low must be below odds_high"),
        ("[strategies.mine]\nstake = { plan = 'martingale' }\n", "strategies.mine.stake.plan"),
        ("[strategies.mine]\ntop_share = 0.125\n", "strategies.mine.top_share"),
        ("[strategies.mine]\nsport = 'golf'\n", "strategies.mine.sport"),
    ],
)
def test_a_strategy_that_cannot_be_is_named_in_one_line(
    home: Home, toml: Path, written: str, named: str
) -> None:
    toml.write_text(written)
    line = refused()
    assert named in line
    assert "\n" not in line


def test_a_home_that_duckdb_could_not_write_to_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB takes what follows a question mark for options, and looks for its log elsewhere."""
    monkeypatch.setenv("VELO_HOME", str(tmp_path / "what now?"))
    with pytest.raises(SettingsError, match=r"what now\? has a question mark"):
        settings.home_path()


def test_a_kind_of_price_bears_the_commission_that_is_set_for_it(toml: Path) -> None:
    toml.write_text("[prices.commission]\nbsp = 0.05\n")
    prices = settings.load().prices
    assert [prices.commission_of(kind) for kind in ("bsp", "wap", "sp")] == [0.05, 0.0, 0.0]
    assert settings.PriceTerms().commission_of("bsp") == 0.02
