"""Mirroring: a leader's joints lead the robot's.

The hand is led by its pose and the joints by a posture besides, so that workspace, speed and hold limit a leader as
they limit everybody (docs/decisions/0004-a-leader-leads-the-hand-too.md).
"""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.input import InputState
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping, is_down
from accord.devices.robot import ArmChain
from accord.devices.sources.drive import twist_to

BLOCKED = 2.0
"""A robot that is so many times further behind than a leader may be when it is engaged is blocked, or outrun [1]."""


class Mirroring:
    """Satisfies `accord.devices.sources.drive.Drive`: ready where leader and robot stand nearly alike."""

    unready = Hold.APART
    by_itself = False

    def __init__(self, mapping: Mapping, chain: ArmChain, period_s: float) -> None:
        self._mapping, self._chain, self._period_s = mapping, chain, period_s
        self.asked = np.zeros(0)
        """(n,) where the robot's joints shall be [rad]."""
        self.apart = np.zeros(0)
        """(n,) the same, less where they are [rad]."""
        self._stay: Vector | None = None
        self.ready = self.goes_on = False

    def attend(self, state: InputState, observation: Observation) -> None:
        """See `Drive`: how far leader and robot stand apart."""
        assert state.joints is not None
        self.asked = np.clip(self._mapping.joints.of(state.joints), self._chain.lower, self._chain.upper)
        self.apart = self.asked - observation.joint_position
        furthest, within = float(np.abs(self.apart).max()), self._mapping.engage_within_rad
        self.ready, self.goes_on = furthest <= within, furthest <= BLOCKED * within

    def begin(self, observation: Observation) -> None:
        """See `Drive`."""
        self._stay = None

    def command(self, buttons: int, observation: Observation, view: Vector | None) -> tuple[Vector, Vector | None]:
        """See `Drive`. While the clutch is held the joints stay where they were when it was pressed."""
        if is_down(buttons, self._mapping.clutch_button):
            self._stay = observation.joint_position.copy() if self._stay is None else self._stay
            return np.zeros(6), self._stay
        self._stay = None
        position, quaternion = self._chain.hand(self.asked)
        return twist_to(position, quaternion, observation, self._period_s), self.asked
