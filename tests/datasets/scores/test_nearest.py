import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError
from accord.datasets.scores.nearest import align, distances, even, nearest, waypoints

Numbers = NDArray[np.float64]
RNG = np.random.default_rng


def walk(seed: int, count: int = 64, size: int = 3) -> Numbers:
    return np.cumsum(RNG(seed).normal(size=(count, size)), axis=0) / 4


def slow(ours: Numbers, theirs: Numbers) -> float:
    """The least weighted sum over all paths, by recursion from the end."""

    @cache
    def total(i: int, j: int) -> float:
        here = math.sqrt(float(np.mean((ours[i] - theirs[j]) ** 2)))
        if i == j == 0:
            return 2 * here
        ways = [total(i - 1, j) + here if i else math.inf, total(i, j - 1) + here if j else math.inf]
        return min(*ways, total(i - 1, j - 1) + 2 * here if i and j else math.inf)

    return total(len(ours) - 1, len(theirs) - 1) / (len(ours) + len(theirs))


def test_the_distance_is_that_of_the_definition() -> None:
    ours, base = walk(0), np.stack([walk(seed) for seed in range(1, 6)])
    expected = [slow(ours, one) for one in base]
    assert distances(ours, base) == pytest.approx(expected)
    assert [align(ours, one).distance for one in base] == pytest.approx(expected)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 1000))
def test_an_alignment_goes_from_corner_to_corner_and_never_back(n: int, m: int, seed: int) -> None:
    ours, theirs = walk(seed, n), walk(seed + 1, m)
    found = align(ours, theirs)
    steps = np.stack((np.diff(found.ours), np.diff(found.theirs)), axis=1)
    assert (found.ours[0], found.theirs[0], found.ours[-1], found.theirs[-1]) == (0, 0, n - 1, m - 1)
    assert {tuple(step) for step in steps.tolist()} <= {(0, 1), (1, 0), (1, 1)}
    assert found.distance == pytest.approx(slow(ours, theirs))
    assert all(0 <= found.matching(i) < m for i in range(n))
    assert [found.matching(i) for i in range(n)] == sorted(found.matching(i) for i in range(n))
    assert align(theirs, ours).distance == pytest.approx(found.distance)


def test_an_episode_done_in_another_time_is_the_same() -> None:
    s = np.linspace(0, 1, 300)
    slow_start = s**2
    path = np.stack((np.sin(5 * s), s, np.cos(3 * s)), axis=1)
    later = np.stack((np.sin(5 * slow_start), slow_start, np.cos(3 * slow_start)), axis=1)
    found = align(later, path)
    assert found.distance < 0.01
    for step in (0, 100, 200, 299):
        assert found.matching(step) == pytest.approx(299 * slow_start[step], abs=6)


def test_the_nearest_episode_is_named_and_its_steps_are_those_of_its_file() -> None:
    ours = walk(0, 900)
    base = {"far": walk(1, 200), "near": ours[::3] + 0.01, "other": walk(2, 1200)}
    found = nearest(ours, base)
    assert found.episode == "near"
    assert found.distance < min(align(ours, base[name]).distance for name in ("far", "other")) / 2
    for step in (0, 300, 600, 899):
        assert found.matching(step) == pytest.approx(step / 3, abs=3)


def test_a_single_step_is_matched_with_all() -> None:
    found = nearest(np.zeros((1, 2)), {"a": np.zeros((5, 2))})
    assert (found.matching(0), found.distance) == (2, 0.0)


def test_what_cannot_be_compared_is_refused() -> None:
    for base, wanted in (
        ({}, "a base episode to compare with"),
        ({"a": np.zeros((5, 3))}, "observations of one size"),
        ({"a": np.zeros((0, 2))}, "observations \\(steps, dimensions\\)"),
        ({"a": np.full((5, 2), np.nan)}, "finite observations"),
    ):
        with pytest.raises(DatasetError, match=f"^Wanted {wanted}"):
            nearest(np.zeros((4, 2)), base)


def test_waypoints_are_evenly_spaced() -> None:
    assert even(5, 10).tolist() == [0, 1, 2, 3, 4]
    assert even(101, 3).tolist() == [0, 50, 100]
    assert waypoints(np.arange(127.0)[:, None])[:, 0].tolist() == list(range(0, 127, 2))
    assert waypoints(np.array([[1.0], [2.0]])).shape == (64, 1)
