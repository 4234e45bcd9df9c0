"""Clouds: how many clouds a few points are, and which point is of which. Normal distributions of one common shape.

Between one, two and three clouds the Bayesian information criterion decides; more than one has to be very much better,
by the 10 that R. E. Kass and A. E. Raftery, "Bayes Factors", JASA 90 (1995), call very strong evidence.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST = 3
"""Clouds looked for."""
_MUCH_BETTER = 10.0
_STARTS = 4
_ROUNDS = 100
_SMALL = 1e-6
"""Least variance as a share of the largest: points that coincide in a dimension are a cloud all the same [1]."""


def clouds(points: Numbers) -> Indices:
    """(N,) number of the cloud of each of (N, D) points, 0 for all where there is only one.

    The same points always give the same clouds.
    """
    none = np.zeros(len(points), np.intp)
    floor = max(float(points.var(axis=0).max(initial=0.0)) * _SMALL, 1e-18)
    best, least = none, _bic(points, np.ones((len(points), 1)), floor) - _MUCH_BETTER
    for count in range(2, min(MOST, len(points) // 2) + 1):
        fits = (_fit(points, count, start, floor) for start in range(_STARTS))
        shares = min(fits, key=lambda shares: _bic(points, shares, floor))
        if (bic := _bic(points, shares, floor)) < least:
            best, least = shares.argmax(axis=1), bic
    return best


def _fit(points: Numbers, count: int, start: int, floor: float) -> Numbers:
    """(N, count) how much each point is of each cloud, by expectation and maximisation."""
    centres = _spread_out(points, count, np.random.default_rng(start))
    shares: Numbers = np.eye(count)[((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)]
    for _ in range(_ROUNDS):
        before, shares = shares, _expected(points, shares, floor)[0]
        if np.abs(shares - before).max() < 1e-6:
            break
    return shares


def _spread_out(points: Numbers, count: int, rng: np.random.Generator) -> Numbers:
    """(count, D) points far from each other, drawn as k-means++ does (D. Arthur and S. Vassilvitskii, SODA 2007)."""
    chosen = [points[rng.integers(len(points))]]
    while len(chosen) < count:
        square = ((points[:, None] - np.array(chosen)) ** 2).sum(axis=2).min(axis=1)
        total = square.sum()
        chosen.append(points[rng.choice(len(points), p=square / total if total > 0 else None)])
    return np.array(chosen)


def _expected(points: Numbers, shares: Numbers, floor: float) -> tuple[Numbers, float]:
    """The shares that the clouds of these shares give, and the logarithm of their likelihood."""
    weights = np.maximum(shares.sum(axis=0), 1e-9)
    means = shares.T @ points / weights[:, None]
    squares = (points[:, None] - means) ** 2
    variance = np.maximum(np.einsum("nk,nkd->d", shares, squares) / len(points), floor)
    each = np.log(weights / len(points)) - 0.5 * (squares / variance + np.log(2 * np.pi * variance)).sum(axis=2)
    largest = each.max(axis=1, keepdims=True)
    total = largest + np.log(np.exp(each - largest).sum(axis=1, keepdims=True))
    shares_now: Numbers = np.exp(each - total)
    return shares_now, float(total.sum())


def _bic(points: Numbers, shares: Numbers, floor: float) -> float:
    (count, size), many = points.shape, shares.shape[1]
    free = many * size + size + many - 1
    return float(free * np.log(count)) - 2 * _expected(points, shares, floor)[1]
