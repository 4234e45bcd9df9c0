"""Steering: a deflected device says how fast the hand goes."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.input import InputState
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping, pace, shaped, twist


class Steering:
    """Satisfies `accord.devices.sources.drive.Drive`: ready whenever it is at rest."""

    unready = Hold.MUST_REST

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._axes = np.zeros(6)
        self.ready, self.goes_on = False, True
        self.by_itself = mapping.dead_man_button is None

    def attend(self, state: InputState, observation: Observation) -> None:
        """See `Drive`. Within the dead zone counts as let go: a worn device never quite comes back to zero."""
        self._axes = state.axes
        self.ready = not np.any(shaped(state.axes, self._mapping))

    def begin(self, observation: Observation) -> None:
        """See `Drive`."""

    def command(self, buttons: int, observation: Observation, view: Vector | None) -> tuple[Vector, Vector | None]:
        """See `Drive`."""
        asked = twist(self._axes, self._mapping, observation.hand_quaternion, view)
        return asked * pace(buttons, self._mapping), None
