"""Around: the shortest way of a stick from here to there in the plane, without touching the T."""

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.tasks.push_t import BOXES

STICK = 0.012
"""Radius of the stick [m]."""
ROOM = 0.009
"""How far the stick keeps from the T on its way [m]."""


def next_point(start: Vector, end: Vector, size: float) -> Vector:
    """(2,) where to go next, straight, on the shortest way from start to end; all in the frame of the T.

    Args:
        start: (2,) where the stick is [m].
        end: (2,) where it shall be [m].
        size: of the T.
    """
    boxes = BOXES * size
    # Who stands nearer to the T than the usual room may still leave, and who wants to go nearer may.
    room = min(STICK + ROOM, gap(start, boxes) - 0.001, gap(end, boxes) - 0.001)
    points = np.vstack([start, end, _corners(boxes, STICK + ROOM + 0.003)])
    points = points[[i < 2 or _useful(point, start, boxes, room) for i, point in enumerate(points)]]
    point: Vector = points[_first_step(_distances(points, boxes, room))]
    return point


def _useful(point: Vector, start: Vector, boxes: Vector, room: float) -> bool:
    """Whether a corner is free, and somewhere else than the stick is already."""
    return gap(point, boxes) >= room and float(np.linalg.norm(point - start)) > 0.002


def gap(point: Vector, boxes: Vector) -> float:
    """From a point (2,) to the nearest of the boxes (k, 4); 0 inside of one [m]."""
    x = np.maximum(np.maximum(boxes[:, 0] - point[0], point[0] - boxes[:, 1]), 0.0)
    y = np.maximum(np.maximum(boxes[:, 2] - point[1], point[1] - boxes[:, 3]), 0.0)
    return float(np.hypot(x, y).min())


def _corners(boxes: Vector, out: float) -> Vector:
    left, right, low, high = boxes.T
    x = np.concatenate((left - out, right + out, right + out, left - out))
    y = np.concatenate((low - out, low - out, high + out, high + out))
    return np.column_stack((x, y))


def _distances(points: Vector, boxes: Vector, room: float) -> Vector:
    """(n, n) straight distances between points; infinite where a box, made larger by `room`, is between them."""
    a, b = points[:, None], points[None, :]
    distances: Vector = np.linalg.norm(b - a, axis=2)
    for left, right, low, high in boxes:
        lower, upper = np.array([left - room, low - room]), np.array([right + room, high + room])
        distances[_crosses(a, b - a, lower, upper)] = np.inf
    return distances


def _crosses(a: Vector, way: Vector, lower: Vector, upper: Vector) -> Vector:
    """Whether straight ways from `a` lead through the inside of an upright box."""
    way = np.where(way == 0.0, 1e-12, way)
    one, two = (lower - a) / way, (upper - a) / way
    enters = np.minimum(one, two).max(axis=-1)
    leaves = np.maximum(one, two).min(axis=-1)
    inside: Vector = (enters < leaves) & (leaves > 0.0) & (enters < 1.0)
    return inside


def _first_step(distances: Vector) -> int:
    """Where the shortest way from point 0 to point 1 goes first (Bellman and Ford); 1 if there is none."""
    left = np.full(len(distances), np.inf)
    left[1] = 0.0
    for _ in range(len(distances)):
        left = np.minimum(left, (distances + left).min(axis=1))
    total = distances[0] + left
    total[0] = np.inf
    return int(np.argmin(total)) if np.isfinite(total).any() else 1
