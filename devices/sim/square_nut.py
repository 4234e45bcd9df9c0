"""The square-nut task: grasp the handle of a square nut, put it over a square peg, let go.

The moment counts when the peg stands inside the nut's opening, the nut lies flat within 12 mm of the table, and the
hand no longer touches it. Letting go belongs to the task: otherwise an episode would end with the gripper still closed,
and a policy trained on it would never open it.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.task import Task

PEG = (0.56, -0.16)
"""Where the peg stands on the table, x and y in the base frame, as in assets/square_nut.xml [m]."""
PEG_HEIGHT = 0.100
"""Height of the peg's tip over the table [m]."""
NUT_HALF_HEIGHT = 0.012
"""Half of the nut's thickness [m]."""
HANDLE = (0.085, 0.122)
"""Where the handle is held and where it ends, on the nut's x axis from the middle of the opening [m]."""

NUT_X, NUT_Y, NUT_YAW = (0.39, 0.47), (0.07, 0.21), (-1.05, 1.05)
"""Range of the nut's start: position [m] and turn about the vertical, 0 with the handle away from the arm [rad]."""


def place_nut(rng: np.random.Generator) -> Mapping[str, Vector]:
    """Draw the nut's pose on the table."""
    x, y, yaw = rng.uniform(*NUT_X), rng.uniform(*NUT_Y), rng.uniform(*NUT_YAW)
    return {"nut": np.array([x, y, NUT_HALF_HEIGHT, np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)])}


def nut_is_on_peg(objects: Mapping[str, Vector], touched: frozenset[str]) -> bool:
    """Whether the nut lies over the peg, low, flat, and is let go."""
    x, y, z, _, qx, qy, _ = objects["nut"]
    over = np.hypot(x - PEG[0], y - PEG[1]) < 0.008  # the opening leaves 4 mm each way, 5.7 mm corner to corner
    low = z < NUT_HALF_HEIGHT + 0.012
    flat = 1.0 - 2.0 * (qx**2 + qy**2) > np.cos(0.15)  # the nut's z axis against the vertical
    return bool(over and low and flat and "nut" not in touched)


SQUARE_NUT = Task(
    name="square-nut",
    instruction="Grasp the handle of the square nut and put the nut over the square peg.",
    time_limit_s=60.0,
    cameras=("front", "side", "wrist"),
    scene="square_nut.xml",
    objects=("nut",),
    place=place_nut,
    done=nut_is_on_peg,
)
