import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import digamma

from accord.datasets.scores.information import contributions, mutual_information
from accord.datasets.scores.sketch import Pool

Numbers = NDArray[np.float64]
RNG = np.random.default_rng


def pool_of(observations: Numbers, actions: Numbers, episodes: int) -> Pool:
    bounds = np.linspace(0, len(observations), episodes + 1).astype(np.intp)
    names = tuple(f"{i:03}" for i in range(episodes))
    return Pool(names, bounds, observations, actions, observations)


def slow(observations: Numbers, actions: Numbers) -> list[float]:
    """One step after another."""
    count, values = len(observations), []
    for i in range(count):
        seen = [math.sqrt(float(np.mean((observations[i] - other) ** 2))) for other in observations]
        done = [math.sqrt(float(np.mean((actions[i] - other) ** 2))) for other in actions]
        joint = sorted(max(a, b) for j, (a, b) in enumerate(zip(seen, done, strict=True)) if j != i)
        terms = []
        for k in (5, 6, 7):
            radius = joint[k - 1]
            inside = [sum(1 for value in values_ if value < radius) for values_ in (seen, done)]
            terms.append(digamma(k) + digamma(count) - digamma(inside[0]) - digamma(inside[1]))
        values.append(sum(terms) / 3)
    return values


def test_contributions_are_those_of_the_definition() -> None:
    observations, actions = RNG(0).normal(size=(120, 3)), RNG(1).normal(size=(120, 2))
    actions[:, 0] += observations[:, 1]
    assert contributions(observations, actions) == pytest.approx(slow(observations, actions))


def test_independent_noise_has_no_information() -> None:
    values = contributions(RNG(0).normal(size=(1024, 2)), RNG(1).normal(size=(1024, 2)))
    assert float(values.mean()) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_of_normal_numbers_the_information_is_known(rho: float) -> None:
    """−½ ln(1 − ρ²) nats."""
    x, noise = RNG(0).normal(size=(1024, 1)), RNG(1).normal(size=(1024, 1))
    values = contributions(x, rho * x + math.sqrt(1 - rho**2) * noise)
    assert float(values.mean()) == pytest.approx(-0.5 * math.log(1 - rho**2), abs=0.08)


def test_an_action_that_follows_from_the_state_has_much() -> None:
    x = RNG(0).normal(size=(1024, 1))
    assert float(contributions(x, np.sin(3 * x)).mean()) > 2.5


def test_units_do_not_matter_after_normalisation_and_neither_does_who_is_called_state() -> None:
    x, y = RNG(0).normal(size=(300, 2)), RNG(1).normal(size=(300, 2))
    y += x
    assert contributions(x + 7, -y) == pytest.approx(contributions(x, y))
    assert contributions(y, x) == pytest.approx(contributions(x, y))


def test_steps_that_are_exactly_alike_have_finite_information() -> None:
    x = RNG(0).normal(size=(200, 2))
    x[50:80] = x[50]
    values = contributions(x, x.copy())
    assert np.isfinite(values).all()
    same = contributions(np.zeros((30, 2)), np.zeros((30, 1)))
    # All thirty are one state and one action: nothing can be told from it, but for the bias of the estimate.
    assert same == pytest.approx(np.full(30, digamma(29) - digamma(30)))


def test_an_episode_of_noise_among_others_has_least() -> None:
    x = RNG(0).uniform(-1, 1, (3000, 2))
    y = x.copy()
    y[:300] = RNG(1).uniform(-1, 1, (300, 2))
    values = mutual_information(pool_of(x, y, 10))
    assert np.argmin(values) == 0
    assert values[0] < -1
    assert float(values.mean()) == pytest.approx(0.0, abs=1e-9)


def test_a_pool_that_is_too_small_says_nothing() -> None:
    assert np.isnan(mutual_information(pool_of(np.zeros((8, 2)), np.zeros((8, 1)), 2))).all()
    assert mutual_information(pool_of(np.zeros((12, 2)), np.zeros((12, 1)), 2)).tolist() == [0.0, 0.0]
