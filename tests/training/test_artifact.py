"""An artifact is LightGBM text and JSON, verified before it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.model import artifact
from velo.errors import ModelError

MODEL = {"features": ["form_ewma"], "blend": {"alpha": 0.4, "beta": 0.7}, "course": "Auteuil é"}
RANKER = "tree\nversion=v4\n"


@pytest.fixture
def stored(tmp_path):
    folder = tmp_path / "model"
    return folder, artifact.save(folder, MODEL, RANKER)


def test_what_is_saved_is_what_is_loaded(stored):
    folder, sha256 = stored
    loaded = artifact.load(folder, sha256)
    assert {key: loaded.model[key] for key in MODEL} == MODEL
    assert loaded.ranker == RANKER
    assert loaded.sha256 == sha256


def test_a_linear_model_has_no_ranker_file(tmp_path):
    sha256 = artifact.save(tmp_path / "model", MODEL)
    assert artifact.load(tmp_path / "model", sha256).ranker is None
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["model.json"]


def test_the_same_model_has_the_same_identity_whatever_the_order_of_its_keys(tmp_path):
    backwards = dict(reversed(MODEL.items()))
    assert artifact.save(tmp_path / "a", MODEL) == artifact.save(tmp_path / "b", backwards)


@pytest.mark.parametrize("name", [artifact.MODEL, artifact.RANKER])
def test_a_changed_byte_is_refused(stored, name):
    folder, sha256 = stored
    content = bytearray((folder / name).read_bytes())
    content[-2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="is not the registered model"):
        artifact.load(folder, sha256)


def test_a_removed_ranker_is_refused(stored):
    folder, sha256 = stored
    (folder / artifact.RANKER).unlink()
    with pytest.raises(ModelError, match="is not the registered model"):
        artifact.load(folder, sha256)


def test_text_moved_from_one_file_to_the_other_changes_the_identity():
    assert artifact.identity({"model.json": b"ab", "ranker.txt": b"c"}) != artifact.identity(
        {"model.json": b"a", "ranker.txt": b"bc"}
    )


def test_a_link_in_place_of_a_file_is_refused(stored, tmp_path):
    folder, sha256 = stored
    (folder / artifact.RANKER).rename(tmp_path / "elsewhere")
    (folder / artifact.RANKER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelError, match="not a plain file"):
        artifact.load(folder, sha256)


def test_an_oversized_file_is_refused_before_it_is_parsed(stored, monkeypatch):
    folder, sha256 = stored
    monkeypatch.setitem(artifact.LARGEST, artifact.RANKER, 4)
    with pytest.raises(ModelError, match="more than a model can be"):
        artifact.load(folder, sha256)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "not the JSON of a model"),
        (b"[]", "not a model of format"),
        (b'{"format": 99}', "not a model of format"),
        (b'{"format": 1, "x": NaN}', "not the JSON of a model.*NaN"),
        (b"\xff", "not the JSON of a model"),
        (b"[" * 10**5, "not the JSON of a model"),
    ],
)
def test_a_foreign_model_file_is_refused_even_with_its_own_hash(tmp_path, content, why):
    (tmp_path / artifact.MODEL).write_bytes(content)
    with pytest.raises(ModelError, match=rf"model\.json is {why}"):
        artifact.load(tmp_path, artifact.identity({artifact.MODEL: content}))


def test_a_foreign_ranker_is_refused_even_with_its_own_hash(tmp_path):
    contents = {artifact.MODEL: json.dumps({"format": 1}).encode(), artifact.RANKER: b"\x80\x05"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="LightGBM"):
        artifact.load(tmp_path, artifact.identity(contents))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"holds no model\.json"):
        artifact.load(tmp_path, "0" * 64)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}])
def test_a_model_that_is_not_plain_json_is_refused_and_leaves_nothing(tmp_path, value):
    with pytest.raises(ModelError, match="plain JSON"):
        artifact.save(tmp_path / "model", {"temperature": value})
    assert list(tmp_path.iterdir()) == []


def test_an_artifact_is_never_overwritten(stored):
    folder, _ = stored
    with pytest.raises(ModelError, match="never overwritten"):
        artifact.save(folder, MODEL)


def test_the_reference_is_hashed_with_the_model_and_an_older_model_has_none(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    sha256 = artifact.save(folder, MODEL, RANKER, {"format": 1, "runners": 7})
    assert artifact.load(folder, sha256).reference == {"format": 1, "runners": 7}
    (folder / artifact.REFERENCE).write_text('{"format": 1, "runners": 8}', encoding="utf-8")
    with pytest.raises(ModelError, match="not the registered model"):
        artifact.load(folder, sha256)
    bare = artifact.save(tmp_path / "bare", MODEL, RANKER)
    assert artifact.load(tmp_path / "bare", bare).reference is None
