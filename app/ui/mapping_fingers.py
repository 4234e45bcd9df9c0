"""What a mapping makes of a glove, finger by finger, and the robot's fingers as a glove would tell them. No toolkit."""

from typing import Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.fingers import BENDS, CHANNELS, Fingers
from accord.devices.input import InputState
from accord.devices.mapping import GripperMode, Mapping

WHOLE: Final = "The robot's hand opens and closes as a whole"
NO_BENDS: Final = np.full(len(CHANNELS), np.nan)
"""(15,) nothing is known."""


def leads_fingers(state: InputState | None, fingers: Fingers | None) -> bool:
    """Whether the device is a glove and the robot's hand has fingers that could follow it."""
    return state is not None and state.fingers is not None and fingers is not None


def wanted_fingers(mapping: Mapping, state: InputState, fingers: Fingers, opening: float) -> Vector:
    """(m,) where the finger joints shall be [rad]; NaN where only the loop knows.

    Args:
        mapping: as it is being edited.
        state: what the device says.
        fingers: of the robot's hand.
        opening: wanted of a hand that opens and closes as a whole; NaN where only the loop knows [1].
    """
    if state.fingers is not None and mapping.gripper is GripperMode.PROPORTIONAL:
        return fingers.bent(state.fingers)
    return fingers.at(opening)


def whole_hand(mapping: Mapping, state: InputState, fingers: Fingers | None) -> str:
    """That and why no finger is led for itself, in one sentence; empty where each is, or where there are none."""
    if fingers is None:
        return ""
    if state.fingers is None:
        return f"{WHOLE}."
    if mapping.gripper is not GripperMode.PROPORTIONAL:
        return f"{WHOLE}, by its button: choose finger by finger in Gripper, and each finger follows."
    return ""


def as_bends(fingers: Fingers | None, angles: Vector) -> Vector:
    """(15,) how a glove that asked for these angles would be bent, see `Fingers.bent`; NaN for joints that are not.

    Args:
        fingers: of the robot's hand; None without.
        angles: (m,) of its finger joints [rad].
    """
    if fingers is None:
        return NO_BENDS
    bends = NO_BENDS.copy()
    at = [CHANNELS.index(name) for name in fingers.names]
    off = angles - fingers.open
    sideways = np.where(off < 0.0, fingers.open - fingers.lower, fingers.upper - fingers.open)
    full = np.where(BENDS[at], fingers.closed - fingers.open, sideways)
    bends[at] = np.divide(off, full, out=np.zeros_like(off), where=full != 0.0)
    return bends
