"""Signals: the plain numbers of one episode that every curator asks for. NaN where a number cannot be known."""

from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.features import FINGERS
from accord.datasets.idle import STILL_BEND_RAD_S, STILL_M_S, STILL_RAD_S
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.phases import phases

Numbers = NDArray[np.float64]

FULL_SPEED = (0.35, 1.8)
"""accord.devices.limits.Bounds, known here by its values: linear [m/s] and angular [rad/s]."""
_AT_THE_LIMIT = 0.99
"""A share of full speed that counts as full, because what is limited is rounded [1]."""
_IDLE = (STILL_M_S, STILL_RAD_S)
"""Below both of these a hand is told to stand, as for a fit: linear [m/s] and angular [rad/s]."""
_GRIPPER_MOVES = 1e-3
"""A larger change of the opening from one step to the next is a command [1]."""
_LEAST_PATH = 1e-3
"""A shorter path has no efficiency [m]."""


class Fences(NamedTuple):
    """Tukey's fences: what lies outside is unusual among the others."""

    low: float
    high: float

    def outside(self, value: float) -> bool:
        """Whether a value is unusual."""
        return not self.low <= value <= self.high


def fences(values: ArrayLike) -> Fences:
    """One and a half interquartile ranges below the first and above the third quartile; all of it for no value.

    Source: J. W. Tukey, "Exploratory Data Analysis" (1977).
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return Fences(-np.inf, np.inf)
    first, third = np.quantile(known, (0.25, 0.75))
    return Fences(float(first - 1.5 * (third - first)), float(third + 1.5 * (third - first)))


def path_efficiency(motion: Motion) -> float:
    """Straight lines over the path taken, 0 to 1, over all hands and phases [1].

    The lines go from the beginning of each phase to its end: a hand that brings something and comes back would have
    none otherwise.
    """
    if motion.hand is None:
        return nan
    walked = np.linalg.norm(np.diff(motion.hand, axis=0), axis=2).sum()
    bounds = [phase.start for phase in phases(motion)] + [len(motion) - 1]
    straight = np.linalg.norm(np.diff(motion.hand[bounds], axis=0), axis=2).sum()
    return float(straight / walked) if walked >= _LEAST_PATH else nan


def idle_share(motion: Motion) -> float:
    """Share of steps in which every hand is told to stand and no gripper to move, 0 to 1 [1].

    Without a twist, the share in which no hand moves.
    """
    if motion.twist is not None:
        slow = _speeds(motion.twist) < _IDLE
        return float(np.mean(slow.all(axis=(1, 2)) & ~_gripper_moves(motion)))
    velocity = motion.velocity
    if velocity is None or not motion.adjacent.any():
        return nan
    return float(np.mean((np.linalg.norm(velocity[motion.adjacent], axis=2) < _IDLE[0]).all(axis=1)))


def saturation(motion: Motion) -> float:
    """Share of steps in which a hand is asked for, or told, the limits' speed or more, 0 to 1 [1]."""
    if motion.twist is None:
        return nan
    fastest = _speeds(motion.twist)
    if motion.requested is not None and motion.requested.shape == motion.twist.shape:
        fastest = np.maximum(fastest, _speeds(motion.requested))
    return float(np.mean((fastest >= _AT_THE_LIMIT * np.array(FULL_SPEED)).any(axis=(1, 2))))


def tracking_error(motion: Motion) -> float:
    """Mean of how far the velocity that a hand reached is from the one that it was sent [m/s]."""
    velocity, twist = motion.velocity, motion.twist
    if velocity is None or twist is None or velocity.shape[1] != twist.shape[1] or not motion.adjacent.any():
        return nan
    return float(np.linalg.norm(twist[:-1, :, :3] - velocity, axis=2)[motion.adjacent].mean())


def duration(motion: Motion) -> float:
    """From the first to the last step that counts; NaN of a single one [s]."""
    return motion.duration_s if len(motion) > 1 else nan


def _speeds(twists: Numbers) -> Numbers:
    """(N, H, 2) linear [m/s] and angular [rad/s] speed."""
    return np.stack([np.linalg.norm(twists[..., part], axis=-1) for part in (slice(0, 3), slice(3, 6))], axis=-1)


def _gripper_moves(motion: Motion) -> NDArray[np.bool_]:
    """(N,) whether a gripper, or a finger, is told something else than the step before."""
    moves = np.zeros(len(motion), bool)
    if motion.gripper is not None:
        moves[1:] = (np.abs(np.diff(motion.gripper, axis=0)) > _GRIPPER_MOVES).any(axis=1)
    if FINGERS in motion.commanded.names:
        bent = motion.actions[:, motion.commanded.columns(FINGERS)]
        moves[1:] |= (np.abs(np.diff(bent, axis=0)) * motion.rate_hz > STILL_BEND_RAD_S).any(axis=1)
    return moves
