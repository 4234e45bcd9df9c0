"""The plating task: each piece at its own mark, on the plate, let go."""

from dataclasses import replace

import numpy as np
import pytest
from tabletop import cell, operate, put, replays, speed, stages, wait

from accord.devices.sim.task import Moment
from accord.devices.sim.tasks.plating import (
    BOWL_FLOOR,
    HALF_HEIGHT,
    MARKS,
    NEAR,
    PLATE_FLOOR,
    PLATING,
    RIM,
    SIZE,
    mark,
)
from accord.devices.sources.plans.catalogue import strategies

ROBOT = cell("plating")
DONE = PLATING.stages[-1].reached
FIRST, SECOND = (stage.reached for stage in PLATING.stages[-3:-1])


def serve(*names: str, beside: float = 0.0) -> None:
    """Put these pieces at their marks, or so far beside them [m]."""
    objects = ROBOT.moment().objects
    for name in names:
        x, y = mark(objects, name)
        put(ROBOT, name, (x + beside, y, PLATE_FLOOR + HALF_HEIGHT[name]))


def test_the_pieces_lie_in_the_bowl_apart_from_each_other_wherever_it_stands() -> None:
    places = set()
    for seed in range(40):
        ROBOT.reset(seed)
        objects = ROBOT.observe(0).objects
        places.add(tuple(objects["cheese"]))
        for name in MARKS:
            assert np.linalg.norm(objects[name][:2] - objects["bowl"][:2]) < 0.042
            assert objects[name][2] == pytest.approx(BOWL_FLOOR + HALF_HEIGHT[name])
            apart = [np.linalg.norm((objects[name] - objects[other])[:2]) for other in MARKS if other != name]
            assert min(apart) > 0.04
    assert len(places) == 40


@pytest.mark.parametrize("size", next(factor.possible for factor in PLATING.own_factors if factor.name == SIZE))
@pytest.mark.parametrize("height", [-0.04, 0.06])
def test_pieces_of_any_size_rest_in_the_bowl_on_a_table_of_any_height(size: float, height: float) -> None:
    ROBOT.reset(1, {SIZE: (size, size), "table-height": (height, height)})
    before = ROBOT.observe(0).objects
    wait(ROBOT, 2.0)
    after = ROBOT.observe(0).objects
    for name in MARKS:
        assert before[name][2] == pytest.approx(BOWL_FLOOR + HALF_HEIGHT[name] * size + height)
        assert np.abs(after[name] - before[name]).max() < 3e-4


@pytest.mark.parametrize("end", [0, 1])
def test_bowl_and_plate_carry_what_lies_in_them_wherever_they_stand(end: int) -> None:
    ends = {factor.name: factor.possible[end] for factor in PLATING.own_factors[:4]}
    ROBOT.reset(2, {name: (value, value) for name, value in ends.items()})
    objects = ROBOT.observe(0).objects
    assert np.linalg.norm((objects["bowl"] - objects["plate"])[:2]) > 0.21  # they are 0.105 m wide to each side
    serve(*MARKS)
    wait(ROBOT, 1.0)
    assert ROBOT.succeeded()


def test_three_pieces_at_their_marks_are_done_after_a_fifth_of_a_second() -> None:
    ROBOT.reset(3)
    serve(*MARKS)
    done = []
    for _ in range(14):
        wait(ROBOT, 0.02)
        done.append(ROBOT.succeeded())
    assert done == [False] * 9 + [True] * 5


def test_each_piece_counts_only_at_its_own_mark_and_let_go() -> None:
    ROBOT.reset(3)
    assert _judged(ROBOT.moment()) == (False, False, False)
    serve("cucumber")
    assert _judged(ROBOT.moment()) == (True, False, False)
    serve("carrot")
    assert _judged(ROBOT.moment()) == (True, True, False)
    serve("cheese")
    assert _judged(ROBOT.moment()) == (True, True, True)
    held = replace(ROBOT.moment(), touched_by=(frozenset({"cheese"}),))
    assert _judged(held) == (True, True, False)
    rolling = replace(ROBOT.moment(), speeds={"carrot": 0.05})
    assert _judged(rolling) == (True, True, False)
    objects = dict(ROBOT.moment().objects)
    objects["cheese"], objects["cucumber"] = objects["cucumber"], objects["cheese"]
    assert _judged(replace(ROBOT.moment(), objects=objects)) == (True, False, False)


