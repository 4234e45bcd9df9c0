"""Phases: the parts of an episode between one opening or closing of a gripper and the next."""

import numpy as np
from numpy.typing import NDArray

from accord.datasets.scores.motion import Motion

_OPEN, _CLOSED = 0.6, 0.4
"""Above and below these a gripper is told to be open and closed; between them it stays what it was [1]."""
_LEAST_S = 0.25
"""What is shorter is a slip of the finger, and belongs to the phase before it [s]."""


def phases(motion: Motion) -> list[slice]:
    """The phases of an episode in order, which together are all its steps; one without a gripper."""
    ends: list[int] = []
    if motion.gripper is not None:
        states = np.stack([_opened(opening) for opening in motion.gripper.T])
        ends = [int(i) + 1 for i in np.flatnonzero(np.any(np.diff(states, axis=1), axis=0))]
    least = _LEAST_S * motion.rate_hz
    bounds = [0]
    for end in ends:
        if end - bounds[-1] >= least:
            bounds.append(end)
    if len(bounds) > 1 and len(motion) - bounds[-1] < least:
        bounds.pop()
    return [slice(first, last) for first, last in zip(bounds, [*bounds[1:], len(motion)], strict=True)]


def _opened(opening: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) whether it is open, with a hysteresis."""
    sure = (opening >= _OPEN) | (opening <= _CLOSED)
    sure[0] = True
    last = np.maximum.accumulate(np.where(sure, np.arange(len(opening)), 0))
    opened = opening >= _OPEN
    opened[0] = opening[0] >= (_OPEN + _CLOSED) / 2
    return np.asarray(opened[last])
