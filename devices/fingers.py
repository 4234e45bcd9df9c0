"""Fingers: the joints of a robot's hand that has fingers, and how an opening or a glove bends them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Vector

FINGERS: Final = ("thumb", "index", "middle", "ring", "little")
CHANNELS: Final = tuple(f"{finger} {bend}" for finger in FINGERS for bend in ("spread", "base", "outer"))
"""What the fingers of a hand do, a person's or a robot's: *spread* from the middle finger, *base* bend at the knuckle,
*outer* bend at the joint after it."""
BENDS: Final = np.array([not name.endswith("spread") for name in CHANNELS])
"""(15,) which of them close the hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingers:
    """The finger joints of one hand. Both hands of a robot are alike."""

    names: tuple[str, ...]
    """Of the m joints, out of `CHANNELS` and in their order; a hand may have less of them."""
    lower: Vector
    upper: Vector
    """(m,) ends of the joints' ranges [rad]."""
    open: Vector
    """(m,) the open hand [rad]."""
    closed: Vector
    """(m,) a fist [rad]."""

    def at(self, opening: float) -> Vector:
        """(m,) joint angles of a hand that opens and closes as a whole, as a gripper does [rad].

        Args:
            opening: 0 a fist, 1 open [1].
        """
        part = np.clip(opening, 0.0, 1.0)
        angles: Vector = part * self.open + (1.0 - part) * self.closed  # exact at both ends
        return angles

    def bent(self, bends: Vector) -> Vector:
        """(m,) joint angles that follow a glove, joint by joint of the same name [rad].

        Hands differ in size and in how far they bend; what people and robots share is the open hand and the fist, so a
        bend goes as far from the one to the other as the person's finger does.

        Args:
            bends: (15,) of a glove, see `accord.devices.input.InputState.fingers`.
        """
        told = np.array([bends[CHANNELS.index(name)] for name in self.names])
        sideways = np.where(told < 0.0, self.open - self.lower, self.upper - self.open)
        full = np.where(self._spreads, sideways, self.closed - self.open)
        angles: Vector = np.clip(self.open + told * full, *self.range)
        return angles

    @property
    def range(self) -> tuple[Vector, Vector]:
        """(m,) the lower and (m,) the upper ends of the joints [rad]."""
        return self.lower, self.upper

    @property
    def _spreads(self) -> NDArray[np.bool_]:
        return np.array([name.endswith("spread") for name in self.names])
