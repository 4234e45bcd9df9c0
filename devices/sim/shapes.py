"""Lathed, swept and rounded shapes: closed triangle meshes made from a few numbers.

MJCF's primitives make an arm of sticks. These three shapes give links, pegs and nuts their soft edges and weigh a few
hundred triangles each. They are made in code, so that a scene is small text with no binary files beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Vector


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed triangle mesh."""

    vertices: Vector
    """(n, 3) [m]."""
    faces: NDArray[np.int32]
    """(m, 3) vertex numbers, counter-clockwise seen from outside."""


def lathe(profile: list[tuple[float, float]], sides: int = 24, turn: float = 0.0) -> Shape:
    """Turn a profile about the z axis; four sides and an eighth of a turn make square things.

    Args:
        profile: (radius, height) from bottom to top along the outside [m]. Ends off the axis are closed by a disc;
            a first point equal to the last one makes a ring.
        sides: how many flat sides go round.
        turn: angle of the first corner [rad].
    """
    angles = turn + np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    rings = [np.column_stack((r * np.cos(angles), r * np.sin(angles), np.full(sides, z))) for r, z in profile]
    return _skin(rings, closed=profile[0] == profile[-1])


def sweep(path: list[tuple[float, float, float]], radii: list[float], sides: int = 20, steps: int = 5) -> Shape:
    """Move a circle along a smooth path through the given points, its radius changing on the way.

    The ends are rounded off. The path is a Catmull-Rom spline (Catmull and Rom, 1974), so it passes through each point.

    Args:
        path: points of the centre line [m].
        radii: radius at each of them [m].
        sides: how many flat sides go round.
        steps: how many circles from one point to the next.
    """
    knots = np.column_stack((np.array(path), np.array(radii)))  # (k, 4)
    line = _spline(knots, steps)
    tangents = np.gradient(line[:, :3], axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    across = _frames(tangents)
    angles = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    rings = []
    for shift, shrink, at in _rounded_ends(len(line)):
        other = np.cross(tangents[at], across[at])
        centre, radius = line[at, :3] + shift * line[at, 3] * tangents[at], shrink * line[at, 3]
        rings.append(centre + radius * (np.outer(np.cos(angles), across[at]) + np.outer(np.sin(angles), other)))
    return _skin(rings, closed=False)


def rounded_box(half: tuple[float, float, float], radius: float, steps: int = 3) -> Shape:
    """A box whose edges and corners are rounded.

    Args:
        half: half of its size along x, y and z [m].
        radius: of the edges [m].
        steps: how many flat strips make a quarter of an edge.
    """
    quarter = np.linspace(0.0, np.pi / 2, steps + 1)
    around = np.concatenate([quarter + k * np.pi / 2 for k in range(4)])
    corner = np.repeat([(1, 1), (-1, 1), (-1, -1), (1, -1)], steps + 1, axis=0)
    core = np.array(half) - radius
    up = np.concatenate((quarter - np.pi / 2, quarter))
    rings = []
    for angle, side in zip(up, np.repeat((-1.0, 1.0), steps + 1), strict=True):
        xy = corner * core[:2] + radius * np.cos(angle) * np.column_stack((np.cos(around), np.sin(around)))
        rings.append(np.column_stack((xy, np.full(len(xy), side * core[2] + radius * np.sin(angle)))))
    return _skin(rings, closed=False)


def drum(radius: float, half_length: float, fillet: float, sides: int = 24) -> Shape:
    """A cylinder along z with rounded rims [m]."""
    quarter = np.linspace(0.0, np.pi / 2, 4)
    low = [(radius - fillet + fillet * np.sin(a), -half_length + fillet - fillet * np.cos(a)) for a in quarter]
    return lathe(low + [(r, -z) for r, z in reversed(low)], sides)


def _skin(rings: list[Vector], closed: bool) -> Shape:
    """Triangles between neighbouring rings; discs at both ends, or the last ring joined to the first."""
    if closed:
        rings = rings[:-1]
    count, sides = len(rings), len(rings[0])
    vertices = np.concatenate(rings)
    j = np.arange(sides)
    k = (j + 1) % sides
    faces = []
    for i in range(count if closed else count - 1):
        a, b = i * sides, ((i + 1) % count) * sides
        faces += [np.column_stack((a + j, a + k, b + k)), np.column_stack((a + j, b + k, b + j))]
    if not closed:
        tip = len(vertices)
        vertices = np.concatenate((vertices, [rings[0].mean(axis=0), rings[-1].mean(axis=0)]))
        last = (count - 1) * sides
        faces += [np.column_stack((np.full(sides, tip), k, j))]
        faces += [np.column_stack((np.full(sides, tip + 1), last + j, last + k))]
    return _cleaned(vertices, np.concatenate(faces))


def _cleaned(vertices: Vector, faces: NDArray[np.int64]) -> Shape:
    """The same mesh with equal corners shared, triangles without area left out, and its outside outside."""
    unique, index = np.unique(np.round(vertices, 5), axis=0, return_inverse=True)
    faces = index.reshape(-1)[faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    a, b, c = unique[faces].transpose(1, 0, 2)
    inside_out = np.einsum("ij,ij->", a, np.cross(b, c)) < 0.0  # six times the volume
    return Shape(unique, (faces[:, ::-1] if inside_out else faces).astype(np.int32))


def _spline(knots: Vector, steps: int) -> Vector:
    """(n, 4) points of a Catmull-Rom spline through (k, 4) knots."""
    ends = np.vstack((2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]))
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    spans = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
        spans.append(0.5 * curve)
    return np.vstack([*spans, knots[-1:]])


def _frames(tangents: Vector) -> Vector:
    """(n, 3) unit vectors across the path that turn as little as they can from point to point."""
    side = np.cross(tangents[0], np.eye(3)[np.argmin(np.abs(tangents[0]))])
    across = []
    for tangent in tangents:
        side = side - (side @ tangent) * tangent
        side = side / np.linalg.norm(side)
        across.append(side)
    return np.array(across)


def _rounded_ends(count: int, steps: int = 3, bulge: float = 0.35) -> list[tuple[float, float, int]]:
    """(shift along the path in radii, share of the radius, index of the point) for each circle of a sweep."""
    angles = np.linspace(np.pi / 2, 0.0, steps, endpoint=False)
    start = [(-bulge * float(np.sin(a)), float(np.cos(a)), 0) for a in angles]
    end = [(-shift, shrink, count - 1) for shift, shrink, _ in reversed(start)]
    return [*start, *((0.0, 1.0, i) for i in range(count)), *end]
