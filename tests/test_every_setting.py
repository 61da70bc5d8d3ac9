"""Every setting has a test that it changes what it says; a new one without a test fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from velo.settings import Settings

TESTS = Path(__file__).parent
LIKE_THE_ORACLE = (
    "offline/test_features_equal_the_oracle.py::test_every_feature_of_every_starter_is_the_oracles"
)
UNFITTED = "training/test_priors.py::test_what_nothing_was_fitted_for_is_as_it_is_set"
LAYOFF = "racing/test_layoff.py::"
IN_TABLES = "offline/test_tables.py::test_windows_are_filled_in_from_the_settings"
CURVE = (
    "offline/test_run_facts.py::"
    "test_before_a_year_of_days_the_settings_say_what_a_price_lets_expect"
)
FOLDS = "training/test_folds.py::"
GATE = "training/test_gate_settings.py::"
CRITERION = GATE + "test_a_criterion_holds_at_its_target_and_not_beyond"
TREES = "training/test_ranker_settings.py::"
BESIDE = "training/test_beside_market.py::test_the_settings_shrink_the_line_and_scale_it_by_price"
STRATEGIES = "backtest/test_strategies.py::"
REPORT = "backtest/test_backtest_report.py::"
DRIFT = "monitoring/test_drift_settings.py::"
FEATURE_DRIFT = DRIFT + "test_a_feature_drifts_beyond_its_limit_and_what_training_showed"
CHANCE_DRIFT = DRIFT + "test_chances_drift_beyond_their_limit"
TOO_FEW = DRIFT + "test_fewer_runners_or_races_than_are_set_tell_nothing"
DUE = "monitoring/test_upkeep.py::test_what_is_missing_or_stale_is_due_with_its_command"
PROTOCOL = "service/test_protocol.py::"
HELD = (
    "service/test_connections.py::"
    "test_as_many_are_held_as_the_settings_say_and_a_proxy_counts_in_all_alone"
)
DESK = "service/test_bounds.py::test_so_many_races_wait_as_are_set_and_so_many_are_priced_in_one_go"
DUCKDB = "warehouse/test_opening.py::test_a_connection_has_the_memory_and_the_threads_that_are_set"
CLOCK = "racing/test_price_clock.py::test_the_hour_of_a_kind_is_the_one_that_is_set"
CARD = "live/test_predicted_card.py::"

TESTED = {
    "home": "test_settings.py::test_two_homes_never_mix",
    "feature_repo": "test_home_in_force.py::"
    "test_the_tables_are_built_by_the_sql_of_the_declarations_in_force",
    "windows.prize_ladder": IN_TABLES,
    "windows.prize_ladder_races": IN_TABLES,
    "windows.par_races": IN_TABLES,
    "windows.price_curve_linear": CURVE,
    "windows.price_curve_square": CURVE,
    "windows.price_curve_cube": CURVE,
    "priors.p0": "offline/test_features_equal_the_oracle.py::"
    "test_an_unseen_trainer_and_jockey_are_served_p0",
    "priors.trainer_k0": LIKE_THE_ORACLE,
    "priors.trainer_k1": LIKE_THE_ORACLE,
    "priors.jockey_k0": LIKE_THE_ORACLE,
    "priors.jockey_k1": LIKE_THE_ORACLE,
    "priors.pair_k2": LIKE_THE_ORACLE,
    "priors.horse_k": LIKE_THE_ORACLE,
    "priors.draw_k": UNFITTED,
    "priors.draw_distance_k": UNFITTED,
    "priors.draw_course_k": UNFITTED,
    "priors.form_k": UNFITTED,
    "priors.form_v0": LIKE_THE_ORACLE,
    "layoff.knots": LAYOFF + "test_each_layoff_is_on_its_own_curve",
    "layoff.sweet_spot": LAYOFF
    + "test_the_penalty_is_nothing_in_the_sweet_spot_and_capped_after_it",
    "odds_band.low": "training/test_selection.py::"
    "test_both_ends_of_the_band_belong_and_a_missing_price_does_not",
    "odds_band.high": "training/test_selection.py::"
    "test_both_ends_of_the_band_belong_and_a_missing_price_does_not",
    "gate.calibration_error": CRITERION,
    "gate.band_calibration_margin": GATE
    + "test_the_error_in_the_band_may_be_the_markets_and_the_margin",
    "gate.ae_ratio": CRITERION,
    "gate.roi_top20": CRITERION,
    "gate.alpha_low": CRITERION,
    "gate.alpha_high": CRITERION,
    "gate.null_rate": GATE + "test_unexplained_nulls_must_be_fewer_than_the_share_that_is_set",
    "gate.dead_share": GATE
    + "test_a_feature_is_dead_when_more_is_missing_than_the_share_for_whatever_reason",
    "gate.waived_dead": GATE + "test_a_dead_feature_may_be_waived_by_its_name_alone",
    "gate.training_rows": GATE + "test_so_many_training_rows_must_be_exceeded",
    "gate.holdout_days": CRITERION,
    "gate.top1_alarm": GATE
    + "test_an_alarm_rings_when_the_top_choice_wins_more_than_so_much_more_than_the_favourite",
    "gate.underpowered": GATE
    + "test_a_verdict_is_underpowered_when_half_of_the_interval_is_wider_than_is_set",
    "prices.decision": "training/test_sample_of_usable_races.py::"
    "test_a_price_is_the_first_that_the_most_trusted_source_names",
    "prices.settlement": "training/test_sample_of_usable_races.py::"
    "test_a_bet_is_paid_at_the_price_that_settles_and_not_at_the_one_that_decides",
    "prices.devig": "training/test_walk_forward.py::"
    "test_the_margin_is_taken_out_by_the_method_that_is_set",
    "prices.commission": "test_settings.py::"
    "test_a_kind_of_price_bears_the_commission_that_is_set_for_it",
    "prices.exchange": "racing/test_withdrawals.py::"
    "test_early_prices_are_the_bookmakers_unless_the_settings_say_the_exchanges",
    "prices.clock.evening": CLOCK,
    "prices.clock.breakfast": CLOCK,
    "prices.clock.morning": CLOCK,
    "prices.clock.open": CLOCK,
    "ranker.objective": "training/test_ranker.py::test_every_objective_learns_who_is_strong",
    "ranker.field_relative": "training/test_inputs.py::"
    "test_columns_are_the_features_then_differences_then_ranks_of_the_numbers",
    "ranker.monotone": "training/test_constraints.py::"
    "test_a_held_feature_never_makes_a_runner_less_likely_whatever_the_field",
    "ranker.interactions": "training/test_constraints.py::"
    "test_features_of_two_groups_never_stand_on_one_branch",
    "ranker.rounds": TREES + "test_rounds_are_trees",
    "ranker.early_stopping": TREES + "test_patience_is_how_long_boosting_waits_for_a_better_round",
    "ranker.learning_rate": TREES + "test_twice_the_learning_rate_is_twice_the_first_step",
    "ranker.num_leaves": TREES + "test_a_tree_has_no_more_leaves_than_are_set",
    "ranker.min_data_in_leaf": TREES + "test_no_leaf_has_far_fewer_runners_than_are_set",
    "ranker.min_sum_hessian_in_leaf": TREES + "test_no_leaf_has_less_information_than_is_set",
    "ranker.lambda_l2": TREES + "test_the_penalty_draws_a_leaf_to_nothing_as_its_information_says",
    "ranker.feature_fraction": TREES + "test_a_tree_sees_the_share_of_the_features_that_is_drawn",
    "ranker.bagging_fraction": TREES
    + "test_a_tree_is_grown_on_the_share_of_the_runners_that_is_bagged",
    "ranker.max_bin": TREES + "test_a_feature_is_cut_at_no_more_places_than_it_has_bins",
    "ranker.threads": TREES + "test_threads_are_those_that_boost",
    "beside.shrinkage": BESIDE,
    "beside.price_exponent": BESIDE,
    "tuning.beside": "training/test_tuning.py::"
    "test_the_line_beside_the_market_is_searched_by_its_own_settings",
    "tuning.space": "training/test_tuning.py::"
    "test_trials_of_other_searches_on_the_same_data_count_against_luck",
    "training.history_days": FOLDS + "test_the_first_year_is_history_only",
    "training.folds": FOLDS + "test_no_day_is_seen_by_the_model_that_is_tested_on_it",
    "training.first_test_share": FOLDS
    + "test_the_first_test_begins_behind_the_share_of_the_days_that_is_set",
    "training.embargo_days": FOLDS
    + "test_an_embargo_leaves_days_between_train_and_test_and_before_the_holdout",
    "training.holdout_days": FOLDS + "test_the_holdout_is_the_last_days_of_the_data",
    "training.stopping_share": "training/test_walk_forward.py::"
    "test_the_first_fold_is_sized_by_the_share_of_its_days_that_is_set",
    "training.blend": "training/test_walk_forward.py::"
    "test_in_residual_mode_every_recipe_learns_only_what_the_market_missed",
    "training.calibration": "training/test_evaluation_by_fold.py::"
    "test_a_kind_that_is_set_is_given_to_both_sides_from_the_first_blend_on",
    "training.alpha_start": "training/test_blend.py::test_the_warm_start_does_not_move_the_optimum",
    "training.bootstrap_draws": "training/test_evaluation_by_fold.py::"
    "test_an_interval_is_of_as_many_draws_and_of_the_seed_that_are_set",
    "training.seed": "training/test_evaluation_by_fold.py::"
    "test_an_interval_is_of_as_many_draws_and_of_the_seed_that_are_set",
    "training.select": "training/test_feature_choice.py::"
    "test_the_last_model_has_what_all_training_days_chose_and_its_card_says_so",
    "training.service": "training/test_named.py::"
    "test_a_name_that_the_registry_lacks_is_refused_with_those_that_it_holds",
    "backtest.bank": REPORT + "test_every_account_opens_with_the_bank_that_is_set",
    "backtest.retrain_months": "cli/test_whole_way.py::"
    "test_a_walk_bets_each_span_with_a_model_that_was_trained_before_it",
    "backtest.null_draws": REPORT + "test_a_strategy_faces_as_many_random_selections_as_are_set",
    "strategies.*.odds_low": STRATEGIES + "test_its_own_odds_take_the_place_of_the_band",
    "strategies.*.odds_high": STRATEGIES + "test_its_own_odds_take_the_place_of_the_band",
    "strategies.*.min_edge": STRATEGIES + "test_an_edge_must_be_exceeded",
    "strategies.*.top_share": STRATEGIES
    + "test_a_top_share_takes_the_cut_off_that_was_learned_for_it",
    "strategies.*.courses": STRATEGIES
    + "test_a_course_is_one_however_it_is_written_and_its_tracks_are_apart",
    "strategies.*.race_types": STRATEGIES + "test_race_types_and_classes_narrow_together",
    "strategies.*.classes": STRATEGIES + "test_race_types_and_classes_narrow_together",
    "strategies.*.stake.plan": STRATEGIES + "test_level_stakes_win_the_same_whatever_the_price",
    "strategies.*.stake.points": STRATEGIES + "test_level_stakes_win_the_same_whatever_the_price",
    "strategies.*.stake.fraction": STRATEGIES
    + "test_kelly_stakes_the_edge_over_the_odds_and_nothing_on_none",
    "strategies.*.stake.cap_bet": STRATEGIES + "test_a_bet_is_cut_before_its_day",
    "strategies.*.stake.cap_race": STRATEGIES + "test_a_races_cap_holds_over_all_its_bets",
    "strategies.*.stake.cap_day": STRATEGIES
    + "test_a_days_cap_cuts_all_its_bets_alike_and_leaves_other_days",
    "strategies.*.python": "backtest/test_python_strategies.py::"
    "test_a_class_chooses_by_what_a_card_shows",
    "strategies.*.each_way": STRATEGIES + "test_a_strategy_is_each_way_if_it_says_so",
    "ingest.infer": "cli/test_inferred.py::test_a_setting_turns_conclusions_off",
    "live.timezone": "live/test_deadline.py::"
    "test_the_home_may_set_an_earlier_morning_but_no_later_one",
    "live.morning": "live/test_deadline.py::"
    "test_the_home_may_set_an_earlier_morning_but_no_later_one",
    "live.strategy": CARD
    + "test_who_is_backed_and_at_which_stake_is_asked_of_the_strategy_that_is_set",
    "live.most_runners": "service/test_bounds.py::"
    "test_a_race_of_more_runners_than_there_ever_were_is_not_predicted",
    "live.incomplete": "service/test_bounds.py::"
    "test_a_race_with_a_runner_that_could_not_be_read_is_declined_or_scored_as_is_set",
    "live.beyond_reason": CARD + "test_a_race_whose_odds_are_beyond_reason_is_declined_or_marked",
    "serve.largest_body": "service/test_admission.py::"
    "test_a_body_that_says_it_is_too_long_is_not_read_at_all",
    "serve.body_seconds": PROTOCOL + "test_who_takes_no_answer_is_not_waited_for",
    "serve.largest_head": PROTOCOL + "test_a_head_within_the_bound_is_read",
    "serve.head_seconds": PROTOCOL + "test_half_a_head_is_waited_for_so_long",
    "serve.connections": HELD,
    "serve.connections_of_one_peer": HELD,
    "serve.proxies": HELD,
    "serve.waiting": DESK,
    "serve.together": DESK,
    "serve.look_seconds": "service/test_standing_of_the_home.py::"
    "test_a_registry_that_cannot_be_read_is_looked_at_again_until_it_can",
    "serve.drain_seconds": PROTOCOL + "test_the_end_does_not_wait_for_the_rest_of_a_body",
    "store.memory_limit": DUCKDB,
    "store.threads": DUCKDB,
    "store.spill_limit": "warehouse/test_opening.py::test_what_is_spilt_is_bounded",
    "store.largest_file": "warehouse/test_hostile_files.py::"
    "test_a_parquet_file_may_not_claim_more_bytes_than_the_largest_file",
    "store.most_rows": "warehouse/test_hostile_files.py::"
    "test_a_parquet_file_may_claim_as_many_rows_as_are_set_and_no_more",
    "store.builds_kept": "offline/test_build.py::test_the_newest_builds_are_kept",
    "upkeep.results_days": DUE,
    "upkeep.model_days": DUE,
    "drift.days": "monitoring/test_drift.py::test_days_as_the_training_had_them_hold",
    "drift.runners": TOO_FEW,
    "drift.races": TOO_FEW,
    "drift.psi": FEATURE_DRIFT,
    "drift.distance": FEATURE_DRIFT,
    "drift.nulls": FEATURE_DRIFT,
    "drift.calibration_error": CHANCE_DRIFT,
    "drift.slope": CHANCE_DRIFT,
    "drift.lift_kept": DRIFT + "test_the_gain_may_fall_to_the_share_that_is_to_be_kept",
}
"""Setting, `*` standing for a name of one's own -> the test that it changes what it says."""


def settings_of(model: type[BaseModel]) -> Iterator[str]:
    """Every setting, as its path."""
    for name, field in model.model_fields.items():
        section: Any = field.annotation
        if get_origin(section) is dict:
            name, section = f"{name}.*", get_args(section)[1]
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from (f"{name}.{each}" for each in settings_of(section))
        else:
            yield name.removesuffix(".*")


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_every_setting_has_a_test_that_it_changes_what_it_says() -> None:
    assert sorted(settings_of(Settings)) == sorted(TESTED)


@pytest.mark.parametrize("test", sorted(set(TESTED.values())))
def test_that_test_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert name in functions_in(path)
