"""Gloves: how a person's fingers are bent, told by fifteen channels that are calibrated one by one.

A glove has three channels per finger, thumb first (`accord.devices.fingers.CHANNELS`). `GloveCalibration` makes of its
numbers what moves the fingers of a hand; the mean of the ten bends opens and closes a gripper.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.inputs.exo_packet import FULL, GLOVE

LEAST_SPAN: Final = FULL / 9
"""A bend that moves by less between an open hand and a fist has not moved, or its sensor is dead [1/65535]."""


def mean_bend(raw: ArrayLike) -> float:
    """How far the fingers are bent, in the channels' own unit, from the ten channels that close the hand.

    Args:
        raw: (15,) channels.
    """
    return float(np.mean(np.asarray(raw, dtype=np.float64)[BENDS]))


def unmoved(open_words: ArrayLike, closed_words: ArrayLike) -> str:
    """The first bend that an open hand and a fist do not tell apart; empty if all do. A fist spreads no finger.

    Args:
        open_words: (15,) of the open hand.
        closed_words: (15,) of the fist.
    """
    moved = np.abs(np.asarray(closed_words, dtype=np.float64) - np.asarray(open_words, dtype=np.float64))
    dead = np.flatnonzero(BENDS & (moved < LEAST_SPAN))
    return CHANNELS[dead[0]] if len(dead) else ""


@dataclass(frozen=True, slots=True)
class GloveCalibration:
    """Of one glove on one person's hand."""

    open_words: tuple[float, ...]
    """(15,) what its channels say of the open hand [1/65535]."""
    closed_words: tuple[float, ...]
    """(15,) what they say of the fist; less than of the open hand where a sensor looks the other way [1/65535]."""

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            DeviceError: naming it.
        """
        remedy = "calibrate it again on the page Devices"
        for words in (self.open_words, self.closed_words):
            if len(words) != GLOVE or not all(0.0 <= word <= FULL for word in words):
                wanted = f"{GLOVE} numbers from 0 to {FULL} of a glove in a calibration"
                raise DeviceError(wanted, f"{words}", remedy)
        if dead := unmoved(self.open_words, self.closed_words):
            wanted = f"a {dead} that moves by {LEAST_SPAN:.0f} at least in a calibration"
            moved = abs(self.closed_words[CHANNELS.index(dead)] - self.open_words[CHANNELS.index(dead)])
            raise DeviceError(wanted, f"{moved:.0f} of {FULL}", remedy)

    def bends(self, words: ArrayLike) -> Vector:
        """(15,) how the fingers are bent: bends from 0 open to 1 for the fist, spreads from -1 to 1 [1].

        A fist says nothing of how far a person spreads a finger. So a spread counts from the open hand in both
        directions alike, and the end of the sensor's range that is further away is 1.

        Args:
            words: (15,) of the glove [1/65535].
        """
        opened, closed = np.array(self.open_words), np.array(self.closed_words)
        span = np.where(BENDS, closed - opened, np.maximum(opened, FULL - opened))
        bends: Vector = np.clip((np.asarray(words, dtype=np.float64) - opened) / span, np.where(BENDS, 0.0, -1.0), 1.0)
        return bends


WHOLE_RANGE: Final = GloveCalibration((0.0,) * GLOVE, (float(FULL),) * GLOVE)
"""A glove that nobody has calibrated: the open hand and the fist are the ends of every channel, as its packets say."""
