"""The can task: only a can within the walls of the right bin, and let go, counts."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, wait

from accord.devices.sim.tasks.blocks import axes
from accord.devices.sim.tasks.can import BINS, CAN, FLOOR, HALF, INSIDE, RADIUS, SIZE, WALL, WHICH, can_is_in_bin
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies

LYING = (np.pi / 2, 0.0, 0.0)


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("can")


def fixed(number: int, **others: float) -> dict[str, tuple[float, float]]:
    """The right bin, and other factors, fixed."""
    return {WHICH: (number, number)} | {name.replace("_", "-"): (value, value) for name, value in others.items()}


def test_the_can_stands_within_its_ranges_and_the_lining_shows_each_bin_in_turn(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in CAN.own_factors}
    places, shown = set(), set()
    for seed in range(40):
        robot.reset(seed)
        seen = robot.observe(0).objects
        for value, name in zip(seen["can"], ("can-x", "can-y"), strict=False):
            assert usual[name][0] <= value <= usual[name][1], name
        assert seen["can"][2] == pytest.approx(HALF)
        places.add(tuple(seen["can"]))
        shown.add(tuple(np.round(seen["lining"][:2], 6)))
    assert len(places) == 40
    assert shown == set(BINS)


@pytest.mark.parametrize(("size", "height"), list(product(CAN.own_factors[4].possible, (-0.04, 0.06))))
def test_a_can_of_any_size_stands_on_a_table_of_any_height(robot: Workcell, size: float, height: float) -> None:
    robot.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = robot.observe(0).objects
    assert before["can"][2] == pytest.approx(HALF * size + height)
    wait(robot, 2.0)
    after = robot.observe(0).objects
    assert np.abs(after["can"] - before["can"]).max() < 5e-4
    assert np.abs(after["lining"] - before["lining"]).max() < 1e-6, "it has no weight"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_right_bin_is_a_success_and_every_other_is_not(robot: Workcell, number: int) -> None:
    robot.reset(0, fixed(number))
    for other, (x, y) in enumerate(BINS, start=1):
        put(robot, "can", (x, y, FLOOR + HALF + 0.001))
        wait(robot)
        assert robot.succeeded() == (other == number)


def test_a_can_that_lies_in_the_bin_is_a_success_too(robot: Workcell) -> None:
    robot.reset(0, fixed(2))
    put(robot, "can", (*BINS[1], FLOOR + RADIUS + 0.001), LYING)
    wait(robot)
    assert robot.succeeded()


def test_beside_on_the_wall_above_or_still_held_is_none(robot: Workcell) -> None:
    robot.reset(0, fixed(1))
    x, y = BINS[0]
    put(robot, "can", (x, y, FLOOR + HALF))
    there = robot.moment()
    assert can_is_in_bin(there)
    assert not can_is_in_bin(replace(there, touched_by=(frozenset({"can"}),))), "still held"
    for place, turn in (
        ((x, y + 0.2, HALF), (0.0, 0.0, 0.0)),
        ((x, y, FLOOR + HALF + 0.02), (0.0, 0.0, 0.0)),
        ((x, y + INSIDE, WALL + RADIUS), LYING),
        ((x, y + INSIDE - 0.02, FLOOR + 0.04), LYING),
    ):
        put(robot, "can", place, turn)
        assert not can_is_in_bin(robot.moment()), place


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, fixed(3, can_size=1.1, table_height=0.03))
    assert replays(robot, *operate(robot, "left-and-low", 6))
    assert robot.succeeded()


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0), (1.3, 0.0, 0.5)])
def test_a_dropped_can_comes_to_rest_and_is_picked_up_again(robot: Workcell, turn: tuple[float, float, float]) -> None:
    robot.reset(7)
    put(robot, "can", (0.48, 0.17, 0.10 + HALF), turn)
    wait(robot, 3.0)
    pose = robot.observe(0).objects["can"]
    assert speed(robot, "can") < 5e-3
    stands = abs(axes(pose)[2, 2]) > 0.7
    assert pose[2] == pytest.approx(HALF if stands else RADIUS, abs=1e-3)
    operate(robot, "high-arc")
    assert robot.succeeded()


@pytest.mark.parametrize("strategy", strategies("can"))
def test_every_strategy_places_it(robot: Workcell, strategy: str) -> None:
    robot.reset(1)
    operate(robot, strategy, 1)
    assert robot.succeeded()


def test_the_other_arm_places_it_too() -> None:
    robot = cell("can", arm="ur5e")
    robot.reset(3)
    operate(robot, "right-and-drop", 3)
    assert robot.succeeded()


def test_it_is_done_at_the_lowest_control_rate_too() -> None:
    robot = cell("can", 20.0)
    robot.reset(5)
    operate(robot, "high-arc", 5)
    assert robot.succeeded()
