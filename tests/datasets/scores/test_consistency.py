from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from accord.datasets.features import Features
from accord.datasets.scores import neighbours as neighbours_module
from accord.datasets.scores.consistency import action_divergence, transition_diversity
from accord.datasets.scores.neighbours import neighbours, smallest
from accord.datasets.scores.sketch import Pool, Sketch

Numbers = NDArray[np.float64]
RNG = np.random.default_rng


def pool_of(*parts: tuple[Numbers, Numbers, Numbers]) -> Pool:
    """Of (observations, actions, changes)."""
    seen, done = (Features((f"{i}/x",), (parts[0][i].shape[1:],)) for i in range(2))
    return Pool.of([Sketch(f"{i:02}", ("t", seen, done), *part) for i, part in enumerate(parts)])  # type: ignore[arg-type]


def random_part(seed: int, count: int = 30) -> tuple[Numbers, Numbers, Numbers]:
    rng = RNG(seed)
    return rng.normal(size=(count, 4)), rng.normal(size=(count, 2)), rng.normal(size=(count, 4))


def slow_neighbours(points: Numbers, bounds: list[int], k: int) -> list[list[int]]:
    """Every distance, sorted."""
    found = []
    for first, last in pairwise(bounds):
        for i in range(first, last):
            others = [j for j in range(len(points)) if not first <= j < last]
            others = others or [j for j in range(len(points)) if j != i]
            found.append(sorted(others, key=lambda j, i=i: float(((points[i] - points[j]) ** 2).sum()))[:k])
    return found


@pytest.mark.parametrize("sizes", [(30, 30, 30), (50,), (1, 1), (3, 200, 5)])
def test_neighbours_are_the_nearest_of_other_episodes(sizes: tuple[int, ...]) -> None:
    points = RNG(0).normal(size=(sum(sizes), 6))
    bounds = np.cumsum((0, *sizes))
    for workers in (1, 2):
        fast = [row.tolist() for part in neighbours(points, bounds, 10, workers) for row in part]
        assert fast == slow_neighbours(points, bounds.tolist(), 10)


def test_a_single_step_has_no_neighbour() -> None:
    assert neighbours(np.zeros((1, 3)), np.array([0, 1]), 10)[0].shape == (1, 0)


def test_the_smallest_of_many_are_found_by_groups() -> None:
    values = RNG(1).normal(size=(20, 5000)).astype(np.float32)
    assert smallest(values, 10).tolist() == np.argsort(values, axis=1)[:, :10].tolist()


def test_references_are_fewer_than_steps_but_of_all_episodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours_module, "REFERENCES", 100)
    points, bounds = RNG(0).normal(size=(1000, 3)), np.arange(0, 1001, 100)
    found = np.concatenate(neighbours(points, bounds, 5))
    assert set(found.ravel()) <= set(neighbours_module.references(1000))
    assert {int(i) // 100 for i in found.ravel()} == set(range(10))
    own = np.repeat(np.arange(10), 100)
    assert not (found // 100 == own[:, None]).any()


def slow_part(pool: Pool, points: Numbers, values: Numbers) -> Numbers:
    near = slow_neighbours(points, pool.bounds.tolist(), 10)
    each = []
    for i, others in enumerate(near):
        squares = [sum((a - b) ** 2 for a, b in zip(values[i], values[j], strict=True)) for j in others]
        each.append(sum(squares) / len(squares) / 2 / values.shape[1])
    return np.array([np.mean(each[a:b]) for a, b in pairwise(pool.bounds.tolist())])


def test_both_are_parts_of_the_variance_among_neighbours() -> None:
    pool = pool_of(*(random_part(seed) for seed in range(4)))
    assert action_divergence(pool) == pytest.approx(slow_part(pool, pool.observations, pool.actions))
    both = np.concatenate((pool.observations / 2, pool.actions / np.sqrt(2)), axis=1)
    assert transition_diversity(pool) == pytest.approx(slow_part(pool, both, pool.changes))
    assert action_divergence(pool, 2).tolist() == action_divergence(pool).tolist()


def test_who_does_the_same_in_the_same_state_does_not_diverge() -> None:
    states = RNG(0).normal(size=(8, 4))
    actions = np.tanh(states[:, :2])
    part = np.repeat(states, 12, axis=0), np.repeat(actions, 12, axis=0), np.repeat(states, 12, axis=0)
    pool = pool_of(part, part, part)
    assert action_divergence(pool) == pytest.approx(np.zeros(3), abs=1e-12)
    assert transition_diversity(pool) == pytest.approx(np.zeros(3), abs=1e-12)


def test_the_episode_that_contradicts_the_others_diverges_most() -> None:
    parts = []
    for seed in range(6):
        states = RNG(seed).uniform(-1, 1, (100, 2))
        actions = states if seed else -states
        parts.append((states, actions, actions))
    values = action_divergence(pool_of(*parts))
    assert np.argmax(values) == 0
    assert values[0] > 3 * values[1:].max()


def test_of_noise_it_is_the_variance() -> None:
    parts = [random_part(seed, 200) for seed in range(5)]
    pool = pool_of(*parts)
    assert float(action_divergence(pool).mean()) == pytest.approx(1.0, abs=0.05)


def test_steps_before_a_gap_have_no_transition() -> None:
    parts = [random_part(seed) for seed in range(3)]
    parts[0][2][:] = np.nan
    parts[1][2][::2] = np.nan
    values = transition_diversity(pool_of(*parts))
    assert np.isnan(values[0])
    assert np.isfinite(values[1:]).all()
    for part in parts:
        part[2][:] = np.nan
    assert np.isnan(transition_diversity(pool_of(*parts))).all()


def test_constant_dimensions_say_nothing() -> None:
    parts = [random_part(seed) for seed in range(3)]
    more = [(np.hstack((s, np.full((30, 3), 5.0))), a, np.hstack((c, np.zeros((30, 3))))) for s, a, c in parts]
    assert action_divergence(pool_of(*more)) == pytest.approx(action_divergence(pool_of(*parts)))
