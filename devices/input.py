"""Input: a device that a person holds."""

from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

import numpy as np

from accord.devices.command import Vector
from accord.devices.health import Health

RAW_CHANNELS: Final = 64
"""How many numbers of a device's own a step has room for."""


@dataclass(frozen=True, slots=True)
class InputState:
    """What the hand is doing, before any mapping.

    A device is one of three kinds, or several at once. One that is *deflected* says how hard it is pushed (`axes`); one
    that is *carried* says where the hand is (`pose`); a *leader* says how its joints stand (`joints`).
    """

    axes: Vector = field(default_factory=lambda: np.zeros(6))
    """(6,) x y z roll pitch yaw deflection of the device in its own frame, each in [-1, 1]."""
    buttons: int = 0
    """Bit i is set while button i is down."""
    t_ns: int = 0
    """When the newest report behind it arrived (CLOCK_MONOTONIC); 0 for never [ns]."""
    pose: Vector | None = None
    """(7,) position [m] and wxyz quaternion [1] of the person's hand in a frame of the device's own: x forward, y left,
    z up; None for a device that does not know."""
    joints: Vector | None = None
    """(n,) calibrated joint angles of a leader [rad]; None for anything else."""
    gripper: float | None = None
    """How far the person wants the gripper open: 0 closed, 1 open; None where nothing says it in proportion [1]."""
    fingers: Vector | None = None
    """(15,) how a glove is bent, channel by channel of `accord.devices.fingers.CHANNELS`: a bend from 0 for the
    person's open hand to 1 for the fist, a spread from -1 to 1 and 0 at rest; None for anything else [1]."""
    raw: Vector = field(default_factory=lambda: np.zeros(0))
    """(k,) the numbers of the newest report as they came, at most `RAW_CHANNELS`; `Input.channels` names them."""

    @property
    def at_rest(self) -> bool:
        """True when no axis is deflected."""
        return not np.any(self.axes)

    @property
    def continuous(self) -> bool:
        """Whether the device says all the time where the hand is, so that silence is never rest."""
        return self.pose is not None or self.joints is not None


class Input(Protocol):
    """A device that a person holds. `read` never raises: unplugged is a state, not an error.

    `read` does not block either, but for devices on a bus that has to be asked: these may take a few milliseconds,
    and live in a process of their own (`accord.recorders.device_process`), as every plug-in does.
    """

    name: str
    """What a person calls it."""
    channels: tuple[str, ...]
    """What the numbers of `InputState.raw` are, with units: ``("x [1/350]", …)``; empty where there are none."""

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


@runtime_checkable
class Waits(Protocol):
    """An input that can be waited on. Another one is read `accord.recorders.device_process.POLL_HZ` times a second."""

    def wait(self, timeout_s: float) -> None:
        """Return as soon as there may be something new, after `timeout_s` at the latest. Never raises.

        Args:
            timeout_s: at most so long [s].
        """
        ...
