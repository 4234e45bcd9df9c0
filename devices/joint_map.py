"""JointMap: which joint of a leader moves which joint of the robot."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError

STILL: Final = -1
"""In `JointMap.order`: no joint of the leader moves this one; it stays at its offset."""
USUAL: Final = 7
"""Joints of a robot that nobody knows yet."""


def demand(holds: bool, name: str, wanted: str, found: object) -> None:
    """Refuse a number of a mapping.

    Raises:
        DeviceError: unless it holds.
    """
    if not holds:
        raise DeviceError(f"{name} of a mapping to be {wanted}", str(found), "change it, or start from the default")


@dataclass(frozen=True, slots=True)
class JointMap:
    """Joint i of the robot stands at ``signs[i] * scales[i] * leader[order[i]] + offsets_rad[i]``.

    A part that is empty changes nothing; with all of them empty the leader is the robot's own kind of arm.
    """

    order: tuple[int, ...] = ()
    """Which joint of the leader moves joint i of the robot; `STILL` for none of them."""
    signs: tuple[int, ...] = ()
    """−1 turns joint i of the robot round."""
    scales: tuple[float, ...] = ()
    """How far joint i of the robot turns for one radian of the leader [1]."""
    offsets_rad: tuple[float, ...] = ()
    """Where joint i of the robot stands while the leader's is at zero [rad]."""

    def __post_init__(self) -> None:
        """Refuses what is no map.

        Raises:
            DeviceError: a number is out of its range, or the parts are of different lengths.
        """
        demand(all(0 <= i < 64 or i == STILL for i in self.order), "joints.order",
               "joints of the leader from 0, or -1 for none", list(self.order))  # fmt: skip
        demand(set(self.signs) <= {1, -1}, "joints.signs", "of 1 or -1", list(self.signs))
        demand(all(0.0 < x < math.inf for x in self.scales), "joints.scales", "positive numbers", list(self.scales))
        demand(all(map(math.isfinite, self.offsets_rad)), "joints.offsets_rad", "finite", list(self.offsets_rad))
        demand(len(self._lengths) <= 1, "joints", "one number for each joint of the robot, or none",
               f"lists of {sorted(self._lengths)}")  # fmt: skip

    @property
    def _lengths(self) -> set[int]:
        return {len(part) for part in (self.order, self.signs, self.scales, self.offsets_rad) if part}

    def problem(self, leader: int, robot: int) -> str:
        """Why a leader with so many joints cannot lead a robot with so many: one sentence, empty where it can."""
        told = next(iter(self._lengths), leader)
        needed = max(self.order, default=leader - 1) + 1
        if told == robot and needed <= leader:
            return ""
        found = f"a mapping to {told}" if told != robot and self._lengths else f"{leader} of the leader"
        if needed > leader:
            found = f"a mapping from joint {needed} of a leader with {leader}"
        wanted, remedy = f"joints for the {robot} of the robot", "map each joint in the profile, or follow the hand"
        return str(DeviceError(wanted, found, remedy))

    def of(self, joints: Vector) -> Vector:
        """(n,) where the robot's joints shall stand for the leader's (k,), which have no `problem` [rad]."""
        led: Vector = np.array(joints, dtype=np.float64)
        if self.order:
            led = np.append(led, 0.0)[list(self.order)]  # the last one is what `STILL`, −1, takes
        led = led * (self.signs or 1) * (self.scales or 1.0)
        return led + (self.offsets_rad or 0.0)
