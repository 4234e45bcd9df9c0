"""The round-nut task: grasp the handle of a round nut, put it over a round peg, let go.

As the square nut, mirrored, with two differences: how the nut is turned over the peg is free, so people choose; and
there is half as much play.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, lathe, rounded_box
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.nuts import HANDLE, SIZE, stages_until_lifted

PEG = (0.56, 0.16)
"""Where the peg stands on the table, x and y in the base frame, as in assets/scenes/round_nut.xml [m]."""
PEG_HEIGHT = 0.100
"""Height of the peg's tip over the table [m]."""
HALF_HEIGHT = 0.012
"""Half of the nut's thickness [m]."""

_OPENING, _RIM, _PEG = 0.02175, 0.042, 0.0195
"""Radii of the nut's opening, of its rim and of the peg [m]."""


def nut_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    half, edge, soft = HALF_HEIGHT, _RIM, 0.004
    ring = [(_OPENING, -half + 0.002), (_OPENING, half - 0.002), (_OPENING + 0.002, half), (edge - soft, half)]
    ring += [(edge, half - soft), (edge, -half + soft), (edge - soft, -half), (_OPENING + 0.002, -half)]
    return {
        "nut_ring": lathe([*reversed(ring), ring[-1]], sides=48),
        "nut_handle": rounded_box((0.0415, 0.011, 0.010), 0.004, steps=2),
        "peg_shaft": lathe([(_PEG, 0.0), (_PEG, 0.090), (0.0130, 0.100)], sides=36),
        "peg_tip": lathe([(_PEG, 0.088), (_PEG, 0.090), (0.0130, 0.100)], sides=36),
        "peg_foot": lathe([(0.040, 0.0), (0.040, 0.002), (0.037, 0.004)], sides=36),
    }


def place_nut(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The nut flat on the table."""
    turn = np.radians(values["nut-turn"]) / 2
    height = HALF_HEIGHT * values[SIZE]
    return {"nut": np.array([values["nut-x"], values["nut-y"], height, np.cos(turn), 0.0, 0.0, np.sin(turn)])}


def nut_is_on_peg(moment: Moment) -> bool:
    """Whether the nut lies over the peg, low, flat, and is let go."""
    low = moment.objects["nut"][2] < HALF_HEIGHT * moment.values.get(SIZE, 1.0) + 0.010
    return bool(low) and over_peg(moment) and "nut" not in moment.touched


def over_peg(moment: Moment) -> bool:
    """Whether the peg is, or could go, inside the opening: near its middle, the nut flat."""
    x, y, _, _, qx, qy, _ = moment.objects["nut"]
    play = _OPENING * moment.values.get(SIZE, 1.0) - _PEG
    # As much as the peg leaves, and as much again for a nut that is not quite flat.
    over = np.hypot(x - PEG[0], y - PEG[1]) < 2.0 * play
    flat = 1.0 - 2.0 * (qx**2 + qy**2) > np.cos(0.15)  # the nut's z axis against the vertical
    return bool(over and flat)


ROUND_NUT = Task(
    name="round-nut",
    instruction="Grasp the handle of the round nut and put the nut over the round peg.",
    time_limit_s=60.0,
    scene="round_nut.xml",
    parts=nut_parts,
    objects=("nut",),
    place=place_nut,
    stages=(
        *stages_until_lifted(),
        Stage("aligned", over_peg),
        Stage("done", nut_is_on_peg),
    ),
    own_factors=(
        Factor("nut-x", "Where the nut lies, away from the arm", "m", (0.39, 0.47), (0.35, 0.50)),
        Factor("nut-y", "Where the nut lies, to the left", "m", (-0.21, -0.07), (-0.26, -0.02)),
        Factor("nut-turn", "How the nut is turned; 0 with its handle away from the arm", "deg", (-60, 60), (-180, 180)),
        Factor(SIZE, "Size of the nut", "1", (1.0, 1.0), (0.97, 1.2), Kind.SIZE, ("nut",)),
        Factor("nut-hue", "Colour of the nut", "1", (0.58, 0.58), (0.0, 1.0), Kind.HUE, ("nut",)),
    ),
    arms=("panda", "ur5e"),
    keep_clear=((*PEG, 0.10),),
    wide={"nut": HANDLE[1] + 0.04},  # the hand that holds the handle is 0.1 m wide to each side
)
