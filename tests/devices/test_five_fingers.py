"""The five-fingered hand: what its joints do, how far it reaches, and that each finger goes where it is told."""

import numpy as np
import pytest

from accord.devices.command import Command, Vector
from accord.devices.fingers import CHANNELS, Fingers
from accord.devices.sim.engine import mujoco
from accord.devices.sim.tasks.ball import BALL, LOWEST, RADIUS
from accord.devices.sim.workcell import Workcell

NAMES = ("thumb", "index", "middle", "ring", "little")


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return Workcell("ball")


@pytest.fixture(scope="module")
def hand(robot: Workcell) -> Fingers:
    assert robot.fingers is not None
    return robot.fingers


def stand(robot: Workcell, angles: Vector) -> None:
    """Bend the fingers so, at once (15,) [rad]."""
    for name, angle in zip(CHANNELS, angles, strict=True):
        robot._data.joint(name.replace(" ", "_")).qpos[:] = angle
    mujoco.mj_kinematics(robot._model, robot._data)


def seen_from_hand(robot: Workcell, point: Vector) -> Vector:
    """(3,) a point of the world in the frame of the hand: z towards the finger tips, y from thumb to fingers [m]."""
    site = robot._data.site("hand")
    return site.xmat.reshape(3, 3).T @ (point - site.xpos)


def tip(robot: Workcell, finger: str) -> Vector:
    """(3,) the middle of a finger's pad in the frame of the hand [m]."""
    return seen_from_hand(robot, robot._data.geom(f"{finger}_pad").xpos)


def deepest(robot: Workcell) -> float:
    """How far beyond the hand's point any finger reaches [m]."""
    most = -1.0
    for geom in (f"{finger}_pad" for finger in NAMES):
        at, (radius, half, _) = robot._data.geom(geom), robot._model.geom(geom).size
        ends = [at.xpos + side * half * at.xmat.reshape(3, 3)[:, 2] for side in (-1.0, 1.0)]
        most = max(most, *(float(seen_from_hand(robot, end)[2]) + radius for end in ends))
    return most


def told(robot: Workcell, fingers: Vector, seconds: float = 0.6) -> Vector:
    """(15,) how the fingers stand after being told to stand so for a while, through the limits [rad]."""
    for _ in range(round(seconds * robot.rate_hz)):
        seen = robot.observe(0)
        sent, _ = robot.limits.apply(Command(np.zeros(6), 1.0, 0, "test", fingers=fingers), seen, 0)
        robot.apply(sent)
    bent = robot.observe(0).finger_position
    assert bent is not None
    return bent


def test_it_has_every_joint_that_a_glove_has(hand: Fingers) -> None:
    assert hand.names == CHANNELS
    spreads = np.array([name.endswith("spread") for name in CHANNELS])
    np.testing.assert_array_equal(hand.open, np.zeros(15))
    np.testing.assert_array_equal(hand.closed[spreads], np.zeros(5))
    np.testing.assert_array_equal(hand.closed[~spreads], hand.upper[~spreads])
    np.testing.assert_allclose(hand.lower[spreads], -hand.upper[spreads])
    assert (hand.lower[~spreads] == 0.0).all()


def test_open_it_goes_around_a_ball_and_half_closed_its_tips_meet(robot: Workcell, hand: Fingers) -> None:
    robot.reset(0)
    widths = []
    for opening in np.linspace(1.0, 0.6, 9):
        stand(robot, hand.at(float(opening)))
        widths.append(float(robot.observe(0).gripper_width))
    assert widths[0] > 2.0 * RADIUS * 1.2 + 0.03, "the largest ball, with room on both sides"
    assert (np.diff(widths) < 0.0).all()
    assert min(widths) < 0.015
    meeting = (tip(robot, "thumb") + tip(robot, "middle")) / 2
    assert np.abs(meeting).max() < 0.025, "and they meet near the hand's point"


def test_fingers_close_towards_the_thumb_and_the_thumb_towards_them(robot: Workcell, hand: Fingers) -> None:
    robot.reset(0)
    before = {finger: tip(robot, finger) for finger in NAMES}
    assert before["thumb"][1] < -0.05 < 0.05 < min(before[finger][1] for finger in NAMES[1:])
    assert before["index"][0] > before["middle"][0] > before["ring"][0] > before["little"][0], "a right hand"
    for finger in NAMES:
        bent = np.where([name in (f"{finger} base", f"{finger} outer") for name in CHANNELS], 0.3, 0.0)
        stand(robot, bent)
        inward = tip(robot, finger)[1] - before[finger][1]
        assert inward > 0.01 if finger == "thumb" else inward < -0.01, finger


def test_fingers_spread_away_from_the_middle_finger_and_the_thumb_swings_across_the_palm(
    robot: Workcell, hand: Fingers
) -> None:
    robot.reset(0)
    for finger, side in zip(NAMES, (1, 1, 1, -1, -1), strict=True):
        number = CHANNELS.index(f"{finger} spread")
        ends = []
        for angle in (hand.lower[number], hand.upper[number]):
            stand(robot, np.where(np.arange(15) == number, angle, 0.0))
            ends.append(side * tip(robot, finger)[0])
        assert ends[1] - ends[0] > (0.08 if finger == "thumb" else 0.04), finger


def test_no_finger_reaches_the_table_however_it_is_bent(robot: Workcell, hand: Fingers) -> None:
    robot.reset(0)
    rng = np.random.default_rng(0)
    reached = []
    for _ in range(400):
        stand(robot, rng.uniform(hand.lower, hand.upper))
        reached.append(deepest(robot))
    straight = np.zeros(15)
    straight[[CHANNELS.index(f"{finger} base") for finger in NAMES]] = (0.53, 0.611, 0.611, 0.611, 0.611)
    stand(robot, straight)
    assert max(*reached, deepest(robot)) < LOWEST - 0.002
    assert deepest(robot) > LOWEST - 0.004, "the bound is no lower than it has to be"
    assert BALL.bounds.lower[2] == LOWEST


@pytest.mark.parametrize("name", CHANNELS)
def test_each_joint_goes_where_it_is_told_and_the_others_stay(robot: Workcell, hand: Fingers, name: str) -> None:
    robot.reset(0)
    robot.limits.reset()
    number = CHANNELS.index(name)
    wanted = np.where(np.arange(15) == number, 0.6 * hand.upper, 0.0)
    off = told(robot, wanted) - wanted
    assert abs(off[number]) < 0.01
    assert np.abs(off).max() < 0.01


def test_it_follows_fast_enough_for_a_glove(robot: Workcell, hand: Fingers) -> None:
    """From open to a fist and back within half a second each, and then it is still."""
    robot.reset(0)
    robot.limits.reset()
    for wanted in (hand.closed, hand.open):
        assert np.abs(told(robot, wanted, seconds=0.5) - wanted).max() < 0.05
        later = told(robot, wanted, seconds=0.3)
        np.testing.assert_allclose(told(robot, wanted, seconds=0.1), later, atol=2e-3)


def test_it_weighs_what_a_hand_weighs(robot: Workcell) -> None:
    """Wrist, palm and five fingers as published, 0.8 kg: the arms carry 3 kg and more."""
    assert robot._model.body("hand").subtreemass == pytest.approx(0.796, abs=0.01)
