from dataclasses import replace

import numpy as np
import pytest
from motions import motion_of
from numpy.typing import NDArray
from policies import drive

from accord.datasets.scores.clouds import clouds
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.strategies import split


def driven(strategy: str, count: int, first: int = 0) -> list[Motion]:
    """Of a made-up hand with noise, each to another place from another place."""
    return [Motion.of(f"{strategy}-{i:02}", "made-up", 50.0, drive(strategy, i)) for i in range(first, first + count)]


@pytest.mark.parametrize("count", [1, 2, 3, 6, 12, 30])
def test_one_strategy_with_noise_is_one(count: int) -> None:
    for strategy in ("across", "down"):
        found = split(driven(strategy, count))
        assert (len(found.groups), found.separation, found.warning) == (1, 0.0, "")


@pytest.mark.parametrize(("across", "down"), [(8, 8), (20, 4), (4, 25)])
def test_two_strategies_are_told_apart_and_the_episodes_of_each_are_named(across: int, down: int) -> None:
    found = split(driven("across", across) + driven("down", down))
    assert {frozenset(name.split("-")[0] for name in group) for group in found.groups} == {
        frozenset({"across"}), frozenset({"down"})
    }  # fmt: skip
    assert sum(len(group) for group in found.groups) + len(found.others) == across + down
    assert len(found.groups[0]) >= len(found.groups[1])
    assert found.separation > 2.5
    assert found.warning.startswith("The base set holds 2 strategies")
    assert found.groups[1][0][:8] in found.warning


def test_the_order_of_episodes_does_not_matter() -> None:
    motions = driven("across", 6) + driven("down", 6)
    assert split(motions) == split(motions[::-1])


def test_noise_of_any_shape_is_rarely_taken_for_two() -> None:
    """Detours drawn from one cloud, whether it has tails, edges or a skew: at most one false alarm in sixty."""
    rng, alarms = np.random.default_rng(0), 0
    shapes = (rng.standard_normal, lambda size: rng.uniform(-2, 2, size), lambda size: rng.standard_t(4, size))
    for trial in range(60):
        bends = shapes[trial % 3]((int(rng.integers(6, 31)), 3))
        alarms += len(split([bent(f"{i:02}", bend * 0.05) for i, bend in enumerate(bends)]).groups) > 1
    assert alarms <= 1


def bent(episode: str, bend: NDArray[np.float64], more: float = 0.0) -> Motion:
    """A line that bends sideways, up, and sideways twice."""
    s = np.linspace(0, 1, 50)
    path = np.stack((s, bend[0] * np.sin(np.pi * s) + bend[2] * np.sin(2 * np.pi * s), bend[1] * np.sin(np.pi * s)))
    path[2] += more * np.sin(np.pi * s)
    return replace(motion_of(path.T), episode=episode)


def test_ways_that_hardly_differ_are_one() -> None:
    rng = np.random.default_rng(0)
    near, far = (
        [bent(f"{i:02}", rng.normal(0, 1e-4, 3), apart * (i % 2)) for i in range(12)] for apart in (0.01, 0.05)
    )
    assert len(split(near).groups) == 1
    assert len(split(far).groups) == 2


def test_three_strategies_are_three() -> None:
    rng = np.random.default_rng(0)
    found = split([bent(f"{i:02}", rng.normal(0, 0.005, 3), 0.1 * (i % 3)) for i in range(18)])
    assert [len(group) for group in found.groups] == [6, 6, 6]
    assert {tuple(sorted({int(name) % 3 for name in group})) for group in found.groups} == {(0,), (1,), (2,)}


def test_what_happens_after_the_grasp_is_looked_at_too() -> None:
    rng = np.random.default_rng(0)
    gripper = np.repeat((1.0, 0.0), 50)
    motions = []
    for i in range(12):
        before, after = (bent("x", rng.normal(0, 0.01, 3), more) for more in (0.0, 0.15 * (i % 2)))
        assert before.hand is not None
        assert after.hand is not None
        path = np.concatenate((before.hand, after.hand + before.hand[-1]))
        motions.append(motion_of(path, gripper=gripper, episode=f"{i:02}"))
    found = split(motions)
    assert (len(found.groups), found.phase) == (2, 1)
    assert "in part 2" in found.warning


def test_what_cannot_be_compared_is_named_and_not_grouped() -> None:
    motions = driven("across", 6)
    without = replace(motions[0], hand=None)
    regrasping = motion_of(np.zeros((100, 3)), gripper=np.repeat((1.0, 0.0), 50), episode="regrasp")
    found = split([*motions[1:], without, regrasping])
    assert set(found.others) == {without.episode, "regrasp"}
    assert (len(found.groups), split([]).groups, split([without]).others) == (1, (), (without.episode,))


def test_a_motion_that_is_always_the_same_is_one_strategy() -> None:
    assert len(split([bent(f"{i:02}", np.zeros(3)) for i in range(10)]).groups) == 1


def test_clouds_are_found_in_points_and_always_the_same() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate((rng.normal(0, 1, (20, 2)), rng.normal(12, 1, (10, 2))))
    of = clouds(points)
    assert len(set(of[:20])) == len(set(of[20:])) == 1
    assert of[0] != of[-1]
    assert clouds(points).tolist() == of.tolist()
    assert clouds(np.zeros((9, 2))).tolist() == [0] * 9
