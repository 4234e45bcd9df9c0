"""Arm: a chain of joints that carries a hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accord.devices.command import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """A chain of joints that carries a hand."""

    name: str
    """As on the command line and in a file: ``panda``."""
    joints: tuple[str, ...]
    """From base to flange; each has an actuator of its own name that holds a wanted angle."""
    joint_speed: Vector
    """(n,) limits [rad/s]."""
    home: Vector
    """(n,) where an episode starts: hand down, about 0.45 m before the base and 0.28 m over the table [rad]."""
    build: Callable[[], Any]
    """Makes its MjSpec, meshes filled in: base at the origin, x forward, with a site ``flange`` (z out of the flange,
    y the way that fingers open)."""
