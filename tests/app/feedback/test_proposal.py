"""The way that the base policy would have gone, against ways that are known."""

from pathlib import Path

import numpy as np
import pytest
from episodes import SCHEMA, make_episode
from policies import random_policy
from simulated import cell, schema_of, write_simulated

from accord.app.errors import AppError
from accord.app.feedback.proposal import Proposer
from accord.datasets.ensemble import Ensemble
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.policy import BasePolicy
from accord.devices.rotation import from_axis_angle, multiply

COMMAND = (0.05, 0.2, 0.0, 0.0, 0.0, 0.1, 1.0)
"""What `simulated.simulated_steps` does all the time."""


def constant_policy(dtype: np.dtype[np.void], command: tuple[float, ...] = COMMAND) -> BasePolicy:
    """It commands the same in every state."""
    from dataclasses import replace

    made = random_policy(2, (8,), dtype=dtype)
    wanted = made.action_normalisation.apply(np.array([command])).astype(np.float32)
    weights = tuple(np.zeros_like(weight) for weight in made.ensemble.weights)
    biases = (np.zeros_like(made.ensemble.biases[0]), np.repeat(wanted, 2, axis=0))
    return replace(made, ensemble=Ensemble(weights, biases))


@pytest.mark.parametrize("task", ["square-nut", "handover"])
def test_a_policy_that_does_what_was_done_goes_the_same_way(tmp_path: Path, task: str) -> None:
    robot = cell(task)
    path = write_simulated(tmp_path, 40, pictures=False, task=task)
    hands = robot.task.hands
    command = COMMAND if hands == 1 else (*COMMAND[:6], *COMMAND[:6], 1.0, 1.0)
    policy = constant_policy(schema_of(robot).dtype, command)
    with Episode(path) as episode:
        proposer = Proposer(policy, episode)
        for first in (0, 5):
            paths = proposer.paths(first, 0.3)  # before the wall, which only the limits know
            assert paths.simulated
            assert paths.base.shape == paths.person.shape == (16, hands, 3)
            np.testing.assert_array_equal(paths.base[0], paths.person[0])
            np.testing.assert_allclose(paths.base, paths.person, atol=2e-4)
        assert len(proposer.paths(35).person) == 5, "the episode ends there"
        proposer.close()


def test_another_policy_goes_another_way_from_the_same_place(tmp_path: Path) -> None:
    path = write_simulated(tmp_path, 40, pictures=False)
    policy = constant_policy(schema_of(cell()).dtype, (0.05, -0.2, 0.0, 0.0, 0.0, 0.0, 1.0))
    with Episode(path) as episode:
        proposer = Proposer(policy, episode)
        paths, again = proposer.paths(5, 0.5), proposer.paths(5, 0.5)
        proposer.close()
    np.testing.assert_array_equal(paths.base, again.base)
    np.testing.assert_array_equal(paths.base[0], paths.person[0])
    assert paths.person[-1, 0, 1] - paths.base[-1, 0, 1] > 0.1


def test_without_physics_the_commands_are_added_up(tmp_path: Path) -> None:
    path = make_episode(tmp_path, 60)
    policy = constant_policy(SCHEMA.dtype)
    with Episode(path) as episode:
        paths = Proposer(policy, episode).paths(10)
        began = episode.field("observation/hand_position")[10]
    assert not paths.simulated
    assert paths.base.shape == (50, 1, 3)
    expected = began + np.outer(np.arange(50) / 50.0, COMMAND[:3])
    np.testing.assert_allclose(paths.base[:, 0], expected, atol=1e-6)


def test_the_policy_sees_the_hand_turn_while_commands_are_added_up(tmp_path: Path) -> None:
    from accord.app.feedback import proposal

    step = np.zeros((), [("observation/hand_position", "f8", (3,)), ("observation/hand_quaternion", "f8", (4,))])
    step["observation/hand_quaternion"] = (1.0, 0.0, 0.0, 0.0)
    for _ in range(3):
        proposal._move(step, np.array([[0.0, 0.0, 0.01, 0.0, 0.0, 0.1]]))
    turned = multiply(from_axis_angle(np.array([0.0, 0.0, 1.0]), 0.3), np.array([1.0, 0.0, 0.0, 0.0]))
    np.testing.assert_allclose(step["observation/hand_quaternion"], turned, atol=1e-12)
    np.testing.assert_allclose(step["observation/hand_position"], (0.0, 0.0, 0.03))


def test_what_cannot_be_proposed_is_one_sentence(tmp_path: Path) -> None:
    policy = constant_policy(SCHEMA.dtype)
    with Episode(write_simulated(tmp_path, 8, pictures=False)) as episode:
        fitting = Proposer(constant_policy(schema_of(cell()).dtype), episode)
        with pytest.raises(AppError, match="Wanted a step below 8, found 8"):
            fitting.paths(8)
        fitting.close()
    other = random_policy(2, (8,), dtype=schema_of(cell("handover")).dtype)
    with Episode(make_episode(tmp_path, 20)) as episode:
        with pytest.raises(AccordError, match="Wanted "):
            Proposer(other, episode)
        Proposer(policy, episode).close()


def test_a_policy_that_does_not_move_the_hand_is_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    from accord.datasets.features import Features

    made = random_policy()
    other = replace(made, commanded=Features(("sent/action",), ((made.commanded.size,),)))
    with Episode(make_episode(tmp_path / "one.h5")) as episode, pytest.raises(AppError, match="that moves the hand"):
        Proposer(other, episode)
