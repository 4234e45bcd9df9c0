"""Detection: how well every score tells other operators' strategies from the base set's own, and what it follows."""

import numpy as np
from studies.cells import badness
from studies.design import StudiedTask
from studies.gathering import Gathered

from accord.datasets.scores.correlation import correlation

_NOT_SCORES = ("success",)


def detect(task: StudiedTask, gathered: Gathered) -> dict[str, dict[str, float]]:
    """Score → ``auroc`` for each foreign strategy and over all of them, and its correlation with the duration."""
    scores = gathered.scores
    names = [name for name in next(iter(scores.values())) if name not in _NOT_SCORES]
    of = {who: [key for key in scores if key.startswith(f"{who}-")] for who, _ in task.operators}
    (own, _), *foreign = task.operators
    told = {}
    for name in names:
        bad = {key: badness(name, scores[key][name]) for key in scores}
        each = {strategy: auroc([bad[k] for k in of[own]], [bad[k] for k in of[who]]) for who, strategy in foreign}
        everyone = [bad[key] for who, _ in foreign for key in of[who]]
        follows = correlation(list(bad.values()), [scores[key]["duration"] for key in bad])
        told[name] = each | {"all": auroc([bad[k] for k in of[own]], everyone), "duration": follows.rho}
    return told


def auroc(good: list[float], bad: list[float]) -> float:
    """Chance that a random bad one has the higher value; half for equal ones (Hanley and McNeil, 1982)."""
    a, b = np.array(good)[:, None], np.array(bad)[None]
    return float(np.mean((b > a) + 0.5 * (b == a)))