def _judged(moment: Moment) -> tuple[bool, bool, bool]:
    return FIRST(moment), SECOND(moment), DONE(moment)


def test_two_centimetres_beside_the_mark_or_above_the_plate_is_not_done() -> None:
    ROBOT.reset(3)
    serve(*MARKS, beside=NEAR - 0.001)
    assert DONE(ROBOT.moment())
    serve("cheese", beside=NEAR + 0.001)
    assert not DONE(ROBOT.moment())
    serve("cheese")
    x, y = mark(ROBOT.moment().objects, "cheese")
    put(ROBOT, "cheese", (x, y, PLATE_FLOOR + 3.0 * HALF_HEIGHT["cheese"]))
    assert not DONE(ROBOT.moment()), "it lies on another one"


def test_every_stage_is_reached_in_turn() -> None:
    seen = stages(ROBOT, "left-to-right", 4)
    assert sorted(set(seen)) == list(range(len(PLATING.stages) + 1))
    assert seen == sorted(seen)


@pytest.mark.parametrize("name", MARKS)
def test_a_piece_dropped_into_the_bowl_comes_to_rest_there(name: str) -> None:
    ROBOT.reset(5)
    objects = ROBOT.observe(0).objects
    x, y = objects["bowl"][:2]
    put(ROBOT, name, (x + 0.07, y, RIM + 0.10), (0.3, 0.2, 0.4))
    wait(ROBOT, 2.5)
    after = ROBOT.observe(0).objects
    assert speed(ROBOT, name) < 5e-3
    assert np.linalg.norm((after[name] - after["bowl"])[:2]) < 0.085
    assert after[name][2] > BOWL_FLOOR + 0.8 * HALF_HEIGHT[name]


@pytest.mark.parametrize(("name", "turn"), [("cheese", (0.0, 0.0, 0.3)), ("carrot", (np.pi / 2, 0.0, 0.0))])
def test_a_piece_that_was_dropped_is_served_after_all(name: str, turn: tuple[float, float, float]) -> None:
    ROBOT.reset(8)
    x, y = ROBOT.observe(0).objects["bowl"][:2]
    put(ROBOT, name, (x, y, 0.12), turn)
    wait(ROBOT, 1.5)
    operate(ROBOT, "slide-in", 8)
    assert ROBOT.succeeded()


@pytest.mark.parametrize("strategy", strategies("plating"))
def test_every_strategy_serves_three_pieces(strategy: str) -> None:
    ROBOT.reset(12)
    operate(ROBOT, strategy, 12)
    assert ROBOT.succeeded()


def test_the_orders_are_different() -> None:
    served = []
    for strategy in ("left-to-right", "right-to-left"):
        ROBOT.reset(9)
        operate(ROBOT, strategy, 9, until=lambda: FIRST(ROBOT.moment()))
        middle = {name: mark(ROBOT.moment().objects, name) for name in MARKS}
        objects = ROBOT.moment().objects
        served.append([name for name in MARKS if np.linalg.norm(objects[name][:2] - middle[name]) < NEAR])
    assert served == [["carrot"], ["cucumber"]]


def test_commands_of_an_episode_replay_bit_for_bit() -> None:
    ROBOT.reset(6, {SIZE: (1.1, 1.1), "table-height": (0.03, 0.03)})
    assert replays(ROBOT, *operate(ROBOT, "right-to-left", 6, until=lambda: SECOND(ROBOT.moment())))


@pytest.mark.parametrize(("rate_hz", "arm"), [(20.0, "panda"), (20.0, "ur5e")])
def test_success_depends_neither_on_the_control_rate_nor_on_the_arm(rate_hz: float, arm: str) -> None:
    robot = cell("plating", rate_hz, arm)
    robot.reset(5)
    operate(robot, "right-to-left", 5)
    assert robot.succeeded()
