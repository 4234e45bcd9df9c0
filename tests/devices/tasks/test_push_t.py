"""The push-t task: only a T that covers nine tenths of its outline, flat and let go, counts."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, wait

from accord.devices.command import Command, Vector
from accord.devices.sim.tasks.push_t import (
    BOXES,
    COVERED,
    HALF_HEIGHT,
    PUSH_T,
    SIZE,
    STICK_HEIGHT,
    coverage,
    offset,
    tee_is_on_outline,
)
from accord.devices.sources.plans.around import ROOM, STICK, gap, next_point
from accord.devices.sources.plans.catalogue import strategies

ROBOT = cell("push-t")


def pose(x: float, y: float, turn: float) -> Vector:
    return np.array([x, y, HALF_HEIGHT, np.cos(turn / 2), 0.0, 0.0, np.sin(turn / 2)])


def covered(x: float, y: float, turn: float, size: float = 1.0) -> float:
    """How much of an outline a T covers that is so far beside it, in the outline's own frame."""
    cos, sin = np.cos(0.7), np.sin(0.7)
    tee = pose(0.5 + cos * x - sin * y, sin * x + cos * y, 0.7 + turn)
    return coverage({"tee": tee, "outline": pose(0.5, 0.0, 0.7)}, size)


def inside(points: Vector) -> Vector:
    x, y = points[:, None, 0], points[:, None, 1]
    found: Vector = ((x > BOXES[:, 0]) & (x < BOXES[:, 1]) & (y > BOXES[:, 2]) & (y < BOXES[:, 3])).any(axis=1)
    return found


@pytest.mark.parametrize(("x", "y", "turn"), [(0.01, 0.0, 0.0), (0.02, 0.015, 0.3), (-0.01, 0.03, -0.5)])
def test_the_coverage_is_that_of_a_fine_grid(x: float, y: float, turn: float) -> None:
    line = np.linspace(-0.1103, 0.1101, 1013)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    cos, sin = np.cos(turn), np.sin(turn)
    outline, tee = inside(grid), inside((grid - (x, y)) @ np.array([[cos, -sin], [sin, cos]]))
    assert covered(x, y, turn) == pytest.approx((outline & tee).sum() / outline.sum(), abs=3e-3)


def test_a_t_on_its_outline_covers_all_of_it_and_one_far_away_nothing() -> None:
    assert covered(0.0, 0.0, 0.0) == pytest.approx(1.0)
    assert covered(0.0, 0.0, 2.0 * np.pi) == pytest.approx(1.0)
    assert covered(0.0, 0.0, np.pi) == 0.0
    assert covered(0.3, 0.0, 0.0) == 0.0


def test_nine_tenths_allow_five_millimetres_or_nearly_five_degrees() -> None:
    for angle in np.linspace(0.0, 2.0 * np.pi, 16):
        assert covered(0.005 * np.cos(angle), 0.005 * np.sin(angle), 0.0) >= COVERED
        assert covered(0.008 * np.cos(angle), 0.008 * np.sin(angle), 0.0) < COVERED
    assert covered(0.0, 0.0, np.radians(4.5)) >= COVERED > covered(0.0, 0.0, np.radians(5.5))


def test_a_larger_t_may_be_further_off() -> None:
    assert covered(0.0066, 0.0, 0.0, 1.1) == pytest.approx(covered(0.006, 0.0, 0.0))


def test_the_t_lies_on_the_table_within_its_ranges_and_clear_of_the_stick() -> None:
    usual = {factor.name: factor.usual for factor in PUSH_T.own_factors}
    places = set()
    for seed in range(40):
        ROBOT.reset(seed)
        seen = ROBOT.observe(0)
        tee = seen.objects["tee"]
        values = (tee[0], tee[1], np.degrees(offset(seen.objects)[2]))
        for value, name in zip(values, ("tee-x", "tee-y", "tee-turn"), strict=True):
            assert usual[name][0] <= value <= usual[name][1], name
        assert tee[2] == pytest.approx(HALF_HEIGHT)
        assert np.linalg.norm(tee[:2] - seen.hand_position[:2]) > 0.135  # the T reaches 0.108 m, the stick 0.012 m
        places.add(tuple(tee))
    assert len(places) == 40


@pytest.mark.parametrize("height", [-0.04, 0.0, 0.06])
def test_the_stick_starts_upright_just_over_the_table_and_stays_at_that_height(height: float) -> None:
    for seed in range(6):
        ROBOT.reset(seed, {"table-height": (height, height)})
        assert ROBOT.observe(0).hand_position[2] == pytest.approx(STICK_HEIGHT + height, abs=1e-3)
    twist = np.array([0.2, -0.2, -0.3, 0.5, 0.5, 0.5])
    for i in range(60):
        seen = ROBOT.observe(i)
        sent, _ = ROBOT.limits.apply(Command(twist, 0.0, i, "test"), seen, i)
        assert not sent.twist[2:].any()
        ROBOT.apply(sent)
        assert ROBOT.observe(0).hand_position[2] == pytest.approx(STICK_HEIGHT + height, abs=8e-3)
    wait(ROBOT, 0.5)
    assert ROBOT.observe(0).hand_position[0] > 0.4
    assert ROBOT.observe(0).hand_position[2] == pytest.approx(STICK_HEIGHT + height, abs=1e-3)


