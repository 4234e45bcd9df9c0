"""Incompatibility: our own score of a step and of an episode, in [0, 1]; LOW is good, 0.5 is as usual.

The published measure asks how far a command is from the policy's, and takes every step in an unfamiliar state as
perfect. So somebody who leaves the base set's states by doing it another way scores well, and so does somebody who
holds a thing two centimetres further along, because two centimetres are little beside the width of the table.

This score asks instead how usual the pair of state and command is, all of it together. A `Mixture` of the base steps
knows which numbers belong together: while a thing is carried, the hand's place follows from the thing's, to within
millimetres. What is told is a rank: the share of held-out base steps that are more usual than this one. So the mean
over an episode is the chance that one of its steps is stranger than one of the held-out episodes, whatever the units
and the task. It needs no threshold, does not grow with duration, and is known before the next step is sent.

How far 0.5 is from what a fresh episode of the base set's own way gets depends on how usual the few held-out episodes
are: with four of them 0.38 to 0.55, by nine bases of scripted strategies on three tasks. It is weaker for a small base
(AUROC down to 0.78 with 8 episodes, where a mixture learns single episodes by heart) and for somebody who does the same
but stumbles once (0.60 to 1), because a mean thins out what is short.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import PolicyError
from accord.datasets.mixture import Mixture

Numbers = NDArray[np.float64]

_RANKS = np.linspace(0.0, 1.0, 401)
_SAME = 1e-3
"""A number that differs by less than this share of its deviation from what others tell of it tells nothing of its own:
where a thing is as seen from the hand follows from where both are."""
_MOST_STEPS = 20_000
"""Base steps that a mixture is fitted to: more take longer and change little."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What is usual in a base set."""

    mixture: Mixture
    """Of the numbers that `once` names."""
    quantiles: Numbers
    """(401,) of the improbability of held-out steps, from the least to the greatest."""
    once: NDArray[np.bool_]
    """(O + A,) which numbers of a state and its command, joined, are no sum of those before them: what is told twice
    would weigh twice."""

    def __post_init__(self) -> None:
        if self.once.ndim != 1 or int(self.once.sum()) != self.mixture.means.shape[1]:
            raise PolicyError("a mixture of as many numbers as are told", "others", "fit the policy again")
        known = self.quantiles
        if known.shape != _RANKS.shape or not np.isfinite(known).all() or (np.diff(known) < 0).any():
            raise PolicyError("rising quantiles of held-out steps", "others", "fit the policy again")

    @classmethod
    def of(cls, base: tuple[Numbers, Numbers], held_out: tuple[Numbers, Numbers]) -> "Usual":
        """Learn it.

        Args:
            base: observations (N, O) and commands (N, A), normalised.
            held_out: those of other episodes of the base set.
        """
        joined = np.concatenate(base, axis=1, dtype=np.float64)
        kept = np.unique(np.linspace(0, len(joined) - 1, min(len(joined), _MOST_STEPS)).round().astype(np.int64))
        once = _told_once(joined[kept])
        mixture = Mixture.of(joined[kept][:, once])
        unusual = mixture.improbability(np.concatenate(held_out, axis=1, dtype=np.float64)[:, once])
        return cls(mixture, np.maximum.accumulate(np.quantile(unusual, _RANKS)), once)

    def incompatibility(self, observations: Numbers, commands: Numbers) -> Numbers:
        """(N,) in [0, 1]: the share of held-out base steps that are more usual than each of these.

        Args:
            observations: (N, O) normalised.
            commands: (N, A) normalised.
        """
        unusual = self.mixture.improbability(np.concatenate((observations, commands), axis=1)[:, self.once])
        return np.interp(unusual, self.quantiles, _RANKS)

    def arrays(self) -> dict[str, Numbers]:
        """To be kept in a file."""
        mixture = self.mixture
        parts = mixture.log_weights, mixture.means, mixture.whitenings, self.quantiles, self.once.astype(np.float64)
        return dict(zip(_NAMES, parts, strict=True))

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Usual | None":
        """From a file; None where it holds none.

        Raises:
            PolicyError: if they do not fit each other.
        """
        if not any(name in arrays for name in _NAMES):
            return None
        *parts, quantiles, once = (np.asarray(arrays[name], np.float64) for name in _NAMES)
        return cls(Mixture(*parts), quantiles, once > 0)


def _told_once(vectors: Numbers) -> NDArray[np.bool_]:
    """(D,) which columns of (N, D) vectors are no linear function of those before them; constant ones are none."""
    centred = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    once, directions = np.ones(vectors.shape[1], np.bool_), np.zeros((len(vectors), 0))
    for i, length in enumerate(lengths):
        if length < _SAME * len(vectors) ** 0.5:
            continue
        left = centred[:, i] - directions @ (directions.T @ centred[:, i])
        rest = float(np.linalg.norm(left))
        once[i] = rest > _SAME * length
        if once[i]:
            directions = np.column_stack((directions, left / rest))
    return once


_NAMES = ("usual_log_weights", "usual_means", "usual_whitenings", "usual_quantiles", "usual_once")
