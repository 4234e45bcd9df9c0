"""The stack task: only a small cube that lies on the large one, near its middle and let go, counts."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, wait

from accord.devices.sim.tasks.blocks import square_turn, tilt
from accord.devices.sim.tasks.stack import LARGE, LARGE_SIZE, SMALL, SMALL_SIZE, STACK, is_stacked
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies

TOP = 2.0 * LARGE + SMALL
"""Height of the small cube's middle on the large one [m]."""
POSSIBLE = {factor.name: factor.possible for factor in STACK.own_factors}


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("stack")


def on_the_large_one(robot: Workcell, dx: float = 0.0, height: float = TOP, turn: float = 0.0) -> bool:
    """Whether a small cube that is put here counts."""
    x, y = robot.observe(0).objects["large"][:2]
    base = square_turn(robot.observe(0).objects["large"])
    put(robot, "small", (x + dx, y, height), (0.0, 0.0, base + turn))
    return is_stacked(robot.moment())


def test_both_cubes_stand_within_their_ranges_and_clear_of_each_other(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in STACK.own_factors}
    places = set()
    for seed in range(40):
        robot.reset(seed)
        seen = robot.observe(0).objects
        for thing, half in (("small", SMALL), ("large", LARGE)):
            turn = np.degrees(square_turn(seen[thing]))
            for value, what in zip((*seen[thing][:2], turn), ("x", "y", "turn"), strict=True):
                low, high = usual[f"{thing}-{what}"]
                assert low <= value <= high, (thing, what)
            assert seen[thing][2] == pytest.approx(half)
        places.add((*seen["small"], *seen["large"]))
    assert len(places) == 40


def test_the_largest_cubes_as_near_as_can_be_do_not_touch(robot: Workcell) -> None:
    fixed = {"small-x": 0.5, "large-x": 0.5, "small-turn": 45.0, "large-turn": 45.0}
    fixed |= {"small-y": POSSIBLE["small-y"][0], "large-y": POSSIBLE["large-y"][1]}
    fixed |= {SMALL_SIZE: POSSIBLE[SMALL_SIZE][1], LARGE_SIZE: POSSIBLE[LARGE_SIZE][1]}
    robot.reset(0, {name: (value, value) for name, value in fixed.items()})
    seen = robot.observe(0).objects
    corners = np.sqrt(2.0) * (SMALL * fixed[SMALL_SIZE] + LARGE * fixed[LARGE_SIZE])
    assert np.hypot(*(seen["small"][:2] - seen["large"][:2])) > corners + 0.02


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_cubes_of_any_size_rest_on_a_table_of_any_height(robot: Workcell, end: int, height: float) -> None:
    small, large = POSSIBLE[SMALL_SIZE][end], POSSIBLE[LARGE_SIZE][end]
    robot.reset(1, {SMALL_SIZE: (small, small), LARGE_SIZE: (large, large), "table-height": (height, height)})
    before = robot.observe(0).objects
    assert before["small"][2] == pytest.approx(SMALL * small + height)
    assert before["large"][2] == pytest.approx(LARGE * large + height)
    wait(robot, 2.0)
    for thing, pose in robot.observe(0).objects.items():
        assert np.abs(pose - before[thing]).max() < 3e-4, thing


@pytest.mark.parametrize("end", [0, 1])
def test_a_stack_of_any_sizes_stands_and_is_a_success(robot: Workcell, end: int) -> None:
    small, large = POSSIBLE[SMALL_SIZE][end], POSSIBLE[LARGE_SIZE][end]
    robot.reset(1, {SMALL_SIZE: (small, small), LARGE_SIZE: (large, large)})
    assert on_the_large_one(robot, height=2.0 * LARGE * large + SMALL * small)
    wait(robot, 1.0)
    assert robot.succeeded()
    assert is_stacked(robot.moment())


def test_near_the_middle_and_square_counts_and_no_more_than_that(robot: Workcell) -> None:
    robot.reset(1)
    assert on_the_large_one(robot, dx=0.009)
    assert on_the_large_one(robot, turn=np.radians(90.0 + 15.0))
    assert not on_the_large_one(robot, dx=0.012), "too far off the middle"
    assert not on_the_large_one(robot, turn=np.radians(30.0)), "not square to it"
    assert not on_the_large_one(robot, height=TOP + 0.006), "over it"
    assert not on_the_large_one(robot, dx=0.1, height=SMALL), "beside it"


def test_still_held_or_with_the_large_cube_in_the_air_it_does_not_count(robot: Workcell) -> None:
    robot.reset(1)
    assert on_the_large_one(robot)
    there = robot.moment()
    for thing in ("small", "large"):
        assert not is_stacked(replace(there, touched_by=(frozenset({thing}),)))
    up = np.array([0.0, 0.0, 0.02, 0.0, 0.0, 0.0, 0.0])
    assert not is_stacked(replace(there, objects={name: pose + up for name, pose in there.objects.items()}))


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, {SMALL_SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(robot, *operate(robot, "turns-last", 6))
    assert robot.succeeded()


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.3), (0.9, 0.4, 0.2)])
def test_a_dropped_cube_comes_to_rest_and_is_stacked_after_all(
    robot: Workcell, turn: tuple[float, float, float]
) -> None:
    robot.reset(7)
    put(robot, "small", (0.48, 0.14, 0.10 + SMALL), turn)
    wait(robot, 1.5)
    pose = robot.observe(0).objects["small"]
    assert speed(robot, "small") < 2e-3
    assert tilt(pose) < 0.01
    assert pose[2] == pytest.approx(SMALL, abs=5e-4)
    operate(robot, "over-the-top")
    assert robot.succeeded()


@pytest.mark.parametrize("strategy", strategies("stack"))
def test_every_strategy_stacks_them(robot: Workcell, strategy: str) -> None:
    robot.reset(1)
    operate(robot, strategy, 1)
    assert robot.succeeded()


def test_the_other_arm_stacks_them_too() -> None:
    robot = cell("stack", arm="ur5e")
    robot.reset(3)
    operate(robot, "from-the-side", 3)
    assert robot.succeeded()


def test_it_is_done_at_the_lowest_control_rate_too() -> None:
    robot = cell("stack", 20.0)
    robot.reset(5)
    operate(robot, "over-the-top", 5)
    assert robot.succeeded()
