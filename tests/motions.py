"""Motions made up for tests, never said to be demonstrations."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.features import Features
from accord.datasets.scores.motion import Motion


def motion_of(
    hand: ArrayLike,
    rate_hz: float = 50.0,
    twist: ArrayLike | None = None,
    gripper: ArrayLike | None = None,
    t_ns: NDArray[np.int64] | None = None,
    requested: ArrayLike | None = None,
    episode: str = "a",
) -> Motion:
    """A hand, (N, 3), or hands, (N, H, 3), on this path; observed is the path, commanded the twist."""
    path = np.asarray(hand, np.float64)
    path = path.reshape(len(path), -1, 3)
    told = np.zeros((*path.shape[:2], 6)) if twist is None else np.asarray(twist, np.float64).reshape(len(path), -1, 6)
    seen, done = path.reshape(len(path), -1), told.reshape(len(path), -1)
    return Motion(
        episode=episode,
        task="made-up",
        rate_hz=rate_hz,
        observed=Features(("observation/hand",), (seen.shape[1:],)),
        commanded=Features(("sent/twist",), (done.shape[1:],)),
        t_ns=(np.arange(len(path)) * 1e9 / rate_hz).astype(np.int64) if t_ns is None else t_ns,
        observations=seen,
        actions=done,
        hand=path,
        twist=None if twist is None else told,
        requested=None if requested is None else np.asarray(requested, np.float64).reshape(len(path), -1, 6),
        gripper=None if gripper is None else np.asarray(gripper, np.float64).reshape(len(path), -1),
    )
