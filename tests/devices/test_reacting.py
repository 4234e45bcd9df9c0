"""Scripted operators that react to feedback: how often they do, in what, and that their mixtures still do the task."""

import numpy as np
import pytest
from tabletop import cell, operate

from accord.devices.errors import DeviceError
from accord.devices.sources.catalogue import check_source
from accord.devices.sources.plans.catalogue import strategies, strategy
from accord.devices.sources.reacting import GRASP, PHASES, REST, ReactingOperator, phase_of
from accord.devices.sources.scripted import ScriptedOperator
from accord.devices.sources.way import Way

OWN, SHOWN = "down-then-across", "across-then-down"
TRIALS = 400


def operator(react: float = 0.7, **changes: object) -> ReactingOperator:
    return ReactingOperator("square-nut", OWN, SHOWN, react, **changes)  # type: ignore[arg-type]


def inside(count: int, of: int, chance: float) -> bool:
    """Whether a count is within the 99.9 % interval of so many independent tries."""
    return abs(count - of * chance) <= 3.3 * (of * chance * (1 - chance)) ** 0.5


@pytest.mark.parametrize("react", [0.0, 0.3, 0.7, 1.0])
def test_feedback_changes_an_operator_as_often_as_was_said(react: float) -> None:
    changed = sum(operator(react, seed=seed).told({REST}).follows == PHASES for seed in range(TRIALS))
    assert inside(changed, TRIALS, react)


def test_it_stays_changed_unless_it_relapses() -> None:
    faithful = operator(1.0).told(()).next().next()
    assert faithful.follows == PHASES
    fallen = sum(operator(1.0, relapse=0.2, seed=seed).told(()).next().follows == frozenset() for seed in range(TRIALS))
    assert inside(fallen, TRIALS, 0.2)
    assert operator(0.0, relapse=1.0).next().follows == frozenset()


def test_a_part_is_changed_as_often_as_was_said() -> None:
    after = [operator(1.0, partly=0.4, seed=seed).told({GRASP}) for seed in range(TRIALS)]
    assert inside(sum(one.follows == {GRASP} for one in after), TRIALS, 0.4)
    assert all(one.follows in ({GRASP}, PHASES) for one in after)
    (both,) = {one.told({REST}).follows for one in after}
    assert both == PHASES, "what was learnt is kept"


def test_what_happens_to_it_decides_and_not_how_often_it_was_looked_at() -> None:
    one, two = operator(0.5, relapse=0.3, partly=0.5, seed=9), operator(0.5, relapse=0.3, partly=0.5, seed=9)
    for phases in ({0}, {1}, set(), {0, 1}) * 5:
        one, two = one.next().told(phases), two.next().told(phases)
        two.way(3), two.source(1)
        assert one == two
    paths = {tuple(_history(seed)) for seed in range(20)}
    assert len(paths) > 10


def _history(seed: int) -> list[frozenset[int]]:
    one, seen = operator(0.5, relapse=0.5, partly=0.5, seed=seed), []
    for _ in range(12):
        one = one.next().told({GRASP})
        seen.append(one.follows)
    return seen


def test_an_operator_keeps_its_own_manner() -> None:
    clumsy = ReactingOperator("square-nut", "clumsy", SHOWN, 1.0).told(())
    assert str(clumsy.way()) == "across-then-down~clumsy"
    assert clumsy.way().strategy("square-nut").manner == strategy("square-nut", "clumsy").manner
    assert str(operator().way(2)) == "down-then-across#2"
    assert str(operator(1.0, partly=1.0).told({GRASP}).way()) == "across-then-down/down-then-across~down-then-across"
    assert str(operator(1.0, partly=1.0).told({REST}).way()) == "down-then-across/across-then-down"


def test_who_cannot_mix_follows_the_whole() -> None:
    pusher = ReactingOperator("push-t", *_two("push-t"), 1.0, partly=1.0)
    assert pusher.told({GRASP}).follows == PHASES


def _two(task: str) -> tuple[str, str]:
    first, second = strategies(task)[:2]
    return first, second


