"""ArmCommand: what one arm of a scene is told, out of a command for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import Fingers


@dataclass(frozen=True, slots=True, eq=False)
class ArmCommand:
    """A command for one arm."""

    twist: Vector
    """(6,) velocity of the hand [m/s, rad/s]."""
    opening: float
    """Of the hand: 0 closed, 1 open [1]."""
    posture: Vector | None = None
    """(n,) joint angles to come to where the twist leaves them free [rad]; None for none."""
    fingers: Vector | None = None
    """(m,) angles of the finger joints [rad]; None for those of this opening."""


def per_arm(command: Command, joints: Sequence[int], fingers: Fingers | None) -> list[ArmCommand]:
    """A command, arm by arm, the left one first.

    Args:
        command: for the whole robot.
        joints: how many each arm has.
        fingers: of each hand; None for grippers.

    Raises:
        DeviceError: if the command is not finite or not for this robot.
    """
    arms, twists, openings = len(joints), np.atleast_2d(command.twist), np.atleast_1d(command.gripper)
    if not (np.isfinite(twists).all() and np.isfinite(openings).all()):
        raise DeviceError("a finite command", f"{command.twist} {command.gripper}", "send it through Limits first")
    if twists.shape != (arms, 6) or openings.shape != (arms,):
        found = f"shapes {np.shape(command.twist)} and {np.shape(command.gripper)}"
        raise DeviceError(f"a command for {arms} hand(s)", found, "choose a source for this robot")
    postures, bent = _postures(command.posture, joints), _bent(command.fingers, arms, fingers)
    return [ArmCommand(twists[i], float(openings[i]), postures[i], bent[i]) for i in range(arms)]


def _postures(posture: Vector | None, joints: Sequence[int]) -> list[Vector | None]:
    if posture is None:
        return [None] * len(joints)
    ends = np.cumsum(joints)
    if len(posture) != ends[-1]:
        raise DeviceError(f"{ends[-1]} joints in a command", f"{len(posture)}", "choose a leader for this robot")
    return [None if np.isnan(part).any() else part for part in np.split(posture, ends[:-1])]


def _bent(asked: Vector | None, arms: int, fingers: Fingers | None) -> list[Vector | None]:
    if asked is None:
        return [None] * arms
    joints, rows = 0 if fingers is None else len(fingers.names), np.atleast_2d(asked)
    if rows.shape != (arms, joints):
        remedy = "choose a source for this robot"
        raise DeviceError(f"{joints} finger joints per hand in a command", f"shape {asked.shape}", remedy)
    return [None if np.isnan(row).any() else row for row in rows]
