"""Input: a device that a person holds."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from accord.devices.command import Vector
from accord.devices.health import Health


@dataclass(frozen=True, slots=True)
class InputState:
    """What the hand is doing, before any mapping."""

    axes: Vector = field(default_factory=lambda: np.zeros(6))
    """(6,) x y z roll pitch yaw deflection of the device in its own frame, each in [-1, 1]."""
    buttons: int = 0
    """Bit i is set while button i is down."""
    t_ns: int = 0
    """When the newest report behind it arrived (CLOCK_MONOTONIC); 0 for never [ns]."""

    @property
    def at_rest(self) -> bool:
        """True when no axis is deflected."""
        return not np.any(self.axes)


class Input(Protocol):
    """A device that a person holds. `read` never blocks and never raises: unplugged is a state, not an error."""

    name: str
    """What a person calls it."""

    def open(self) -> None:
        """Begin to listen; a device that is not there yet is looked for at every later `read`."""
        ...

    def read(self, t_ns: int) -> InputState | None:
        """The newest state (older reports that waited are dropped), or None while unplugged or stale.

        Stale: the last report is older than 100 ms while the device was deflected or, for devices that report all
        the time, at all.

        Args:
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        ...

    def health(self) -> Health:
        """How it is doing."""
        ...

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        ...
