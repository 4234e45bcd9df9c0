"""Drive: how one kind of device moves the robot's hand. Deflected, carried and leading devices each have their own."""

from typing import Protocol

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.input import InputState
from accord.devices.limits import Hold
from accord.devices.sim.poses import turn_between

TIME_CONSTANT_S = 0.15
"""How fast a hand goes to where it is wanted, where the robot does not say what it was told before: what is seen of a
robot lags behind its commands, and a whole way in one period would overshoot [s]."""


class Drive(Protocol):
    """One kind of device. `attend` is called every turn that the device speaks, whether it drives or not."""

    ready: bool
    """Whether it stands so that it may begin to drive."""
    goes_on: bool
    """Whether it may go on driving, if it drives."""
    unready: Hold
    """What to tell the person while it is not ready."""
    by_itself: bool
    """Whether being ready is enough, without a button to engage it."""

    def attend(self, state: InputState, observation: Observation) -> None:
        """See where the device is now."""
        ...

    def begin(self, observation: Observation) -> None:
        """It drives from this turn on."""
        ...

    def command(self, buttons: int, observation: Observation, view: Vector | None) -> tuple[Vector, Vector | None]:
        """The twist (6,) of the hand, and the posture (n,) of a leader.

        Args:
            buttons: that are down.
            observation: what the robot is.
            view: (3, 3) where the person looks, see `accord.devices.mapping.twist`.
        """
        ...


def wanted_pose(observation: Observation) -> tuple[Vector, Vector]:
    """Position (3,) and wxyz quaternion (4,) that the hand is told to have, or has where nothing tells."""
    position, quaternion = observation.target_position, observation.target_quaternion
    return (
        observation.hand_position if position is None else position,
        observation.hand_quaternion if quaternion is None else quaternion,
    )


def twist_to(position: Vector, quaternion: Vector, observation: Observation, period_s: float) -> Vector:
    """(6,) that brings the wanted hand to a pose in one period [m/s, rad/s]; limits come later."""
    from_position, from_quaternion = wanted_pose(observation)
    slow_s = max(period_s, TIME_CONSTANT_S)
    linear = (position - from_position) / (slow_s if observation.target_position is None else period_s)
    turn = turn_between(from_quaternion, quaternion)
    angular = turn / (slow_s if observation.target_quaternion is None else period_s)
    both: Vector = np.concatenate((linear, angular))
    return both
