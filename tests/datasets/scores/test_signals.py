import math

import numpy as np
import pytest
from motions import motion_of

from accord.datasets.scores.signals import (
    FULL_SPEED,
    duration,
    fences,
    idle_share,
    path_efficiency,
    saturation,
    tracking_error,
)
from accord.devices.limits import Bounds

LINE = np.stack((np.linspace(0, 1, 101), np.zeros(101), np.zeros(101)), axis=1)


def test_full_speed_is_what_the_limits_allow() -> None:
    assert (Bounds().linear, Bounds().angular) == FULL_SPEED


def test_a_straight_line_is_efficient_and_a_detour_is_not() -> None:
    assert path_efficiency(motion_of(LINE)) == pytest.approx(1.0)
    corner = np.concatenate((LINE, LINE[-1] + LINE[:, [1, 0, 2]]))
    assert path_efficiency(motion_of(corner)) == pytest.approx(math.sqrt(2) / 2)
    assert path_efficiency(motion_of(corner[::-1])) == pytest.approx(math.sqrt(2) / 2)
    assert math.isnan(path_efficiency(motion_of(0 * LINE)))


def test_bringing_and_coming_back_is_efficient_where_something_was_grasped_between() -> None:
    there_and_back = np.concatenate((LINE, LINE[::-1]))
    assert path_efficiency(motion_of(there_and_back)) == pytest.approx(0.0)
    gripper = np.repeat((1.0, 0.0), 101)
    assert path_efficiency(motion_of(there_and_back, gripper=gripper)) == pytest.approx(1.0, abs=0.01)


def test_the_paths_of_two_hands_are_added() -> None:
    both = np.stack((LINE, 0.5 * np.sin(np.linspace(0, np.pi, 101))[:, None] * (0, 0, 1)), axis=1)
    assert path_efficiency(motion_of(both)) == pytest.approx(0.5, abs=1e-3)


def test_a_step_is_idle_when_nothing_is_told() -> None:
    twist = np.zeros((101, 6))
    twist[:50, 0], twist[50:60, 5] = 0.1, 0.5
    assert idle_share(motion_of(LINE, twist=twist)) == pytest.approx(41 / 101)
    gripper = np.ones(101)
    gripper[80:] = 0.0
    assert idle_share(motion_of(LINE, twist=twist, gripper=gripper)) == pytest.approx(40 / 101)


def test_a_robot_is_idle_only_when_both_hands_are() -> None:
    twist = np.zeros((101, 2, 6))
    twist[:50, 0, 0], twist[30:70, 1, 0] = 0.1, 0.1
    assert idle_share(motion_of(np.stack((LINE, LINE), axis=1), twist=twist)) == pytest.approx(31 / 101)


def test_without_a_twist_the_hand_itself_tells() -> None:
    path = np.concatenate((LINE, np.repeat(LINE[-1:], 100, axis=0)))
    assert idle_share(motion_of(path)) == pytest.approx(100 / 200)


def test_saturation_counts_what_was_asked_beyond_the_limits_too() -> None:
    twist = np.zeros((100, 6))
    twist[:10, 1], twist[10:15, 3] = 0.35, 1.8
    assert saturation(motion_of(LINE[:100], twist=twist)) == pytest.approx(0.15)
    requested = twist.copy()
    requested[90:, 2] = 0.5  # at a wall: asked for, and not sent
    assert saturation(motion_of(LINE[:100], twist=twist, requested=requested)) == pytest.approx(0.25)
    assert math.isnan(saturation(motion_of(LINE)))


def test_the_tracking_error_is_between_sent_and_reached() -> None:
    twist = np.zeros((101, 6))
    twist[:, 0] = 0.5  # LINE goes with 0.01 m per step of 0.02 s
    assert tracking_error(motion_of(LINE, twist=twist)) == pytest.approx(0.0, abs=1e-9)
    twist[:, 1] = 0.1
    assert tracking_error(motion_of(LINE, twist=twist)) == pytest.approx(0.1)
    assert math.isnan(tracking_error(motion_of(LINE)))


def test_the_duration_lies_between_the_first_and_the_last_step() -> None:
    assert duration(motion_of(LINE)) == pytest.approx(2.0)
    assert math.isnan(duration(motion_of(LINE[:1])))


def test_fences_are_one_and_a_half_interquartile_ranges_away() -> None:
    low, high = fences([1.0, 2.0, 3.0, 4.0, 5.0, math.nan])
    assert (low, high) == (-1.0, 7.0)
    assert fences([1, 2, 3, 4, 5]).outside(7.5)
    assert not fences([1, 2, 3, 4, 5]).outside(7.0)
    assert not fences([]).outside(1e9)
