"""Chain: where the hand is when the joints of a serial arm stand so. Plain numpy, no simulator.

The arm that is known here is a person's, as an exoskeleton follows it: three joints at the shoulder, one at the elbow,
three at the wrist, in the order of ISB's recommendation but flexion first (Wu et al., J. Biomech. 38, 2005, 981–992).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.rotation import IDENTITY, multiply, rotate

STATURE: Final = 1.70
"""Of the person whose arm is the default [m]."""
UPPER_ARM, FOREARM, GRIP, SHOULDER = 0.186 * STATURE, 0.146 * STATURE, 0.506 * 0.108 * STATURE, 0.129 * STATURE
"""Shoulder to elbow, elbow to wrist, wrist to the middle of a grip, breastbone to shoulder [m]. Shares of the stature
after Drillis and Contini (1966), as in Winter, *Biomechanics and Motor Control of Human Movement*, 4th ed., figure 4.1
and table 4.1; the middle of a grip is taken as the hand's centre of mass, 0.506 of its length from the wrist."""
ARM_JOINTS: Final = (
    "shoulder flexion", "shoulder abduction", "shoulder rotation", "elbow flexion",
    "forearm pronation", "wrist flexion", "wrist deviation",
)  # fmt: skip
"""What the joints of a person's arm are, from the shoulder to the hand."""


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint of a chain."""

    offset: tuple[float, float, float]
    """From the joint before, in its frame (from the chain's origin for the first) [m]."""
    axis: tuple[float, float, float]
    """Of its turn, in the frame of the joint before; of length 1."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A serial arm."""

    joints: tuple[Joint, ...]
    tip: tuple[float, float, float]
    """The hand, in the frame of the last joint [m]."""
    turned: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    """How the hand is turned in the frame of the last joint, wxyz."""

    @property
    def reach(self) -> float:
        """No pose is further from the first joint [m]."""
        offsets = [joint.offset for joint in self.joints[1:]] + [self.tip]
        return float(sum(np.linalg.norm(offset) for offset in offsets))

    def pose(self, angles: Vector) -> Vector:
        """(7,) position [m] and wxyz quaternion of the hand in the chain's frame.

        Args:
            angles: (n,) of the joints [rad].
        """
        half = np.asarray(angles, dtype=np.float64)[:, None] / 2
        turns = np.hstack([np.cos(half), np.sin(half) * np.array([joint.axis for joint in self.joints])])
        position, turn = np.zeros(3), IDENTITY
        for joint, own in zip(self.joints, turns, strict=True):
            if any(joint.offset):  # most joints of a shoulder or a wrist lie in one place
                position = position + rotate(turn, np.array(joint.offset))
            turn = multiply(turn, own)
        position = position + rotate(turn, np.array(self.tip))
        return np.concatenate([position, multiply(turn, np.array(self.turned))])


def human_arm(
    left: bool, upper_arm: float = UPPER_ARM, forearm: float = FOREARM, grip: float = GRIP, shoulder: float = SHOULDER
) -> Chain:
    """A person's arm with seven joints (`ARM_JOINTS`), in a frame between the shoulders: x forward, y left, z up.

    All angles are zero with the arm hanging straight down, palm to the thigh and thumb forward; flexion, abduction,
    inward rotation, pronation, flexion towards the palm and deviation towards the thumb are positive, for either arm.
    The hand's frame has x along the fingers and z along the thumb, so it is turned as the body is while the forearm
    points forward and the palm inward.

    Args:
        left: which arm.
        upper_arm: shoulder to elbow [m].
        forearm: elbow to wrist [m].
        grip: wrist to the middle of the grip [m].
        shoulder: from the middle of the body [m].

    Raises:
        DeviceError: if a length cannot be a person's.
    """
    lengths = {"the upper arm": upper_arm, "the forearm": forearm, "the grip": grip, "the shoulder": shoulder}
    for name, length in lengths.items():
        if not 0.0 < length < 1.0:
            raise DeviceError(f"the length of {name} between 0 and 1 m", f"{length:g}", "give it in metres")
    side = 1.0 if left else -1.0
    bend, aside, along, nowhere = (0.0, -1.0, 0.0), (side, 0.0, 0.0), (0.0, 0.0, -side), (0.0, 0.0, 0.0)
    joints = (
        Joint((0.0, side * shoulder, 0.0), bend),
        Joint(nowhere, aside),
        Joint(nowhere, along),
        Joint((0.0, 0.0, -upper_arm), bend),
        Joint((0.0, 0.0, 0.0), along),
        Joint((0.0, 0.0, -forearm), (-side, 0.0, 0.0)),
        Joint(nowhere, bend),
    )
    half = float(np.sqrt(0.5))
    return Chain(joints, (0.0, 0.0, -grip), (half, 0.0, half, 0.0))  # a quarter turn about y: x points down
