"""Which recorded step and which recorded picture stand in each row of a training set.

Nothing is interpolated and nothing is invented. A row is one recorded step, and beside it the newest picture of every
view that was already taken when the step began. A row that lacks a picture is dropped, and what stood on its two sides
is never pretended to be neighbours: the episode is cut there into pieces, which become episodes of their own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

GAP_PERIODS = 1.5
"""More than this many exported periods between two steps, and the tolerance, is a gap that no row may hide."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that one episode gives."""

    step: Indices
    """(rows,) index of the recorded step."""
    images: Mapping[str, Indices]
    """View → (rows,) index of the recorded picture."""
    pieces: tuple[tuple[int, int], ...]
    """First row and one past the last row of every piece without a gap, in order; together they are all rows."""
    dropped: int
    """Rows that are not here because a view had no picture for them."""

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, slots=True)
class StepClock:
    """The recorded steps of one episode, or of the part of it that counts."""

    t_ns: NDArray[np.int64]
    """(steps,) when each step began, rising [ns]."""
    number: NDArray[np.int64]
    """(steps,) the loop's own count, which jumps where a step was lost."""
    rate_hz: float
    """Of the loop."""


def nearest_before(times_ns: NDArray[np.int64], at_ns: NDArray[np.int64], tolerance_ns: int) -> Indices:
    """Index of the newest of the times that is not later, or -1 where none is near enough.

    Args:
        times_ns: (n,) sorted [ns].
        at_ns: (m,) the moments that are asked for [ns].
        tolerance_ns: how old the newest may be [ns].

    Returns:
        (m,) indices into `times_ns`; among equal times the last.
    """
    found: Indices = np.searchsorted(times_ns, at_ns, side="right").astype(np.int64) - 1
    if len(times_ns):
        found[at_ns - times_ns[np.maximum(found, 0)] > tolerance_ns] = -1
    return found


def row_times(first_ns: int, last_ns: int, rate_hz: float) -> NDArray[np.int64]:
    """Moments at a constant rate from the first on, none later than the last [ns].

    Each is computed from the first, never from the one before it, so rounding does not add up.
    """
    if last_ns < first_ns:
        return np.empty(0, np.int64)
    count = int((last_ns - first_ns) * rate_hz / 1e9) + 2  # one more than fits, for rounding; cut below
    times: Indices = first_ns + np.rint(np.arange(count) * (1e9 / rate_hz)).astype(np.int64)
    return times[times <= last_ns]


def align(steps: StepClock, image_times_ns: Mapping[str, NDArray[np.int64]], rate_hz: float, tolerance_ns: int) -> Rows:
    """Find the rows of an episode.

    At the recorded rate every recorded step is a row. At a lower rate each run of steps without a gap gets its own grid
    of moments, and each moment takes the step nearest to it; the row's time is that step's own time.

    Args:
        steps: of the episode.
        image_times_ns: view → (images,) when each picture was taken, rising [ns].
        rate_hz: rows per second, not above the recorded rate.
        tolerance_ns: how old a picture may be when the step begins [ns].
    """
    runs = [_thin(steps, first, last, rate_hz) for first, last in _runs(steps, rate_hz, tolerance_ns)]
    step = np.concatenate([*runs, np.empty(0, np.int64)])
    run = np.repeat(np.arange(len(runs)), [len(one) for one in runs])
    at_ns = steps.t_ns[step]
    images = {view: nearest_before(times, at_ns, tolerance_ns) for view, times in image_times_ns.items()}
    whole = np.logical_and.reduce([np.ones(len(step), bool), *(found >= 0 for found in images.values())])
    kept = np.flatnonzero(whole)
    pieces = _cut((np.diff(kept) > 1) | (np.diff(run[kept]) > 0), len(kept))
    return Rows(step[kept], {view: found[kept] for view, found in images.items()}, pieces, len(step) - len(kept))


def _runs(steps: StepClock, rate_hz: float, tolerance_ns: int) -> tuple[tuple[int, int], ...]:
    """First step and one past the last of every run in which no step is missing, and none is very late."""
    late = np.diff(steps.t_ns) > GAP_PERIODS * 1e9 / rate_hz + tolerance_ns
    return _cut(late | (np.diff(steps.number) != 1), len(steps.t_ns))


def _cut(breaks: NDArray[np.bool_], count: int) -> tuple[tuple[int, int], ...]:
    """Ranges of `count` items; `breaks` (count - 1,) says after which item one ends."""
    if not count:
        return ()
    edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), count]
    return tuple((int(first), int(last)) for first, last in pairwise(edges))


def _thin(steps: StepClock, first: int, last: int, rate_hz: float) -> Indices:
    """The steps of one run that are rows."""
    if math.isclose(rate_hz, steps.rate_hz):
        return np.arange(first, last)
    times = steps.t_ns[first:last]
    # Nearest, not nearest before: a step that began a little late would else give its place to the one before it. The
    # last moment may lie up to half a period past the last step for the same reason.
    half_ns = round(0.5e9 / steps.rate_hz)
    wanted = row_times(int(times[0]), int(times[-1]) + half_ns, rate_hz)
    after = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(wanted - times[before] <= times[after] - wanted, before, after)
    return first + np.unique(nearest).astype(np.int64)
