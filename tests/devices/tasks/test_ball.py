"""The ball task: only a ball that is high enough, in the hand and still counts, whichever fingers hold it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from tabletop import as_rows, cell, commanded, operate, put, stages, wait

from accord.devices.command import Command, Vector
from accord.devices.fingers import CHANNELS, Fingers
from accord.devices.sim.replay import replay
from accord.devices.sim.tasks.ball import BALL, HEIGHT, LOWEST, NEAR, RADIUS, SIZE, ball_is_lifted
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies

SIZES = next(factor for factor in BALL.own_factors if factor.name == SIZE).possible
SHAKES: dict[str, tuple[int, float]] = {
    "along x": (0, 2.0),
    "along y": (1, 2.0),
    "up and down": (2, 4.0),
    "tipped": (4, 1.0),
}


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("ball")


def fingers(robot: Workcell) -> Fingers:
    assert robot.fingers is not None
    return robot.fingers


def gloved(robot: Workcell, which: Sequence[str], bend: float) -> Vector:
    """(15,) joint angles of a gloved hand that bends these fingers so far and no others [rad]."""
    bent = [0.0 if name.endswith("spread") or name.split()[0] not in which else bend for name in CHANNELS]
    return fingers(robot).bent(np.array(bent))


def bring(robot: Workcell, position: Sequence[float], bent: Vector, seconds: float) -> None:
    """Move the hand to this place with the fingers so, through the limits."""
    for _ in range(round(seconds * robot.rate_hz)):
        seen = robot.observe(0)
        velocity = np.clip(6.0 * (np.asarray(position) - seen.hand_position), -0.3, 0.3)
        asked = Command(np.array([*velocity, 0.0, 0.0, 0.0]), 1.0, 0, "test", fingers=bent)
        robot.apply(robot.limits.apply(asked, seen, 0)[0])


def in_hand(robot: Workcell) -> Vector:
    """(3,) where the ball is in the frame of the hand [m]."""
    site = robot._data.site("hand")
    place: Vector = site.xmat.reshape(3, 3).T @ (robot.observe(0).objects["ball"][:3] - site.xpos)
    return place


def pressed_in(robot: Workcell) -> float:
    """How deep anything is in anything now [m]."""
    contacts = robot._data.contact.dist[: robot._data.ncon]
    return max(0.0, -float(contacts.min())) if len(contacts) else 0.0


def lifted(robot: Workcell, seed: int, strategy: str = "across-then-down") -> bool:
    """Whether a scripted operator has the ball in the air at the end."""
    robot.reset(seed)
    operate(robot, strategy, seed)
    return robot.succeeded()


def drive(robot: Workcell, twist: Callable[[float], Vector], seconds: float, gripper: float = 0.0) -> float:
    """Move like this, the hand closed, through the limits: how deep anything was in anything at most [m]."""
    deepest = 0.0
    for i in range(round(seconds * robot.rate_hz)):
        seen = robot.observe(0)
        asked = Command(twist(i / robot.rate_hz), gripper, 0, "test")
        robot.apply(robot.limits.apply(asked, seen, 0)[0])
        deepest = max(deepest, pressed_in(robot))
    return deepest


def test_the_ball_lies_on_the_table_within_its_ranges(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in BALL.own_factors}
    poses = set()
    for seed in range(40):
        robot.reset(seed)
        pose = robot.observe(0).objects["ball"]
        for value, name in zip(pose[:2], ("ball-x", "ball-y"), strict=True):
            assert usual[name][0] <= value <= usual[name][1], name
        assert pose[2] == pytest.approx(RADIUS)
        assert np.linalg.norm(pose[3:]) == pytest.approx(1.0)
        poses.add(tuple(pose))
    assert len(poses) == 40


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_ball_of_any_size_stays_where_it_is_put(robot: Workcell, size: float, height: float) -> None:
    robot.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = robot.observe(0).objects["ball"]
    assert before[2] == pytest.approx(RADIUS * size + height)
    wait(robot, 2.0)
    assert np.abs(robot.observe(0).objects["ball"] - before).max() < 3e-4


def test_a_ball_that_is_pushed_rolls_and_comes_to_rest(robot: Workcell) -> None:
    robot.reset(1, {"ball-x": (0.45, 0.45), "ball-y": (0.0, 0.0)})
    robot._data.joint("ball").qvel[1] = 0.15
    wait(robot, 4.0)
    assert 0.02 < robot.observe(0).objects["ball"][1] < 0.2
    assert robot.moment().speeds["ball"] < 1e-3


def test_a_ball_that_is_high_but_not_held_is_not_done(robot: Workcell) -> None:
    robot.reset(0)
    put(robot, "ball", robot.moment().hand)
    robot.apply(robot.limits.hold("test", 0))
    assert robot.moment().objects["ball"][2] > HEIGHT + RADIUS, "it has hardly begun to fall"
    assert not ball_is_lifted(robot.moment())


def test_a_held_ball_is_done_from_ten_centimetres_on_and_only_in_the_hand(robot: Workcell) -> None:
    assert lifted(robot, 2)
    moment = robot.moment()
    assert robot.stage == len(BALL.stages)
    assert ball_is_lifted(moment)
    x, y, z = moment.objects["ball"][:3]
    down = np.array([0.0, 0.0, HEIGHT + RADIUS - 0.001 - z])
    lower = {"ball": np.array([x, y, HEIGHT + RADIUS - 0.001, *moment.objects["ball"][3:]])}
    assert not ball_is_lifted(replace(moment, objects=lower, hands=(moment.hand + down,))), "a millimetre too low"
    assert not ball_is_lifted(replace(moment, touched_by=(frozenset(),))), "it is let go"
    assert not ball_is_lifted(replace(moment, hands=(moment.hand + NEAR,))), "it lies on the back of the hand"
    assert not ball_is_lifted(replace(moment, speeds={"ball": 0.1})), "it is still being lifted"


def test_a_ball_is_grasped_only_between_thumb_and_fingers(robot: Workcell) -> None:
    assert lifted(robot, 2)
    grasped, moment = BALL.stages[1].reached, robot.moment()
    down = np.array([0.0, 0.0, RADIUS - moment.objects["ball"][2]])
    on_table = {"ball": moment.objects["ball"] + np.array([*down, 0, 0, 0, 0])}
    there = replace(moment, objects=on_table, hands=(moment.hand + down,))
    assert grasped(there)
    assert not grasped(replace(there, openings=(0.12,))), "the hand is open around it"
    assert not grasped(replace(there, openings=(0.01,))), "the fingers have closed beside it"
    assert not grasped(replace(there, touched_by=(frozenset(),)))


def test_the_stages_are_reached_one_after_another(robot: Workcell) -> None:
    seen = stages(robot, "down-then-across", 4)
    assert sorted(set(seen)) == [0, 1, 2, 3, 4]
    assert seen == sorted(seen)


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    """With the finger joints as they were sent, as a file keeps them."""
    robot.reset(6, {SIZE: (1.2, 1.2), "table-height": (0.03, 0.03)})
    states, commands = commanded(robot, "turned-hand", 6)
    assert robot.succeeded()
    bent = np.array([sent.fingers for sent in commands])
    assert bent.shape == (len(commands), len(CHANNELS))
    again = replay("ball", states[0], as_rows(commands), 50.0, robot.model_xml, fingers=bent)
    assert again.tobytes() == states.tobytes()


def test_a_ball_in_a_fist_stays_there_for_ten_seconds(robot: Workcell) -> None:
    assert lifted(robot, 1)
    before = in_hand(robot)
    deepest = drive(robot, lambda _: np.zeros(6), 10.0)
    assert robot.succeeded()
    assert np.linalg.norm(in_hand(robot) - before) < 0.006
    assert deepest < 0.0015


@pytest.mark.parametrize("shake", SHAKES)
def test_a_fast_shake_does_not_lose_it(robot: Workcell, shake: str) -> None:
    axis, hertz = SHAKES[shake]
    most = BALL.bounds.linear if axis < 3 else BALL.bounds.angular
    assert lifted(robot, 1)
    before = in_hand(robot)

    def back_and_forth(t: float) -> Vector:
        return np.where(np.arange(6) == axis, most * np.sign(np.sin(2 * np.pi * hertz * t)), 0.0)

    deepest = drive(robot, back_and_forth, 5.0)
    assert np.linalg.norm(in_hand(robot) - before) < 0.015
    assert "ball" in robot.moment().touched
    assert deepest < 0.002


@pytest.mark.parametrize("which", [("thumb", "index", "middle"), ("thumb", "index"), ("thumb", "middle", "ring")])
def test_a_glove_lifts_it_with_some_of_the_fingers(robot: Workcell, which: tuple[str, ...]) -> None:
    robot.reset(1, {"ball-x": (0.48, 0.48), "ball-y": (0.0, 0.0)})
    robot.limits.reset()
    opened, bent = gloved(robot, which, 0.0), gloved(robot, which, 0.35)
    bring(robot, (0.48, 0.0, 0.12), opened, 1.2)
    bring(robot, (0.48, 0.0, RADIUS), opened, 1.0)
    bring(robot, (0.48, 0.0, RADIUS), bent, 0.8)
    bring(robot, (0.48, 0.0, 0.19), bent, 1.8)
    assert robot.succeeded()
    touching = {robot._model.geom(int(i)).name for i in robot._data.contact.geom[: robot._data.ncon].ravel()}
    assert touching & {f"{finger}_pad" for finger in which} == {f"{finger}_pad" for finger in which}


def test_one_finger_alone_does_not_lift_it(robot: Workcell) -> None:
    robot.reset(1, {"ball-x": (0.48, 0.48), "ball-y": (0.0, 0.0)})
    robot.limits.reset()
    opened, bent = gloved(robot, (), 0.0), gloved(robot, ("index",), 0.3)
    bring(robot, (0.48, 0.0, 0.12), opened, 1.2)
    bring(robot, (0.48, 0.0, RADIUS), opened, 1.0)
    bring(robot, (0.48, 0.0, RADIUS), bent, 0.8)
    bring(robot, (0.48, 0.0, 0.19), bent, 1.8)
    assert robot.observe(0).objects["ball"][2] < 2 * RADIUS
    assert robot.stage == 1, "reached, and not grasped"


@pytest.mark.parametrize("gripper", [0.0, 0.5, 1.0])
def test_the_tips_never_press_into_the_table(robot: Workcell, gripper: float) -> None:
    robot.reset(3, {"ball-x": (0.60, 0.60), "ball-y": (0.24, 0.24), "table-height": (0.02, 0.02)})
    robot.limits.reset()
    drive(robot, lambda _: np.array([0.0, 0.0, -0.3, 0.0, 0.0, 0.0]), 2.0, gripper)
    assert robot.moment().hand[2] == pytest.approx(LOWEST, abs=1e-3)
    geoms = {robot._model.geom(int(i)).name for i in robot._data.contact.geom[: robot._data.ncon].ravel()}
    assert not {name for name in geoms if name.endswith("_pad")}


@pytest.mark.parametrize("strategy", strategies("ball"))
def test_every_strategy_lifts_it(robot: Workcell, strategy: str) -> None:
    assert lifted(robot, 1, strategy)


@pytest.mark.parametrize("size", SIZES)
def test_balls_of_any_size_are_lifted(robot: Workcell, size: float) -> None:
    robot.reset(3, {SIZE: (size, size)})
    operate(robot, "across-then-down", 3)
    assert robot.succeeded()


def test_the_other_arm_lifts_it_too() -> None:
    robot = cell("ball", arm="ur5e")
    for seed in (3, 8):
        assert lifted(robot, seed)


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_success_does_not_depend_on_the_control_rate(rate_hz: float) -> None:
    assert lifted(cell("ball", rate_hz), 5, "turned-hand")
