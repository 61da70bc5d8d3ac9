"""The demo at a small size: every stage for real, then what a user does with its home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backtest.periods import Period
from backtest.report_schema import schema
from backtest.walk_forward import spans
from tests.cli.velo_command import velo
from training.model.artifact import load
from training.record.mlflow_store import client
from training.record.registry import resolve
from velo.errors import ModelError
from velo.home import Home


@dataclass(frozen=True)
class Demo:
    """A finished demo."""

    home: Path
    outcome: dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    root = tmp_path_factory.mktemp("whole_way")
    answer = velo(
        root, "demo", "--runners", "20000", "--edge", "0", "--json", VELO_RANKER__ROUNDS="40"
    )
    assert answer.code == 0, answer.err
    return Demo(Path(answer.json["home"]), answer.json)


@pytest.mark.slow
def test_an_efficient_market_is_refused_with_reasons(demo: Demo) -> None:
    verdict = demo.outcome["verdict"]
    assert verdict["promoted"] is False
    missed = {each["name"] for each in verdict["criteria"] if not each["holds"]}
    assert {"alpha_share", "delta_ll", "training_rows"} <= missed
    assert verdict["words"].startswith("Refused")


def test_every_family_and_criterion_is_in_the_gate_table(demo: Demo) -> None:
    named = {each["name"] for each in demo.outcome["verdict"]["criteria"]}
    assert {
        "calibration_error",
        "ae_ratio",
        "roi_top20",
        "alpha_share",
        "null_rate_velocity",
        "null_rate_class_layoff",
        "null_rate_bias",
        "null_rate_form",
        "dead_features",
        "training_rows",
        "holdout_days",
        "delta_ll",
    } <= named


def test_the_backtest_report_validates_against_the_schema(demo: Demo) -> None:
    report = json.loads(Path(demo.outcome["report"]).read_text(encoding="utf-8"))
    jsonschema.validate(report, schema())
    assert report["strategies"]["top20"]["bets"] > 0
    assert report["baseline"]["favourite"]["roi_ci"][0] < report["baseline"]["favourite"]["roi"]


def test_the_backtest_of_the_holdout_is_the_holdout_that_was_judged(demo: Demo) -> None:
    report = json.loads(Path(demo.outcome["report"]).read_text(encoding="utf-8"))
    judged = demo.outcome["holdout"]
    assert report["races"] == judged["races"]
    assert report["strategies"]["top20"]["roi"] == pytest.approx(judged["roi_top20"], abs=1e-12)
    assert report["delta_r2"] == pytest.approx(judged["delta_r2"], abs=1e-12)


def test_the_run_in_mlflow_holds_what_a_reviewer_needs(demo: Demo) -> None:
    home = Home(demo.home)
    challenger = resolve(home, "challenger")
    run = client(home).get_run(challenger.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["velo.verdict"] == "refused"
    assert run.data.params["training.service"] == "velo_v1_1_0"
    assert {"r2", "delta_r2", "fold_r2_model", "roi_top20_bets"} <= set(run.data.metrics)
    held = {path.name for path in challenger.folder.parent.rglob("*") if path.is_file()}
    assert {
        "gate.json",
        "training_report.json",
        "ranker.txt",
        "model.json",
        "reliability.png",
    } <= held
    assert not {name for name in held if name.endswith((".pkl", ".pickle", ".joblib"))}


def test_the_report_of_the_run_is_a_page_on_disk_and_beside_the_run(demo: Demo) -> None:
    page = Path(demo.outcome["page"]).read_text(encoding="utf-8")
    challenger = resolve(Home(demo.home), "challenger")
    beside = challenger.folder.parent / "report.html"
    assert beside.read_text(encoding="utf-8") == page
    assert "Refused" in page
    assert len(page.encode()) < 3_000_000


@pytest.mark.slow
def test_report_says_path_and_sizes_and_makes_the_same_page_again(demo: Demo) -> None:
    before = Path(demo.outcome["page"]).read_text(encoding="utf-8")
    answer = velo(demo.home, "report", "--json")
    assert answer.code == 0, answer.err
    assert set(answer.json) == {"path", "bytes", "figures", "figures_bytes"}
    page = Path(answer.json["path"])
    assert page.stat().st_size == answer.json["bytes"]
    assert page.read_text(encoding="utf-8") == before
    figures = json.loads(Path(answer.json["figures"]).read_text(encoding="utf-8"))
    judged = demo.outcome["holdout"]
    assert figures["paths"]["top20"]["bets"] == judged["roi_top20_bets"]


@pytest.mark.slow
def test_a_run_compared_with_itself_is_not_told_apart(demo: Demo) -> None:
    answer = velo(demo.home, "report", "--compare", "1", "challenger", "--json")
    assert answer.code == 0, answer.err
    figures = json.loads(Path(answer.json["figures"]).read_text(encoding="utf-8"))
    assert figures["paired"]["gain"] == 0
    assert figures["different"] == {}


@pytest.mark.slow
def test_a_report_of_no_run_is_refused_in_one_line(demo: Demo) -> None:
    answer = velo(demo.home, "report", "99")
    assert answer.code == 2
    assert "there is no version 99" in answer.err


@pytest.mark.slow
def test_the_same_file_again_changes_nothing(demo: Demo) -> None:
    before = velo(demo.home, "status", "--json").json["warehouse"]
    again = velo(demo.home, "ingest", str(demo.home / "world.csv"), "--json").json["files"][0]
    assert (again["accepted"], again["updated"]) == (0, 0)
    assert again["unchanged"] + again["quarantined"] == again["rows_read"]
    assert velo(demo.home, "status", "--json").json["warehouse"] == before


@pytest.mark.slow
def test_status_points_at_the_build_and_the_challenger(demo: Demo) -> None:
    status = velo(demo.home, "status", "--json").json
    assert status["next"] == "velo backtest"
    assert status["models"]["challenger"]["verdict"] == "refused"
    assert status["build"]["tables"]["entries"] == status["build"]["starts"]


@pytest.mark.slow
def test_a_period_that_was_trained_on_is_not_bet(demo: Demo) -> None:
    answer = velo(demo.home, "backtest", "--from", "2016-06-01")
    assert answer.code == 2
    assert "trained on" in answer.err


@pytest.mark.slow
def test_a_walk_bets_each_span_with_a_model_that_was_trained_before_it(demo: Demo) -> None:
    (demo.home / "velo.toml").write_text(
        "[strategies.mine]\ntop_share = 0.4\nstake = { plan = 'level_to_win', cap_day = 0.1 }\n"
    )
    try:
        answer = velo(
            demo.home,
            "backtest",
            "--walk-forward",
            "--json",
            VELO_BACKTEST__RETRAIN_MONTHS="4",
            VELO_RANKER__ROUNDS="20",
            VELO_TRAINING__FOLDS="2",
        )
    finally:
        (demo.home / "velo.toml").unlink()
    assert answer.code == 0, answer.err
    report = answer.json
    assert report.pop("path").endswith("_walk_forward.json")
    jsonschema.validate(report, schema())
    legs = report["walk_forward"]
    assert len(legs) >= 2
    assert all(leg["train_end"] <= leg["period"]["from"] for leg in legs)
    begins = [date.fromisoformat(leg["period"]["from"]) for leg in legs]
    walked = Period(begins[0], date.fromisoformat(legs[-1]["period"]["to"]))
    assert begins == [span.first for span in spans(walked, 4)]
    assert sum(leg["races"] for leg in legs) == report["races"]
    assert len({leg["cutoffs"]["top20"] for leg in legs}) == len(legs)
    assert report["strategies"]["mine"]["bets"] > 0
    assert len(report["strategies"]["mine"]["bank"]["path"]) == len(report["days"])


def test_every_without_a_walk_is_a_mistake(demo: Demo) -> None:
    answer = velo(demo.home, "backtest", "--every", "3")
    assert answer.code == 2
    assert "--walk-forward" in answer.err


def test_a_tampered_model_is_refused(demo: Demo) -> None:
    challenger = resolve(Home(demo.home), "challenger")
    ranker = challenger.folder / "ranker.txt"
    whole = ranker.read_text(encoding="utf-8")
    try:
        ranker.write_text(whole.replace("leaf_value=", "leaf_value=1", 1), encoding="utf-8")
        answer = velo(demo.home, "backtest")
        assert answer.code == 2
        assert "is not the registered model" in answer.err
    finally:
        ranker.write_text(whole, encoding="utf-8")


@pytest.mark.slow
def test_the_same_training_again_gives_the_same_model_and_figures(demo: Demo) -> None:
    """But for the looks, one more of which widens an interval, and the truth that a demo knows."""
    store = client(Home(demo.home))
    first = resolve(Home(demo.home), "challenger")
    plan = json.loads((first.folder.parent / "training_report.json").read_text("utf-8"))["plan"]
    before = store.get_run(first.run_id).data
    answer = velo(demo.home, "train", "--json", "--holdout-days", "180", VELO_RANKER__ROUNDS="40")
    assert answer.code == 0, answer.err
    second = resolve(Home(demo.home), answer.json["version"])
    after = store.get_run(second.run_id).data
    one, other = (load(version.folder, version.sha256) for version in (first, second))
    assert other.ranker == one.ranker
    # A checkout in which a file was changed in between is another code.
    assert {**other.model, "code": ""} == {**one.model, "code": ""}
    report = json.loads((second.folder.parent / "training_report.json").read_text("utf-8"))
    assert report["plan"] == plan
    other = ("delta_ll_", "score_slope_", "system/", "captured_share")
    moved = {
        name: (value, after.metrics.get(name))
        for name, value in before.metrics.items()
        if not name.startswith(other) and value != after.metrics.get(name)
    }
    assert moved == {}
    assert before.params == after.params


def test_a_model_that_does_not_exist_is_named(demo: Demo) -> None:
    with pytest.raises(ModelError, match="there is no version 99"):
        resolve(Home(demo.home), "99")


@pytest.mark.slow
def test_a_day_is_predicted_printed_and_kept(demo: Demo) -> None:
    last = velo(demo.home, "status", "--json").json["build"]["last_day"]
    words = ("predict", "--date", last, "--model", "challenger")
    refused = velo(demo.home, *words)
    assert refused.code == 2
    assert "--backfill" in refused.err
    answer = velo(demo.home, *words, "--backfill", "--json")
    assert answer.code == 0, answer.err
    runners = answer.json["races"][0]["runners"]
    assert sum(each["p"] for each in runners) == pytest.approx(1)
    assert [each["rank"] for each in runners] == list(range(1, len(runners) + 1))
    assert all(len(each["moved"]) == 3 for each in runners)
    assert all(race["backfill"] and race["revision"] == 1 for race in answer.json["races"])

    left_out = velo(demo.home, "ledger")
    assert left_out.code == 2
    assert "after the off" in left_out.err
    kept = velo(demo.home, "ledger", "--backfill", "--json").json
    assert kept["spans"][-1]["races"] == len(answer.json["races"])
    assert sum(kept["bets"].values()) == kept["bets"]["ran"]
