"""Limits: the last word on every command, whoever gave it.

Pure but for what it must remember of the commands it sent: a held robot keeps its gripper as it was, and joints that a
leader brought somewhere stay there.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.fingers import Fingers

HOLDS_WITHIN_NS = 100_000_000
"""How soon a robot is held after the last that was heard from whoever drives it [ns]."""


_LATE_NS = 10_000_000
"""How late a turn may begin where the machine has other work too, and a word be heard that was said [ns]."""


def expires_ns(rate_hz: float) -> int:
    """How old something may be when a turn of the loop begins [ns].

    What is sent then acts until the next turn, so a period is taken off; and the next turn may begin late.
    """
    return HOLDS_WITHIN_NS - round(1e9 / rate_hz) - _LATE_NS


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
    LET_GO = 9
    PRESS_ANEW = 10
    APART = 11
    NOT_ENGAGED = 12

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return _SENTENCES[self]


_SENTENCES = {
    Hold.NONE: "Moving as commanded.",
    Hold.REQUESTED: "Held because you asked for it.",
    Hold.NO_SOURCE: "Held: nobody is driving. Choose a device or a policy.",
    Hold.INPUT_LOST: "Held: the input device is silent. Check its cable or choose another.",
    Hold.WINDOW_SILENT: "Held: this machine is too busy, the window or terminal was not heard in time. "
    "Close other programs, or choose a lower rate or smaller pictures.",
    Hold.STALE_COMMAND: "Held: the last command is so old that the robot would act on more than 100 ms old news.",
    Hold.STALE_OBSERVATION: "Held: the robot was heard so long ago that it would be led by more than 100 ms old news.",
    Hold.NOT_FINITE: "Held: the command was not a finite number.",
    Hold.MUST_REST: "Held: let go of the device once, then it drives.",
    Hold.LET_GO: "Held: hold the dead-man button down to drive.",
    Hold.PRESS_ANEW: "Held: let go of the dead-man button and press it again.",
    Hold.APART: "Held: the leader and the robot stand apart. Bring the leader to where the robot is.",
    Hold.NOT_ENGAGED: "Held: squeeze and release the trigger, or press Engage, and the leader drives.",
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
    planar: bool = False
    """Whether the hand moves in the plane of the table only: neither up nor down, and without turning."""
    crossing: float = float("inf")
    """How far the left one of two hands may go to the right of the middle, y = 0, and the right one to the left [m]."""

    def of_hand(self, number: int) -> tuple[Vector, Vector]:
        """The corners (3,) of where one of two hands may go, the left one being 0 [m]."""
        lower, upper = np.array(self.lower), np.array(self.upper)
        if number == 0:
            lower[1] = max(lower[1], -self.crossing)
        else:
            upper[1] = min(upper[1], self.crossing)
        return lower, upper


_IN_THE_PLANE = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
"""The parts of a twist that stay in the plane of the table."""


_STILL = 1e-6
"""A hand that is told to go no faster stands still: what is left is rounding [m/s, rad/s]."""


class Limits:
    """Applied last and to every source."""

    def __init__(
        self,
        bounds: Bounds = Bounds(),
        expires_ns: int = HOLDS_WITHIN_NS,
        hands: int = 1,
        fingers: Fingers | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            bounds: how fast and where a hand may move.
            expires_ns: age above which a command or observation holds the robot, see `expires_ns` [ns].
            hands: how many the robot has; what is sent has the shapes of `Command` for so many.
            fingers: of each hand; every command that is sent to hands with fingers says where each joint shall be.
        """
        self.bounds, self._expires_ns, self._fingers = bounds, expires_ns, fingers
        self._shape = () if hands == 1 else (hands,)
        self._stay: Vector | None = None
        """(n,) where the joints were when their arm moved last, NaN for an arm that no leader ever led; there they stay
        while it stands still, and do not drift to the arm's usual posture [rad]."""
        self.reset()

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
        pairs = zip(np.atleast_2d(command.twist), np.atleast_2d(observation.hand_position), strict=True)
        twist = np.stack([self._limited(wanted, position, i) for i, (wanted, position) in enumerate(pairs)])
        self._keep(np.clip(command.gripper, 0.0, 1.0), command.fingers)
        posture = self._posture(command.posture, twist, observation.joint_position)
        return (
            replace(
                command,
                twist=twist.reshape(*self._shape, 6),
                gripper=self._gripper,
                posture=posture,
                fingers=self._bent,
            ),
            Hold.NONE,
        )

    def hold(self, source: str, t_ns: int) -> Command:
        """The command that stands still: no twist, the gripper as last sent, joints that were led where they are."""
        still = np.zeros((*self._shape, 6))
        return Command(still, self._gripper, t_ns, source, posture=self._stay, fingers=self._bent)

    def reset(self, gripper: float | Vector = 1.0, fingers: Vector | None = None) -> None:
        """Forget what was sent.

        Args:
            gripper: how far it is open now [1].
            fingers: (m,) or (2, m) how they are bent now; None: as a hand that opens and closes as a whole [rad].
        """
        self._gripper: float | Vector = 1.0
        self._bent: Vector | None = None
        """(m,) or (2, m) the finger joints as last sent; None for hands without, and before anything was sent [rad]."""
        self._keep(gripper, fingers)
        self._stay = None

    def _keep(self, gripper: float | Vector, fingers: Vector | None) -> None:
        opening: float | Vector = np.full(self._shape, gripper) if self._shape else float(gripper)
        if self._fingers is not None:
            self._bent = self._fingers_at(self._fingers, opening, fingers)
        self._gripper = opening

    def _fingers_at(self, hand: Fingers, opening: float | Vector, asked: Vector | None) -> Vector:
        """(m,) or (2, m) the finger joints to send [rad].

        Where nobody leads them one by one they follow the gripper's opening when that changes, and stay as they are
        while it does not: what a glove grasped is not let go because a hold, or another device, knows no fingers.

        Args:
            hand: whose they are.
            opening: to be sent [1].
            asked: by the command, NaN in the rows of hands that nobody leads so [rad].
        """
        whole = np.array([hand.at(one) for one in np.atleast_1d(opening)])
        if self._bent is not None:
            changed = np.atleast_1d(opening) != np.atleast_1d(self._gripper)
            whole = np.where(changed[:, None], whole, np.atleast_2d(self._bent))
        if asked is not None:
            told = np.atleast_2d(asked)
            whole = np.where(np.isnan(told), whole, np.clip(told, *hand.range))
        return whole.reshape(*self._shape, len(hand.names))

    def _posture(self, asked: Vector | None, twist: Vector, joints: Vector) -> Vector | None:
        """(n,) the posture to send: what is asked, and for arms that were led and stand still now, how they stand.

        Args:
            asked: (n,) by the command; None for none [rad].
            twist: (hands, 6) to be sent.
            joints: (n,) where they are [rad].
        """
        if self._stay is None:
            self._stay = None if asked is None else np.where(np.isnan(asked), np.nan, joints)
            return asked
        wanted = np.full(joints.shape, np.nan) if asked is None else asked
        stands = np.repeat(np.abs(twist).max(axis=1) < _STILL, len(joints) // len(twist)) & np.isnan(wanted)
        led = ~(np.isnan(wanted) & np.isnan(self._stay))
        self._stay = np.where(stands, self._stay, np.where(led, joints, np.nan))
        return np.where(stands, self._stay, wanted)

    def _reason(self, command: Command, observation: Observation, t_ns: int) -> Hold:
        if not (np.isfinite(command.twist).all() and np.isfinite(command.gripper).all()):
            return Hold.NOT_FINITE
        if command.posture is not None and np.isinf(command.posture).any():
            return Hold.NOT_FINITE
        if command.fingers is not None and not self._are_fingers(command.fingers):
            return Hold.NOT_FINITE
        if not self._is_news(command.t_ns, t_ns):
            return Hold.STALE_COMMAND
        if not self._is_news(observation.t_ns, t_ns) or not np.isfinite(observation.hand_position).all():
            return Hold.STALE_OBSERVATION
        return Hold.NONE

    def _are_fingers(self, asked: Vector) -> bool:
        """Whether they are the joints of this robot's hands, all of them finite or, hand by hand, none."""
        joints = 0 if self._fingers is None else len(self._fingers.names)
        if asked.shape != (*self._shape, joints):
            return False
        rows, finite = np.isnan(np.atleast_2d(asked)).all(axis=1), np.isfinite(np.atleast_2d(asked)).all(axis=1)
        return bool((rows | finite).all())

    def _is_news(self, then_ns: int, t_ns: int) -> bool:
        """Whether it may be acted on; a time to come is of another clock, by which nothing would ever grow old."""
        return -_LATE_NS <= t_ns - then_ns <= self._expires_ns

    def _limited(self, wanted: Vector, position: Vector, hand: int) -> Vector:
        """(6,) the twist that the hand at this place (3,) may follow."""
        if self.bounds.planar:
            wanted = wanted * _IN_THE_PLANE
        return np.concatenate((self._linear(wanted[:3], position, hand), _clipped(wanted[3:], self.bounds.angular)))

    def _linear(self, velocity: Vector, position: Vector, hand: int) -> Vector:
        slow = _clipped(velocity, self.bounds.linear)
        lower, upper = self.bounds.of_hand(hand)
        up = np.maximum(upper - position, 0.0) / self.bounds.brake_s
        down = np.maximum(position - lower, 0.0) / self.bounds.brake_s
        limited: Vector = np.clip(slow, -down, up)
        return limited * _IN_THE_PLANE[:3] if self.bounds.planar else limited


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
