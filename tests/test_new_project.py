"""`velo init`: a project folder that says every setting and changes none."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.test_hostile_settings import nodes
from velo import project, settings
from velo.errors import InputError
from velo.project import make_project
from velo.settings import FEATURE_REPO, Settings, Strategy
from velo.settings.toml_text import toml_text


@pytest.fixture(autouse=True)
def no_home_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("VELO_")]:
        monkeypatch.delenv(name)


def declarations(repo: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(repo)): file.read_bytes()
        for file in repo.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_a_new_project_has_the_defaults_and_declarations_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deep" / "racing"
    assert make_project(folder) == [".gitignore", "README.md", "feature_repo", "velo.toml"]
    assert sorted(os.listdir(folder.parent)) == ["racing"]
    monkeypatch.chdir(folder)
    expected = Settings(home=folder / "var", feature_repo=folder / "feature_repo")
    assert settings.load() == expected
    assert declarations(folder / "feature_repo") == declarations(FEATURE_REPO)
    assert len((folder / "README.md").read_text(encoding="utf-8").splitlines()) == 10


def test_every_setting_stands_in_the_file_as_it_is_without_it() -> None:
    """Each line with the comment sign taken off, but for those that are not set by default."""
    lines = toml_text("feature_repo").splitlines()
    settable = re.compile(r"(# )?(\[[a-z_.]+\]|[a-z_0-9]+ = [^ ])")
    whole = tomllib.loads(
        "\n".join(line.removeprefix("# ") for line in lines if settable.match(line))
    )
    assert whole.pop("feature_repo") == "feature_repo"
    assert Settings(**whole) == Settings(strategies={"mine": Strategy()})
    named = set(re.findall(r"^#? ?([a-z_0-9]+) =", "\n".join(lines), re.MULTILINE))
    sections = (
        *map(type, dict(Settings()).values()),
        Strategy,
        settings.Stake,
        settings.PriceHours,
    )
    for section in sections:
        fields = set(getattr(section, "model_fields", ())) - {"stake", "clock"}
        assert fields <= named


def test_every_number_has_a_unit_in_the_file() -> None:
    """The numbers of a list have their list's."""
    schema = Settings.model_json_schema()
    bare = [
        path
        for path, node in nodes(schema)
        if node.get("type") in ("integer", "number")
        and not {"const", "enum", "unit"} & set(node)
        and "/prefixItems" not in path
    ]
    assert bare == ["/$defs/Choices/properties/choices/items/anyOf"]
    assert re.search(r"^# low = 5\.0 +# decimal odds; ", toml_text("feature_repo"), re.MULTILINE)


def test_a_folder_with_hidden_files_alone_is_filled_and_they_stay(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    assert make_project(tmp_path) == ["README.md", "feature_repo", "velo.toml"]
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert sorted(os.listdir(tmp_path)) == [
        ".git",
        ".gitignore",
        "README.md",
        "feature_repo",
        "velo.toml",
    ]


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "results.csv").touch()
    with pytest.raises(InputError, match=r"not empty, results\.csv is in it"):
        make_project(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        make_project(tmp_path / "results.csv")
    assert os.listdir(tmp_path) == ["results.csv"]


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("failing", ["_write", "put_in_place"])
def test_a_project_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: bool, failing: str
) -> None:
    folder = tmp_path / "racing"
    if hidden:
        (folder / ".git").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    if failing == "_write":
        monkeypatch.setattr(project, "_write", broken(project._write))
    else:
        breaking = breaking_at(project.put_in_place, "velo.toml", "racing")
        monkeypatch.setattr(project, "put_in_place", breaking)
    with pytest.raises(OSError, match="full"):
        make_project(folder)
    assert sorted(tmp_path.rglob("*")) == before


def broken(write):  # type: ignore[no-untyped-def]
    def written(draft: Path) -> None:
        write(draft)
        raise OSError("the disk is full")

    return written


def breaking_at(put, *names: str):  # type: ignore[no-untyped-def]
    def placed(draft: Path, target: Path) -> None:
        if target.name in names:
            raise OSError("the disk is full")
        put(draft, target)

    return placed


def test_the_home_of_a_project_is_no_place_for_another(tmp_path: Path) -> None:
    make_project(tmp_path / "racing")
    with pytest.raises(InputError, match="is the home of the project"):
        make_project(tmp_path / "racing" / "var")
    with pytest.raises(InputError, match="question mark"):
        make_project(tmp_path / "what now?")
