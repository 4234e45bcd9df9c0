"""Idle steps: those at which nothing happens. A policy that learns from them learns to wait, and then waits for ever.

A person stops to look, and waits for fingers to close, for a time that nothing in the state tells. Fitted to that, a
policy that sees one step predicts a small part of the movement that came at last, and creeps.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STILL_M_S = 0.01
"""Below this the hand stands [m/s]."""
STILL_RAD_S = 0.05
"""Below this it does not turn [rad/s]."""
STILL_WIDTH_M_S = 0.005
"""Below this the fingers stand [m/s]."""
STILL_BEND_RAD_S = 0.2
"""Below this a finger joint stands [rad/s]."""
BEGINS_S = 0.15
"""How long after a new opening was commanded the fingers may take to begin [s]."""

_STILL = {"observation/gripper_width": STILL_WIDTH_M_S, "observation/finger_position": STILL_BEND_RAD_S}


def moving(records: NDArray[np.void]) -> NDArray[np.bool_]:
    """(N,) False at the idle steps of an episode: the hand is told to stand, and no finger is moving or about to.

    Args:
        records: (N,) steps, in their order. Steps without a sent twist all count as moving.
    """
    names = records.dtype.names or ()
    if not {"t_ns", "sent/twist", "sent/gripper"} <= set(names) or len(records) < 2:
        return np.ones(len(records), np.bool_)
    count = len(records)
    twist = records["sent/twist"].reshape(count, -1, 6)
    fast = np.linalg.norm(twist[..., :3], axis=-1) >= STILL_M_S
    turning = np.linalg.norm(twist[..., 3:], axis=-1) >= STILL_RAD_S
    return np.asarray((fast | turning).any(axis=1) | _fingers(records))


def _fingers(records: NDArray[np.void]) -> NDArray[np.bool_]:
    """(N,) whether a finger moves, or was told to a moment ago."""
    count, seconds = len(records), (records["t_ns"] - records["t_ns"][0]) / 1e9
    told = np.abs(np.diff(_columns(records["sent/gripper"]), axis=0)).max(axis=1) > 1e-3
    begins = np.zeros(count, np.bool_)
    for at in np.flatnonzero(told) + 1:
        begins |= (seconds >= seconds[at]) & (seconds <= seconds[at] + BEGINS_S)
    times = np.maximum.accumulate(seconds)
    for name, still in _STILL.items():
        if name in (records.dtype.names or ()):
            speed = np.gradient(_columns(records[name]), times, axis=0)
            begins |= (np.abs(np.nan_to_num(speed)) > still).any(axis=1)
    return begins


def _columns(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(values, np.float64).reshape(len(values), -1)
