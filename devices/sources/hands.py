"""Hands: the source that is a person with an input device in each hand, for a robot with two."""

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Command, Observation, Vector
from accord.devices.health import Health
from accord.devices.source import ControlMode
from accord.devices.sources.hand import OPEN, Hand

BOTH_MUST_REST = "Held: let go of both devices at the same time, then they drive."
"""What to tell the person while `Hands.must_rest`, in place of `Hold.MUST_REST`'s sentence."""


class Hands:
    """Two hands of one person. Satisfies `accord.devices.source.Source`.

    Either device that is lost or has to rest holds both arms: whoever carries a thing with two hands must not lose one.
    Then both have to rest at the same moment, or one arm would set off with whatever its device says just then.

    Args:
        left: drives the left arm.
        right: drives the right arm.
    """

    mode: ControlMode = ControlMode.HUMAN

    def __init__(self, left: Hand, right: Hand) -> None:
        self._both = (left, right)

    @property
    def lost(self) -> bool:
        """Whether a command rests on no input."""
        return any(hand.lost for hand in self._both)

    @property
    def must_rest(self) -> bool:
        """Whether a device has to be let go before they move the robot."""
        return any(hand.must_rest for hand in self._both)

    @property
    def raw(self) -> tuple[Vector, NDArray[np.int64], NDArray[np.int64]]:
        """What the devices said last: axes (2, 6), buttons (2,), and when (2,) [ns]."""
        axes, buttons, times = zip(*(hand.raw for hand in self._both), strict=True)
        return np.stack(axes), np.array(buttons), np.array(times)

    @property
    def view_rotation(self) -> Vector | None:
        """(3, 3) where the person looks."""
        return self._both[0].view_rotation

    @view_rotation.setter
    def view_rotation(self, rotation: Vector | None) -> None:
        for hand in self._both:
            hand.view_rotation = rotation

    def health(self) -> Health:
        """What the devices say about themselves, the one in trouble first."""
        left, right = (hand.health() for hand in self._both)
        worse = left if not left.connected else right
        return Health(
            name=f"{left.name} + {right.name}",
            connected=left.connected and right.connected,
            detail=worse.detail or left.detail,
            last_report_ns=min(left.last_report_ns, right.last_report_ns),
            reports=left.reports + right.reports,
            refused=left.refused + right.refused,
        )

    def reset(self, gripper: float | Vector = OPEN) -> None:
        """Begin anew; see `Hand.reset`.

        Args:
            gripper: how far they are open, (2,) or the same for both [1].
        """
        for hand, opening in zip(self._both, np.broadcast_to(gripper, 2), strict=True):
            hand.reset(float(opening))

    def command(self, observation: Observation, t_ns: int) -> Command:
        """What the person asks for now, as old as the older of the two."""
        left, right = (hand.command(observation.of_hand(i), t_ns) for i, hand in enumerate(self._both))
        if self.lost or self.must_rest:
            for hand in self._both:
                hand.must_rest = True
        return Command(
            twist=np.stack((left.twist, right.twist)),
            gripper=np.array((left.gripper, right.gripper), dtype=np.float64),
            t_ns=min(left.t_ns, right.t_ns),
            source=f"{left.source}+{right.source}",
        )
