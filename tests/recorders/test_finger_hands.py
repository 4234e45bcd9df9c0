"""Hands with fingers through the whole loop: recorded, replayed, learnt, exported, set back."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from rollouts import START_NS, run
from wired import Wired

from accord.datasets.commanded import commanded
from accord.datasets.features import ACTION, FINGERS
from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.idle import moving
from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.input import InputState
from accord.devices.limits import Hold
from accord.devices.mapping import GripperMode, Mapping
from accord.devices.policies.ensemble import EnsemblePolicy
from accord.devices.policies.policy import checked, fingers_of
from accord.devices.sim.replay import replay
from accord.devices.sim.tasks import catalogue
from accord.devices.sim.tasks.handover import HANDOVER
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.hand import Hand
from accord.devices.sources.policy import PolicySource
from accord.devices.sources.scripted import ScriptedOperator

JOINTS = len(CHANNELS)
GLOVED = Mapping(gripper=GripperMode.PROPORTIONAL)


class Glove(Wired):
    """A hand at rest that wears a glove, whose fingers close one after another."""

    began_ns: int | None = None

    def read(self, t_ns: int) -> InputState:
        self.began_ns = t_ns if self.began_ns is None else self.began_ns
        late = (t_ns - self.began_ns) / 1e9 - 0.1 * np.repeat(np.arange(5), 3)
        bends = np.where(BENDS, np.clip(late, 0.0, 0.6), 0.3 * np.sin(3.0 * late))
        return InputState(t_ns=t_ns, gripper=1.0 - float(bends[BENDS].mean()), fingers=bends)


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return Workcell("ball")


@pytest.fixture(scope="module")
def gloved(robot: Workcell) -> NDArray[np.void]:
    return run(robot, Hand(Glove("glove"), GLOVED, fingers=robot.fingers), seed=2, most_s=1.5)


@pytest.fixture(scope="module")
def lifted(robot: Workcell) -> NDArray[np.void]:
    return run(robot, ScriptedOperator("ball", "across-then-down", 1), seed=1)


def told(steps: NDArray[np.void]) -> Vector:
    parts = [steps[name].reshape(len(steps), -1) for name in ACTION]
    return np.concatenate(parts, axis=1)


def test_a_glove_is_recorded_joint_by_joint_as_it_was_sent(robot: Workcell, gloved: NDArray[np.void]) -> None:
    assert robot.fingers is not None
    led = gloved["hold"] == Hold.NONE
    assert led[2:].all()
    sent = gloved[FINGERS][led]
    np.testing.assert_array_equal(gloved["requested/fingers"][led], sent)
    first = [int(np.argmax(sent[:, CHANNELS.index(f"{finger} base")] > 0.1)) for finger in ("thumb", "index", "little")]
    assert first == sorted(set(first)), "one finger after another"
    wanted, reached = sent[-20], gloved["observation/finger_position"][-1]
    np.testing.assert_allclose(reached, wanted, atol=0.25, err_msg="the servos are there a moment later")


def test_it_replays_bit_for_bit_and_not_without_its_fingers(robot: Workcell, gloved: NDArray[np.void]) -> None:
    states = gloved["physics/state"]
    again = replay("ball", states[0], told(gloved), 50.0, robot.model_xml, gloved["sent/posture"], gloved[FINGERS])
    assert again.tobytes() == states.tobytes()
    whole = replay("ball", states[0], told(gloved), 50.0, robot.model_xml, gloved["sent/posture"])
    assert not np.array_equal(whole, states)


def test_a_finger_that_moves_alone_is_no_idle_step(gloved: NDArray[np.void]) -> None:
    still = gloved.copy()
    still["sent/gripper"], still["observation/gripper_width"] = 1.0, 0.1
    assert moving(still)[10:60].all()
    still["observation/finger_position"] = 0.0
    assert not moving(still)[10:60].any()


def test_a_robot_that_is_set_back_keeps_its_fingers(robot: Workcell, gloved: NDArray[np.void]) -> None:
    at = 60
    robot.set_state(gloved["physics/state"][at])
    robot.limits.reset(float(gloved["sent/gripper"][at - 1]), gloved[FINGERS][at - 1])
    before = robot.observe(0).finger_position
    for _ in range(50):
        robot.apply(robot.limits.hold("none", 0))
    np.testing.assert_allclose(robot.observe(0).finger_position, gloved[FINGERS][at - 1], atol=0.1)
    assert before is not None
    robot.reset(2)


# Policies ----------------------------------------------------------------------------------------------------------


class Told:
    """Says these rows, again and again."""

    def __init__(self, *row: float) -> None:
        self._rows = np.array([row])

    def act(self, step: np.void) -> Vector:
        return self._rows


def test_a_policy_commands_every_finger_or_the_hand_as_a_whole(robot: Workcell) -> None:
    assert robot.fingers is not None
    bent = 0.5 * robot.fingers.closed
    fields = robot.observation_fields
    assert fingers_of(fields) == JOINTS
    for row, wanted in (((*np.zeros(6), 0.3, *bent), bent), ((*np.zeros(6), 0.3), robot.fingers.at(0.3))):
        driver = PolicySource(Told(*row), "told", fields, 50.0, robot)
        steps = run(robot, driver, seed=0, most_s=0.1)
        assert not steps["hold"].any()
        np.testing.assert_allclose(steps[FINGERS][-1], wanted)
    with pytest.raises(DeviceError, match="7 or 22"):
        checked(np.zeros((1, 12)), 1, "told", JOINTS)


def test_a_base_policy_learns_the_fingers_with_the_rest(robot: Workcell, lifted: NDArray[np.void]) -> None:
    assert commanded(lifted.dtype) == (*ACTION, FINGERS)
    few = FitSettings(name="base", task="ball", rate_hz=50.0, members=1, hidden=(32, 32), updates=20)
    other = run(robot, ScriptedOperator("ball", "across-then-down", 2), seed=2)
    base = fit([("1", lifted), ("2", other)], few)
    assert EnsemblePolicy(base).act(lifted[0]).shape[1] == 7 + JOINTS
    driver = PolicySource(EnsemblePolicy(base), "base", robot.observation_fields, 50.0, robot)
    steps = run(robot, driver, seed=1, most_s=0.2)
    assert driver.failure is None
    assert np.isfinite(steps[FINGERS]).all()


# Two hands ---------------------------------------------------------------------------------------------------------


def test_two_hands_with_fingers_are_led_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    both = replace(HANDOVER, name="handover", hand="five_fingers")
    monkeypatch.setattr(catalogue, "task", lambda name: both)
    robot = Workcell("handover")
    assert robot.fingers is not None
    assert robot.observe(0).finger_position.shape == (2, JOINTS)  # type: ignore[union-attr]
    limits, t_ns = robot.limits, START_NS
    for _ in range(40):
        rows = np.stack((0.5 * robot.fingers.closed, np.full(JOINTS, np.nan)))
        asked = Command(np.zeros((2, 6)), np.array([0.6, 1.0]), t_ns, "test", fingers=rows)
        sent, hold = limits.apply(asked, robot.observe(t_ns), t_ns)
        assert hold is Hold.NONE
        robot.apply(sent)
        t_ns += 20_000_000
    seen: Observation = robot.observe(t_ns)
    assert seen.finger_position is not None
    np.testing.assert_allclose(seen.finger_position[0], 0.5 * robot.fingers.closed, atol=0.1)
    np.testing.assert_allclose(seen.finger_position[1], robot.fingers.open, atol=0.1)
    one = seen.of_hand(1)
    np.testing.assert_array_equal(one.finger_position, seen.finger_position[1])  # type: ignore[arg-type]
