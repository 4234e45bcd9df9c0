"""Following: the robot's hand goes as far, and turns as far, as the person's does since it was engaged.

What counts is how the device moved from one report to the next. So a clutch only has to leave some of that out, another
view turns what comes and not what was, and no turn is ever too long to be written as one. Where the robot shall go is
never further than a leash from where it is told to be: a robot that is outrun or blocked owes the person no more.
"""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.input import InputState
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping, base_from, is_down, ordered, pace
from accord.devices.sim.poses import leashed, turn_between, turned
from accord.devices.sources.drive import twist_to, wanted_pose

JUMP = (0.15, 1.0)
"""No hand moves so far between two reports, at most 100 ms apart: the device lost its bearings [m, rad]."""
LEASH = (0.1, 0.5)
"""How far the robot may lag behind; what is beyond is left out. At full speed it makes up for 0.3 s [m, rad]."""


class Following:
    """Satisfies `accord.devices.sources.drive.Drive`: ready wherever the person's hand is."""

    unready = Hold.NOT_ENGAGED
    by_itself = False

    def __init__(self, mapping: Mapping, period_s: float) -> None:
        self._mapping, self._period_s = mapping, period_s
        self._pose: Vector | None = None
        self._moved = np.zeros(6)
        self._position, self._quaternion = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
        self.ready, self.goes_on = True, True

    def attend(self, state: InputState, observation: Observation) -> None:
        """See `Drive`: how the device moved since its last report."""
        assert state.pose is not None
        pose, before = state.pose, state.pose if self._pose is None else self._pose
        self._pose = pose
        way, turn = pose[:3] - before[:3], turn_between(before[3:], pose[3:])
        self.goes_on = bool(np.linalg.norm(way) <= JUMP[0] and np.linalg.norm(turn) <= JUMP[1])
        self._moved = np.concatenate((way, turn))

    def begin(self, observation: Observation) -> None:
        """See `Drive`: from where the robot is told to be."""
        self._position, self._quaternion = wanted_pose(observation)
        self._moved = np.zeros(6)

    def command(self, buttons: int, observation: Observation, view: Vector | None) -> tuple[Vector, Vector | None]:
        """See `Drive`. While the clutch is held, what the robot has not caught up with is left out too."""
        mapping = self._mapping
        if is_down(buttons, mapping.clutch_button):
            self._position, self._quaternion = wanted_pose(observation)
            return np.zeros(6), None
        turn_to = base_from(mapping.frame, observation.hand_quaternion, view)
        way, turn = (ordered(self._moved, mapping) * pace(buttons, mapping)).reshape(2, 3)
        position, quaternion = self._position + turn_to @ way * mapping.scale, self._quaternion
        if mapping.turns:
            quaternion = turned(quaternion, turn_to @ turn)
        self._position, quaternion = leashed((position, quaternion), wanted_pose(observation), *LEASH)
        self._quaternion = quaternion / np.linalg.norm(quaternion)
        return twist_to(self._position, self._quaternion, observation, self._period_s), None
