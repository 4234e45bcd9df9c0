"""FirstWord: whether a device that was chosen may still be about to speak, so that its silence is no failure yet."""

from typing import Final

import numpy as np

from accord.devices.limits import Hold
from accord.recorders.status import LoopStatus

PATIENCE_NS: Final = 3_000_000_000
"""A device's process has started after so long, and a device that is there has said something [ns]."""
_HEARD: Final = (Hold.NONE, Hold.MUST_REST, Hold.LET_GO, Hold.PRESS_ANEW, Hold.APART, Hold.NOT_ENGAGED)
"""Whoever is held so has spoken."""


class FirstWord:
    """Follows what the loop says of whoever was chosen to drive."""

    def __init__(self) -> None:
        self._source, self._since_ns, self._over = "none", 0, False

    def awaited(self, source: str, loop: LoopStatus, newest: np.void | None) -> bool:
        """Whether it is silent, never spoke since it was chosen, and was listened to for less than three seconds.

        Args:
            source: who was chosen.
            loop: what the loop says.
            newest: its newest step, which has the time; None before the first.
        """
        if source != self._source:
            self._source, self._since_ns, self._over = source, 0, False
        if self._over or newest is None or loop.source != source:
            return False
        t_ns = int(newest["t_ns"])
        self._since_ns = self._since_ns or t_ns
        self._over = Hold(loop.hold) in _HEARD or t_ns - self._since_ns >= PATIENCE_NS
        return not self._over and loop.hold == Hold.INPUT_LOST
