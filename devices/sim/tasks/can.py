"""The can task: pick a drinks can and place it into the right one of four bins.

The right bin is the one that is lined in the can's colour; every reset draws which one that is. The moment counts when
the can is within that bin's walls, standing or lying, and the hand no longer touches it.
"""

from collections.abc import Mapping
from math import cos, hypot, pi, sin, sqrt

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, lathe, rounded_box
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.blocks import axes, standing

HALF, RADIUS = 0.044, 0.027
"""Half of the can's height, and its radius, as of a can of 150 ml [m]."""
BINS = ((0.433, -0.133), (0.567, -0.133), (0.433, -0.267), (0.567, -0.267))
"""Where the middle of each bin is, x and y, as in assets/scenes/can.xml [m]."""
INSIDE, WALL, FLOOR = 0.060, 0.042, 0.002
"""Of a bin: half of its width between the walls, the height of its walls, the thickness of its floor [m]."""
SIZE, WHICH = "can-size", "bin"
"""The factor by which the can is larger than it is drawn; the factor that says which bin is the right one."""

_LABEL = 0.6
"""How far the label reaches round the can, to each side [rad]."""


def can_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    r, h = RADIUS, HALF
    skin = [(r - 0.0035, -h + 0.004), (r - 0.001, -h + 0.0075), (r, -h + 0.010)]
    skin += [(r, h - 0.011), (r - 0.001, h - 0.0085), (r - 0.0035, h - 0.006)]
    lid = [(0.0, h - 0.008), (r - 0.004, h - 0.004), (r - 0.004, h - 0.001), (r - 0.0045, h), (r - 0.006, h)]
    lid += [(r - 0.0065, h - 0.001), (r - 0.007, h - 0.004), (0.0, h - 0.004)]
    foot = [(0.0, -h + 0.003), (r - 0.008, -h), (r - 0.006, -h), (r - 0.003, -h + 0.005), (0.0, -h + 0.006)]
    return {
        "can_skin": lathe(skin, sides=40),
        "can_lid": lathe(lid, sides=40),
        "can_foot": lathe(foot, sides=40),
        "can_tab": rounded_box((0.0075, 0.0042, 0.0008), 0.0007, steps=1),
        "can_stripe": lathe([(r + 0.0002, -0.0025), (r + 0.0002, 0.0025)], sides=40),
        "can_label": _label(r + 0.0003, -0.017, 0.021),
        "bin": _tray(),
        "bin_lining": rounded_box((INSIDE - 0.001, INSIDE - 0.001, 0.0005), 0.0004, steps=1),
    }


def _tray() -> Shape:
    """An open square tray, its lower side at z = 0."""
    thick = 0.005
    profile = [(0.0, 0.0), (INSIDE + thick - 0.002, 0.0), (INSIDE + thick, 0.002), (INSIDE + thick, WALL - 0.001)]
    profile += [(INSIDE + thick - 0.001, WALL), (INSIDE + 0.001, WALL), (INSIDE, WALL - 0.001), (INSIDE, FLOOR)]
    return lathe([(sqrt(2.0) * half, z) for half, z in [*profile, (0.0, FLOOR)]], sides=4, turn=pi / 4)


