"""Moments: where an episode agrees least with the base policy, a few and apart from each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 3
"""Moments of one episode: more than a person can take to heart at once [1]."""
AROUND_S = 0.5
"""Length of a moment [s]. Source of both numbers: Gandhi et al., CoRL 2022, who show "a few" of half a second."""
APART_S = 1.0
"""Between the middles of two moments: otherwise all would be one long conflict [s]."""
_WORST = 3.0
"""From this many times the limit on, a step is as wrong as can be: one wild step must not outweigh ten wrong ones."""


@dataclass(frozen=True, slots=True)
class Moment:
    """About half a second of an episode."""

    first: int
    """Number of its first step in the episode."""
    worst: int
    """Number of the step that is wrong by the most."""
    last: int
    """Number of its last step."""
    first_s: float
    """Since the episode's first step [s]."""
    share: float
    """Of its scored steps that are wrong, in [0, 1]."""


def worst_moments(
    t_s: NDArray[np.float64],
    scored_s: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    excess: NDArray[np.float64],
    most: int = MOST,
) -> tuple[Moment, ...]:
    """The moments with the most that is wrong in them, in the order of time.

    Args:
        t_s: (steps,) when each step of the episode began [s].
        scored_s: (scored,) when each scored one did, on the same clock [s].
        wrong: (scored,) whether the step conflicts.
        excess: (scored,) by how much, in units of the limit [1].
        most: how many at most.
    """
    weight = np.where(wrong, np.clip(excess, 0.0, _WORST), 0.0)
    around = np.array([weight[np.abs(scored_s - middle_s) <= AROUND_S / 2].sum() for middle_s in scored_s])
    found: list[Moment] = []
    while len(found) < most and around.size and (best := float(around.max())) > 0.0:
        # Where several are equally bad, the middle one: a long conflict is shown at its heart.
        equal = np.flatnonzero(around >= best * (1.0 - 1e-9))
        run = equal[: 1 + int(np.argmax(np.append(np.diff(equal) > 1, True)))]
        middle = int(run[len(run) // 2])
        found.append(_moment(t_s, scored_s, wrong, weight, middle))
        around[np.abs(scored_s - scored_s[middle]) < APART_S] = 0.0
    return tuple(sorted(found, key=lambda moment: moment.first))


def _moment(
    t_s: NDArray[np.float64],
    scored_s: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    weight: NDArray[np.float64],
    middle: int,
) -> Moment:
    near = np.flatnonzero(np.abs(scored_s - scored_s[middle]) <= AROUND_S / 2)
    inside = np.flatnonzero(np.abs(t_s - scored_s[middle]) <= AROUND_S / 2)
    worst = int(near[int(np.argmax(weight[near]))])
    first, last = int(inside[0]), int(inside[-1])
    step = int(np.searchsorted(t_s, scored_s[worst] - 1e-9))
    return Moment(first, step, last, float(t_s[first] - t_s[0]), float(wrong[near].mean()))
