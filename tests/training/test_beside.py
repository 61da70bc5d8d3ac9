"""The line beside the market is what its likelihoods and its prior say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.simulated_races import fields
from training.blending.price_scale import PriceScale
from training.model import beside, tasks
from training.model.beside import LineBeside
from training.model.standard import Standard
from training.model.tasks import Derivatives, PricedField, TaskSums
from training.statistics.races import Races
from velo.errors import ModelError


def by_hand() -> PricedField:
    """Two races: the first's favourite wins, the second's middle price."""
    fair = np.array([0.5, 0.3, 0.2, 0.6, 0.25, 0.15])
    return PricedField(
        np.array([[1.0], [0.0], [-1.0], [-1.0], [0.5], [0.5]]),
        PriceScale().of(fair),
        np.log(fair),
        np.array([1.0, 0, 0, 0, 1, 0]),
        np.array([1.0, 2, 3, 2, 1, 3]),
        Races.of(np.array([1, 1, 1, 2, 2, 2])),
    )


@pytest.mark.parametrize(
    ("even", "scale", "score", "curvature", "gradient", "information", "weight"),
    [
        # By hand, at two prices at which a score counts once.
        (8.0, (0.600, 0.674, 0.809, 0.732, 0.921), 1.0273, 0.5335, 1.0101, 0.5233, 0.0960),
        (9.8, (0.600, 0.616, 0.739, 0.668, 0.841), 0.9952, 0.4908, 0.9783, 0.4810, 0.0933),
    ],
)
def test_the_worked_example_of_two_races(
    even: float,
    scale: tuple[float, ...],
    score: float,
    curvature: float,
    gradient: float,
    information: float,
    weight: float,
) -> None:
    h = PriceScale(even=even).of(np.exp(by_hand().log_market))
    assert h[[0, 1, 2, 4, 5]] == pytest.approx(scale, abs=5e-4)
    win = TaskSums.of(replace(by_hand(), scale=h), np.ones(3)).stages[0]
    assert win.gradient == pytest.approx([-0.1122, score], abs=1e-4)
    assert win.information[0, 0] == pytest.approx(0.4307, abs=1e-4)
    assert win.information[1, 1] == pytest.approx(curvature, abs=1e-4)
    alone = win.given_market(1)
    assert alone.gradient == pytest.approx([gradient], abs=1e-4)
    assert alone.information == pytest.approx(np.array([[information]]), abs=1e-4)
    assert beside.weights([alone], 10.0, np.eye(1)) == pytest.approx([weight], abs=1e-4)


@pytest.mark.parametrize(
    ("odds", "expected"), [(1.1, 0.6), (9.8, 1.0), (8.0, 0.9127), (30.0, 1.6544), (500.0, 3.0)]
)
def test_a_score_counts_more_at_longer_odds_within_bounds(odds: float, expected: float) -> None:
    assert PriceScale().of(np.array([1 / odds])) == pytest.approx([expected], abs=1e-4)
    assert PriceScale(0.0).of(np.array([1 / odds])) == 1.0


def world(seed: int = 5, races: int = 40, terms: int = 3) -> PricedField:
    """A few races with a dead heat for first, one for second, and runners that do not finish."""
    field, rng = fields(races, seed), np.random.default_rng(seed)
    fair = field.softmax(rng.normal(0, 1, field.n))
    run = 0.8 * np.log(fair) + rng.gumbel(size=field.n)
    order = np.lexsort((-run, field.index))
    finish = np.empty(field.n)
    finish[order] = np.arange(field.n) - field.offsets[field.index] + 1.0
    finish[(finish > 3) & (rng.random(field.n) < 0.2)] = np.nan
    finish[: field.sizes[0]][finish[: field.sizes[0]] == 2] = 1.0
    second = slice(int(field.offsets[1]), int(field.offsets[2]))
    finish[second][finish[second] == 3] = 2.0
    won = (finish == 1).astype(float)
    return PricedField(
        rng.normal(0, 1, (field.n, terms)),
        PriceScale().of(fair),
        np.log(fair),
        won / field.broadcast(field.sum(won)),
        finish,
        field,
    )


def stage_likelihood(given: PricedField, stage: int, beta: float, w: np.ndarray) -> float:
    """Race by race, as it is stated: the chosen one among those left."""
    total = 0.0
    for first, size in zip(given.races.offsets, given.races.sizes, strict=True):
        rows = np.arange(first, first + size)
        finish, won = given.finish[rows], given.win_share[rows]
        label = won if stage == 1 else (finish == stage).astype(float)
        left = rows if stage == 1 else rows[~(finish < stage)]
        if len(left) < 2 or (stage > 1 and label.sum() != 1):
            continue
        strength = beta * given.log_market + given.scale * (given.z @ w)
        log_sum = np.log(np.exp(strength[left]).sum())
        total += float(label @ (strength[rows] - log_sum))
    return total


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_each_stages_derivatives_are_those_of_its_likelihood(stage: int) -> None:
    given, powers, step = world(), np.array([1.04, 0.9, 0.77]), 1e-4
    own = TaskSums.of(given, powers).stages[stage - 1]

    def value(x: np.ndarray) -> float:
        return stage_likelihood(given, stage, powers[stage - 1] + x[0], x[1:])

    k = len(own.gradient)
    unit = step * np.eye(k)
    gradient = [(value(unit[a]) - value(-unit[a])) / (2 * step) for a in range(k)]
    assert own.gradient == pytest.approx(gradient, abs=1e-5)
    for a in range(k):
        for b in range(k):
            ends = (unit[a] + unit[b], unit[a] - unit[b], unit[b] - unit[a], -unit[a] - unit[b])
            up, mixed, other, down = map(value, ends)
            second = (up - mixed - other + down) / (4 * step**2)
            assert own.information[a, b] == pytest.approx(-second, abs=1e-4)


def order_by_hand(given: PricedField, power: float) -> Derivatives:
    """M, c_1, s and kappa of the whole order, with the projection as a matrix."""
    races = given.races

    def centred(x: np.ndarray) -> np.ndarray:
        return x - races.broadcast(races.sum(x) / races.sizes)

    x = centred(given.log_market)
    price = np.stack([centred(x), centred(x**2), centred(x**3)], axis=1)
    ns = tasks.normal_scores(given.finish, races)
    left = np.eye(races.n) - price @ np.linalg.inv(price.T @ price) @ price.T
    c = np.linalg.lstsq(price, ns, rcond=None)[0]
    s = float(((ns - price @ c) ** 2).mean())
    kappa = power / c[0]
    z = given.z
    return Derivatives(z.T @ left @ ns / (s * kappa), z.T @ left @ z / (s * kappa**2))


def test_the_whole_order_is_what_is_left_of_the_ranks_beside_the_price() -> None:
    given = world()
    own = TaskSums.of(given, np.ones(3)).order.as_wins(1.04)
    expected = order_by_hand(given, 1.04)
    assert own.gradient == pytest.approx(expected.gradient, abs=1e-8)
    assert own.information == pytest.approx(expected.information, abs=1e-8)


def test_normal_scores_have_the_non_finisher_last() -> None:
    scores = tasks.normal_scores(np.array([1.0, 2, 3, np.nan]), Races.of(np.zeros(4)))
    assert scores == pytest.approx([1.1503, 0.3186, -0.3186, -1.1503], abs=1e-4)


def test_the_weights_are_where_the_three_tasks_and_the_prior_balance() -> None:
    """The first of three linked weights, by the gradient of the whole objective."""
    given = world()
    shared = TaskSums.of(given, np.ones(3)).tasks(1.0)
    first = beside.weights(shared, 50.0)
    k, prior = len(first), 50.0 * np.linalg.inv(beside.AKIN)
    whole = np.zeros((3 * k, 3 * k))
    for a in range(3):
        for b in range(3):
            whole[a * k : (a + 1) * k, b * k : (b + 1) * k] = prior[a, b] * np.eye(k)
        whole[a * k : (a + 1) * k, a * k : (a + 1) * k] += shared[a].information
    rest = np.linalg.solve(whole, np.concatenate([each.gradient for each in shared]))
    assert first == pytest.approx(rest[:k])
    assert np.abs(beside.weights(shared, 5e6)).max() < 1e-4 * np.abs(first).max() * 10


def test_what_the_order_teaches_moves_the_weight_of_winning() -> None:
    shared = TaskSums.of(world(), np.ones(3)).tasks(1.0)
    silent = tuple(Derivatives(0 * each.gradient, 0 * each.information) for each in shared[1:])
    assert not np.allclose(beside.weights(shared, 50.0), beside.weights((shared[0], *silent), 50.0))


def test_blocks_add_up_and_the_order_of_races_and_runners_says_nothing() -> None:
    given = world()
    shuffled = np.random.default_rng(1).permutation(len(given.races))
    rows = np.concatenate(
        [given.races.offsets[race] + np.arange(given.races.sizes[race])[::-1] for race in shuffled]
    )

    def of(rows: np.ndarray) -> TaskSums:
        races = Races.of(given.races.index[rows])
        columns = (
            each[rows]
            for each in (given.z, given.scale, given.log_market, given.win_share, given.finish)
        )
        return TaskSums.of(PricedField(*columns, races), np.ones(3))

    cut = int(given.races.offsets[17])
    whole, pieces = of(rows), [of(np.arange(cut)), of(np.arange(cut, given.races.n))]
    expected = beside.weights(TaskSums.of(given, np.ones(3)).tasks(1.0), 50.0)
    assert beside.weights(whole.tasks(1.0), 50.0) == pytest.approx(expected, rel=1e-9)
    assert beside.weights(TaskSums.total(pieces).tasks(1.0), 50.0) == pytest.approx(
        expected, rel=1e-9
    )


def test_races_with_winners_alone_teach_the_first_task_alone() -> None:
    given = world()
    bare = replace(given, finish=np.full(given.races.n, np.nan))
    win, places, order = TaskSums.of(bare, np.ones(3)).tasks(1.0)
    assert np.abs(win.gradient).max() > 0
    assert not places.information.any()
    assert not order.information.any()
    assert tasks.powers(bare.log_market, bare.win_share, bare.finish, bare.races)[1] == 1.0


MATRIX = np.array(
    [[3.0, 0.0], [1.0, 1.0], [np.nan, np.nan], [5.0, 0.0], [5.0, 0.0], [np.nan, 1.0]],
    dtype=np.float32,
)
FIELD = Races.of(np.array([1, 1, 1, 2, 2, 2]))


def test_a_feature_is_seen_against_its_field_and_a_missing_one_as_the_fields_mean() -> None:
    standard = Standard.learnt(MATRIX, (0, 2), FIELD)
    assert standard.owner == (0, 1, 1)
    assert standard.deviation[0] == pytest.approx(np.sqrt(2 / 6))
    z = standard.of(MATRIX, FIELD)
    assert z[:, 0] == pytest.approx(np.array([1, -1, 0, 0, 0, 0]) / np.sqrt(2 / 6))
    assert z[2, 1] == 0
    assert z[0, 1] == pytest.approx(-z[0, 2])


def test_a_constant_added_to_a_race_changes_nothing_and_none_is_beyond_six_deviations() -> None:
    rng = np.random.default_rng(3)
    field = fields(50, 3)
    matrix = rng.normal(0, 1, (field.n, 2))
    standard = Standard.learnt(matrix, (0, 0), field)
    moved = matrix + field.broadcast(rng.normal(0, 9, len(field)))[:, None]
    assert standard.of(moved, field) == pytest.approx(standard.of(matrix, field))
    matrix[0, 0] = 1e6
    assert standard.of(matrix, field)[0, 0] == 6.0


def test_what_never_differs_within_a_race_says_nothing_even_when_it_does_later() -> None:
    constant = MATRIX.copy()
    constant[:, 0] = 123.4
    standard = Standard.learnt(constant, (0, 2), FIELD)
    assert standard.deviation[0] == 0
    assert not standard.of(MATRIX, FIELD)[:, 0].any()


def test_a_torn_line_is_refused_in_words() -> None:
    line = LineBeside(("a", "b"), (0, 1), np.array([0.1, 0.2]), 3000.0)
    assert LineBeside.from_dict(line.to_dict()).importance() == {"a": 0.1, "b": 0.2}
    with pytest.raises(ModelError, match="train again"):
        LineBeside.from_dict(line.to_dict() | {"weights": [0.1]})
    with pytest.raises(ModelError, match="train again"):
        Standard.from_dict({"levels": [0, 2], "deviation": [1.0]})
