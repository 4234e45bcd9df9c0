"""Our own score: its laws, and what it tells of ways of doing a thing that the published measure cannot."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from policies import drive, knowing, random_policy

from accord.datasets.compatibility import EpisodeScore
from accord.datasets.errors import PolicyError
from accord.datasets.incompatibility import Usual
from accord.datasets.live_scorer import LiveScorer
from accord.datasets.mixture import Mixture
from accord.datasets.normalisation import Normalisation
from accord.datasets.policy import BasePolicy

RNG = np.random.default_rng(3)
CLOUDS = np.concatenate([RNG.normal(m, 0.5, (300, 2)) @ [[1, 0.8], [0, 0.6]] for m in (-3, 0, 3)])


def slow_improbability(mixture: Mixture, vector: list[float]) -> float:
    """An independent way to the same number: the textbook density, with the covariance written out."""
    total = 0.0
    for log_weight, mean, whitening in zip(mixture.log_weights, mixture.means, mixture.whitenings, strict=True):
        covariance = np.linalg.inv(whitening @ whitening.T)
        apart = np.array(vector) - mean
        height = 1 / math.sqrt(np.linalg.det(2 * math.pi * covariance))
        total += math.exp(log_weight) * height * math.exp(-0.5 * apart @ np.linalg.solve(covariance, apart))
    return -math.log(total)


def test_the_density_equals_the_textbook_formula() -> None:
    mixture = Mixture.of(CLOUDS)
    asked = CLOUDS[::60] + 0.3
    slow = [slow_improbability(mixture, vector) for vector in asked.tolist()]
    assert mixture.improbability(asked) == pytest.approx(slow, rel=1e-9)


def test_the_density_is_one_in_total() -> None:
    x, y = np.meshgrid(np.arange(-8, 8, 0.1), np.arange(-8, 8, 0.1))
    density = np.exp(-Mixture.of(CLOUDS).improbability(np.stack((x.ravel(), y.ravel()), axis=1)))
    assert density.sum() * 0.01 == pytest.approx(1, rel=1e-3)


def test_a_mixture_finds_the_clouds_and_what_lies_between_them_is_improbable() -> None:
    mixture = Mixture.of(CLOUDS)
    inside, between = mixture.improbability(CLOUDS), mixture.improbability(np.array([[-1.5, 2.0], [1.5, -2.0]]))
    assert between.min() > np.quantile(inside, 0.999)


def test_vectors_that_never_vary_or_are_few_give_a_mixture_all_the_same() -> None:
    for vectors in (np.ones((500, 4)), np.zeros((1, 3)), np.random.default_rng(0).normal(size=(5, 9))):
        mixture = Mixture.of(vectors)
        assert np.isfinite(mixture.improbability(vectors)).all()
        assert (mixture.improbability(vectors + 5) > mixture.improbability(vectors)).all()


def test_the_same_vectors_give_the_same_mixture() -> None:
    assert Mixture.of(CLOUDS).means.tobytes() == Mixture.of(CLOUDS).means.tobytes()


@pytest.fixture(scope="module")
def policy() -> BasePolicy:
    return knowing(random_policy(), [drive("across", i) for i in range(12)])


def score(policy: BasePolicy, records: NDArray[np.void]) -> float:
    verdicts = policy.score_steps(records).judge(policy.thresholds)
    return EpisodeScore.of("e", verdicts, 1.0).incompatibility


def test_held_out_steps_are_as_usual_on_average(policy: BasePolicy) -> None:
    assert score(policy, drive("across", 11)) == pytest.approx(0.5, abs=0.01)


def test_another_way_of_doing_it_is_told_from_every_fresh_episode(policy: BasePolicy) -> None:
    own = [score(policy, drive("across", i)) for i in range(100, 108)]
    foreign = [score(policy, drive("down", i)) for i in range(100, 108)]
    assert max(own) < min(foreign)
    assert 0.3 < np.mean(own) < 0.7


@given(st.integers(0, 30), st.floats(0, 1e3))
def test_it_stays_between_zero_and_one(policy: BasePolicy, seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    assert policy.usual is not None
    seen, done = (rng.normal(0, size, (20, n)) for n in (policy.observed.size, policy.commanded.size))
    found = policy.usual.incompatibility(seen, done)
    assert ((found >= 0) & (found <= 1)).all()


def test_what_comes_later_changes_no_step_before(policy: BasePolicy) -> None:
    records = drive("across", 50)
    whole = policy.score_steps(records).incompatibility
    assert policy.score_steps(records[:40]).incompatibility == pytest.approx(whole[:40])
    scorer = LiveScorer(policy)
    live = [scorer.score(record).incompatibility for record in records[:40]]
    assert live == pytest.approx(whole[:40])


def test_the_same_states_at_another_pace_are_not_another_way(policy: BasePolicy) -> None:
    """Somebody who stops and thinks adds steps; that must weigh less than doing it another way."""
    waiting = np.repeat(drive("across", 60), 2)
    waiting["sent/twist"][1::2] *= 0.6
    assert score(policy, waiting) < 0.5 * (score(policy, drive("across", 60)) + score(policy, drive("down", 60)))


def test_it_comes_back_from_arrays_and_damage_is_refused(policy: BasePolicy) -> None:
    usual = policy.usual
    assert usual is not None
    again = Usual.of_arrays(usual.arrays())
    assert again is not None
    assert again.quantiles.tobytes() == usual.quantiles.tobytes()
    assert again.mixture.whitenings.tobytes() == usual.mixture.whitenings.tobytes()
    assert Usual.of_arrays({}) is None
    for name, wrong in (("usual_quantiles", usual.quantiles[::-1]), ("usual_means", usual.mixture.means[:, :3])):
        with pytest.raises(PolicyError, match="fit the policy again"):
            Usual.of_arrays(usual.arrays() | {name: wrong})
    with pytest.raises(PolicyError, match="a finite mixture"):
        Usual.of_arrays(usual.arrays() | {"usual_means": usual.mixture.means * np.nan})


def test_a_number_that_others_already_tell_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    states, commands = rng.normal(size=(600, 3)), rng.normal(size=(600, 2))
    twice = np.column_stack((states, states[:, 0] - states[:, 1], np.ones(600)))
    plain = Usual.of((states[:400], commands[:400]), (states[400:], commands[400:]))
    more = Usual.of((twice[:400], commands[:400]), (twice[400:], commands[400:]))
    assert more.once.tolist() == [True, True, True, False, True, True, True], "a constant may be told by no other"
    found = more.incompatibility(twice[400:], commands[400:])
    assert found.mean() == pytest.approx(plain.incompatibility(states[400:], commands[400:]).mean(), abs=0.01)
    moved = twice[400:] + np.array([0, 0, 0, 0, 1])
    assert more.incompatibility(moved, commands[400:]).min() == 1.0


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_units_change_nothing_once_they_are_normalised(policy: BasePolicy, factor: float) -> None:
    scale = policy.action_normalisation
    other = replace(policy, action_normalisation=Normalisation(scale.mean * factor, scale.scale * factor))
    records = drive("down", 5)
    expected = policy.score_steps(records).incompatibility
    records["sent/twist"] *= factor
    records["sent/gripper"] *= factor
    assert other.score_steps(records).incompatibility == pytest.approx(expected, abs=1e-6)


def test_the_order_of_the_episodes_decides_nothing_that_matters() -> None:
    episodes = [drive("across", i) for i in range(8)]
    forward, backward = (knowing(random_policy(), [*order, drive("across", 8)]) for order in (episodes, episodes[::-1]))
    for strategy, low, high in (("across", 0.0, 0.75), ("down", 0.8, 1.0)):
        found = [score(policy, drive(strategy, 70)) for policy in (forward, backward)]
        assert all(low <= value <= high for value in found)
