"""Correlation of two scores: Spearman's ρ, with the interval in which the true one lies with 95 % confidence.

The interval is Fisher's z with the variance (1 + ρ²/2)/(n − 3), which holds for ranks: D. G. Bonett and T. A. Wright,
"Sample size requirements for estimating Pearson, Kendall and Spearman correlations", Psychometrika 65 (2000).
"""

from math import atanh, nan, sqrt, tanh
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata  # type: ignore[import-untyped]

from accord.datasets.intervals import Z_95


class Correlation(NamedTuple):
    """ρ and its 95 % interval; NaN where it cannot be known."""

    rho: float
    """−1 to 1."""
    low: float
    high: float
    episodes: int
    """How many have both scores."""


def correlation(one: ArrayLike, other: ArrayLike) -> Correlation:
    """Spearman's ρ of two scores of the same episodes; those at which one is not known are left out.

    Args:
        one: (n,) NaN where it is not known.
        other: (n,) likewise.
    """
    a, b = np.asarray(one, np.float64), np.asarray(other, np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    n = int(known.sum())
    if n < 2 or np.ptp(a[known]) == 0 or np.ptp(b[known]) == 0:
        return Correlation(nan, nan, nan, n)
    rho = float(np.clip(np.corrcoef(rankdata(a[known]), rankdata(b[known]))[0, 1], -1.0, 1.0))
    if n < 4:
        return Correlation(rho, -1.0, 1.0, n)
    if abs(rho) > 1 - 1e-12:
        return Correlation(rho, rho, rho, n)
    half = Z_95 * sqrt((1 + rho * rho / 2) / (n - 3))
    return Correlation(rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half), n)
