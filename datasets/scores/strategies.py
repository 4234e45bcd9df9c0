"""Strategies: whether a base set holds more than one way to do a task, and which episodes are on either side.

A squared error to a mean punishes a base set that holds two: the mean is a third way that nobody took. What is compared
is the path of the hand from one grasp to the next, less the straight line: where things stood does not matter then, and
how the hand went around does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from accord.datasets.scores.clouds import clouds
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.phases import phases

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]

_WAYPOINTS = 8
_DIMENSIONS = 3
"""Most principal components that are looked at."""
_TOLD = 0.9
"""Share of the variance at which it is enough of them: each more makes it harder to be sure of two clouds."""
_FAR_APART = 2.5
"""Of the distance from the middle of two ways to either, over their spread: halves of an even spread have 1.7, so only
ways with a gap between them are two [1]."""
_NOTICED_M = 0.015
"""Ways that differ by less on average are one: hands and things vary by that anyway [m]."""
_LEAST_DISTANCE_M = 0.05
"""Phases shorter than that are not scaled up: there the hand stays about where it is [m]."""
_LEAST_SPREAD_M = 1e-6
_LEAST_EPISODES = 3
"""Fewer alike are no strategy: how much a way varies cannot be said of two."""
_NAMED = 4
"""Episodes named in the warning, of each side."""


@dataclass(frozen=True, slots=True)
class Split:
    """The strategies of a base set."""

    groups: tuple[tuple[str, ...], ...]
    """Ids of the episodes of each strategy, the most frequent first; one group where there is only one."""
    separation: float
    """Distance from the middle of two ways to either over their spread, of the nearest two; 0 of one way [1]."""
    phase: int
    """In which part between grasps they differ most, from 0."""
    others: tuple[str, ...]
    """Episodes that could not be put anywhere: alone in their way, of another number of grasps, or without a hand."""
    warning: str
    """What to say about it, or empty."""


def split(motions: Sequence[Motion]) -> Split:
    """Look for strategies in a base set.

    Args:
        motions: of its episodes, in any order.
    """
    ordered = sorted(motions, key=lambda motion: motion.episode)
    parts = {motion.episode: phases(motion) for motion in ordered if motion.hand is not None and len(motion) > 1}
    usual = Counter(len(part) for part in parts.values()).most_common(1)
    alike = [motion for motion in ordered if usual and len(parts.get(motion.episode, ())) == usual[0][0]]
    best = _one_way([motion.episode for motion in alike])
    for phase in range(usual[0][0] if usual else 0):
        detours = _detours(alike, [parts[motion.episode][phase] for motion in alike])
        found = _ways(detours, phase, [motion.episode for motion in alike])
        best = max(best, found, key=lambda one: one.separation)
    grouped = {episode for group in best.groups for episode in group}
    others = tuple(motion.episode for motion in ordered if motion.episode not in grouped)
    return Split(best.groups, best.separation, best.phase, others, _warning(best))


def _one_way(episodes: list[str]) -> Split:
    return Split((tuple(episodes),) if episodes else (), 0.0, 0, (), "")


def _detours(motions: Sequence[Motion], parts: Sequence[slice]) -> Numbers:
    """(N, 8 · 3 · H) the paths of the hands less the straight lines, at evenly spaced moments [m].

    The same way over twice the distance has twice the detour, so every path is scaled to the median distance.
    """
    paths = np.stack([_path(motion, part) for motion, part in zip(motions, parts, strict=True)])
    first, last = paths[:, :1], paths[:, -1:]
    along = np.linspace(0, 1, _WAYPOINTS)[:, None]
    distances = np.maximum(np.linalg.norm(last - first, axis=2), _LEAST_DISTANCE_M)
    detours = (paths - (first + along * (last - first))) / distances[:, :, None]
    return np.asarray((detours * np.median(distances)).reshape(len(paths), -1))


def _path(motion: Motion, part: slice) -> Numbers:
    """(8, 3 · H) the hands at evenly spaced moments of a phase, up to where the next one begins [m]."""
    assert motion.hand is not None, "those without are left out"
    path = motion.hand[part.start : part.stop + 1].reshape(-1, motion.hand[0].size)
    at, known = np.linspace(0, len(path) - 1, _WAYPOINTS), np.arange(len(path))
    return np.stack([np.interp(at, known, column) for column in path.T], axis=1)


def _ways(detours: Numbers, phase: int, episodes: list[str]) -> Split:
    """The strategies in one phase of (N, 8 · 3 · H) detours."""
    if len(detours) < 2 * _LEAST_EPISODES:
        return _one_way(episodes)
    centred = detours - detours.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    told = np.cumsum(sizes**2) / max(float((sizes**2).sum()), _LEAST_SPREAD_M**2)
    enough = min(_DIMENSIONS, 1 + int(np.searchsorted(told, _TOLD)))
    members = _told_apart(detours, clouds(centred @ directions[:enough].T))
    if len(members) < 2:
        return _one_way(episodes)
    separation = min(_separation(detours, a, b) for a, b in combinations(members, 2))
    groups = sorted((tuple(episodes[i] for i in group) for group in members), key=lambda group: (-len(group), group))
    return Split(tuple(groups), separation, phase, (), "")


def _told_apart(detours: Numbers, of: Indices) -> list[Indices]:
    """The clouds as index arrays; those that are not far apart are joined, single episodes left out."""
    groups = [np.flatnonzero(of == number) for number in np.unique(of)]
    groups = [group for group in groups if len(group) >= _LEAST_EPISODES]
    while pair := _first_of_one_way(detours, groups):
        groups[pair[0]] = np.sort(np.concatenate((groups[pair[0]], groups.pop(pair[1]))))
    return groups


def _first_of_one_way(detours: Numbers, groups: list[Indices]) -> tuple[int, int] | None:
    """Numbers of two clouds that are one way, the earlier first; None where all are far apart."""
    pairs = combinations(range(len(groups)), 2)
    return next(((a, b) for a, b in pairs if _one(detours, groups[a], groups[b])), None)


def _one(detours: Numbers, a: Indices, b: Indices) -> bool:
    """Whether two clouds are one way."""
    apart = detours[a].mean(axis=0) - detours[b].mean(axis=0)
    noticed = float(np.sqrt((apart**2).sum() / _WAYPOINTS)) >= _NOTICED_M
    return not noticed or _separation(detours, a, b) < _FAR_APART


def _separation(detours: Numbers, a: Indices, b: Indices) -> float:
    """Half the distance between two clouds over the larger of their spreads in that direction."""
    apart = detours[a].mean(axis=0) - detours[b].mean(axis=0)
    distance = float(np.linalg.norm(apart))
    along = [detours[group] @ apart / distance if distance else np.zeros(len(group)) for group in (a, b)]
    spread = max(float(values.std(ddof=1)) for values in along)
    return distance / 2 / max(spread, _LEAST_SPREAD_M)


def _warning(found: Split) -> str:
    if len(found.groups) < 2:
        return ""
    sides = " against ".join(_named(group) for group in found.groups)
    return (
        f"The base set holds {len(found.groups)} strategies, told apart by the path of the hand in part "
        f"{found.phase + 1}: {sides}. Keep one of them, or agreement with either counts half as disagreement."
    )


def _named(group: tuple[str, ...]) -> str:
    names = ", ".join(episode[:8] for episode in group[:_NAMED])
    more = f" and {len(group) - _NAMED} more" if len(group) > _NAMED else ""
    return f"{len(group)} episodes ({names}{more})"
