"""The hammer task: put a hammer into an open drawer and push the drawer shut.

As the hammer clean-up of MimicGen (Mandlekar et al., 2023), with a drawer that stands open already. The moment counts
when the hammer lies inside, the drawer is shut but for 15 mm, and the hand touches neither.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.rotation import to_matrix
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, lathe, rounded_box, sweep
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.cabinet import SLIDE, START, cabinet_factors, cabinet_parts, is_inside

SHUT = 0.015
"""A drawer that is open less than this counts as shut [m]."""
HALF_HEIGHT = 0.013
"""Height of the middle of a lying hammer [m]."""
HALF_LENGTH = 0.0725
"""Half of the hammer's length [m]."""
THICK = 0.021
"""Of the handle, between the fingers [m]."""
HANDLE = (-0.0725, 0.0465)
"""Where the handle ends and where the head begins, on the hammer's x axis [m]."""
SIZE = "hammer-size"
"""The factor by which the hammer is larger than it is drawn."""


def hammer_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    end, middle = HANDLE[0] + 0.009, -0.022
    half = 0.0118
    face = [(0.0105, -0.008), (0.0105, -0.002), (half + 0.001, 0.001), (half + 0.001, 0.006), (half - 0.0005, 0.0079)]
    return {
        "hammer_grip": sweep(
            [(end, 0, 0), (end + 0.018, 0, 0), (middle - 0.012, 0, 0), (middle + 0.026, 0, 0)],
            [0.0105, 0.0115, 0.0105, 0.0108],
        ),
        "hammer_neck": sweep([(middle + 0.026, 0, 0), (0.02, 0, 0), (0.05, 0, 0)], [0.0100, 0.0085, 0.0095]),
        "hammer_head": rounded_box((0.0130, 0.0130, 0.0130), 0.003, steps=2),
        "hammer_face": _along_y(lathe(face, sides=28)),
        "hammer_peen": _along_y(lathe([(0.0118, 0.0), (0.0105, -0.006), (0.0045, -0.0235)], sides=4, turn=np.pi / 4)),
    } | cabinet_parts()


def _along_y(shape: Shape) -> Shape:
    """What stood along z, along y."""
    x, y, z = shape.vertices.T
    return Shape(np.column_stack((x, z, -y)), shape.faces)


def place_hammer(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The hammer flat on the table, the drawer as far open as it was drawn."""
    turn = np.radians(values["hammer-turn"]) / 2
    height = HALF_HEIGHT * values[SIZE]
    hammer = np.array([values["hammer-x"], values["hammer-y"], height, np.cos(turn), 0.0, 0.0, np.sin(turn)])
    return {"hammer": hammer, SLIDE: np.array([values[START]])}


def to_hammer(moment: Moment) -> float:
    """How far the hand is from the axis of the hammer's handle [m]."""
    pose, size = moment.objects["hammer"], moment.values.get(SIZE, 1.0)
    off = to_matrix(pose[3:]).T @ (moment.hand - pose[:3])
    off[0] -= np.clip(off[0], HANDLE[0] * size, HANDLE[1] * size)
    return float(np.linalg.norm(off))


def _grasped(moment: Moment) -> bool:
    thick = THICK * moment.values.get(SIZE, 1.0)
    return "hammer" in moment.touched and 0.6 * thick < moment.openings[0] < 1.8 * thick and to_hammer(moment) < 0.025


def _lifted(moment: Moment) -> bool:
    return bool(moment.objects["hammer"][2] > 0.05) and "hammer" in moment.touched


def _inside(moment: Moment) -> bool:
    return is_inside(moment.objects["drawer"], moment.objects["hammer"][:3], moment.values)


def hammer_is_put_away(moment: Moment) -> bool:
    """Whether the hammer lies in the drawer, the drawer is shut, and both are let go."""
    return _inside(moment) and moment.joints[SLIDE] < SHUT and not moment.touched


HAMMER = Task(
    name="hammer",
    instruction="Put the hammer into the drawer and close the drawer.",
    time_limit_s=60.0,
    scene="hammer.xml",
    parts=hammer_parts,
    objects=("hammer",),
    furniture=("drawer",),
    joints=(SLIDE,),
    place=place_hammer,
    stages=(
        Stage("reached", lambda moment: to_hammer(moment) < 0.04),
        Stage("grasped", _grasped),
        Stage("lifted", _lifted),
        Stage("inside", _inside),
        Stage("done", hammer_is_put_away),
    ),
    own_factors=(
        Factor("hammer-x", "Where the hammer lies, away from the arm", "m", (0.41, 0.53), (0.38, 0.58)),
        Factor("hammer-y", "Where the hammer lies, to the left", "m", (-0.32, -0.25), (-0.34, -0.23)),
        Factor("hammer-turn", "How the hammer is turned; 0: its head away from the arm", "deg", (-60, 60), (-180, 180)),
        Factor(SIZE, "Size of the hammer", "1", (1.0, 1.0), (0.9, 1.1), Kind.SIZE, ("hammer",)),
        Factor("grip-hue", "Colour of the hammer's grip", "1", (0.01, 0.01), (0.0, 1.0), Kind.HUE, ("grip",)),
        *cabinet_factors(((0.25, 0.31), (0.23, 0.34)), ((0.160, 0.175), (0.15, 0.18))),
    ),
    arms=("panda", "ur5e"),
    wide={"hammer": HALF_LENGTH + 0.05},  # the hand is wider than what it holds
    keep_clear=((0.51, 0.28, 0.20), (0.51, 0.08, 0.16), (0.51, -0.04, 0.16)),
)
