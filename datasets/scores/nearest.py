"""Nearest base episode: dynamic time warping on normalised observations; which step of one matches which of the other.

Source: H. Sakoe and S. Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE Trans.
ASSP 26 (1978), symmetric form without a slope constraint: a diagonal pair counts twice, so every path from corner to
corner weighs as much as both episodes are long, and the sum over that weight is a mean distance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist  # type: ignore[import-untyped]

from accord.datasets.errors import DatasetError

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]

WAYPOINTS = 64
"""Steps of an episode, evenly spaced, that distances are taken of: 0.2 s of an episode of 13 s."""
_FINE = 512
"""Most steps of an episode that an alignment is made of; an episode of ten seconds at 50 Hz has that many."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """One episode beside the base episode that is nearest to it."""

    episode: str
    """The base episode."""
    distance: float
    """Mean distance of matching observations, per dimension [deviations of the normalisation]."""
    ours: Indices
    """(P,) steps of the episode along the path of matches, never going back."""
    theirs: Indices
    """(P,) the step of the base episode that matches each."""

    def matching(self, step: int) -> int:
        """The step of the base episode that matches a step of the episode."""
        return _matching(step, self.ours, self.theirs)


def nearest(observations: ArrayLike, base: Mapping[str, ArrayLike]) -> Alignment:
    """The base episode that is nearest to an episode, aligned with it.

    Args:
        observations: (N, O) of the episode, normalised as the base.
        base: id → (M, O) normalised observations of each base episode. One that is the episode itself is for the
            caller to leave out.

    Raises:
        DatasetError: if there is no base episode, one has no step, the sizes differ, or a number is not finite.
    """
    ours, named = _checked(observations), {name: _checked(values) for name, values in base.items()}
    if not named:
        raise DatasetError("a base episode to compare with", "none", "choose base episodes")
    if {values.shape[1] for values in named.values()} != {ours.shape[1]}:
        found = f"{ours.shape[1]} and {sorted({values.shape[1] for values in named.values()})} numbers"
        raise DatasetError("observations of one size", found, "compare episodes with the same fields")
    ids = sorted(named)
    which = int(np.argmin(distances(waypoints(ours), np.stack([waypoints(named[name]) for name in ids]))))
    return align(ours, named[ids[which]], ids[which])


def align(ours: ArrayLike, theirs: ArrayLike, episode: str = "") -> Alignment:
    """Match the steps of two episodes, (N, O) and (M, O) normalised.

    Args:
        ours: of the episode.
        theirs: of the base episode.
        episode: name of the base episode.

    Raises:
        DatasetError: if one has no step, the sizes differ, or a number is not finite.
    """
    ours, theirs = _checked(ours), _checked(theirs)
    mine, others = even(len(ours), _FINE), even(len(theirs), _FINE)
    cost = _costs(ours[mine], theirs[others])
    pairs, total = _path(cost)
    return Alignment(episode, total / (len(mine) + len(others)), mine[pairs[:, 0]], others[pairs[:, 1]])


def even(count: int, most: int) -> Indices:
    """At most so many of `count` steps, evenly spaced, the first and the last among them."""
    return np.unique(np.round(np.linspace(0, count - 1, min(count, most))).astype(np.intp))


def waypoints(observations: Numbers) -> Numbers:
    """(`WAYPOINTS`, O) evenly spaced steps; those of a shorter episode stand more than once."""
    return observations[np.round(np.linspace(0, len(observations) - 1, WAYPOINTS)).astype(np.intp)]


def distances(ours: Numbers, base: Numbers) -> Numbers:
    """(B,) distance of an episode to each base episode.

    All base episodes go through one table at once, diagonal by diagonal, because what stands on a diagonal depends only
    on the two before it.

    Args:
        ours: (W, O) normalised waypoints.
        base: (B, W, O) normalised waypoints.
    """
    count, length, size = base.shape
    cost = _costs(ours, base.reshape(count * length, size)).reshape(len(ours), count, length)
    skewed = np.full((len(ours) + length - 1, len(ours), count), np.inf)
    for i in range(len(ours)):
        skewed[i : i + length, i] = cost[i].T
    edge = np.full((1, count), np.inf)
    before, last = np.full((len(ours), count), np.inf), np.full((len(ours), count), np.inf)
    last[0] = 2 * skewed[0, 0]
    for diagonal in skewed[1:]:
        down, across = np.concatenate((edge, last[:-1])), last
        both = np.concatenate((edge, before[:-1])) + diagonal
        before, last = last, np.minimum(np.minimum(down, across), both) + diagonal
    return np.asarray(last[-1] / (len(ours) + length))


def _costs(ours: Numbers, theirs: Numbers) -> Numbers:
    """(N, M) root mean square difference per dimension."""
    return np.asarray(cdist(ours, theirs) / np.sqrt(ours.shape[1]))


def _path(cost: Numbers) -> tuple[Indices, float]:
    """(P, 2) the matches of least cost from the first pair to the last, and their sum with its weights."""
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    for s in range(rows + columns - 1):
        i = np.arange(max(0, s - columns + 1), min(rows, s + 1))
        j, here = s - i, cost[i, s - i]
        side = np.minimum(total[i, j + 1], total[i + 1, j]) + here
        total[i + 1, j + 1] = np.minimum(side, total[i, j] + 2 * here)
    pairs, (i, j) = [(rows - 1, columns - 1)], (rows, columns)
    while (i, j) != (1, 1):
        here = cost[i - 1, j - 1]
        ways = (total[i - 1, j - 1] + here, total[i - 1, j], total[i, j - 1])
        step = int(np.argmin(ways))
        i, j = (i - 1, j - 1) if step == 0 else (i - 1, j) if step == 1 else (i, j - 1)
        pairs.append((i - 1, j - 1))
    return np.array(pairs[::-1], np.intp), float(total[-1, -1])


def _matching(step: int, of: Sequence[int] | Indices, to: Sequence[int] | Indices) -> int:
    """Between steps that were aligned the match runs on evenly; where one matches several, their middle is meant."""
    known, first = np.unique(of, return_index=True)
    counts = np.diff(np.append(first, len(of)))
    middle = np.add.reduceat(np.asarray(to, np.float64), first) / counts
    return round(float(np.interp(step, known, middle)))


def _checked(values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, np.float64)
    if numbers.ndim != 2 or not numbers.shape[0] or not numbers.shape[1]:
        raise DatasetError("observations (steps, dimensions)", f"shape {numbers.shape}", "choose episodes with steps")
    if not np.isfinite(numbers).all():
        raise DatasetError("finite observations", "others", "drop these steps")
    return numbers
