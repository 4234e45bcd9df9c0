"""Limits: the last word on every command, whoever gave it.

Pure but for one thing it must remember, the command it sent last: a held robot keeps its gripper as it was.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from accord.devices.command import Command, Observation, Vector

HOLDS_WITHIN_NS = 100_000_000
"""How soon a robot is held after the last that was heard from whoever drives it [ns]."""


def expires_ns(rate_hz: float) -> int:
    """How old something may be when a turn of the loop begins [ns].

    What is sent then acts until the next turn, so a period is taken off.
    """
    return HOLDS_WITHIN_NS - round(1e9 / rate_hz)


class Hold(IntEnum):
    """Why the robot is held; recorded with every step."""

    NONE = 0
    REQUESTED = 1
    NO_SOURCE = 2
    INPUT_LOST = 3
    WINDOW_SILENT = 4
    STALE_COMMAND = 5
    STALE_OBSERVATION = 6
    NOT_FINITE = 7
    MUST_REST = 8

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return _SENTENCES[self]


_SENTENCES = {
    Hold.NONE: "Moving as commanded.",
    Hold.REQUESTED: "Held because you asked for it.",
    Hold.NO_SOURCE: "Held: nobody is driving. Choose a device or a policy.",
    Hold.INPUT_LOST: "Held: the input device is silent. Check its cable or choose another.",
    Hold.WINDOW_SILENT: "Held: the window has stopped answering.",
    Hold.STALE_COMMAND: "Held: the last command is more than 100 ms old.",
    Hold.STALE_OBSERVATION: "Held: the robot has not reported for more than 100 ms.",
    Hold.NOT_FINITE: "Held: the command was not a finite number.",
    Hold.MUST_REST: "Held: let go of the device once, then it drives.",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How fast and where a hand may move. The defaults suit a Panda at a table whose top is z = 0."""

    lower: tuple[float, float, float] = (0.25, -0.42, 0.011)
    """Corner of the workspace box; z keeps the finger tips 2 mm over the table [m]."""
    upper: tuple[float, float, float] = (0.75, 0.42, 0.55)
    """Opposite corner [m]."""
    linear: float = 0.35
    """Largest speed of the hand [m/s]; the Panda itself allows 1.7."""
    angular: float = 1.8
    """Largest turning speed of the hand [rad/s]; the Panda itself allows 2.5."""
    brake_s: float = 0.12
    """Near a wall the speed towards it is at most the distance divided by this, so the hand stops at it [s]."""


class Limits:
    """Applied last and to every source."""

    def __init__(self, bounds: Bounds = Bounds(), expires_ns: int = HOLDS_WITHIN_NS) -> None:
        """Nothing is sent yet.

        Args:
            bounds: how fast and where the hand may move.
            expires_ns: age above which a command or observation holds the robot, see `expires_ns` [ns].
        """
        self.bounds, self._expires_ns = bounds, expires_ns
        self._gripper = 1.0

    def apply(self, command: Command, observation: Observation, t_ns: int) -> tuple[Command, Hold]:
        """The command that may be sent, and why it is a hold if it is one.

        Args:
            command: what the source wants.
            observation: what the robot is.
            t_ns: now, on the clock of both [ns].
        """
        reason = self._reason(command, observation, t_ns)
        if reason is not Hold.NONE:
            return self.hold(command.source, t_ns), reason
        twist = np.concatenate((self._linear(command.twist[:3], observation), self._angular(command.twist[3:])))
        self._gripper = float(np.clip(command.gripper, 0.0, 1.0))
        return replace(command, twist=twist, gripper=self._gripper), Hold.NONE

    def hold(self, source: str, t_ns: int) -> Command:
        """The command that stands still: no twist, the gripper as last sent."""
        return Command(twist=np.zeros(6), gripper=self._gripper, t_ns=t_ns, source=source)

    def reset(self, gripper: float = 1.0) -> None:
        """Forget the last command; `gripper` is how far it is open now [1]."""
        self._gripper = gripper

    def _reason(self, command: Command, observation: Observation, t_ns: int) -> Hold:
        if not (np.isfinite(command.twist).all() and np.isfinite(command.gripper)):
            return Hold.NOT_FINITE
        if t_ns - command.t_ns > self._expires_ns:
            return Hold.STALE_COMMAND
        if t_ns - observation.t_ns > self._expires_ns or not np.isfinite(observation.hand_position).all():
            return Hold.STALE_OBSERVATION
        return Hold.NONE

    def _linear(self, velocity: Vector, observation: Observation) -> Vector:
        slow = _clipped(velocity, self.bounds.linear)
        up = np.maximum(np.array(self.bounds.upper) - observation.hand_position, 0.0) / self.bounds.brake_s
        down = np.maximum(observation.hand_position - np.array(self.bounds.lower), 0.0) / self.bounds.brake_s
        return np.clip(slow, -down, up)

    def _angular(self, velocity: Vector) -> Vector:
        return _clipped(velocity, self.bounds.angular)


def _clipped(v: Vector, longest: float) -> Vector:
    # Scaling by the largest part first keeps the norm finite for numbers near the end of float64.
    largest = float(np.max(np.abs(v)))
    if largest == 0.0:
        return v.copy()
    length = largest * float(np.linalg.norm(v / largest))
    if length <= longest:
        return v.copy()
    shortened: Vector = (v / largest) * (longest / float(np.linalg.norm(v / largest)))
    return shortened
