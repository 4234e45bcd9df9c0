"""Blocks: cubes with soft edges, what they look like, and how a thing that stands on the table is placed and judged."""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.shapes import Shape, drum, rounded_box


def block_parts(name: str, half: float) -> dict[str, Shape]:
    """The meshes of a cube: its body, and a pin through it whose ends are the dots on two opposite faces.

    Args:
        name: of the body mesh; the pin is called ``<name>_pin``.
        half: of its edge [m].
    """
    return {
        name: rounded_box((half, half, half), 0.16 * half),
        f"{name}_pin": drum(0.42 * half, 1.012 * half, 0.01 * half, sides=32),
    }


def standing(values: Mapping[str, float], name: str, half: float) -> Vector:
    """(7,) pose on the table, as the factors ``<name>-x``, ``-y``, ``-turn`` and ``-size`` want it.

    Args:
        values: what the reset drew.
        name: of the thing.
        half: of its height at size 1 [m].
    """
    turn = np.radians(values[f"{name}-turn"]) / 2
    x, y, z = values[f"{name}-x"], values[f"{name}-y"], half * values[f"{name}-size"]
    return np.array([x, y, z, np.cos(turn), 0.0, 0.0, np.sin(turn)])


def axes(pose: Vector) -> Vector:
    """(3, 3) the axes of a thing with this pose (7,), one a column."""
    w, x, y, z = pose[3:]
    return np.array(
        [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
            [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
            [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
        ]
    )


def tilt(pose: Vector) -> float:
    """How far a cube with this pose (7,) is from lying on one of its faces [rad]."""
    return float(np.arccos(min(1.0, float(np.abs(axes(pose)[2]).max()))))


def square_turn(pose: Vector) -> float:
    """Turn about the vertical of a cube with this pose (7,), up to quarters of a turn, whichever face is down [rad]."""
    level = axes(pose)[:, int(np.abs(axes(pose)[2]).argmin())]
    return float(np.arctan2(level[1], level[0]))
