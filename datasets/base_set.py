"""Base set: whether episodes can be one at all, so that whoever chose them learns which one to leave out.

What one episode lacks would otherwise be said of all of them, after they were read.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from accord.datasets.commanded import commanded
from accord.datasets.counted import counted
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features, usual

Episodes = Sequence[tuple[str, NDArray[np.void]]]
"""Id and steps of every episode."""
Rule = Callable[[np.dtype[np.void]], tuple[str, ...]]
"""Which fields of a step are meant unless somebody says so."""


def check_base(episodes: Episodes, seen: Sequence[str] = (), done: Sequence[str] = ()) -> None:
    """Refuse episodes that no policy can be fitted to.

    Args:
        episodes: id and steps of each.
        seen: the observation fields that it shall see; empty for the usual ones.
        done: the fields that it shall predict; empty for the command.

    Raises:
        PolicyError: if fewer than two have steps in which somebody drove, a field is missing in one or of another
            shape, a number is not finite, or nothing ever changes.
    """
    driven = [(episode, steps[counted(steps)]) for episode, steps in episodes]
    driven = [(episode, steps) for episode, steps in driven if len(steps)]
    if len(driven) < 2:
        found = f"{len(driven)} in which somebody drove" if episodes else "none"
        raise PolicyError("two base episodes or more", found, "record or choose more")
    for what, rule, chosen in (("observations", usual, seen), ("commands", commanded, done)):
        features = _features(driven, rule, chosen)
        vectors = [_vectors(features, episode, steps) for episode, steps in driven]
        if all((one == vectors[0][:1]).all() for one in vectors):
            found = f"the same {', '.join(features.names)} in every step"
            raise PolicyError(f"{what} that vary", found, "choose episodes in which something happens")


def _features(driven: Episodes, rule: Rule, chosen: Sequence[str]) -> Features:
    """The chosen fields, or the usual ones of the episode that has most of them, as it has them."""
    ruled = [(tuple(chosen) or rule(steps.dtype), steps.dtype) for _, steps in driven]
    names, dtype = max(ruled, key=lambda pair: len(pair[0]))
    return Features.of(names, dtype)


def _vectors(features: Features, episode: str, steps: NDArray[np.void]) -> NDArray[np.float64]:
    try:
        return features.vectors(steps)
    except PolicyError as error:
        wanted, found = f"{error.wanted} in every base episode", f"{error.found} in {episode[:8]}"
        raise PolicyError(wanted, found, "leave that episode out") from error
