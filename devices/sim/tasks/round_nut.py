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

PEG = (0.56, 0.16)
"""Where the peg stands on the table, x and y in the base frame, as in assets/scenes/round_nut.xml [m]."""
PEG_HEIGHT = 0.100
"""Height of the peg's tip over the table [m]."""
HALF_HEIGHT = 0.012
"""Half of the nut's thickness [m]."""
HANDLE = (0.085, 0.122)
"""Where the handle is held and where it ends, on the nut's x axis from the middle of the opening [m]."""
SIZE = "nut-size"
"""The factor by which the nut is larger than it is drawn."""

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


def _reached(moment: Moment) -> bool:
    x, y, z, w, qx, qy, qz = moment.objects["nut"]
    yaw = np.arctan2(2.0 * (w * qz + qx * qy), 1.0 - 2.0 * (qy * qy + qz * qz))
    along = HANDLE[0] * moment.values.get(SIZE, 1.0)
    handle = np.array([x + along * np.cos(yaw), y + along * np.sin(yaw), z])
    return float(np.linalg.norm(moment.hand - handle)) < 0.04


def _grasped(moment: Moment) -> bool:
    return "nut" in moment.touched and 0.008 < moment.openings[0] < 0.04


def _lifted(moment: Moment) -> bool:
    return bool(moment.objects["nut"][2] > 0.04) and "nut" in moment.touched


ROUND_NUT = Task(
    name="round-nut",
    instruction="Grasp the handle of the round nut and put the nut over the round peg.",
    time_limit_s=60.0,
    scene="round_nut.xml",
    parts=nut_parts,
    objects=("nut",),
    place=place_nut,
    stages=(
        Stage("reached", _reached),
        Stage("grasped", _grasped),
        Stage("lifted", _lifted),
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
