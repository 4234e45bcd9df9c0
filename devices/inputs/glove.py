"""Gloves: fifteen bends of a person's fingers as the opening of a gripper, or as the joints of a robot's hand.

Pure functions of raw channels. A glove has three channels per finger, thumb first (`CHANNELS`): *spread* from the
middle finger, *base* bend at the knuckle, *outer* bend at the joint after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.inputs.exo_packet import FULL, GLOVE

FINGERS: Final = ("thumb", "index", "middle", "ring", "little")
CHANNELS: Final = tuple(f"{finger} {bend}" for finger in FINGERS for bend in ("spread", "base", "outer"))
"""What the channels of a glove are."""
BENDS: Final = np.array([not name.endswith("spread") for name in CHANNELS])
"""(15,) which channels close the hand."""
LEAST_SPAN: Final = FULL / 36
"""A channel that moves less between an open hand and a fist cannot be told from noise: 5° where the whole range of a
sensor is half a turn."""


def mean_bend(raw: ArrayLike) -> float:
    """How far the fingers are bent, in the channels' own unit, from the ten channels that close the hand.

    Args:
        raw: (15,) channels.
    """
    return float(np.mean(np.asarray(raw, dtype=np.float64)[BENDS]))


@dataclass(frozen=True, slots=True)
class GloveRange:
    """What a person's glove says with an open hand and with a fist."""

    open: tuple[float, ...] = (0.0,) * GLOVE
    """(15,) with the fingers straight and side by side."""
    fist: tuple[float, ...] = (float(FULL),) * GLOVE
    """(15,) with the fingers bent as far as they go; the spreads, with the fingers spread."""

    def __post_init__(self) -> None:
        """Refuse what no hand can have shown.

        Raises:
            DeviceError: naming the channels.
        """
        if len(self.open) != GLOVE or len(self.fist) != GLOVE:
            found = f"{len(self.open)} and {len(self.fist)}"
            raise DeviceError(f"{GLOVE} channels with the hand open and with a fist", found, "read them from the glove")
        moved = np.abs(np.subtract(self.fist, self.open))
        still = [name for name, span in zip(CHANNELS, moved, strict=True) if not span >= LEAST_SPAN]
        if still:
            found = f"hardly any of {', '.join(still)}"
            raise DeviceError("motion of every channel of the glove", found, "open the hand wide, then make a fist")

    def bends(self, raw: ArrayLike) -> Vector:
        """(15,) 0 for the open hand, 1 for the fist, never beyond.

        Args:
            raw: (15,) channels.
        """
        low, high = np.array(self.open), np.array(self.fist)
        bends: Vector = np.clip((np.asarray(raw, dtype=np.float64) - low) / (high - low), 0.0, 1.0)
        return bends

    def opening(self, raw: ArrayLike) -> float:
        """How far a gripper shall be open: 1 for the open hand, 0 for the fist.

        Args:
            raw: (15,) channels.
        """
        return 1.0 - mean_bend(self.bends(raw))


@dataclass(frozen=True, slots=True)
class FingerJoint:
    """A joint of a robot's hand, and which bends of the person's move it."""

    name: str
    lower: float
    """Where it is with the open hand [rad]."""
    upper: float
    """Where it is with the fist [rad]; less than `lower` for a joint that turns the other way."""
    weights: tuple[tuple[str, float], ...]
    """Channels and their shares, which add up to 1."""


@dataclass(frozen=True, slots=True)
class GloveMap:
    """From a glove to a robot's hand: every joint moves through its own range, by a weighted mean of bends."""

    joints: tuple[FingerJoint, ...]

    def __post_init__(self) -> None:
        """Check the weights, so that no joint can leave its range.

        Raises:
            DeviceError: naming the joint whose weights are wrong.
        """
        for joint in self.joints:
            shares = [share for _, share in joint.weights]
            unknown = [name for name, _ in joint.weights if name not in CHANNELS]
            whole = min(shares, default=-1.0) >= 0.0 and abs(sum(shares) - 1.0) <= 1e-9
            if unknown or not whole:
                found = f"no channel {unknown[0]!r}" if unknown else f"weights {shares}"
                raise DeviceError(f"weights of {joint.name} that add up to 1", found, "weigh channels of the glove")

    def angles(self, bends: ArrayLike) -> Vector:
        """(n,) joint angles of the hand [rad], each in its range.

        Args:
            bends: (15,) 0 to 1, as `GloveRange.bends` gives them.
        """
        lower, upper = (np.array([getattr(joint, end) for joint in self.joints]) for end in ("lower", "upper"))
        mixed = self._weights() @ np.clip(np.asarray(bends, dtype=np.float64), 0.0, 1.0)
        angles: Vector = np.clip(lower + (upper - lower) * mixed, np.minimum(lower, upper), np.maximum(lower, upper))
        return angles

    def _weights(self) -> Vector:
        """(n, 15) as a matrix."""
        table = np.zeros((len(self.joints), GLOVE))
        for row, joint in enumerate(self.joints):
            for name, share in joint.weights:
                table[row, CHANNELS.index(name)] += share
        return table


_FLAT: Final = (0.0,) * 12 + (0.263, 0.0, 0.0, 0.0)
_BENT: Final = (0.47, 1.61, 1.71, 1.62, 0.0, 1.61, 1.71, 1.62, -0.47, 1.61, 1.71, 1.62, 1.40, 1.16, 1.64, 1.72)


def sixteen_joints(lower: Sequence[float] = _FLAT, upper: Sequence[float] = _BENT) -> GloveMap:
    """A hand of four fingers with four joints each: index, middle, ring, thumb; the little finger moves nothing.

    A finger's joints are spread, base, middle and tip. A glove does not feel the tip. A person's tip bends in
    proportion to the joint before it (two thirds of it; Rijpkema and Girard, "Computer animation of knowledge-based
    human grasping", SIGGRAPH 1991), so the same bend moves both through their ranges. The thumb's joints are
    opposition, its turn towards the palm, base and tip; spread moves the first two.

    Args:
        lower: (16,) angles with the open hand [rad].
        upper: (16,) angles with the fist [rad]. The defaults stay within the ranges of the Allegro hand, with the
            middle finger's spread left at zero; which sign spreads a finger outward, and so of which side the hand is,
            has to be said by ranges of one's own.

    Raises:
        DeviceError: unless there are sixteen of each.
    """
    if len(lower) != 16 or len(upper) != 16:
        found = f"{len(lower)} and {len(upper)}"
        raise DeviceError("sixteen lower and sixteen upper angles", found, "give the ranges of the hand's joints")
    joints: list[FingerJoint] = []
    for finger in ("index", "middle", "ring", "thumb"):
        names = ("opposition", "turn", "base", "tip") if finger == "thumb" else ("spread", "base", "middle", "tip")
        moved_by = ("spread", "spread", "base", "outer") if finger == "thumb" else ("spread", "base", "outer", "outer")
        for name, channel in zip(names, moved_by, strict=True):
            at = len(joints)
            weights = ((f"{finger} {channel}", 1.0),)
            joints.append(FingerJoint(f"{finger} {name}", float(lower[at]), float(upper[at]), weights))
    return GloveMap(tuple(joints))
