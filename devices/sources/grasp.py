"""Grasp: what a glove moves of a hand with fingers, joint by joint, and from when on.

As with a gripper in proportion (`accord.devices.sources.squeeze`), a glove takes over what it finds: each joint stays
as it was told last until the person's own has come there. Otherwise engaging anew would rearrange the fingers around
whatever they hold.
"""

import numpy as np

from accord.devices.command import Vector
from accord.devices.fingers import Fingers

AGREES_RAD = 0.15
"""A joint that is asked for so near to where it was told follows from there on [rad]."""


class Grasp:
    """The fingers of one hand.

    Args:
        fingers: its joints; None for a gripper, which no glove leads so.
    """

    def __init__(self, fingers: Fingers | None) -> None:
        self._fingers = fingers
        self.told: Vector | None = None
        """(m,) where each joint was told to be last [rad]; None while the hand opens and closes as a whole."""
        self.let_go()

    def let_go(self) -> None:
        """The glove does not drive; it takes each joint over anew."""
        self._taken = np.zeros(0 if self._fingers is None else len(self._fingers.names), np.bool_)
        self._before: Vector | None = None

    def reset(self, told: Vector | None = None) -> None:
        """Begin anew.

        Args:
            told: (m,) where the joints were told to be by whoever drove before [rad]; None: as of the opening.
        """
        self.told = told
        self.let_go()

    def lead(self, bends: Vector | None, opening: float) -> Vector | None:
        """(m,) where the joints shall be now [rad]; None for a hand that opens and closes as a whole.

        Args:
            bends: (15,) of the glove; None of any other device.
            opening: how far the hand was told to be open [1].
        """
        if self._fingers is None or bends is None:
            self.let_go()
            return None
        wanted = self._fingers.bent(bends)
        told = self._fingers.at(opening) if self.told is None else self.told
        before = wanted if self._before is None else self._before
        passed = (before - told) * (wanted - told) <= 0.0
        self._taken |= passed | (np.abs(wanted - told) <= AGREES_RAD)
        self._before, self.told = wanted, np.where(self._taken, wanted, told)
        return self.told
