"""Table: all plain scores of many episodes, and how each follows the duration."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import nan

import numpy as np

from accord.datasets.errors import DatasetError
from accord.datasets.scores.catalogue import NAMES, SCORES
from accord.datasets.scores.consistency import action_divergence, transition_diversity
from accord.datasets.scores.correlation import Correlation, correlation
from accord.datasets.scores.information import mutual_information
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.nearest import distances, waypoints
from accord.datasets.scores.signals import (
    duration,
    idle_share,
    path_efficiency,
    saturation,
    tracking_error,
)  # fmt: skip
from accord.datasets.scores.sketch import Kind, Pool, Sketch
from accord.datasets.scores.smoothness import jerk, smoothness

Row = Mapping[str, float]
"""Score → value; NaN where it cannot be known."""

VERSION = 1
"""Of the formulas: raise it when one of them changes, and everything that is kept is computed again."""

_OWN: dict[str, Callable[[Motion], float]] = {
    "smoothness": smoothness, "jerk": jerk, "path-efficiency": path_efficiency, "idle-share": idle_share,
    "duration": duration, "saturation": saturation, "tracking-error": tracking_error,
}  # fmt: skip


def score_library(motions: Iterable[Motion], base: Collection[str] = (), workers: int = 1) -> dict[str, Row]:
    """Every plain score of these episodes: episode → score → value.

    Args:
        motions: of the episodes; only those of one task and with the same fields are compared with each other.
        base: ids of the base episodes among them; those that are not there are passed over.
        workers: how many threads.

    Raises:
        DatasetError: if two episodes have one id.
    """
    own, sketches = {}, []
    for motion in motions:
        if motion.episode in own:
            raise DatasetError("episodes that differ", f"{motion.episode} twice", "name each once")
        own[motion.episode] = own_scores(motion)
        sketches.append(Sketch.of(motion))
    relative = relative_scores(sketches, base, workers)
    return {episode: in_order({**scores, **relative[episode]}) for episode, scores in own.items()}


def own_scores(motion: Motion) -> dict[str, float]:
    """The scores that an episode has whatever the others are."""
    return {name: score(motion) for name, score in _OWN.items()}


def relative_scores(sketches: Sequence[Sketch], base: Collection[str] = (), workers: int = 1) -> dict[str, Row]:
    """The scores that depend on the other episodes of the same kind: episode → score → value."""
    kinds: defaultdict[Kind, list[Sketch]] = defaultdict(list)
    for sketch in sketches:
        kinds[sketch.kind].append(sketch)
    return {episode: row for alike in kinds.values() for episode, row in _of_one_kind(alike, base, workers).items()}


def _of_one_kind(sketches: Sequence[Sketch], base: Collection[str], workers: int) -> dict[str, Row]:
    pool = Pool.of(sketches)
    columns = {
        "action-divergence": action_divergence(pool, workers),
        "transition-diversity": transition_diversity(pool, workers),
        "mutual-information": mutual_information(pool),
        "nearest-base": np.array(_nearest_base(pool, frozenset(base))),
    }
    return {
        episode: {name: float(column[i]) for name, column in columns.items()} for i, episode in enumerate(pool.episodes)
    }


def _nearest_base(pool: Pool, base: frozenset[str]) -> list[float]:
    """Distance of each episode to the nearest base episode other than itself; NaN where there is none."""
    parts = np.split(pool.observations, pool.bounds[1:-1])
    paths = [waypoints(part) for part in parts]
    chosen = [i for i, episode in enumerate(pool.episodes) if episode in base]
    found = []
    for i, path in enumerate(paths):
        others = [paths[j] for j in chosen if j != i]
        found.append(float(distances(path, np.stack(others)).min()) if others else nan)
    return found


def in_order(row: Row) -> Row:
    """The scores of an episode in the catalogue's order."""
    return {name: row.get(name, nan) for name in NAMES}


def correlations(rows: Mapping[str, Row]) -> dict[str, Correlation]:
    """Score → its correlation with the duration, over all episodes: many a score only follows that."""
    durations = [row["duration"] for row in rows.values()]
    return {score.name: correlation([row[score.name] for row in rows.values()], durations) for score in SCORES}
