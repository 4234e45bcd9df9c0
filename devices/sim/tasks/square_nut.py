"""The square-nut task: grasp the handle of a square nut, put it over a square peg, let go.

The moment counts when the peg stands inside the nut's opening, the nut lies flat within 12 mm of the table, and the
hand no longer touches it. Letting go belongs to the task: otherwise an episode would end with the gripper still closed,
and a policy trained on it would never open it.
"""

from collections.abc import Mapping
from math import pi, sqrt

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, lathe, rounded_box
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.nuts import SIZE, stages_until_lifted

PEG = (0.56, -0.16)
"""Where the peg stands on the table, x and y in the base frame, as in assets/scenes/square_nut.xml [m]."""
PEG_HEIGHT = 0.100
"""Height of the peg's tip over the table [m]."""
NUT_HALF_HEIGHT = 0.012
"""Half of the nut's thickness [m]."""

_SQUARE = sqrt(2.0)
"""A four-sided lathe measures its radius to the corners; half a side times this is that radius."""


def nut_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    opening, edge, half = 0.0235, 0.042, NUT_HALF_HEIGHT
    ring = [(opening, -half + 0.002), (opening, half - 0.002), (opening + 0.002, half), (edge - 0.004, half)]
    ring += [(edge, half - 0.004), (edge, -half + 0.004), (edge - 0.004, -half), (opening + 0.002, -half)]
    return {
        "nut_ring": _square([*reversed(ring), ring[-1]]),
        "nut_handle": rounded_box((0.0415, 0.011, 0.010), 0.004, steps=2),
        "peg_shaft": _square([(0.0195, 0.0), (0.0195, 0.090), (0.0130, 0.100)]),
        "peg_tip": _square([(0.0195, 0.088), (0.0195, 0.090), (0.0130, 0.100)]),
        "peg_foot": _square([(0.040, 0.0), (0.040, 0.002), (0.037, 0.004)]),
    }


def _square(profile: list[tuple[float, float]]) -> Shape:
    """Turn (half side, height) to a thing of four sides."""
    return lathe([(_SQUARE * half, z) for half, z in profile], sides=4, turn=pi / 4)


def place_nut(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The nut flat on the table."""
    turn = np.radians(values["nut-turn"]) / 2
    height = NUT_HALF_HEIGHT * values[SIZE]
    return {"nut": np.array([values["nut-x"], values["nut-y"], height, np.cos(turn), 0.0, 0.0, np.sin(turn)])}


def nut_is_on_peg(moment: Moment) -> bool:
    """Whether the nut lies over the peg, low, flat, and is let go."""
    low = moment.objects["nut"][2] < NUT_HALF_HEIGHT * moment.values.get(SIZE, 1.0) + 0.012
    return low and _over_peg(moment, 0.008) and "nut" not in moment.touched


def _over_peg(moment: Moment, within_m: float) -> bool:
    x, y, _, _, qx, qy, _ = moment.objects["nut"]
    size = moment.values.get(SIZE, 1.0)
    # The opening leaves 4 mm each way, 5.7 mm corner to corner, and more in a larger nut.
    over = np.hypot(x - PEG[0], y - PEG[1]) < within_m + 0.0235 * (size - 1.0)
    flat = 1.0 - 2.0 * (qx**2 + qy**2) > np.cos(0.15)  # the nut's z axis against the vertical
    return bool(over and flat)


SQUARE_NUT = Task(
    name="square-nut",
    instruction="Grasp the handle of the square nut and put the nut over the square peg.",
    time_limit_s=60.0,
    scene="square_nut.xml",
    parts=nut_parts,
    objects=("nut",),
    place=place_nut,
    stages=(
        *stages_until_lifted(),
        Stage("aligned", lambda moment: _over_peg(moment, 0.008)),
        Stage("done", nut_is_on_peg),
    ),
    own_factors=(
        Factor("nut-x", "Where the nut lies, away from the arm", "m", (0.39, 0.47), (0.35, 0.50)),
        Factor("nut-y", "Where the nut lies, to the left", "m", (0.07, 0.21), (0.02, 0.26)),
        Factor("nut-turn", "How the nut is turned; 0 with its handle away from the arm", "deg", (-60, 60), (-180, 180)),
        Factor(SIZE, "Size of the nut", "1", (1.0, 1.0), (0.95, 1.2), Kind.SIZE, ("nut",)),
        Factor("nut-hue", "Colour of the nut", "1", (0.076, 0.076), (0.0, 1.0), Kind.HUE, ("nut",)),
    ),
    arms=("panda", "ur5e"),
    keep_clear=((*PEG, 0.10),),
)
