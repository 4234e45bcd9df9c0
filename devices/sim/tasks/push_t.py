"""The push-t task: push a T with a stick until it covers its outline.

The moment counts when the T covers at least nine tenths of its outline and the stick does not touch it. ManiSkill's
PushT-v1 asks for the same nine tenths; Diffusion Policy's simulation (Chi et al., 2023) scores up to 95 %. Nine tenths
allow this T to be 5 mm beside its outline or 5 degrees turned against it. It also has to lie still, as it does once it
is no longer pushed.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.limits import Bounds
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape
from accord.devices.sim.task import Moment, Stage, Task

UNIT = 0.040
"""Thickness of bar and stem; the bar is four units long, the stem three, as in Diffusion Policy's Push-T [m]."""
HALF_HEIGHT = 0.015
"""Half of the T's height [m]."""
_MIDDLE = 5.0 / 14.0 * UNIT
"""From the T's centre of mass, its origin, to where the stem meets the bar [m]."""
BOXES = np.array(
    [
        [-2.0 * UNIT, 2.0 * UNIT, _MIDDLE, _MIDDLE + UNIT],
        [-0.5 * UNIT, 0.5 * UNIT, _MIDDLE - 3.0 * UNIT, _MIDDLE],
    ]
)
"""(2, 4) bar and stem: left, right, lower and upper edge, from the centre of mass [m]."""
GOAL = (0.50, 0.0, -np.pi / 4)
"""Where the outline is usually drawn, as in assets/scenes/push_t.xml: x and y [m], turn [rad]."""
COVERED = 0.90
"""Share of the outline that has to be covered [1]."""
STILL = 0.01
"""A T that is slower than this lies still [m/s]."""
SIZE = "tee-size"
"""The factor by which the T, and its outline with it, is larger than it is drawn."""
STICK_HEIGHT = 0.010
"""Of the stick's tip over the table [m]."""


def outline(inset: float = 0.0) -> Vector:
    """(8, 2) corners of the T, counter-clockwise, each edge this far inside of the T's own [m]."""
    (left, right, low, high), (inner_left, inner_right, bottom, _) = BOXES + inset * np.array([1.0, -1.0, 1.0, -1.0])
    half = [(inner_right, bottom), (inner_right, low), (right, low), (right, high)]
    return np.array([*half, (left, high), (left, low), (inner_left, low), (inner_left, bottom)])


def tee_parts() -> dict[str, Shape]:
    """The one mesh of the scene: the T with its upper and lower edges broken."""
    bevel, top = 0.002, HALF_HEIGHT
    levels = ((bevel, -top), (0.0, bevel - top), (0.0, top - bevel), (bevel, top))
    rings = [np.column_stack((outline(inset), np.full(8, height))) for inset, height in levels]
    # All of a T is seen from the middle of its bar, so its ends are fans around that point.
    middle = _MIDDLE + UNIT / 2.0
    vertices = np.vstack((*rings, [(0.0, middle, -top), (0.0, middle, top)]))
    now, after = np.arange(8), (np.arange(8) + 1) % 8
    sides = []
    for i in range(0, 24, 8):
        sides += [np.column_stack((i + now, i + after, i + 8 + after))]
        sides += [np.column_stack((i + now, i + 8 + after, i + 8 + now))]
    ends = [np.column_stack((np.full(8, 32), after, now)), np.column_stack((np.full(8, 33), 24 + now, 24 + after))]
    return {"tee": Shape(vertices, np.concatenate((*sides, *ends)).astype(np.int32))}


