"""Mutual information between state and action, step by step: how much the state tells about what was done.

Sources: J. Hejna et al., "Robot Data Curation with Mutual Information Estimators", RSS 2025 (DemInf), which sums the
estimate's terms per step and averages them per episode; A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual
information", Phys. Rev. E 69 (2004), the estimate itself; W. Gao et al., "Estimating Mutual Information for
Discrete-Continuous Mixtures", NeurIPS 2017, for steps that are exactly alike.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist  # type: ignore[import-untyped]
from scipy.special import digamma  # type: ignore[import-untyped]

from accord.datasets.scores.sketch import Pool

Numbers = NDArray[np.float64]

NEIGHBOURS = (5, 6, 7)
_BATCH = 1024
_LEAST = max(NEIGHBOURS) + 2
"""Fewer steps have no seventh neighbour but for all the others."""
_CLIP = (0.01, 0.99)
"""Quantiles: beyond them single steps would outweigh an episode."""


def mutual_information(pool: Pool) -> Numbers:
    """(episodes,) mean of what the steps contribute, clipped, in deviations from the pool's mean [1].

    So it ranks the episodes of one pool; 0 is an episode like the pool. NaN where the pool is too small.
    """
    count = len(pool.observations)
    if count < _LEAST:
        return np.full(len(pool.episodes), np.nan)
    # Drawn without regard to time, so that a batch holds steps of all episodes.
    order = np.random.default_rng(0).permutation(count)
    values = np.empty(count)
    for batch in np.array_split(order, -(-count // _BATCH)):
        values[batch] = contributions(pool.observations[batch], pool.actions[batch])
    values = np.clip(values, *np.quantile(values, _CLIP))
    spread = values.std()
    return pool.means((values - values.mean()) / spread if spread > 0 else np.zeros(count))


def contributions(observations: Numbers, actions: Numbers) -> Numbers:
    """(N,) what each step contributes to the mutual information of state and action; their mean is the estimate [nats].

    Mean over k of ψ(k) + ψ(N) − ψ(n_S) − ψ(n_A): n_S and n_A count the steps, itself among them, whose state and whose
    action is nearer than the k-th neighbour under the larger of both distances. Only the last two terms differ from
    step to step. Both distances are per dimension, so that neither of the two is larger by its number of dimensions.

    Args:
        observations: (N, O) normalised, N above 8.
        actions: (N, A) normalised.
    """
    seen = cdist(observations, observations, "sqeuclidean") / observations.shape[1]
    done = cdist(actions, actions, "sqeuclidean") / actions.shape[1]
    joint = np.maximum(seen, done)
    # The nearest of all, at 0, is the step itself.
    radii = np.partition(joint, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    total = np.zeros(len(seen))
    for k, radius in zip(NEIGHBOURS, radii.T, strict=True):
        total += digamma(k) - digamma(_within(seen, radius)) - digamma(_within(done, radius))
        alike = radius == 0
        if alike.any():
            total[alike] += digamma((joint[alike] == 0).sum(axis=1) - 1) - digamma(k)
    return np.asarray(total / len(NEIGHBOURS) + digamma(len(seen)))


def _within(squares: Numbers, radius: Numbers) -> NDArray[np.intp]:
    """(N,) how many are nearer than the radius; where that is 0, how many are exactly alike."""
    counts = np.count_nonzero(squares < radius[:, None], axis=1)
    alike = radius == 0
    if alike.any():
        counts[alike] = np.count_nonzero(squares[alike] == 0, axis=1)
    return np.asarray(counts)
