"""Command and Observation: what the robot shall do now, and what it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Command:
    """What the robot shall do until the next command: a velocity of the hand, and how far the gripper is open.

    A robot with two hands takes both at once: every array has a leading axis of two then, the left hand first.
    """

    twist: Vector
    """(6,) velocity of the hand in the robot's base frame: linear [m/s], then angular [rad/s]; (2, 6) for two hands."""
    gripper: float | Vector
    """Wanted opening of the gripper: 0 closed, 1 open [1]; (2,) for two hands."""
    t_ns: int
    """When what it rests on was known (CLOCK_MONOTONIC) [ns]. A command that is too old expires."""
    source: str
    """Who gave it, e.g. ``spacemouse`` or ``scripted:across-then-down``."""
    posture: Vector | None = None
    """(n,) joint angles of all arms that the arms shall take as far as the twist leaves them free: what a leader arm
    adds to the path of its hand, so that the joints follow joint by joint. NaN for an arm that nobody leads so; None
    for none [rad]."""
    fingers: Vector | None = None
    """(m,) angles of the finger joints that the hand shall take, where it has any and somebody leads them one by one;
    (2, m) for two hands, NaN in the row of one that opens and closes as a whole, by `gripper`; None for none [rad]."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the robot and the things around it are at one moment. Quaternions are wxyz, here and everywhere.

    A robot with two hands has both in the arrays of the hand, which get a leading axis of two, the left hand first.
    """

    t_ns: int
    """When it was measured (CLOCK_MONOTONIC) [ns]."""
    joint_position: Vector
    """(n,) of all arms [rad]."""
    joint_velocity: Vector
    """(n,) [rad/s]."""
    hand_position: Vector
    """(3,) of the point between the finger tips, in the base frame [m]."""
    hand_quaternion: Vector
    """(4,) hand in base frame, wxyz; its sign follows the step before, so the numbers never jump [1]."""
    gripper_width: float | Vector
    """Distance between the fingers [m]."""
    objects: Mapping[str, Vector]
    """Name → (7,) position [m] and wxyz quaternion [1] in the base frame. Empty where nothing tells."""
    joints: Mapping[str, float] = field(default_factory=dict)
    """Joint of the furniture → its position [m or rad]."""
    target_position: Vector | None = None
    """(3,) where the hand is told to be, where the robot follows a position [m]."""
    target_quaternion: Vector | None = None
    """(4,) how the hand is told to be turned, wxyz, where the robot follows a pose [1]."""
    values: Mapping[str, float] = field(default_factory=dict)
    """What the reset of a simulated scene drew, by factor; not a part of a step, because it never changes in one."""
    finger_position: Vector | None = None
    """(m,) angles of the finger joints; (2, m) for two hands; None for hands without any [rad]."""
    other: "Observation | None" = None
    """The same moment as the other hand sees it, in what `of_hand` gives."""

    def of_hand(self, number: int) -> "Observation":
        """What a robot with this one of the two hands would be; `other` is the robot with the other one."""
        return replace(self._alone(number), other=self._alone(1 - number))

    def _alone(self, number: int) -> "Observation":
        joints = len(self.joint_position) // 2
        mine = slice(number * joints, (number + 1) * joints)
        return replace(
            self,
            joint_position=self.joint_position[mine],
            joint_velocity=self.joint_velocity[mine],
            hand_position=self.hand_position[number],
            hand_quaternion=self.hand_quaternion[number],
            gripper_width=float(np.atleast_1d(self.gripper_width)[number]),
            finger_position=None if self.finger_position is None else self.finger_position[number],
            target_position=None if self.target_position is None else self.target_position[number],
            target_quaternion=None if self.target_quaternion is None else self.target_quaternion[number],
        )
