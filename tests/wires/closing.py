"""Closing: how a person's fingers come to how far a hand shall be open: each by itself, and not all alike."""

import numpy as np

from accord.devices.command import Vector
from accord.devices.fingers import BENDS, CHANNELS, FINGERS

FIST = {"thumb": 0.92, "index": 0.90, "middle": 0.94, "ring": 0.97, "little": 1.0}
"""How far each finger is bent in this person's usual fist; the little finger furthest [1]."""
FAST = {"thumb": 6.0, "index": 4.5, "middle": 4.0, "ring": 3.7, "little": 3.4}
"""How fast each finger bends; the thumb is there first [1/s]."""
SPLAYED = {"thumb": 0.2, "index": 0.15, "middle": 0.0, "ring": -0.1, "little": -0.2}
"""How far each finger is spread while the hand is open; a little [1]."""
OUTER_LAGS = 0.8
"""The outer joint of a finger is so much slower than its knuckle [1]."""
_FIST = np.repeat([FIST[finger] for finger in FINGERS], 3)
_SPLAYED = np.repeat([SPLAYED[finger] for finger in FINGERS], 3)
_FAST = np.array([FAST[name.split()[0]] * (OUTER_LAGS if name.endswith("outer") else 1.0) for name in CHANNELS])


class Closing:
    """The fingers of one hand."""

    def __init__(self) -> None:
        self.bends = _bends(1.0)
        """(15,) where they are, see `accord.devices.input.InputState.fingers`."""

    def open(self) -> None:
        """At once, and wide."""
        self.bends = _bends(1.0)

    def move(self, opening: float, elapsed_s: float) -> None:
        """Go on towards a hand that is so far open [1].

        Args:
            opening: 0 a fist, 1 open [1].
            elapsed_s: since the last call [s].
        """
        reach = _FAST * elapsed_s
        self.bends = self.bends + np.clip(_bends(opening) - self.bends, -reach, reach)


def _bends(opening: float) -> Vector:
    bends: Vector = np.where(BENDS, (1.0 - opening) * _FIST, opening * _SPLAYED)
    return bends
