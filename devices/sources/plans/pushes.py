"""Pushes: where and how far a stick has to push a T that lies flat, so that it comes nearer to its outline.

A thing that slides slowly under friction moves as the force and its moment about the centre of mass tell: a push whose
line passes the centre at a distance m turns it by m / (c² + m²) per metre, where c is how far friction acts from the
centre (Howe and Cutkosky, 1996: the limit surface as an ellipsoid). One push is chosen for what it should do, then
everything is looked at again, so the model need not be exact.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Vector
from accord.devices.sim.tasks.push_t import outline
from accord.devices.sources.plans.around import STICK

FRICTION_ARM = 0.07
"""c: how far from the centre of mass friction acts, on the average; the T's corners press on the table [m]."""
TURN_WEIGHS = 0.07
"""A turn off by this many metres per radian is as bad as a place that is off so far [m]."""
MOST_TURN = 0.9
"""The stick slips off a T that one push turns further [rad]."""


@dataclass(frozen=True, slots=True)
class Taste:
    """What somebody pushes first and how."""

    turn: float = 1.0
    """How much a wrong turn counts until the place is right."""
    place: float = 1.0
    """How much a wrong place counts until the turn is right."""
    longest: float = 0.12
    """No push is longer than this [m]."""
    bar_only: bool = False
    """Whether the stem is never touched."""
    lazy: float = 0.02
    """How much a metre of way to the place of the push counts [m]."""


@dataclass(frozen=True, slots=True)
class Push:
    """One straight push."""

    start: Vector
    """(2,) middle of the stick when it touches the T [m]."""
    direction: Vector
    """(2,) of unit length."""
    length: float
    """How far it goes from there [m]."""

    def at(self, way: float) -> Vector:
        """(2,) middle of the stick this far along [m]."""
        return self.start + way * self.direction


def best_push(
    off: tuple[float, float, float], pose: tuple[Vector, float], size: float, hand: Vector, taste: Taste, bounds: Vector
) -> Push:
    """The push after which the T should be nearest to its outline, by this taste.

    Args:
        off: x and y [m], turn [rad] of the T against its outline.
        pose: (2,) where the T is [m], and its turn [rad].
        size: of the T.
        hand: (2,) where the stick is [m].
        taste: whose.
        bounds: (2, 2) lower and upper corner of where the stick may go [m].
    """
    points, normals, on_bar = _contacts()
    cos, sin = np.cos(pose[1]), np.sin(pose[1])
    to_world = np.array([[cos, sin], [-sin, cos]])
    arms, directions = size * points @ to_world, -normals @ to_world
    moments = arms[:, 0] * directions[:, 1] - arms[:, 1] * directions[:, 0]
    starts = pose[0] + arms - STICK * directions
    lengths = np.linspace(0.004, taste.longest, 30)
    slide = 1.0 / (1.0 + (moments / (FRICTION_ARM * size)) ** 2)  # (n,) of the centre per metre of push
    turns = (slide * moments / (FRICTION_ARM * size) ** 2)[:, None] * lengths
    places = np.array(off[:2]) + (slide[:, None] * directions)[:, None, :] * lengths[:, None]
    after = _badness(np.linalg.norm(places, axis=2), off[2] + turns, taste)
    after += taste.lazy * np.linalg.norm(starts - hand, axis=1)[:, None]
    possible = _within(starts, directions, lengths, bounds) & (np.abs(turns) < MOST_TURN)
    if taste.bar_only:
        possible &= on_bar[:, None]
    i, j = np.unravel_index(int(np.argmin(np.where(possible, after, np.inf))), after.shape)
    return Push(starts[i], directions[i], float(lengths[j]))


def _within(starts: Vector, directions: Vector, lengths: Vector, bounds: Vector) -> NDArray[np.bool_]:
    """(n, k) whether the stick stays within its bounds, from a little before the push to its end."""
    ends = starts[:, None, :] + directions[:, None, :] * lengths[:, None]
    before = starts - 0.02 * directions
    begins = ((before > bounds[0]) & (before < bounds[1])).all(axis=1)
    within: NDArray[np.bool_] = ((ends > bounds[0]) & (ends < bounds[1])).all(axis=2) & begins[:, None]
    return within


def _badness(place: Vector, turn: Vector, taste: Taste) -> Vector:
    """How far a T is from its outline, as somebody of this taste sees it [m]."""
    bad: Vector = np.hypot(taste.place * place, taste.turn * TURN_WEIGHS * turn)
    return bad


@cache
def _contacts() -> tuple[Vector, Vector, Vector]:
    """In the T's frame: (n, 2) points where a stick fits, (n, 2) outward normals, (n,) whether it is the bar's."""
    corners = outline()
    notches = corners[[1, 6]]
    points, normals, on_bar = [], [], []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (b - a) / np.linalg.norm(b - a)
        for way in np.arange(0.006, np.linalg.norm(b - a) - 0.0055, 0.004):
            point = a + way * along
            if np.linalg.norm(notches - point, axis=1).min() > STICK + 0.014:
                points.append(point)
                normals.append([along[1], -along[0]])
                on_bar.append(bool(point[1] > corners[1, 1] - 0.001))
    return np.array(points), np.array(normals), np.array(on_bar)