def _label(radius: float, low: float, high: float) -> Shape:
    """A piece of a cylinder's skin with some thickness, so that it is closed, on the side of +x."""
    angles = np.linspace(-_LABEL, _LABEL, 13)
    rim = [(r * cos(a), r * sin(a)) for r, way in ((radius, angles), (radius - 0.001, angles[::-1])) for a in way]
    count = len(rim)
    vertices = np.array([(x, y, z) for z in (low, high) for x, y in rim])
    faces = []
    for i in range(count):
        j = (i + 1) % count
        faces += [(i, j, count + j), (i, count + j, count + i)]
    for i in range(count // 2 - 1):  # the narrow faces below and above
        a, b, c, d = i, i + 1, count - 2 - i, count - 1 - i
        faces += [(a, c, b), (a, d, c), (count + a, count + b, count + c), (count + a, count + c, count + d)]
    return Shape(vertices, np.array(faces, dtype=np.int32))


def place_can(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The can upright on the table, the lining in the right bin."""
    x, y = right_bin(values)
    lining = np.array([x, y, FLOOR + 0.0006, 1.0, 0.0, 0.0, 0.0])
    return {"can": standing(values, "can", HALF), "lining": lining}


def right_bin(values: Mapping[str, float]) -> tuple[float, float]:
    """Middle of the bin that the can belongs into, x and y [m]."""
    return BINS[round(values.get(WHICH, 1.0)) - 1]


def _size(moment: Moment) -> float:
    return moment.values.get(SIZE, 1.0)


def _ends(moment: Moment) -> tuple[Vector, Vector]:
    """(3,) the middle of the can's foot and of its lid [m]."""
    can = moment.objects["can"]
    axis = HALF * _size(moment) * axes(can)[:, 2]
    return can[:3] - axis, can[:3] + axis


def can_is_in_bin(moment: Moment) -> bool:
    """Whether the can is within the walls of the right bin, down in it, and is let go."""
    x, y = moment.objects["lining"][:2]
    within = all(abs(end[0] - x) < INSIDE and abs(end[1] - y) < INSIDE for end in _ends(moment))
    # Standing, its middle is half its height over the floor; leaning or lying it is lower.
    down = float(moment.objects["can"][2]) < FLOOR + HALF * _size(moment) + 0.006
    return within and down and "can" not in moment.touched


def _far(moment: Moment) -> float:
    """From the hand to the can's axis [m]."""
    foot, lid = _ends(moment)
    along = (lid - foot) / np.linalg.norm(lid - foot)
    share = np.clip(float((moment.hand - foot) @ along), 0.0, float(np.linalg.norm(lid - foot)))
    return float(np.linalg.norm(moment.hand - foot - share * along))


def _grasped(moment: Moment) -> bool:
    wide = 2.0 * RADIUS * _size(moment)
    return "can" in moment.touched and _far(moment) < 0.02 and 0.8 * wide < moment.openings[0] < 1.15 * wide


def _lifted(moment: Moment) -> bool:
    return min(float(end[2]) for end in _ends(moment)) > 0.02 and "can" in moment.touched


def _over_bin(moment: Moment) -> bool:
    x, y = moment.objects["lining"][:2]
    can = moment.objects["can"]
    return hypot(can[0] - x, can[1] - y) < INSIDE - RADIUS * _size(moment) + 0.01


CAN = Task(
    name="can",
    instruction="Pick up the can and place it into the bin that is lined in the can's colour.",
    time_limit_s=45.0,
    scene="can.xml",
    parts=can_parts,
    objects=("can", "lining"),
    place=place_can,
    stages=(
        Stage("reached", lambda moment: _far(moment) < 0.03),
        Stage("grasped", _grasped),
        Stage("lifted", _lifted),
        Stage("aligned", _over_bin),
        Stage("done", can_is_in_bin),
    ),
    own_factors=(
        Factor("can-x", "Where the can stands, away from the arm", "m", (0.38, 0.60), (0.34, 0.64)),
        Factor("can-y", "Where the can stands, to the left", "m", (0.07, 0.27), (0.05, 0.30)),
        Factor("can-turn", "How the can is turned; 0: label away from the arm", "deg", (-180, 180), (-180, 180)),
        Factor(WHICH, "The right bin: near left, far left, near right, far right", "1", (1, 4), (1, 4), whole=True),
        Factor(SIZE, "Size of the can", "1", (1.0, 1.0), (0.85, 1.15), Kind.SIZE, ("can",)),
        Factor("can-hue", "Colour of the can and its bin", "1", (0.98, 0.98), (0.0, 1.0), Kind.HUE, ("can", "lining")),
    ),
    arms=("panda", "ur5e"),
    keep_clear=((0.50, -0.20, 0.18),),
)  # fmt: skip
