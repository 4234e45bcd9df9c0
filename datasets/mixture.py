"""Mixture: how likely vectors are, as a sum of Gaussians with full covariances, fitted by expectation maximisation.

Plain numpy. Sources: Dempster, Laird, Rubin, "Maximum Likelihood from Incomplete Data via the EM Algorithm", JRSS B
1977; first means by k-means++ (Arthur, Vassilvitskii, SODA 2007). N is the number of vectors, C of components, D of
dimensions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import PolicyError

Numbers = NDArray[np.float64]

_MOST_COMPONENTS = 16
_VECTORS_PER_DIMENSION = 8
"""Least vectors of a component for each dimension: from fewer a covariance fits what happened by chance."""
_FLOOR = 0.03
"""Least deviation in any direction, in units of a dimension's deviation over the whole set: what a person holds more
exactly than that is not worth more."""
_MEANS_ROUNDS, _ROUNDS = 20, 10
_BATCH = 512
"""Vectors at once: memory stays small, and more at once are no faster."""
_LOG_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A density over vectors of D dimensions."""

    log_weights: Numbers
    """(C,)"""
    means: Numbers
    """(C, D)"""
    whitenings: Numbers
    """(C, D, D) a vector less the mean, times this, has deviation 1 in every direction."""

    def __post_init__(self) -> None:
        count, size = self.means.shape if self.means.ndim == 2 else (0, 0)
        shapes = self.log_weights.shape, self.whitenings.shape
        if not 0 < count <= _MOST_COMPONENTS or shapes != ((count,), (count, size, size)):
            found = f"shapes {shapes} and {self.means.shape}"
            raise PolicyError("weights, means and whitenings of one size", found, "fit the policy again")
        arrays = self.log_weights, self.means, self.whitenings
        if not all(np.isfinite(array).all() for array in arrays):
            raise PolicyError("a finite mixture", "numbers that are not", "fit the policy again")

    @classmethod
    def of(cls, vectors: Numbers, seed: int = 0) -> "Mixture":
        """Fit one; the same vectors and seed give the same mixture.

        Args:
            vectors: (N, D) normalised.
            seed: of the first means.
        """
        count, size = vectors.shape
        components = min(max(count // (_VECTORS_PER_DIMENSION * size), 1), _MOST_COMPONENTS)
        shares = _first_shares(vectors, components, np.random.default_rng(seed))
        for _ in range(_ROUNDS):
            mixture = cls._of_shares(vectors, shares)
            logs = mixture._parts(vectors)
            shares = np.exp(logs - logs.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
        return cls._of_shares(vectors, shares)

    @classmethod
    def _of_shares(cls, vectors: Numbers, shares: Numbers) -> "Mixture":
        """The likeliest Gaussians if every vector belongs to them by these shares, (N, C)."""
        totals = shares.sum(axis=0) + 1e-9
        means = shares.T @ vectors / totals[:, None]
        whitenings = np.empty((len(totals), vectors.shape[1], vectors.shape[1]))
        for i, (total, mean) in enumerate(zip(totals, means, strict=True)):
            apart = vectors - mean
            covariance = (apart * shares[:, i, None]).T @ apart / total
            # of few vectors the correlations are doubtful, and the deviations too small
            covariance += np.diag(np.diag(covariance) / max(total, 1.0) + _FLOOR**2)
            whitenings[i] = np.linalg.inv(np.linalg.cholesky(covariance)).T
        return cls(np.log(totals / len(vectors)), means, whitenings)

    def _parts(self, vectors: Numbers) -> Numbers:
        """(N, C) log of every component's share of the density."""
        if len(vectors) > _BATCH:
            batches = range(0, len(vectors), _BATCH)
            return np.concatenate([self._parts(vectors[first : first + _BATCH]) for first in batches])
        apart = vectors[None] - self.means[:, None]
        squares = np.square(np.matmul(apart, self.whitenings)).sum(axis=2)
        heights = np.log(np.diagonal(self.whitenings, axis1=1, axis2=2)).sum(axis=1) - vectors.shape[1] * _LOG_2_PI / 2
        return np.asarray((self.log_weights + heights)[None] - squares.T / 2)

    def improbability(self, vectors: Numbers) -> Numbers:
        """(N,) −log density of (N, D) vectors; high where nothing like it was in the set."""
        logs = self._parts(vectors)
        highest = logs.max(axis=1)
        return np.asarray(-highest - np.log(np.exp(logs - highest[:, None]).sum(axis=1)))


def _first_shares(vectors: Numbers, components: int, rng: np.random.Generator) -> Numbers:
    """(N, C) every vector to the nearest mean, by k-means from well separated vectors."""
    means = vectors[[rng.integers(len(vectors))]]
    nearest = np.square(vectors - means[0]).sum(axis=1)
    for _ in range(components - 1):
        total = nearest.sum()
        chosen = rng.choice(len(vectors), p=nearest / total if total > 0 else None)
        means = np.concatenate((means, vectors[[chosen]]))
        nearest = np.minimum(nearest, np.square(vectors - means[-1]).sum(axis=1))
    for _ in range(_MEANS_ROUNDS):
        shares: Numbers = np.eye(components)[(np.square(means).sum(axis=1) - 2 * vectors @ means.T).argmin(axis=1)]
        totals = shares.sum(axis=0)
        means = np.where(totals[:, None] > 0, shares.T @ vectors / np.maximum(totals, 1)[:, None], means)
    return shares