@pytest.mark.parametrize(
    ("task", "way"),
    [
        ("square-nut", "across-then-down/down-then-across~down-then-across"),
        ("square-nut", "by-the-end/across-then-down"),
        ("hammer", "over-the-top/from-the-front~from-the-front"),
        ("hammer", "by-the-head/over-the-top"),
        ("round-nut", "as-it-lies/from-beside~from-beside"),
        ("round-nut", "turned-aside/as-it-lies"),
        ("plating", "left-to-right/slide-in~slide-in"),
    ],
)
def test_a_mixture_of_two_ways_still_does_the_task(task: str, way: str) -> None:
    robot = cell(task)
    robot.reset(2)
    operate(robot, way, seed=2)
    assert robot.succeeded()


def test_another_try_of_a_scene_is_another_episode_and_the_same_try_the_same() -> None:
    robot = cell("square-nut")

    def commands(text: str) -> bytes:
        robot.reset(4)
        turns = iter(range(60))
        return operate(robot, text, seed=4, until=lambda: next(turns, None) is None)[1].tobytes()

    assert commands(SHOWN) == commands(f"{SHOWN}/{SHOWN}") == commands(f"{SHOWN}~{SHOWN}#0")
    assert commands(f"{SHOWN}#1") == commands(f"{SHOWN}#1")
    assert len({commands(SHOWN), commands(f"{SHOWN}#1"), commands(f"{SHOWN}#2")}) == 3


def test_an_episode_says_what_was_done() -> None:
    robot = cell("square-nut")
    robot.reset(0)
    text = f"{OWN}/{SHOWN}~clumsy#3"
    source = ScriptedOperator("square-nut", text, 0)
    assert source.command(robot.observe(0), 0).source == f"scripted:{text}"
    assert Way.parse(text) == Way(OWN, SHOWN, "clumsy", 3)
    assert str(Way.parse(text)) == text


@pytest.mark.parametrize("name", [f"scripted:{OWN}/{SHOWN}", f"scripted:{OWN}~clumsy", f"scripted:{OWN}#7"])
def test_a_mixture_can_be_asked_for_by_name(name: str) -> None:
    check_source(name, "square-nut")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("scripted:nobody/across-then-down", "one of the strategies"),
        ("scripted:across-then-down/nobody", "one of the strategies"),
        ("scripted:across-then-down~nobody", "one of the strategies"),
        ("scripted:across-then-down#x", "a strategy, as GRASP"),
        ("scripted:#1", "a strategy, as GRASP"),
        ("scripted:a/b/c", "a strategy, as GRASP"),
        ("scripted:nobody", "a source for square-nut"),
    ],
)
def test_a_mixture_of_what_is_not_there_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(DeviceError, match=sentence):
        check_source(name, "square-nut")


def test_strategies_without_a_grasp_cannot_be_mixed() -> None:
    first, second = _two("push-t")
    with pytest.raises(DeviceError, match="two strategies that grasp"):
        Way(first, second).strategy("push-t")


@pytest.mark.parametrize(
    "wrong", [{"react": 1.1}, {"react": -0.1}, {"relapse": 2.0}, {"partly": float("nan")}, {"seed": -1}]
)
def test_an_operator_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DeviceError, match=r"a probability|a seed"):
        ReactingOperator(**({"task": "square-nut", "own": OWN, "shown": SHOWN, "react": 0.5} | wrong))


def test_a_phase_ends_with_the_last_grasp() -> None:
    nut = np.array([1.0, 1.0, 0.0, 0.0, 1.0])
    assert phase_of(nut).tolist() == [GRASP, GRASP, REST, REST, REST]
    pieces = np.array([0.55, 0.0, 0.0, 0.55, 0.0, 0.55])
    assert phase_of(pieces).tolist() == [GRASP, REST, REST, GRASP, REST, REST]
    assert phase_of(np.ones(3)).tolist() == [REST] * 3
    two = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert phase_of(two).tolist() == [GRASP, REST, REST]
