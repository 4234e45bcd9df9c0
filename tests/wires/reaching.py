"""Whoever holds a leader of five joints: it reaches anywhere near, but cannot turn its hand at will."""

from collections.abc import Callable

import numpy as np
from wires.arm import ArmWire

from accord.devices.command import Vector
from accord.devices.inputs.leaders import LEADERS
from accord.devices.sim.poses import turn_between

DONE = np.array([0, 1, 2, 5])
"""What five joints do of a way and a turn: go anywhere, and turn about the vertical."""
ENDS = np.array([1.6, 1.6, 1.6, 1.6, 2.4])
"""How far each joint is turned at most, to either side; less than it could be [rad]."""
OWED = np.array([0.01, 0.01, 0.01, 0.15])
"""Whoever cannot make up for so much is at the end of the reach [m, rad]."""
FLOOR_M = 0.0
"""The table that the leader stands on [m]."""


class Reaching:
    """Holds a Koch or an SO-101 leader, and takes it anew where its reach ends.

    Args:
        wire: of the leader.
        let_go: presses *Engage* in the window, so that it drives no longer.
    """

    def __init__(self, wire: ArmWire, let_go: Callable[[], object]) -> None:
        chain = LEADERS[wire.setup.kind].chain
        assert chain is not None
        self._wire, self._chain, self._let_go = wire, chain, let_go
        self._angles, self._owed = wire.pose.copy(), np.zeros(4)

    def begin(self) -> None:
        """From where it is at ease, with the trigger let go."""
        self._angles, self._owed = self._wire.pose.copy(), np.zeros(4)
        self._wire.move(self._angles, 1.0)

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        mapping = self._wire.mapping
        self._owed += twist[0, DONE] * elapsed_s / np.array([mapping.scale] * 3 + [1.0])
        if np.any(np.abs(self._owed) > OWED):
            self._let_go()
            return False
        angles = np.clip(self._angles + self._step(), -ENDS, ENDS)
        if self._chain.pose(angles)[2] >= FLOOR_M:
            self._owed -= self._went(self._angles, angles)
            self._angles = angles
        self._wire.move(self._angles, float(gripper[0]))
        return True

    def _went(self, before: Vector, after: Vector) -> Vector:
        """(4,) what the hand did between two postures [m, rad]."""
        start, end = self._chain.pose(before), self._chain.pose(after)
        way: Vector = np.concatenate((end[:3] - start[:3], turn_between(start[3:], end[3:])))[DONE]
        return way

    def _step(self) -> Vector:
        """(5,) one step of damped least squares; what is free of it goes back to how the arm is at ease [rad]."""
        nudges = 1e-4 * np.eye(len(self._angles))
        jacobian = np.array([self._went(self._angles, self._angles + nudge) / 1e-4 for nudge in nudges]).T
        inverse = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + 1e-4 * np.eye(4))
        free = np.eye(len(self._angles)) - inverse @ jacobian
        step: Vector = inverse @ self._owed + free @ (0.05 * (self._wire.pose - self._angles))
        return np.clip(step, -0.05, 0.05)
