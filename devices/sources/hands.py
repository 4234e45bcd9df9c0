"""Hands: the source that is a person with an input device in each hand, for a robot with two."""

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Command, Observation, Vector
from accord.devices.health import Health
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping
from accord.devices.source import ControlMode
from accord.devices.sources.hand import OPEN, Hand

BOTH_MUST_REST = "Held: let go of both devices at the same time, then they drive."
"""What to tell the person while `Hands.reason` is `Hold.MUST_REST`, in place of that one's sentence."""
_WORST_FIRST = (
    Hold.INPUT_LOST, Hold.APART, Hold.LET_GO, Hold.PRESS_ANEW, Hold.NOT_ENGAGED, Hold.MUST_REST, Hold.NONE
)  # fmt: skip
"""Which of two reasons is told."""


class Hands:
    """Two hands of one person. Satisfies `accord.devices.source.Source`.

    Either device that does not drive holds both arms: whoever carries a thing with two hands must not lose one. They
    set off together, at a moment when both are engaged and stand so that they may begin (deflected devices: at rest),
    or one arm would start with whatever its device says just then. One that is lost disengages the other too.

    Args:
        left: drives the left arm.
        right: drives the right arm.
    """

    mode: ControlMode = ControlMode.HUMAN

    def __init__(self, left: Hand, right: Hand) -> None:
        self._both = (left, right)
        self.reason = Hold.MUST_REST
        """Why they do not drive; `Hold.NONE` while they do."""

    @property
    def raw(self) -> tuple[Vector, NDArray[np.uint64], NDArray[np.int64], Vector]:
        """What the devices said last: axes (2, 6), buttons (2,), when (2,) [ns], numbers (2, RAW_CHANNELS)."""
        axes, buttons, times, numbers = zip(*(hand.raw for hand in self._both), strict=True)
        return np.stack(axes), np.array(buttons, dtype=np.uint64), np.array(times), np.stack(numbers)

    @property
    def view_rotation(self) -> Vector | None:
        """(3, 3) where the person looks."""
        return self._both[0].view_rotation

    @view_rotation.setter
    def view_rotation(self, rotation: Vector | None) -> None:
        for hand in self._both:
            hand.view_rotation = rotation

    @property
    def ghost(self) -> Vector | None:
        """(2n,) where leaders want the robot's joints while they do not drive, NaN for an arm without one [rad]."""
        return None if self.reason is Hold.NONE else beside(*(hand.asked for hand in self._both))

    @property
    def apart(self) -> Vector | None:
        """(2n,) where leaders want the robot's joints less where they are, NaN for an arm without one [rad]."""
        return beside(*(hand.apart for hand in self._both))

    def health(self) -> Health:
        """What the devices say about themselves, the one in trouble first."""
        left, right = (hand.health() for hand in self._both)
        worse = left if not left.connected else right
        charges = [one.battery for one in (left, right) if one.battery is not None]
        return Health(
            name=f"{left.name} + {right.name}",
            connected=left.connected and right.connected,
            detail=worse.detail or left.detail,
            last_report_ns=min(left.last_report_ns, right.last_report_ns),
            reports=left.reports + right.reports,
            refused=left.refused + right.refused,
            rate_hz=min(left.rate_hz, right.rate_hz),
            jitter_ms=max(left.jitter_ms, right.jitter_ms),
            battery=min(charges, default=None),
            serial=" + ".join(one.serial for one in (left, right) if one.serial),
        )

    def reset(self, gripper: float | Vector = OPEN, fingers: Vector | None = None) -> None:
        """Begin anew; see `Hand.reset`.

        Args:
            gripper: how far they are open, (2,) or the same for both [1].
            fingers: (2, m) where the finger joints were told to be [rad]; None: as of these openings.
        """
        for number, (hand, opening) in enumerate(zip(self._both, np.broadcast_to(gripper, 2), strict=True)):
            hand.reset(float(opening), None if fingers is None else fingers[number])
        self.reason = Hold.MUST_REST

    def use_mapping(self, hand: int, mapping: Mapping) -> None:
        """Another mapping for one of them, 0 being the left one; see `Hand.use_mapping`."""
        self._both[hand].use_mapping(0, mapping)

    def engage(self, on: bool) -> None:
        """The window's button, for both; see `Hand.engage`."""
        for hand in self._both:
            hand.engage(on)

    def command(self, observation: Observation, t_ns: int) -> Command:
        """What the person asks for now, as old as the older of the two."""
        seen = [observation.of_hand(i) for i in range(2)]
        for hand, one in zip(self._both, seen, strict=True):
            hand.attend(one, t_ns)
        drove, self.reason = self.reason is Hold.NONE, self._reason()
        if self.reason is not Hold.NONE:
            left, right = (hand.hold() for hand in self._both)
        else:
            if not drove:
                for hand, one in zip(self._both, seen, strict=True):
                    hand.begin(one)
            left, right = (hand.drive(one) for hand, one in zip(self._both, seen, strict=True))
        return Command(
            twist=np.stack((left.twist, right.twist)),
            gripper=np.array((left.gripper, right.gripper), dtype=np.float64),
            t_ns=min(left.t_ns, right.t_ns),
            source=f"{left.source}+{right.source}",
            posture=beside(left.posture, right.posture),
            fingers=rows(left.fingers, right.fingers),
        )

    def _reason(self) -> Hold:
        """Why they do not drive."""
        reasons = [hand.reason for hand in self._both]
        if Hold.INPUT_LOST in reasons:
            for hand in self._both:
                hand.let_go()
        worst = min(reasons, key=_WORST_FIRST.index)
        if worst is not Hold.NONE or self.reason is Hold.NONE:
            return worst
        return min((hand.unready for hand in self._both), key=_WORST_FIRST.index)


def beside(left: Vector | None, right: Vector | None) -> Vector | None:
    """(2n,) what belongs to the joints (n,) of the left arm, then the right one; NaN for None."""
    if left is None and right is None:
        return None
    count = len(left if left is not None else right)  # type: ignore[arg-type]
    nothing = np.full(count, np.nan)
    return np.concatenate((nothing if left is None else left, nothing if right is None else right))


def rows(left: Vector | None, right: Vector | None) -> Vector | None:
    """(2, m) what belongs to the fingers (m,) of the left hand and of the right one; NaN for None."""
    joined = beside(left, right)
    return None if joined is None else joined.reshape(2, -1)
