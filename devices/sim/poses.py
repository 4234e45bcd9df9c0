"""Poses: turns as rotation vectors, and keeping one pose near another. Quaternions as in `accord.devices.rotation`."""

from math import atan2, cos, sin, sqrt

import numpy as np

from accord.devices.command import Vector
from accord.devices.rotation import conjugate, multiply


def from_rotation_vector(v: Vector) -> Vector:
    """(4,) the turn about v (3,) by its length [rad], wxyz."""
    x, y, z = v.tolist()  # plain numbers: an array operation on three of them costs ten times as much
    half = 0.5 * sqrt(x * x + y * y + z * z)
    share = 0.5 * sin(half) / half if half > 1e-9 else 0.5
    return np.array([cos(half), share * x, share * y, share * z])


def rotation_vector(q: Vector) -> Vector:
    """(3,) the shortest turn [rad] that a unit quaternion (4,) stands for."""
    w, x, y, z = q.tolist()
    sine = sqrt(x * x + y * y + z * z)
    share = 2.0 if sine < 1e-12 else 2.0 * atan2(sine, abs(w)) / sine
    share = -share if w < 0.0 else share
    return np.array([share * x, share * y, share * z])


def turn_between(start: Vector, end: Vector) -> Vector:
    """(3,) the shortest turn [rad] from one quaternion (4,) to another, in the frame both are written in."""
    return rotation_vector(multiply(end, conjugate(start)))


def turned(quaternion: Vector, turn: Vector) -> Vector:
    """(4,) the quaternion (4,) after a further turn (3,) [rad]."""
    return multiply(from_rotation_vector(turn), quaternion)


def same_side(q: Vector, before: Vector | None) -> Vector:
    """Of q and -q, one and the same rotation, the one next to `before`; at first the one whose largest part is > 0."""
    reference = q[np.argmax(np.abs(q))] if before is None else q @ before
    return -q if reference < 0.0 else q


def clipped(v: Vector, longest: float) -> Vector:
    """V (3,), or v shortened to the given length."""
    x, y, z = v.tolist()
    length = sqrt(x * x + y * y + z * z)
    return v if length <= longest else v * (longest / length)


def leashed(
    pose: tuple[Vector, Vector], to: tuple[Vector, Vector], metres: float, radians: float
) -> tuple[Vector, Vector]:
    """The pose (position, quaternion), or the nearest one within a distance [m] and a turn [rad] of another."""
    turn = clipped(turn_between(to[1], pose[1]), radians)
    return to[0] + clipped(pose[0] - to[0], metres), turned(to[1], turn)
