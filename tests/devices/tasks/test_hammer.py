"""The hammer task: only a hammer that lies in a shut drawer, both let go, counts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, stages, wait

from accord.devices.command import Vector
from accord.devices.sim.engine import mujoco
from accord.devices.sim.tasks.cabinet import SIZE as CABINET_SIZE
from accord.devices.sim.tasks.cabinet import SLIDE, START, from_drawer
from accord.devices.sim.tasks.hammer import HALF_HEIGHT, HAMMER, SHUT, SIZE, hammer_is_put_away
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies

POSSIBLE = {factor.name: factor.possible for factor in HAMMER.own_factors}


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("hammer")


def lay_in(robot: Workcell, opening: float, point: tuple[float, float, float] = (0.0, 0.1, 0.0275)) -> None:
    """The hammer at this point of the drawer, across it, and the drawer this far open [m]."""
    joint = robot._data.joint(SLIDE)
    joint.qpos[:], joint.qvel[:] = opening, 0.0
    mujoco.mj_kinematics(robot._model, robot._data)
    place = from_drawer(robot.observe(0).objects["drawer"], point, robot.values)
    put(robot, "hammer", place, (0.0, 0.0, np.radians(robot.values["cabinet-turn"])))


def corners(robot: Workcell, body: str, names: Callable[[str], bool]) -> Vector:
    """(n, 2) where the corners of a body's boxes are on the table [m]."""
    model, data, found = robot._model, robot._data, []
    for i in range(model.ngeom):
        geom = model.geom(i)
        if int(geom.bodyid[0]) == model.body(body).id and names(geom.name):
            signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
            found.append(data.geom_xpos[i] + (signs * geom.size) @ data.geom_xmat[i].reshape(3, 3).T)
    return np.concatenate(found)[:, :2]


def test_the_hammer_lies_on_the_table_within_its_ranges_and_clear_of_the_drawer(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in HAMMER.own_factors}
    places = set()
    for seed in range(40):
        robot.reset(seed)
        seen = robot.observe(0)
        x, y, z, w, _, _, turn = seen.objects["hammer"]
        degrees = np.degrees(2.0 * np.arctan2(turn, w))
        for value, name in ((x, "hammer-x"), (y, "hammer-y"), (degrees, "hammer-turn"), (seen.joints[SLIDE], START)):
            assert usual[name][0] <= value <= usual[name][1], name
        assert z == pytest.approx(HALF_HEIGHT)
        hammer = corners(robot, "hammer", lambda name: name.startswith("hammer_"))
        drawer = corners(robot, "drawer", lambda name: name == "drawer_front")
        assert hammer[:, 1].max() < drawer[:, 1].min() - 0.03
        places.add((x, y, turn))
    assert len(places) == 40


def test_as_near_as_can_be_the_hammer_does_not_touch_the_drawer(robot: Workcell) -> None:
    fixed = {
        "hammer-y": POSSIBLE["hammer-y"][1],
        "hammer-turn": 90.0,
        SIZE: POSSIBLE[SIZE][1],
        START: POSSIBLE[START][1],
    }
    fixed |= {"cabinet-y": POSSIBLE["cabinet-y"][0], "cabinet-x": 0.5, "cabinet-turn": 0.0}
    fixed |= {"hammer-x": 0.5, CABINET_SIZE: POSSIBLE[CABINET_SIZE][1]}
    robot.reset(0, {name: (value, value) for name, value in fixed.items()})
    before = robot.observe(0).objects["hammer"]
    wait(robot, 0.5)
    np.testing.assert_allclose(robot.observe(0).objects["hammer"], before, atol=5e-4)


@pytest.mark.parametrize("size", POSSIBLE[SIZE])
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_hammer_of_any_size_rests_on_a_table_of_any_height(robot: Workcell, size: float, height: float) -> None:
    robot.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = robot.observe(0).objects["hammer"]
    assert before[2] == pytest.approx(HALF_HEIGHT * size + height)
    wait(robot, 2.0)
    assert np.abs(robot.observe(0).objects["hammer"] - before).max() < 5e-4


def test_a_hammer_in_a_shut_drawer_is_done_after_a_fifth_of_a_second(robot: Workcell) -> None:
    robot.reset(0)
    lay_in(robot, 0.005)
    wait(robot, 0.1)
    assert not robot.succeeded()
    wait(robot, 0.2)
    assert robot.succeeded()
    for touched in ("hammer", "drawer"):
        assert not hammer_is_put_away(replace(robot.moment(), touched_by=(frozenset({touched}),))), touched


def test_a_drawer_that_is_not_shut_or_shut_without_the_hammer_is_not_done(robot: Workcell) -> None:
    robot.reset(0)
    lay_in(robot, SHUT - 0.001)
    assert hammer_is_put_away(robot.moment())
    lay_in(robot, SHUT + 0.001)
    assert not hammer_is_put_away(robot.moment())
    lay_in(robot, 0.0, (0.0, 0.1, 0.09))
    assert not hammer_is_put_away(robot.moment()), "it lies on the cabinet"
    put(robot, "hammer", (0.45, -0.28, HALF_HEIGHT))
    assert not hammer_is_put_away(robot.moment())


def test_a_hammer_in_the_drawer_rides_along_and_stays_in(robot: Workcell) -> None:
    robot.reset(3)
    lay_in(robot, 0.17)
    for _ in range(70):
        robot._data.joint(SLIDE).qvel[:] = -0.3
        wait(robot, 0.02)
    wait(robot, 0.5)
    seen = robot.observe(0)
    assert seen.joints[SLIDE] < SHUT
    assert speed(robot, "hammer") < 2e-3
    drawer = seen.objects["drawer"]
    assert seen.objects["hammer"][2] - drawer[2] == pytest.approx(0.014 + HALF_HEIGHT, abs=1.5e-3)


def test_a_dropped_hammer_comes_to_rest_and_is_put_away(robot: Workcell) -> None:
    robot.reset(7)
    put(robot, "hammer", (0.46, -0.28, 0.10 + HALF_HEIGHT), (0.3, 0.5, 0.2))
    wait(robot, 1.5)
    assert speed(robot, "hammer") < 2e-3
    assert robot.observe(0).objects["hammer"][2] < HALF_HEIGHT + 0.012
    operate(robot, "over-the-top")
    assert robot.succeeded()


def test_the_stages_are_reached_one_after_another(robot: Workcell) -> None:
    seen = stages(robot, "from-the-front", 4)
    assert sorted(set(seen)) == [0, 1, 2, 3, 4, 5]
    assert seen == sorted(seen)


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, {SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(robot, *operate(robot, "from-the-front", 6))


@pytest.mark.parametrize("strategy", strategies("hammer"))
def test_every_strategy_puts_it_away(robot: Workcell, strategy: str) -> None:
    robot.reset(1)
    operate(robot, strategy, 1)
    assert robot.succeeded()


def test_the_other_arm_puts_it_away_too() -> None:
    robot = cell("hammer", arm="ur5e")
    robot.reset(3)
    operate(robot, "by-the-head", 3)
    assert robot.succeeded()


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_success_does_not_depend_on_the_control_rate(rate_hz: float) -> None:
    robot = cell("hammer", rate_hz)
    robot.reset(5)
    operate(robot, "by-the-head", 5)
    assert robot.succeeded()
