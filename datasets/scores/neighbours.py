"""Neighbours: the nearest steps of other episodes, found exactly and by the block.

Trees gain nothing in twenty or more dimensions, and sorting all distances costs more than computing them. So references
are dealt into groups: the k nearest of all stand in the k groups whose own nearest are the nearest.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]

REFERENCES = 8192
"""Most steps among which neighbours are looked for, evenly spaced over the pool: all of 64 sketches."""
_GROUP = 64
"""References in a group: about the square root of their number, so that both stages look at equally many."""


def references(count: int) -> Indices:
    """Which of so many steps are references, in order."""
    return np.round(np.linspace(0, count - 1, min(count, REFERENCES))).astype(np.intp)


def neighbours(points: Numbers, bounds: Indices, k: int, workers: int = 1) -> list[Indices]:
    """For each episode (W, ≤ k), where in `points` the nearest references to each of its points stand.

    They are of other episodes, but for an only episode, whose own points are all there is; a point is not its own
    neighbour. There are fewer than k columns where there are fewer references.

    Args:
        points: (S, D) of all episodes, end to end.
        bounds: (episodes + 1,) where each begins, and where the last ends.
        k: how many.
        workers: how many threads; numpy lets them run at once.
    """
    at = references(len(points))
    chosen = points[at].astype(np.float32)
    alone = len(bounds) == 2

    def of_episode(number: int) -> Indices:
        first, last = bounds[number], bounds[number + 1]
        squares = _squares(points[first:last].astype(np.float32), chosen)
        if alone:
            squares[at[None] == np.arange(first, last)[:, None]] = np.inf
            others = len(at) - 1
        else:
            own = slice(*np.searchsorted(at, (first, last)))
            squares[:, own] = np.inf
            others = len(at) - (own.stop - own.start)
        return at[smallest(squares, min(k, others))]

    return each(of_episode, len(bounds) - 1, workers)


def smallest(values: NDArray[np.float32], k: int) -> Indices:
    """(Q, k) where in each row of (Q, R) the k smallest values stand, the smallest first."""
    rows, count = values.shape
    groups = -(-count // _GROUP)
    if groups <= 2 * k:
        return _least(values, k)
    padded = np.full((rows, groups * _GROUP), np.inf, np.float32)
    padded[:, :count] = values
    grouped = padded.reshape(rows, groups, _GROUP)
    near = _least(grouped.min(axis=2), k)
    candidates = np.take_along_axis(grouped, near[:, :, None], axis=1).reshape(rows, k * _GROUP)
    where = (near[:, :, None] * _GROUP + np.arange(_GROUP)).reshape(rows, k * _GROUP)
    return np.asarray(np.take_along_axis(where, _least(candidates, k), axis=1))


def each(call: Callable[[int], Indices], count: int, workers: int) -> list[Indices]:
    """Call with 0, 1, … in order or, with more workers than one, at once."""
    if workers == 1:
        return [call(i) for i in range(count)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(call, range(count)))


def _least(values: NDArray[np.float32], k: int) -> Indices:
    found = np.argpartition(values, min(k, values.shape[1] - 1), axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(values, found, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(found, order, axis=1))


def _squares(queries: NDArray[np.float32], chosen: NDArray[np.float32]) -> NDArray[np.float32]:
    """(Q, R) squared distances but for each query's own norm, which changes no order in its row."""
    return np.asarray((chosen * chosen).sum(axis=1) - 2.0 * (queries @ chosen.T), np.float32)
