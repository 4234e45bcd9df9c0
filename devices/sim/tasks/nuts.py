"""What the square and the round nut have in common: a handle, and the way until the nut is off the table."""

import numpy as np

from accord.devices.sim.task import Moment, Stage

HANDLE = (0.085, 0.122)
"""Where the handle is held and where it ends, on the nut's x axis from the middle of the opening [m]."""
SIZE = "nut-size"
"""The factor by which the nut is larger than it is drawn."""


def stages_until_lifted() -> tuple[Stage, ...]:
    """Reached, grasped and lifted by the handle."""
    return Stage("reached", _reached), Stage("grasped", _grasped), Stage("lifted", _lifted)


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
