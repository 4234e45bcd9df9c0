"""Source: whoever gives commands, a hand, a policy, a script or a replay."""

from enum import IntEnum
from typing import Protocol

from accord.devices.command import Command, Observation


class ControlMode(IntEnum):
    """Who was driving at a step, as it is recorded."""

    NOBODY = 0
    HUMAN = 1
    POLICY = 2
    INTERVENTION = 3
    SCRIPTED = 4
    REPLAY = 5


class Source(Protocol):
    """Whoever gives commands. It has one method; everything else about it is said when it is made."""

    mode: ControlMode
    """What is recorded about who drove; a script is never HUMAN."""

    def command(self, observation: Observation, t_ns: int) -> Command:
        """The command for this step, given what the robot is now.

        Args:
            observation: what the robot is at the beginning of this step.
            t_ns: now (CLOCK_MONOTONIC) [ns]; sources keep no clock of their own.
        """
        ...
