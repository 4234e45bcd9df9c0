"""Plan: a task as a list of reaches, each with what must be true after it; and the strategies made of plans."""

from collections.abc import Callable
from dataclasses import dataclass, field

from accord.devices.command import Observation
from accord.devices.sources.motion import Goal, Manner

Aim = Callable[[Observation], Goal]
Check = Callable[[Observation], bool]


def always(_: Observation) -> bool:
    """Nothing has to be true."""
    return True


@dataclass(frozen=True, slots=True)
class Reach:
    """One part of a plan: bring the hand somewhere, then set the gripper, then see whether that went well."""

    name: str
    """For the log and for `otherwise`."""
    aim: Aim
    """Where to, from what is seen when it begins."""
    within_m: float = 0.012
    """How near is near enough [m]."""
    speed: float = 0.25
    """Mean speed of a long stroke [m/s]."""
    gripper: float | None = None
    """Opening to set on arrival; None leaves it [1]."""
    settle_s: float = 0.0
    """How long to wait after that [s]."""
    check: Check = always
    """What must be true then."""
    otherwise: str = ""
    """Name of the reach to go back to if it is not; empty for the first."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to do a task."""

    name: str
    """As on the command line and in a file: ``across-then-down``."""
    text: str
    """What is done otherwise than by others, in a few words for people."""
    plans: tuple[tuple[Reach, ...], ...]
    """One plan per hand, the left hand's first."""
    manner: Manner = field(default_factory=Manner)
