"""What holds for every task there is, whoever wrote it."""

from functools import cache

import numpy as np
import pytest

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.replay import replay
from accord.devices.sim.task import Task
from accord.devices.sim.tasks.catalogue import task, tasks
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import all_strategies, strategies
from accord.devices.sources.scripted import ScriptedOperator

NAMED = ("square-nut", "round-nut", "hammer", "plating", "lift", "can", "push-t", "stack", "drawer", "handover", "ball")
COMMON = {"light", "camera-jitter", "distractors", "table-height"}


@cache
def cell(name: str) -> Workcell:
    return Workcell(name)


def driven(name: str, seed: int, steps: int) -> tuple[Vector, Vector]:
    """(n, state_size) states and (n, 7 × hands) commands of a scripted operator in a varied scene."""
    robot = cell(name)
    robot.reset(seed, {"table-height": (0.02, 0.02), "distractors": (2, 2)})
    robot.limits.reset()
    operator = ScriptedOperator(name, strategies(name)[0], seed)
    states, rows = [], []
    for i in range(steps):
        t_ns = round(i * 1e9 / robot.rate_hz)
        seen = robot.observe(t_ns)
        sent, _ = robot.limits.apply(operator.command(seen, t_ns), seen, t_ns)
        states.append(robot.state())
        rows.append(np.concatenate((np.ravel(sent.twist), np.atleast_1d(sent.gripper))))
        robot.apply(sent)
    return np.array(states), np.array(rows)


def still(robot: Workcell) -> Command:
    return robot.limits.hold("test", 0)


def test_every_task_that_was_promised_is_there() -> None:
    assert tasks() == NAMED


@pytest.mark.parametrize("name", tasks())
def test_commands_replay_bit_for_bit(name: str) -> None:
    states, rows = driven(name, seed=3, steps=250)
    assert np.abs(np.diff(states[:, 1:20], axis=0)).max() > 0.0, "something moved"
    assert replay(name, states[0], rows, 50.0, cell(name).model_xml).tobytes() == states.tobytes()


@pytest.mark.parametrize("name", tasks())
def test_a_recorded_state_goes_on_bit_for_bit(name: str) -> None:
    states, rows = driven(name, seed=5, steps=120)
    assert replay(name, states[60], rows[60:], 50.0, cell(name).model_xml).tobytes() == states[60:].tobytes()


@pytest.mark.parametrize("name", tasks())
def test_left_alone_nothing_sinks_slides_or_is_done(name: str) -> None:
    robot = cell(name)
    for seed in range(3):
        robot.reset(seed, {"distractors": (3, 3)})
        before = robot.observe(0)
        for _ in range(100):
            robot.apply(still(robot))
        after = robot.observe(0)
        for thing, pose in before.objects.items():
            assert np.linalg.norm(after.objects[thing][:3] - pose[:3]) < 4e-3, (thing, seed)
        for joint, position in before.joints.items():
            assert after.joints[joint] == pytest.approx(position, abs=2e-3)
        assert not robot.succeeded()
        np.testing.assert_allclose(after.hand_position, before.hand_position, atol=1e-3)


@pytest.mark.parametrize("name", tasks())
def test_stages_end_with_done_and_none_is_reached_at_the_start(name: str) -> None:
    one: Task = task(name)
    names = [stage.name for stage in one.stages]
    assert names[-1] == "done"
    assert len(set(names)) == len(names) >= 3
    for seed in range(5):
        cell(name).reset(seed)
        cell(name).apply(still(cell(name)))
        assert cell(name).stage == 0, seed


@pytest.mark.parametrize("name", tasks())
def test_every_task_varies_by_named_factors(name: str) -> None:
    factors = task(name).factors
    names = [factor.name for factor in factors]
    assert len(set(names)) == len(names)
    assert set(names) >= COMMON
    assert any(factor.kind.value == "size" for factor in factors)
    assert any(factor.kind.value == "hue" for factor in factors)
    for factor in factors:
        assert factor.possible[0] <= factor.usual[0] <= factor.usual[1] <= factor.possible[1], factor.name
        assert factor.text
        assert factor.unit in ("m", "deg", "1")


@pytest.mark.parametrize("name", tasks())
@pytest.mark.parametrize("end", [0, 1])
def test_every_factor_can_be_fixed_at_its_ends(name: str, end: int) -> None:
    robot = cell(name)
    for factor in task(name).factors:
        value = factor.possible[end]
        robot.reset(1, {factor.name: (value, value)})
        assert robot.values[factor.name] == pytest.approx(value)
        robot.apply(still(robot))
        assert np.isfinite(robot.state()).all()


@pytest.mark.parametrize("name", tasks())
def test_there_are_three_ways_to_do_it_and_a_clumsy_one(name: str) -> None:
    names = strategies(name)
    assert "clumsy" in names
    assert len(names) >= 4
    assert len({one.text for one in all_strategies(name)}) == len(names)
    assert all(len(one.plans) == task(name).hands for one in all_strategies(name))


@pytest.mark.parametrize("name", tasks())
def test_an_unknown_factor_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(DeviceError, match="light, camera-jitter, distractors, table-height"):
        cell(name).reset(0, {"gravity": (1.0, 1.0)})
