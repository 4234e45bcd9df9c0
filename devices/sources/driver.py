"""Driver: a device that can drive, as far as it matters for the choice of a source."""

from dataclasses import dataclass

from accord.devices.mapping import Follow


@dataclass(frozen=True, slots=True)
class Driver:
    """What decides for whose hands it is, and what goes with it in the other one."""

    kind: str
    """`accord.devices.inputs.kinds`"""
    hands: int = 1
    """How many it is for."""
    gives: frozenset[Follow] = frozenset({Follow.DEFLECTION})
    """What of it may move a robot."""
