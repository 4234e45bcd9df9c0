"""The lift task: only a cube that is high enough and between both fingers counts."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, stages, wait

from accord.devices.sim.tasks.blocks import square_turn, tilt
from accord.devices.sim.tasks.lift import HALF, HEIGHT, LIFT, SIZE, cube_is_lifted
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("lift")


def test_the_cube_stands_on_the_table_within_its_ranges(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in LIFT.own_factors}
    places = set()
    for seed in range(40):
        robot.reset(seed)
        pose = robot.observe(0).objects["cube"]
        turn = np.degrees(square_turn(pose))
        for value, name in zip((pose[0], pose[1], turn), ("cube-x", "cube-y", "cube-turn"), strict=True):
            assert usual[name][0] <= value <= usual[name][1], name
        assert pose[2] == pytest.approx(HALF)
        places.add(tuple(pose))
    assert len(places) == 40


@pytest.mark.parametrize("size", LIFT.own_factors[3].possible)
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_cube_of_any_size_rests_on_a_table_of_any_height(robot: Workcell, size: float, height: float) -> None:
    robot.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = robot.observe(0).objects["cube"]
    assert before[2] == pytest.approx(HALF * size + height)
    wait(robot, 2.0)
    assert np.abs(robot.observe(0).objects["cube"] - before).max() < 3e-4


def test_a_cube_that_is_high_but_not_held_is_not_done(robot: Workcell) -> None:
    robot.reset(0)
    x, y, z = robot.moment().hand
    put(robot, "cube", (x, y, z))
    robot.apply(robot.limits.hold("test", 0))
    assert robot.moment().objects["cube"][2] > HEIGHT + HALF, "it has hardly begun to fall"
    assert not cube_is_lifted(robot.moment())


def test_a_held_cube_is_done_from_ten_centimetres_on_and_only_between_the_fingers(robot: Workcell) -> None:
    robot.reset(2)
    operate(robot, "across-then-down", 2)
    moment = robot.moment()
    assert robot.succeeded()
    assert robot.stage == len(LIFT.stages)
    assert cube_is_lifted(moment)
    x, y, z = moment.objects["cube"][:3]
    low = np.array([0.0, 0.0, HEIGHT + HALF - 0.001 - z])
    lower = {"cube": np.array([x, y, HEIGHT + HALF - 0.001, *moment.objects["cube"][3:]])}
    assert not cube_is_lifted(replace(moment, objects=lower, hands=(moment.hand + low,))), "a millimetre too low"
    assert not cube_is_lifted(replace(moment, openings=(0.08,))), "the fingers are open"
    assert not cube_is_lifted(replace(moment, touched_by=(frozenset(),))), "it is let go"
    assert not cube_is_lifted(replace(moment, hands=(moment.hand + 0.03,))), "it hangs at a finger tip"


def test_the_stages_are_reached_one_after_another(robot: Workcell) -> None:
    seen = stages(robot, "down-then-across", 4)
    assert sorted(set(seen)) == [0, 1, 2, 3, 4]
    assert seen == sorted(seen)


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, {SIZE: (1.2, 1.2), "table-height": (0.03, 0.03)})
    assert replays(robot, *operate(robot, "other-faces", 6))


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.3), (0.9, 0.4, 0.2)])
def test_a_dropped_cube_comes_to_rest_and_is_lifted_again(robot: Workcell, turn: tuple[float, float, float]) -> None:
    robot.reset(7)
    put(robot, "cube", (0.48, 0.05, 0.10 + HALF), turn)
    wait(robot, 1.5)
    pose = robot.observe(0).objects["cube"]
    assert speed(robot, "cube") < 2e-3
    assert tilt(pose) < 0.01
    assert pose[2] == pytest.approx(HALF, abs=5e-4)
    operate(robot, "across-then-down")
    assert robot.succeeded()


@pytest.mark.parametrize("strategy", strategies("lift"))
def test_every_strategy_lifts_it(robot: Workcell, strategy: str) -> None:
    robot.reset(1)
    operate(robot, strategy, 1)
    assert robot.succeeded()


def test_the_other_arm_lifts_it_too() -> None:
    robot = cell("lift", arm="ur5e")
    for seed in (3, 8):
        robot.reset(seed)
        operate(robot, "across-then-down", seed)
        assert robot.succeeded(), seed


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_success_does_not_depend_on_the_control_rate(rate_hz: float) -> None:
    robot = cell("lift", rate_hz)
    robot.reset(5)
    operate(robot, "other-faces", 5)
    assert robot.succeeded()
