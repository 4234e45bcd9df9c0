"""The drawer task: only a drawer that is open wide enough and let go counts; the cabinet stands where it is told."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, replays, stages, wait

from accord.devices.errors import DeviceError
from accord.devices.sim.engine import mujoco
from accord.devices.sim.tasks.cabinet import HANDLE, INSIDE, SIZE, SLIDE, START, from_drawer, in_drawer, is_inside
from accord.devices.sim.tasks.drawer import DRAWER, WIDE, drawer_is_open
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.plans.moves import yaw

POSSIBLE = {factor.name: factor.possible for factor in DRAWER.own_factors}
STANDS = ("cabinet-x", "cabinet-y", "cabinet-turn")


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("drawer")


def slide(robot: Workcell, metres: float, speed: float = 0.0) -> None:
    """The drawer this far open, moving this fast [m, m/s]."""
    joint = robot._data.joint(SLIDE)
    joint.qpos[:], joint.qvel[:] = metres, speed
    mujoco.mj_kinematics(robot._model, robot._data)


def cabinet(robot: Workcell) -> tuple[float, float, float]:
    """Where the cabinet is drawn and met: x, y [m] and turn [deg]."""
    body = robot._data.body("cabinet")
    return float(body.xpos[0]), float(body.xpos[1]), float(np.degrees(yaw(body.xquat)))


def test_the_cabinet_stands_where_the_values_say_and_within_its_ranges(robot: Workcell) -> None:
    places = set()
    for seed in range(40):
        robot.reset(seed)
        stands = cabinet(robot)
        assert stands == pytest.approx([robot.values[name] for name in STANDS])
        for value, name in zip(stands, STANDS, strict=True):
            low, high = next(factor.usual for factor in DRAWER.own_factors if factor.name == name)
            assert low - 1e-9 <= value <= high + 1e-9, name
        assert robot.observe(0).joints[SLIDE] == pytest.approx(robot.values[START])
        places.add(stands)
    assert len(places) == 40


def test_a_recorded_state_brings_its_cabinet_along(robot: Workcell) -> None:
    robot.reset(3, {"table-height": (0.05, 0.05)})
    state, stands, drawer = robot.state(), cabinet(robot), robot.observe(0).objects["drawer"]
    robot.reset(4)
    assert cabinet(robot) != stands
    robot.set_state(state)
    assert cabinet(robot) == stands
    np.testing.assert_array_equal(robot.observe(0).objects["drawer"], drawer)
    assert drawer[2] == pytest.approx(0.05)


def test_the_drawer_is_observed_like_an_object_and_moves_with_its_slide(robot: Workcell) -> None:
    robot.reset(5)
    slide(robot, 0.02)
    near = robot.observe(0).objects["drawer"]
    slide(robot, 0.12)
    far = robot.observe(0).objects["drawer"]
    turn = np.radians(robot.values["cabinet-turn"])
    np.testing.assert_allclose(far[:3] - near[:3], 0.1 * np.array([np.sin(turn), -np.cos(turn), 0.0]), atol=1e-9)
    names = [field.name for field in robot.observation_fields]
    assert {"observation/drawer_position", "observation/drawer_quaternion", "observation/drawer_slide"} <= set(names)


def test_the_handle_and_the_inside_are_where_the_shapes_are(robot: Workcell) -> None:
    for size in POSSIBLE[SIZE]:
        robot.reset(2, {SIZE: (size, size)})
        pose, data = robot.observe(0).objects["drawer"], robot._data
        np.testing.assert_allclose(from_drawer(pose, HANDLE, robot.values), data.geom("handle_bar").xpos, atol=1e-6)
        floor = np.array(data.geom("drawer_floor").xpos)
        assert is_inside(pose, floor + np.array([0.0, 0.0, 0.01]), robot.values)
        assert not is_inside(pose, floor, robot.values)
        corner = from_drawer(pose, INSIDE[1], robot.values)
        np.testing.assert_allclose(in_drawer(pose, corner, robot.values), INSIDE[1])


def test_a_drawer_that_is_open_wide_enough_is_done_after_a_fifth_of_a_second(robot: Workcell) -> None:
    robot.reset(0)
    slide(robot, WIDE - 0.002)
    wait(robot, 0.4)
    assert not robot.succeeded()
    slide(robot, WIDE + 0.002)
    wait(robot, 0.1)
    assert not robot.succeeded()
    wait(robot, 0.2)
    assert robot.succeeded()
    assert not drawer_is_open(replace(robot.moment(), touched_by=(frozenset({"drawer"}),))), "still held"


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_cabinet_at_the_ends_of_its_ranges_stands_still(robot: Workcell, end: int, height: float) -> None:
    robot.reset(
        1, {name: (ends[end], ends[end]) for name, ends in POSSIBLE.items()} | {"table-height": (height, height)}
    )
    before = robot.observe(0)
    wait(robot, 2.0)
    after = robot.observe(0)
    assert after.joints[SLIDE] == pytest.approx(before.joints[SLIDE], abs=5e-4)
    np.testing.assert_allclose(after.objects["drawer"], before.objects["drawer"], atol=5e-4)


@pytest.mark.parametrize("speed", [-0.8, 0.8])
def test_a_drawer_that_is_thrown_stops_at_its_ends_and_comes_to_rest(robot: Workcell, speed: float) -> None:
    robot.reset(0)
    slide(robot, 0.09, speed)
    opened = []
    for _ in range(100):
        wait(robot, 0.02)
        opened.append(robot.observe(0).joints[SLIDE])
    assert min(opened) > -0.004
    assert max(opened) < 0.184
    assert abs(float(robot._data.joint(SLIDE).qvel[0])) < 1e-3


def test_a_drawer_that_would_be_open_already_is_refused(robot: Workcell) -> None:
    with pytest.raises(DeviceError, match=r"drawer-open from 0 to 0\.06 m"):
        robot.reset(0, {START: (0.0, 0.2)})


def test_the_stages_are_reached_one_after_another(robot: Workcell) -> None:
    seen = stages(robot, "hooked", 4)
    assert sorted(set(seen)) == [0, 1, 2, 3, 4, 5]
    assert seen == sorted(seen)


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, {SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(robot, *operate(robot, "pinched", 6))


@pytest.mark.parametrize("strategy", strategies("drawer"))
def test_every_strategy_opens_it(robot: Workcell, strategy: str) -> None:
    for seed in (1, 2):
        robot.reset(seed)
        operate(robot, strategy, seed)
        assert robot.succeeded(), seed
        assert "drawer" not in robot.moment().touched


@pytest.mark.parametrize("strategy", ["pinched", "hooked-from-side"])
def test_the_other_arm_opens_it_too(strategy: str) -> None:
    robot = cell("drawer", arm="ur5e")
    robot.reset(3)
    operate(robot, strategy, 3)
    assert robot.succeeded()


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_success_does_not_depend_on_the_control_rate(rate_hz: float) -> None:
    robot = cell("drawer", rate_hz)
    robot.reset(5)
    operate(robot, "hooked-from-side", 5)
    assert robot.succeeded()
