from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.limits import Hold
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode
from accord.devices.sources.motion import Goal, Habits, Stroke, Tremor, minimum_jerk
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator

BOTH = ("across-then-down", "down-then-across")
EPOCH_NS = 7_000_000_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """One episode, driven as the loop drives it."""

    succeeded: bool
    seconds: float
    hands: Vector
    """(n, 3) where the hand was [m]."""
    twists: Vector
    """(n, 6) as asked."""
    grippers: Vector
    """(n,) as asked [1]."""
    holds: int


def run(cell: Workcell, strategy: str, seed: int, limit_s: float = 30.0) -> Run:
    cell.reset(seed)
    cell.limits.reset()
    operator = ScriptedOperator("square-nut", strategy, seed)
    seen: list[Observation] = []
    asked: list[Command] = []
    holds = 0
    while len(seen) < limit_s * cell.rate_hz and not cell.succeeded():
        t_ns = EPOCH_NS + round(len(seen) * 1e9 / cell.rate_hz)
        seen.append(cell.observe(t_ns))
        asked.append(operator.command(seen[-1], t_ns))
        sent, hold = cell.limits.apply(asked[-1], seen[-1], t_ns)
        holds += hold is not Hold.NONE
        cell.apply(sent)
    hands, twists = np.array([o.hand_position for o in seen]), np.array([c.twist for c in asked])
    grippers = np.array([c.gripper for c in asked])
    return Run(cell.succeeded(), len(seen) / cell.rate_hz, hands, twists, grippers, holds)


@pytest.mark.parametrize("strategy", BOTH)
@pytest.mark.parametrize(("rate_hz", "episodes"), [(20.0, 12), (50.0, 12), (100.0, 6)])
def test_nine_of_ten_episodes_succeed_at_every_rate(strategy: str, rate_hz: float, episodes: int) -> None:
    cell = Workcell(rate_hz=rate_hz)
    runs = [run(cell, strategy, seed) for seed in range(100, 100 + episodes)]
    assert sum(one.succeeded for one in runs) >= 0.9 * episodes
    assert 6.0 < np.median([one.seconds for one in runs]) < 14.0
    assert sum(one.holds for one in runs) == 0


@pytest.mark.parametrize("strategy", BOTH)
def test_the_same_seed_drives_the_same_way(strategy: str) -> None:
    cell = Workcell()
    first, again = run(cell, strategy, 5), run(cell, strategy, 5)
    assert first.twists.tobytes() == again.twists.tobytes()


def test_the_strategies_differ_where_both_begin() -> None:
    cell = Workcell()
    across, down = (run(cell, strategy, 1, limit_s=1.2) for strategy in BOTH)
    travel = [one.hands[-1] - one.hands[0] for one in (across, down)]
    assert np.linalg.norm(travel[0][:2]) > 3.0 * abs(travel[0][2])
    assert abs(travel[1][2]) > 3.0 * np.linalg.norm(travel[1][:2])


def test_the_strategies_differ_on_the_way_to_the_peg() -> None:
    cell = Workcell()
    high, low = (run(cell, strategy, 1) for strategy in BOTH)
    assert high.succeeded
    assert low.succeeded
    heights = [one.hands[one.grippers == 0.0][:, 2].max() for one in (high, low)]
    assert heights[0] > heights[1] + 0.05


def test_the_hand_rests_now_and_then_and_opens_at_the_end() -> None:
    one = run(Workcell(), BOTH[0], 2)
    assert 0.05 < np.mean(~one.twists.any(axis=1)) < 0.5
    assert one.grippers[0] == one.grippers[-1] == 1.0
    assert (one.grippers == 0.0).any()


def test_time_comes_from_the_caller_alone() -> None:
    cell = Workcell()
    observation = cell.observe(EPOCH_NS)
    operator = ScriptedOperator("square-nut", BOTH[0], 0)
    assert not any(operator.command(observation, EPOCH_NS).twist.any() for _ in range(200))


def test_a_command_carries_the_time_of_what_was_seen_and_says_that_it_is_scripted() -> None:
    cell = Workcell()
    operator = ScriptedOperator("square-nut", BOTH[1], 0)
    command = operator.command(cell.observe(EPOCH_NS), EPOCH_NS + 5)
    assert command.t_ns == EPOCH_NS
    assert command.source == "scripted:down-then-across"
    assert operator.mode is ControlMode.SCRIPTED


def test_a_nut_pulled_from_the_fingers_is_grasped_again() -> None:
    cell = Workcell()
    cell.reset(1)
    operator = ScriptedOperator("square-nut", BOTH[0], 1)
    dropped_at, i = 0, 0
    while i < 40 * 50 and not cell.succeeded():
        t_ns = EPOCH_NS + i * 20_000_000
        seen = cell.observe(t_ns)
        command = operator.command(seen, t_ns)
        dropped_at = dropped_at or (i if seen.objects["nut"][2] > 0.08 else 0)
        slip = 0 < dropped_at <= i < dropped_at + 15  # somebody opens the gripper for a moment
        cell.apply(Command(command.twist, 1.0 if slip else command.gripper, t_ns, "test"))
        i += 1
    assert dropped_at > 0
    assert cell.succeeded()


def test_strategies_are_listed_and_an_unknown_one_is_refused_with_the_list() -> None:
    assert set(BOTH) <= set(strategies("square-nut"))
    with pytest.raises(DeviceError, match="across-then-down"):
        ScriptedOperator("square-nut", "sideways", 0)
    with pytest.raises(DeviceError, match="square-nut"):
        strategies("triangular-nut")


@given(st.floats(-1.0, 2.0), st.floats(-1.0, 2.0))
def test_a_minimum_jerk_stroke_only_ever_goes_forward(a: float, b: float) -> None:
    early, late = sorted((a, b))
    assert 0.0 <= minimum_jerk(early)[0] <= minimum_jerk(late)[0] + 1e-12
    assert minimum_jerk(early)[1] >= 0.0


def test_a_stroke_that_is_followed_ends_at_its_goal_at_rest() -> None:
    goal = Goal(np.array([0.5, 0.1, 0.2]), 0.4)
    down = np.array([0.0, 1.0, 0.0, 0.0])
    stroke = Stroke.towards(goal, np.array([0.4, 0.0, 0.3]), down, 0, 0.25)
    end_ns = round(stroke.duration_s * 1e9) + 1
    assert stroke.over(end_ns)
    np.testing.assert_allclose(stroke.twist(goal.position, goal.quaternion, end_ns), np.zeros(6), atol=1e-9)


@pytest.mark.parametrize("rate_hz", [20, 100])
def test_tremor_has_the_same_spread_at_every_rate(rate_hz: int) -> None:
    tremor = Tremor(np.random.default_rng(0))
    values = np.array([tremor.next(1.0 / rate_hz) for _ in range(100 * rate_hz)])
    np.testing.assert_allclose(values.std(axis=0), np.ones(6), atol=0.2)


def test_habits_are_drawn_from_the_seed() -> None:
    one, same, other = (Habits.drawn(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == same != other
