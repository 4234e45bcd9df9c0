"""The low cabinet with one drawer: its meshes, its factors, and where its handle and its inside are.

Lengths are of a cabinet of size 1 in the drawer's own frame: its origin lies on the table under the middle of the
front, x along the front, y into the cabinet, so that the drawer opens along -y.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.rotation import to_matrix
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, drum, rounded_box, sweep

SLIDE = "drawer_slide"
"""The drawer's joint: how far it is open [m]."""
START = "drawer-open"
"""The factor by which the drawer is open at the start [m]."""
SIZE = "cabinet-size"
"""The factor by which the cabinet is larger than it is drawn."""
HANDLE = (0.0, -0.036, 0.033)
"""The middle of the handle's bar [m]."""
HANDLE_HALF = 0.060
"""Half of the bar's length; its two posts stand 30 mm from its middle [m]."""
INSIDE = ((-0.102, 0.012, 0.014), (0.102, 0.207, 0.056))
"""Lower and upper corner of the room inside the drawer, up to the cabinet's top [m]."""
_X, _TURN = ((0.46, 0.56), (0.42, 0.60)), ((-15, 15), (-30, 30))
"""Usual and possible ranges of where the cabinet stands away from the arm [m], and how it is turned [deg]."""


def cabinet_parts() -> dict[str, Shape]:
    """Every mesh of ``scenes/cabinet.xml``."""
    return {
        "case_top": rounded_box((0.127, 0.1195, 0.005), 0.003, steps=2),
        "case_side": rounded_box((0.005, 0.1175, 0.028), 0.002, steps=1),
        "case_back": rounded_box((0.115, 0.006, 0.028), 0.001, steps=1),
        "case_floor": rounded_box((0.115, 0.1055, 0.003), 0.001, steps=1),
        "drawer_front": rounded_box((0.121, 0.006, 0.0275), 0.003, steps=2),
        "drawer_side": rounded_box((0.0025, 0.100, 0.017), 0.001, steps=1),
        "drawer_back": rounded_box((0.102, 0.0025, 0.017), 0.001, steps=1),
        "drawer_floor": rounded_box((0.105, 0.100, 0.002), 0.0008, steps=1),
        "handle_bar": sweep([(-0.0545, 0, 0), (0, 0, 0), (0.0545, 0, 0)], [0.0055] * 3, sides=16),
        "handle_post": _lying(drum(0.005, 0.018, 0.001, sides=16)),
    }


def _lying(shape: Shape) -> Shape:
    """What stood along z, along y."""
    x, y, z = shape.vertices.T
    return Shape(np.column_stack((x, -z, y)), shape.faces)


def cabinet_factors(
    y: tuple[tuple[float, float], tuple[float, float]], opening: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[Factor, ...]:
    """What a reset varies about the cabinet.

    Args:
        y: where it stands to the left, usually and at most [m].
        opening: how far the drawer is open at the start, usually and at most [m].
    """
    box = ("cabinet",)
    return (
        Factor("cabinet-x", "Where the cabinet stands, away from the arm", "m", *_X, Kind.BODY_X, box),
        Factor("cabinet-y", "Where the cabinet stands, to the left", "m", *y, Kind.BODY_Y, box),
        Factor(
            "cabinet-turn", "How the cabinet is turned; 0: it opens to the right", "deg", *_TURN, Kind.BODY_TURN, box
        ),
        Factor(START, "How far the drawer is open at the start", "m", *opening),
        Factor(SIZE, "Size of the cabinet", "1", (1.0, 1.0), (0.95, 1.1), Kind.SIZE, box),
        Factor("front-hue", "Colour of the drawer's front", "1", (0.527, 0.527), (0.0, 1.0), Kind.HUE, ("front",)),
        Factor("handle-hue", "Colour of the handle", "1", (0.089, 0.089), (0.0, 1.0), Kind.HUE, ("handle",)),
    )


def from_drawer(drawer: Vector, point: tuple[float, float, float], values: Mapping[str, float]) -> Vector:
    """(3,) where a point of the drawer is in the base frame [m].

    Args:
        drawer: (7,) its pose.
        point: in its frame, of a cabinet of size 1 [m].
        values: drawn by the reset.
    """
    place: Vector = drawer[:3] + to_matrix(drawer[3:]) @ (values.get(SIZE, 1.0) * np.array(point))
    return place


def in_drawer(drawer: Vector, point: Vector, values: Mapping[str, float]) -> Vector:
    """(3,) the same back: a point (3,) of the base frame as the drawer has it [m]."""
    place: Vector = to_matrix(drawer[3:]).T @ (point - drawer[:3]) / values.get(SIZE, 1.0)
    return place


def is_inside(drawer: Vector, point: Vector, values: Mapping[str, float]) -> bool:
    """Whether a point (3,) of the base frame is inside the drawer."""
    place = in_drawer(drawer, point, values)
    return bool((place >= INSIDE[0]).all() and (place <= INSIDE[1]).all())


def to_handle(drawer: Vector, point: Vector, values: Mapping[str, float]) -> float:
    """How far a point (3,) of the base frame is from the handle's bar [m]."""
    off = in_drawer(drawer, point, values) - np.array(HANDLE)
    off[0] -= np.clip(off[0], -HANDLE_HALF, HANDLE_HALF)
    return float(np.linalg.norm(off)) * values.get(SIZE, 1.0)