@pytest.mark.parametrize("size", PUSH_T.own_factors[6].possible)
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_a_t_of_any_size_rests_on_a_table_of_any_height(size: float, height: float) -> None:
    ROBOT.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = ROBOT.observe(0).objects["tee"]
    assert before[2] == pytest.approx(HALF_HEIGHT * size + height)
    wait(ROBOT, 2.0)
    assert np.abs(ROBOT.observe(0).objects["tee"] - before).max() < 3e-4


def on_outline(x: float = 0.0, z: float = HALF_HEIGHT) -> None:
    """Put the T on its outline, or so far beside it."""
    outline = ROBOT.moment().objects["outline"]
    turn = 2.0 * np.arctan2(outline[6], outline[3])
    put(ROBOT, "tee", (outline[0] + x, outline[1], z), (0.0, 0.0, turn))


def test_a_t_on_its_outline_is_done_after_a_fifth_of_a_second() -> None:
    ROBOT.reset(3)
    on_outline()
    done = []
    for _ in range(14):
        wait(ROBOT, 0.02)
        done.append(ROBOT.succeeded())
    assert done == [False] * 9 + [True] * 5
    assert ROBOT.stage == len(PUSH_T.stages)


def test_the_outline_is_where_its_factors_say() -> None:
    fixed = {"outline-x": (0.04, 0.04), "outline-y": (-0.03, -0.03), "outline-turn": (90.0, 90.0)}
    ROBOT.reset(3, fixed)
    np.testing.assert_allclose(ROBOT.observe(0).objects["outline"][:2], [0.54, -0.03])
    on_outline()
    wait(ROBOT)
    assert ROBOT.succeeded()


def test_a_t_beside_over_or_touched_is_not_done() -> None:
    ROBOT.reset(3)
    on_outline()
    wait(ROBOT, 0.02)
    moment = ROBOT.moment()
    assert tee_is_on_outline(moment)
    assert not tee_is_on_outline(replace(moment, touched_by=(frozenset({"tee"}),)))
    assert not tee_is_on_outline(replace(moment, speeds={"tee": 0.02}))
    on_outline(x=0.009)
    assert not tee_is_on_outline(ROBOT.moment())
    on_outline(z=0.03)
    assert not tee_is_on_outline(ROBOT.moment())


def test_a_dropped_t_comes_to_rest_and_is_pushed_home() -> None:
    ROBOT.reset(7)
    put(ROBOT, "tee", (0.5, 0.05, 0.10 + HALF_HEIGHT), (0.1, 0.05, 0.4))
    wait(ROBOT, 1.5)
    assert speed(ROBOT, "tee") < 2e-3
    assert ROBOT.observe(0).objects["tee"][2] == pytest.approx(HALF_HEIGHT, abs=5e-4)
    operate(ROBOT, "move-first")
    assert ROBOT.succeeded()


def test_a_t_that_is_not_pushed_any_more_lies_still() -> None:
    ROBOT.reset(4)
    operate(ROBOT, "turn-first", 4, until=lambda: ROBOT.stage >= 2)
    wait(ROBOT, 0.3)
    before = ROBOT.observe(0).objects["tee"]
    wait(ROBOT, 1.0)
    assert np.abs(ROBOT.observe(0).objects["tee"] - before).max() < 3e-4


@pytest.mark.parametrize("strategy", strategies("push-t"))
def test_every_strategy_pushes_it_home(strategy: str) -> None:
    ROBOT.reset(12)
    states, rows = operate(ROBOT, strategy, 12)
    assert ROBOT.succeeded()
    assert ROBOT.stage == len(PUSH_T.stages)
    assert len(states) == len(rows) > 100


@pytest.mark.parametrize(("strategy", "turns_first"), [("turn-first", True), ("move-first", False)])
def test_who_turns_first_and_who_moves_first_do_so(strategy: str, turns_first: bool) -> None:
    ROBOT.reset(6, {"tee-x": (0.56, 0.56), "tee-y": (0.13, 0.13), "tee-turn": (90.0, 90.0)})
    operate(ROBOT, strategy, 6, until=lambda: _turned() or _moved())
    assert (_turned(), _moved()) == (turns_first, not turns_first)


def _turned() -> bool:
    return abs(offset(ROBOT.observe(0).objects)[2]) < np.radians(12.0)


def _moved() -> bool:
    x, y, _ = offset(ROBOT.observe(0).objects)
    return bool(np.hypot(x, y) < 0.025)


def test_commands_of_a_whole_episode_replay_bit_for_bit() -> None:
    ROBOT.reset(6, {SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(ROBOT, *operate(ROBOT, "little-by-little", 6))


@pytest.mark.parametrize(("rate_hz", "arm"), [(20.0, "panda"), (50.0, "ur5e")])
def test_success_depends_neither_on_the_control_rate_nor_on_the_arm(rate_hz: float, arm: str) -> None:
    robot = cell("push-t", rate_hz, arm)
    robot.reset(5)
    operate(robot, "turn-first", 5)
    assert robot.succeeded()


def test_the_way_around_reaches_its_end_and_never_touches_the_t() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        at, end = (_free(rng) for _ in range(2))
        for _ in range(8):
            there = next_point(at, end, 1.0)
            line = at + np.linspace(0.0, 1.0, 40)[:, None] * (there - at)
            assert min(gap(point, BOXES) for point in line) > STICK + 0.5 * ROOM
            at = there
            if np.allclose(at, end):
                break
        assert np.allclose(at, end)


def _free(rng: np.random.Generator) -> Vector:
    while True:
        point = rng.uniform(-0.2, 0.2, 2)
        if gap(point, BOXES) > STICK + ROOM:
            return point