def place_tee(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The T flat on the table."""
    turn = (GOAL[2] + np.radians(values["outline-turn"] + values["tee-turn"])) / 2
    height = HALF_HEIGHT * values[SIZE]
    return {"tee": np.array([values["tee-x"], values["tee-y"], height, np.cos(turn), 0.0, 0.0, np.sin(turn)])}


def offset(objects: Mapping[str, Vector]) -> tuple[float, float, float]:
    """How far the T is from its outline: x and y in the base frame [m], turn in ±π [rad].

    Args:
        objects: (7,) position and wxyz quaternion of ``tee`` and ``outline``.
    """
    tee, outline = objects["tee"], objects["outline"]
    x, y = tee[:2] - outline[:2]
    turn = _turn(tee) - _turn(outline)
    return float(x), float(y), float(np.arctan2(np.sin(turn), np.cos(turn)))


def _turn(pose: Vector) -> float:
    return float(2.0 * np.arctan2(pose[6], pose[3]))


def coverage(objects: Mapping[str, Vector], size: float) -> float:
    """Share of the outline that the T covers; exact for a T that lies flat.

    Args:
        objects: as in `offset`.
        size: of the T and its outline.
    """
    x, y, turn = offset(objects)
    if np.hypot(x, y) > UNIT or abs(turn) > 0.6:
        return 0.0  # nowhere near what counts
    outline = _turn(objects["outline"])
    cos, sin = np.cos(outline), np.sin(outline)
    shift = np.array([cos * x + sin * y, cos * y - sin * x]) / size
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    # Bar and stem do not overlap, so the parts that each covers of each add up.
    covered = sum(_area(_clipped(_corners(mine) @ turned + shift, box)) for mine in BOXES for box in BOXES)
    return covered / (7.0 * UNIT**2)


def _corners(box: Vector) -> Vector:
    left, right, low, high = box
    return np.array([[left, low], [right, low], [right, high], [left, high]])


def _clipped(polygon: Vector, box: Vector) -> Vector:
    """(n, 2) what of a convex polygon is within an upright box (Sutherland and Hodgman, 1974)."""
    for axis, sign, edge in ((0, 1.0, -box[0]), (0, -1.0, box[1]), (1, 1.0, -box[2]), (1, -1.0, box[3])):
        inside = sign * polygon[:, axis] + edge
        corners = []
        following, inside_next = np.roll(polygon, -1, axis=0), np.roll(inside, -1)
        for a, b, in_a, in_b in zip(polygon, following, inside, inside_next, strict=True):
            if in_a >= 0.0:
                corners.append(a)
            if in_a * in_b < 0.0:
                corners.append(a + (b - a) * in_a / (in_a - in_b))
        if len(corners) < 3:
            return np.zeros((0, 2))
        polygon = np.array(corners)
    return polygon


def _area(polygon: Vector) -> float:
    """Of a polygon (n, 2), by the shoelace formula [m²]."""
    x, y = polygon[:, 0], polygon[:, 1]
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2.0


def tee_is_on_outline(moment: Moment) -> bool:
    """Whether the T covers its outline, flat on the table, and is let go and at rest."""
    size = moment.values.get(SIZE, 1.0)
    flat = abs(float(moment.objects["tee"][2]) - HALF_HEIGHT * size) < 0.003
    left = "tee" not in moment.touched and moment.speeds.get("tee", 0.0) < STILL
    x, y, turn = offset(moment.objects)
    # Half a unit or a quarter of a radian off, a fifth at least is uncovered: that need not be measured at every step.
    near = np.hypot(x, y) < 0.5 * UNIT * size and abs(turn) < 0.25
    return bool(flat and left and near) and coverage(moment.objects, size) >= COVERED


def _pushed(moment: Moment) -> bool:
    x, y = moment.objects["tee"][:2]
    values = moment.values
    moved = np.hypot(x - values["tee-x"], y - values["tee-y"])
    turned = np.cos(offset(moment.objects)[2] - np.radians(values["tee-turn"]))
    return bool(moved > 0.02 or turned < np.cos(np.radians(10.0)))


def _turned(moment: Moment) -> bool:
    return bool(abs(offset(moment.objects)[2]) < np.radians(15.0))


PUSH_T = Task(
    name="push-t",
    instruction="Push the T onto its outline.",
    time_limit_s=120.0,
    scene="push_t.xml",
    parts=tee_parts,
    objects=("tee",),
    furniture=("outline",),
    place=place_tee,
    stages=(
        Stage("reached", lambda moment: "tee" in moment.touched),
        Stage("pushed", _pushed),
        Stage("turned", _turned),
        Stage("done", tee_is_on_outline),
    ),
    own_factors=(
        Factor("tee-x", "Where the T lies, away from the arm", "m", (0.42, 0.58), (0.40, 0.60)),
        Factor("tee-y", "Where the T lies, to the left", "m", (-0.14, 0.14), (-0.18, 0.18)),
        Factor("tee-turn", "How the T is turned against its outline", "deg", (-180, 180), (-180, 180)),
        Factor(
            "outline-x",
            "Where the outline is, against its usual place, away from the arm",
            "m",
            (-0.03, 0.03),
            (-0.05, 0.05),
            Kind.BODY_X,
            ("outline",),
        ),
        Factor("outline-y", "The same, to the left", "m", (-0.03, 0.03), (-0.05, 0.05), Kind.BODY_Y, ("outline",)),
        Factor(
            "outline-turn",
            "How the outline is turned, against its usual turn",
            "deg",
            (-45, 45),
            (-180, 180),
            Kind.BODY_TURN,
            ("outline",),
        ),
        Factor(SIZE, "Size of the T and its outline", "1", (1.0, 1.0), (0.9, 1.1), Kind.SIZE, ("tee", "outline")),
        Factor("tee-hue", "Colour of the T", "1", (0.55, 0.55), (0.0, 1.0), Kind.HUE, ("tee",)),
    ),
    hand="pusher",
    arms=("panda", "ur5e"),
    start=((0.30, 0.32, STICK_HEIGHT),),
    bounds=Bounds(lower=(0.25, -0.40, 0.0), upper=(0.75, 0.40, 0.55), planar=True),
    wide={"tee": 0.12},
    keep_clear=((*GOAL[:2], 0.24), (0.30, 0.32, 0.06)),
)
