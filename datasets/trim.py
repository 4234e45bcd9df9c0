"""Trim and cuts: what stays of an episode, in seconds since its first step. One place says what those seconds mean."""

import math

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError

Trim = tuple[float, float]
"""First and last second that stay [s]."""
Cuts = tuple[tuple[float, float], ...]
"""First and last second of each part that is left out between the ends, in order and apart from each other [s]."""


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


def check_cuts(cuts: Cuts) -> None:
    """Refuse cuts of which nobody could say what they leave out.

    Raises:
        DatasetError: if one does not go from early to late, or begins before the one before it ends.
    """
    then_s = -1.0  # before any episode begins
    for first_s, last_s in cuts:
        # NaN fails every comparison, so it is refused here as well.
        if not (0 <= first_s <= last_s < math.inf and then_s < first_s):
            found = f"{first_s} to {last_s} s" + (f" after {then_s} s" if then_s >= 0 else "")
            raise DatasetError("cuts from early to late, apart from each other", found, "make the selection again")
        then_s = last_s


def stays(t_ns: NDArray[np.int64], first_ns: int, trim: Trim | None, cuts: Cuts = ()) -> NDArray[np.bool_]:
    """(n,) which moments stay; all of them without a trim and without cuts.

    Raises:
        DatasetError: if the trim or a cut does not go from early to late.
    """
    kept = np.ones(len(t_ns), bool)
    if trim is not None:
        begin, end = bounds_ns(first_ns, trim)
        kept &= (t_ns >= begin) & (t_ns <= end)
    check_cuts(cuts)
    for cut in cuts:
        begin, end = bounds_ns(first_ns, cut)
        kept &= (t_ns < begin) | (t_ns > end)
    return kept
