"""Trim: what stays of an episode, in seconds since its first step. One place says what those seconds mean."""

import math

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError

Trim = tuple[float, float]
"""First and last second that stay [s]."""


def bounds_ns(first_ns: int, trim: Trim) -> tuple[int, int]:
    """The first and the last moment that stay [ns].

    Args:
        first_ns: when the first step of the episode began [ns].
        trim: what stays.

    Raises:
        DatasetError: if it does not go from early to late.
    """
    if not 0 <= trim[0] <= trim[1] < math.inf:
        raise DatasetError("a trim from early to late", f"{trim[0]} to {trim[1]} s", "trim the episode again")
    return first_ns + round(trim[0] * 1e9), first_ns + round(trim[1] * 1e9)


def stays(t_ns: NDArray[np.int64], first_ns: int, trim: Trim | None) -> NDArray[np.bool_]:
    """(n,) which moments stay; all of them without a trim.

    Raises:
        DatasetError: if the trim does not go from early to late.
    """
    if trim is None:
        return np.ones(len(t_ns), bool)
    begin, end = bounds_ns(first_ns, trim)
    return np.asarray((t_ns >= begin) & (t_ns <= end))
