"""The handover task: neither hand can do it alone, and only a bar that lies in the tray and is let go counts."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from accord.devices.command import Command
from accord.devices.errors import DeviceError
from accord.devices.limits import Bounds, Limits
from accord.devices.sim.engine import mujoco
from accord.devices.sim.poses import from_rotation_vector
from accord.devices.sim.tasks.handover import BAR_HALF, HANDOVER, SIZE, TRAY, TRAY_FLOOR, TRAY_HALF
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator

LYING = TRAY_FLOOR + BAR_HALF[2]
FLAT = (1.0, 0.0, 0.0, 0.0)


@cache
def cell(rate_hz: float = 50.0) -> Workcell:
    return Workcell("handover", rate_hz)


def put(robot: Workcell, *position: float, turn: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
    """Lay the bar down here, by hand."""
    joint = robot._data.joint("bar")
    joint.qpos[:3], joint.qpos[3:] = position, from_rotation_vector(np.array(turn))
    joint.qvel[:] = 0.0
    mujoco.mj_kinematics(robot._model, robot._data)


def still(robot: Workcell, steps: int) -> None:
    for _ in range(steps):
        robot.apply(robot.limits.hold("test", 0))


def operate(robot: Workcell, strategy: str, seed: int, steps: int = 4000) -> ScriptedOperator:
    """Let a scripted operator do it from here on."""
    operator = ScriptedOperator("handover", strategy, seed)
    robot.limits.reset()
    for i in range(steps):
        t_ns = round(i * 1e9 / robot.rate_hz)
        seen = robot.observe(t_ns)
        sent, _ = robot.limits.apply(operator.command(seen, t_ns), seen, t_ns)
        robot.apply(sent)
        if robot.succeeded():
            break
    return operator


def test_the_bar_lies_on_the_left_out_of_the_right_hand_s_reach() -> None:
    robot = cell()
    usual = {factor.name: factor.usual for factor in HANDOVER.own_factors}
    for seed in range(30):
        robot.reset(seed)
        x, y, z, w, _, _, qz = robot.observe(0).objects["bar"]
        for value, name in zip((x, y, np.degrees(2 * np.arctan2(qz, w))), ("bar-x", "bar-y", "bar-turn"), strict=True):
            assert usual[name][0] <= value <= usual[name][1]
        turn = 2 * np.arctan2(qz, w)
        assert z == pytest.approx(BAR_HALF[2])
        assert y - BAR_HALF[1] * np.cos(turn) > HANDOVER.bounds.crossing + 0.04


def test_neither_hand_goes_far_past_the_middle() -> None:
    robot = cell()
    robot.reset(0)
    inwards = np.zeros((2, 6))
    inwards[:, 1] = -0.3, 0.3
    for i, height in enumerate((0.12, -0.12)):  # one over the other, so that they do not meet
        inwards[i, 2] = height
    for i in range(150):
        seen = robot.observe(0)
        sent, _ = robot.limits.apply(Command(inwards, np.ones(2), 0, "test"), seen, 0)
        robot.apply(sent)
        if i == 60:
            inwards[:, 2] = 0.0
    left, right = robot.observe(0).hand_position[:, 1]
    assert -0.035 < left < -0.015
    assert 0.015 < right < 0.035


def test_hands_that_run_into_each_other_stop_there() -> None:
    robot = cell()
    robot.reset(0)
    inwards = np.zeros((2, 6))
    inwards[:, 1] = -0.2, 0.2
    deepest = 0.0
    for _ in range(150):
        seen = robot.observe(0)
        sent, _ = robot.limits.apply(Command(inwards, np.ones(2), 0, "test"), seen, 0)
        robot.apply(sent)
        contacts = robot._data.contact.dist[: robot._data.ncon]
        deepest = max(deepest, -float(contacts.min(initial=0.0)))
    left, right = robot.observe(0).hand_position[:, 1]
    assert left - right > 0.15, "each hand is 0.2 m wide; through each other they would be 6 cm past"
    assert 0.0 < deepest < 0.005
    assert np.abs(robot.observe(0).joint_velocity).max() < 0.5, "they lean on each other calmly"


def test_bounds_of_one_hand_are_the_whole_box() -> None:
    lower, upper = Bounds().of_hand(0)
    assert lower.tolist() == list(Bounds().lower)
    assert upper.tolist() == list(Bounds().upper)


def test_a_command_for_one_hand_is_refused() -> None:
    robot = cell()
    robot.reset(0)
    with pytest.raises(DeviceError, match=r"2 hand\(s\)"):
        robot.apply(Limits().hold("test", 0))
    with pytest.raises(DeviceError, match=r"2 hand\(s\)"):
        robot.apply(Command(np.zeros((2, 6)), 1.0, 0, "test"))


@pytest.mark.parametrize(
    ("at", "turn", "done"),
    [
        ((*TRAY, LYING), (0.0, 0.0, 0.0), True),
        ((*TRAY, LYING), (0.0, np.pi / 2, 0.0), True),  # on another of its long faces
        ((*TRAY, LYING), (0.0, 0.0, np.pi), True),
        ((TRAY[0] + 0.02, TRAY[1] + 0.02, LYING), (0.0, 0.0, 0.2), True),
        ((TRAY[0] + 0.06, TRAY[1], LYING + 0.012), (0.0, 0.2, 0.0), False),  # on the rim
        ((TRAY[0], TRAY[1] + 0.05, LYING + 0.008), (0.1, 0.0, 0.0), False),
        ((TRAY[0], TRAY[1], LYING), (0.0, 0.0, 0.6), False),  # across the tray
        ((TRAY[0], TRAY[1], 0.06), (0.0, 0.0, 0.0), False),  # still falling
        ((0.46, 0.24, BAR_HALF[2]), (0.0, 0.0, 0.0), False),
    ],
)
def test_done_is_a_bar_that_lies_in_the_tray(
    at: tuple[float, float, float], turn: tuple[float, float, float], done: bool
) -> None:
    robot = cell()
    robot.reset(0)
    put(robot, *at, turn=turn)
    assert HANDOVER.done(robot.moment()) is done


def test_a_bar_that_is_held_in_the_tray_is_not_done() -> None:
    robot = cell()
    robot.reset(0)
    put(robot, *TRAY, LYING)
    moment = robot.moment()
    assert HANDOVER.done(moment)
    for hand in range(2):
        touched = tuple(frozenset({"bar"} if hand == i else ()) for i in range(2))
        assert not HANDOVER.done(replace(moment, touched_by=touched))


@pytest.mark.parametrize("size", HANDOVER.own_factors[3].possible)
def test_a_bar_of_another_size_rests_on_the_table_and_fits_the_tray(size: float) -> None:
    robot = cell()
    robot.reset(2, {SIZE: (size, size)})
    still(robot, 50)
    assert robot.observe(0).objects["bar"][2] == pytest.approx(BAR_HALF[2] * size, abs=5e-4)
    put(robot, *TRAY, TRAY_FLOOR + BAR_HALF[2] * size)
    still(robot, 25)
    assert robot.succeeded()
    assert BAR_HALF[1] * size < TRAY_HALF[1]


def test_a_dropped_bar_comes_to_rest_and_is_picked_up_and_passed() -> None:
    robot = cell()
    robot.reset(4)
    x, y = robot.observe(0).objects["bar"][:2]
    put(robot, x, y, 0.10, turn=(0.3, 0.8, 0.1))
    still(robot, 100)
    bar = robot.observe(0).objects["bar"]
    assert bar[2] == pytest.approx(BAR_HALF[2], abs=1e-3)
    operate(robot, "meets-low", 4)
    assert robot.succeeded()


def test_the_stages_come_one_after_another_and_the_bar_is_passed_in_the_air() -> None:
    robot = cell()
    robot.reset(1)
    operator = ScriptedOperator("handover", "meets-low", 1)
    robot.limits.reset()
    reached: dict[int, tuple[frozenset[str], ...]] = {}
    for i in range(2000):
        t_ns = i * 20_000_000
        seen = robot.observe(t_ns)
        sent, _ = robot.limits.apply(operator.command(seen, t_ns), seen, t_ns)
        robot.apply(sent)
        reached.setdefault(robot.stage, robot.moment().touched_by)
        if robot.succeeded():
            break
    assert sorted(reached) == [0, 1, 2, 3, 4, 5]
    assert reached[3] == (frozenset({"bar"}), frozenset())
    assert reached[4] == (frozenset(), frozenset({"bar"}))
    assert reached[5] == (frozenset(), frozenset())


@pytest.mark.parametrize(("strategy", "seed"), [("taker-waits", 0), ("slips-once", 1)])
def test_a_strategy_succeeds(strategy: str, seed: int) -> None:
    robot = cell()
    robot.reset(seed, {"table-height": (0.03, 0.03), "distractors": (3, 3)} if seed else {})
    operate(robot, strategy, seed)
    assert robot.succeeded()


def test_each_hand_sees_itself_and_the_other_one() -> None:
    robot = cell()
    robot.reset(3)
    seen = robot.observe(0)
    left, right = seen.of_hand(0), seen.of_hand(1)
    assert left.hand_position[1] > 0.2 > -0.2 > right.hand_position[1]
    assert left.other is not None
    assert right.other is not None
    np.testing.assert_array_equal(left.other.hand_position, right.hand_position)
    joints = np.concatenate((left.joint_position, right.joint_position))
    np.testing.assert_array_equal(joints, seen.joint_position)
