"""The distance to the nearest base states, against one number after another."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from accord.datasets.errors import PolicyError
from accord.datasets.nearness import MOST_STATES, Nearness, spread_over

states_of_base = arrays(np.float32, (9, 3), elements=st.floats(-10, 10, width=16), unique=True)
steps = arrays(np.float64, (4, 3), elements=st.floats(-10, 10, width=16))


def slow_distance(states: NDArray[np.float32], step: list[float], k: int) -> float:
    apart = sorted(math.dist(state, step) / math.sqrt(len(step)) for state in states.tolist())
    return math.fsum(apart[:k]) / min(k, len(apart))


@given(states_of_base, steps, st.integers(1, 12))
def test_the_distance_equals_that_of_loops_over_single_numbers(
    states: NDArray[np.float32], observations: NDArray[np.float64], k: int
) -> None:
    found = Nearness(states, 4, k)(observations).distance
    slow = [slow_distance(states, step, k) for step in observations.tolist()]
    assert found == pytest.approx(slow, rel=1e-4, abs=1e-3)


def test_the_nearest_come_first_and_are_named() -> None:
    found = Nearness(np.array([[3.0], [0.0], [1.0]], np.float32), 2, 2)([[0.1], [2.9]])
    assert found.indices.tolist() == [[1, 2], [0, 2]]
    assert found.distances == pytest.approx(np.array([[0.1, 0.9], [0.1, 1.9]]), abs=1e-5)


def test_a_state_of_the_base_is_at_no_distance_however_far_from_zero() -> None:
    states = np.linspace(1e3, 2e3, 50, dtype=np.float32)[:, None]
    assert Nearness(states, 50, 1)(states).distance.max() < 1e-3


@given(st.randoms())
def test_the_order_of_the_base_states_changes_nothing(random: object) -> None:
    states = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    order = list(range(40))
    random.shuffle(order)  # type: ignore[attr-defined]
    asked = np.random.default_rng(1).normal(size=(6, 3))
    assert Nearness(states, 6)(asked).distance == pytest.approx(Nearness(states[order], 6)(asked).distance)


def test_no_states_are_refused() -> None:
    with pytest.raises(PolicyError, match="base states"):
        Nearness(np.empty((0, 3), np.float32))


def test_states_are_thinned_out_evenly_and_only_where_there_are_too_many() -> None:
    assert spread_over(5).tolist() == [0, 1, 2, 3, 4]
    kept = spread_over(10_000)
    assert len(kept) == MOST_STATES
    assert (kept[0], kept[-1]) == (0, 9999)
    assert set(np.diff(kept)) == {2, 3}
