"""Rotations as unit quaternions, wxyz as everywhere in Accord.

``hand_in_base`` turns a vector written in the hand's frame into the same vector written in the base frame.
The formulas are those of the Hamilton product: Solà, "Quaternion kinematics for the error-state Kalman filter",
arXiv:1711.02508, equations 12, 15 and 115.
"""

import numpy as np

from accord.devices.command import Vector

IDENTITY: Vector = np.array([1.0, 0.0, 0.0, 0.0])
"""(4,) no rotation, wxyz."""
IDENTITY.flags.writeable = False


def conjugate(quaternion: Vector) -> Vector:
    """(4,) the opposite rotation of a unit quaternion (4,), wxyz."""
    w, x, y, z = quaternion
    return np.array([w, -x, -y, -z], dtype=np.float64)


def multiply(left: Vector, right: Vector) -> Vector:
    """(4,) first `right` (4,), then `left` (4,), wxyz."""
    w, x, y, z = np.asarray(left, dtype=np.float64).tolist()
    a, b, c, d = np.asarray(right, dtype=np.float64).tolist()
    return np.array(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ]
    )


def to_matrix(quaternion: Vector) -> Vector:
    """(3, 3) rotation matrix of a unit quaternion (4,), wxyz."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def rotate(quaternion: Vector, vector: Vector) -> Vector:
    """(3,) `vector` (3,) turned by a unit quaternion (4,), wxyz."""
    return to_matrix(quaternion) @ np.asarray(vector, dtype=np.float64)


def from_axis_angle(axis: Vector, angle: float) -> Vector:
    """(4,) a turn of `angle` [rad] about `axis` (3,) of any length but zero, wxyz."""
    direction = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    return np.concatenate([[np.cos(angle / 2)], np.sin(angle / 2) * direction])
