"""Command and Observation: what the robot shall do now, and what it is now."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Command:
    """What the robot shall do until the next command: a velocity of the hand, and how far the gripper is open."""

    twist: Vector
    """(6,) velocity of the hand in the robot's base frame: linear [m/s], then angular [rad/s]."""
    gripper: float
    """Wanted opening of the gripper: 0 closed, 1 open [1]."""
    t_ns: int
    """When what it rests on was known (CLOCK_MONOTONIC) [ns]. A command that is too old expires."""
    source: str
    """Who gave it, e.g. ``spacemouse`` or ``scripted:across-then-down``."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the robot and the things around it are at one moment. Quaternions are wxyz, here and everywhere."""

    t_ns: int
    """When it was measured (CLOCK_MONOTONIC) [ns]."""
    joint_position: Vector
    """(n,) [rad]."""
    joint_velocity: Vector
    """(n,) [rad/s]."""
    hand_position: Vector
    """(3,) of the point between the finger tips, in the base frame [m]."""
    hand_quaternion: Vector
    """(4,) hand in base frame, wxyz; its sign follows the step before, so the numbers never jump [1]."""
    gripper_width: float
    """Distance between the fingers [m]."""
    objects: Mapping[str, Vector]
    """Name → (7,) position [m] and wxyz quaternion [1] in the base frame. Empty where nothing tells."""
