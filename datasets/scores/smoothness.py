"""Smoothness of a hand's motion: spectral arc length, and logarithm of the dimensionless jerk. High is smooth.

Source of both: S. Balasubramanian, A. Melendez-Calderon, A. Roby-Brami, E. Burdet, "On the analysis of movement
smoothness", J. NeuroEngineering and Rehabilitation 12:112 (2015).
"""

from math import ceil, isnan, log, log2, nan

import numpy as np
from numpy.typing import NDArray

from accord.datasets.scores.motion import Motion

Numbers = NDArray[np.float64]

_CUT_HZ = 10.0
"""What moves faster than this no person meant [Hz]."""
_LEAST_AMPLITUDE = 0.05
"""Of the largest; the arc ends at the last frequency that reaches it [1]."""
_PADDING = 4
"""Powers of two by which the speed is padded, so that the arc is followed finely."""
_STILL = 1e-6
"""Below this speed a hand does not move, and how smoothly cannot be said [m/s]."""


def smoothness(motion: Motion) -> float:
    """Spectral arc length of the speed, mean over the hands that move [1]; NaN where none does."""
    velocity = motion.velocity
    if velocity is None:
        return nan
    speeds = np.linalg.norm(velocity[motion.adjacent], axis=2)
    return _mean([spectral_arc_length(speed, motion.rate_hz) for speed in speeds.T])


def jerk(motion: Motion) -> float:
    """Negative logarithm of the dimensionless jerk, mean over the hands that move [1]; NaN where none does."""
    velocity, adjacent = motion.velocity, motion.adjacent
    if velocity is None:
        return nan
    known = adjacent[:-2] & adjacent[1:-1] & adjacent[2:]
    hands = range(velocity.shape[1])
    return _mean([_log_jerk(velocity[:, i], adjacent, known, motion.rate_hz) for i in hands])


def spectral_arc_length(speed: Numbers, rate_hz: float) -> float:
    """−Σ√((Δf/f_c)² + ΔV²) along the amplitude V(f) of the speed's spectrum, of which the largest is 1.

    f_c is the last frequency, at most 10 Hz, at which V is 0.05 or more.

    Args:
        speed: (N,) [m/s].
        rate_hz: of the speeds.
    """
    if len(speed) < 2 or not speed.max() > _STILL:
        return nan
    size = 2 ** (ceil(log2(len(speed))) + _PADDING)
    amplitude = np.abs(np.fft.rfft(speed, size))
    frequency = np.arange(len(amplitude)) * (rate_hz / size)
    amplitude = amplitude[frequency <= _CUT_HZ] / amplitude.max()
    last = int(np.flatnonzero(amplitude >= _LEAST_AMPLITUDE)[-1])
    if not last:
        return nan
    return -float(np.hypot(1.0 / last, np.diff(amplitude[: last + 1])).sum())


def log_dimensionless_jerk(velocity: Numbers, rate_hz: float) -> float:
    """−ln(T³ / v_max² · Σ|jerk|² dt) of a motion without gaps.

    Args:
        velocity: (N, 3) between one step and the next [m/s].
        rate_hz: of the steps.
    """
    whole = np.ones(len(velocity), bool)
    return _log_jerk(velocity, whole, whole[2:], rate_hz)


def _log_jerk(velocity: Numbers, adjacent: NDArray[np.bool_], known: NDArray[np.bool_], rate_hz: float) -> float:
    """As `log_dimensionless_jerk`, of the velocities between adjacent steps and the jerks within them."""
    if not known.any():
        return nan
    fastest = np.linalg.norm(velocity[adjacent], axis=1).max()
    jerks = np.diff(velocity, 2, axis=0)[known] * rate_hz**2
    duration = np.count_nonzero(adjacent) / rate_hz
    total = float((jerks**2).sum()) / rate_hz
    return -log(duration**3 / fastest**2 * total) if fastest > _STILL and total > 0 else nan


def _mean(values: list[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return sum(known) / len(known) if known else nan
