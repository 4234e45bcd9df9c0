"""The lift task: grasp a cube, lift it by 10 cm, hold it there.

Here the end is a cube that is held, as in robosuite's Lift: letting go would drop it.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.blocks import block_parts, standing

HALF = 0.020
"""Half of the cube's edge [m]."""
HEIGHT = 0.10
"""How far from the table the cube's lower side has to be [m]."""
SIZE = "cube-size"
"""The factor by which the cube is larger than it is drawn."""


def lift_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    return block_parts("cube", HALF)


STILL = 0.05
"""How fast the cube may move to count as held still [m/s]."""


def place_cube(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The cube on the table."""
    return {"cube": standing(values, "cube", HALF)}


def _half(moment: Moment) -> float:
    return HALF * moment.values.get(SIZE, 1.0)


def _reached(moment: Moment) -> bool:
    return float(np.linalg.norm(moment.hand - moment.objects["cube"][:3])) < 0.04


def _grasped(moment: Moment) -> bool:
    """Both fingers are at it: as far apart as it is wide, at most corner to corner, and it is between them."""
    near = float(np.linalg.norm(moment.hand - moment.objects["cube"][:3])) < 1.3 * _half(moment)
    wide = 1.7 * _half(moment) < moment.openings[0] < 2.9 * _half(moment)
    return "cube" in moment.touched and near and wide


def _height(moment: Moment) -> float:
    return float(moment.objects["cube"][2]) - _half(moment)


def cube_is_lifted(moment: Moment) -> bool:
    """Whether the cube is high enough over the table, and held still by both fingers."""
    return _height(moment) >= HEIGHT and _grasped(moment) and moment.speeds.get("cube", 0.0) < STILL


LIFT = Task(
    name="lift",
    instruction="Grasp the cube, lift it 10 cm off the table and hold it there.",
    time_limit_s=30.0,
    scene="lift.xml",
    parts=lift_parts,
    objects=("cube",),
    place=place_cube,
    stages=(
        Stage("reached", _reached),
        Stage("grasped", _grasped),
        Stage("lifted", lambda moment: _height(moment) > 0.02 and _grasped(moment)),
        Stage("done", cube_is_lifted),
    ),
    own_factors=(
        Factor("cube-x", "Where the cube stands, away from the arm", "m", (0.38, 0.60), (0.34, 0.66)),
        Factor("cube-y", "Where the cube stands, to the left", "m", (-0.24, 0.24), (-0.32, 0.32)),
        Factor("cube-turn", "How the cube is turned", "deg", (-45, 45), (-180, 180)),
        Factor(SIZE, "Size of the cube", "1", (1.0, 1.0), (0.75, 1.4), Kind.SIZE, ("cube",)),
        Factor("cube-hue", "Colour of the cube", "1", (0.014, 0.014), (0.0, 1.0), Kind.HUE, ("cube",)),
    ),
    arms=("panda", "ur5e"),
)
