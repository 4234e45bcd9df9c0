"""The round-nut task: only a nut that lies over the peg, low, flat and let go, counts."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, wait

from accord.devices.sim.tasks.nuts import SIZE
from accord.devices.sim.tasks.round_nut import HALF_HEIGHT, PEG, ROUND_NUT, nut_is_on_peg, over_peg
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies

POSSIBLE = {factor.name: factor.possible for factor in ROUND_NUT.own_factors}


@pytest.fixture(scope="module")
def robot() -> Workcell:
    return cell("round-nut")


def on_peg(robot: Workcell, dx: float = 0.0, height: float = HALF_HEIGHT, lean: float = 0.0) -> bool:
    put(robot, "nut", (PEG[0] + dx, PEG[1], height), (lean, 0.0, 0.0))
    return nut_is_on_peg(robot.moment())


def test_the_nut_lies_on_the_table_within_its_ranges(robot: Workcell) -> None:
    usual = {factor.name: factor.usual for factor in ROUND_NUT.own_factors}
    places = set()
    for seed in range(40):
        robot.reset(seed)
        x, y, z, w, _, _, turn = robot.observe(0).objects["nut"]
        for value, name in ((x, "nut-x"), (y, "nut-y"), (np.degrees(2.0 * np.arctan2(turn, w)), "nut-turn")):
            assert usual[name][0] <= value <= usual[name][1], name
        assert z == pytest.approx(HALF_HEIGHT)
        places.add((x, y, turn))
    assert len(places) == 40


@pytest.mark.parametrize("size", POSSIBLE[SIZE])
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_nut_of_any_size_rests_on_a_table_of_any_height(robot: Workcell, size: float, height: float) -> None:
    robot.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = robot.observe(0).objects["nut"]
    assert before[2] == pytest.approx(HALF_HEIGHT * size + height)
    wait(robot, 2.0)
    assert np.abs(robot.observe(0).objects["nut"] - before).max() < 4e-4


@pytest.mark.parametrize("turn", [0.0, 0.1, 1.3, 3.0])
def test_a_nut_over_the_peg_is_a_success_however_it_is_turned(robot: Workcell, turn: float) -> None:
    robot.reset(0)
    put(robot, "nut", (*PEG, HALF_HEIGHT), (0.0, 0.0, turn))
    assert not robot.succeeded()
    wait(robot, 0.3)
    assert robot.succeeded()
    assert np.hypot(*(robot.observe(0).objects["nut"][:2] - PEG)) < 2e-3


def test_a_nut_beside_above_or_askew_on_the_peg_is_not_done(robot: Workcell) -> None:
    robot.reset(0)
    assert on_peg(robot)
    assert not on_peg(robot, dx=0.006)
    assert not on_peg(robot, height=HALF_HEIGHT + 0.012)
    assert not on_peg(robot, lean=0.2)


def test_a_nut_that_is_still_held_is_aligned_and_not_done(robot: Workcell) -> None:
    robot.reset(0)
    assert on_peg(robot)
    held = replace(robot.moment(), touched_by=(frozenset({"nut"}),))
    assert over_peg(held)
    assert not nut_is_on_peg(held)


def test_a_smaller_nut_has_less_play_and_a_larger_one_more(robot: Workcell) -> None:
    robot.reset(0)
    on_peg(robot, dx=0.004)
    moment = robot.moment()
    assert over_peg(moment)
    assert not over_peg(replace(moment, values={SIZE: POSSIBLE[SIZE][0]}))
    on_peg(robot, dx=0.010)
    assert not over_peg(robot.moment())
    assert over_peg(replace(robot.moment(), values={SIZE: POSSIBLE[SIZE][1]}))


def test_a_dropped_nut_comes_to_rest_and_is_put_on_the_peg(robot: Workcell) -> None:
    robot.reset(7)
    put(robot, "nut", (0.43, -0.13, 0.10 + HALF_HEIGHT), (0.5, 0.3, 0.2))
    wait(robot, 1.5)
    assert speed(robot, "nut") < 2e-3
    assert robot.observe(0).objects["nut"][2] == pytest.approx(HALF_HEIGHT, abs=5e-4)
    operate(robot, "as-it-lies")
    assert robot.succeeded()


def test_commands_of_a_whole_episode_replay_bit_for_bit(robot: Workcell) -> None:
    robot.reset(6, {SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(robot, *operate(robot, "turned-aside", 6))


@pytest.mark.parametrize("strategy", strategies("round-nut"))
def test_every_strategy_puts_it_over_the_peg(robot: Workcell, strategy: str) -> None:
    for seed in (1, 2) if strategy == "from-beside" else (1,):
        robot.reset(seed)
        operate(robot, strategy, seed)
        assert robot.succeeded(), seed
        assert robot.stage == len(ROUND_NUT.stages)


def test_the_other_arm_does_it_too() -> None:
    robot = cell("round-nut", arm="ur5e")
    robot.reset(3)
    operate(robot, "as-it-lies", 3)
    assert robot.succeeded()


@pytest.mark.parametrize("rate_hz", [20.0, 100.0])
def test_success_does_not_depend_on_the_control_rate(rate_hz: float) -> None:
    robot = cell("round-nut", rate_hz)
    robot.reset(5)
    operate(robot, "from-beside", 5)
    assert robot.succeeded()
