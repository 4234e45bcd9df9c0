"""Normalisation: zero mean and unit deviation per dimension, guarded where a dimension hardly varies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.errors import PolicyError

OBSERVATION_FLOOR = 1e-3
"""Least scale of an observation [m, rad, 1]: what varies by less than a millimetre is taken as constant, so that the
jitter of a fixed thing is not blown up, while a thing that really moved still looks far away."""
ACTION_FLOOR = 0.02
"""Least scale of an action [m/s, rad/s, opening]: a tenth of a usual hand speed. A dimension that the base set never
used then counts as a disagreement when somebody uses it, but a tremor in it does not outweigh the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Normalisation:
    """(values − mean) / scale."""

    mean: NDArray[np.float64]
    """(D,) in the values' units."""
    scale: NDArray[np.float64]
    """(D,) above 0, in the values' units."""

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or self.mean.shape != self.scale.shape:
            found = f"shapes {self.mean.shape} and {self.scale.shape}"
            raise PolicyError("a mean and a scale for every dimension", found, "fit the policy again")
        if not (np.isfinite(self.mean).all() and np.isfinite(self.scale).all() and (self.scale > 0).all()):
            raise PolicyError("finite means and scales above 0", "others", "fit the policy again")

    @classmethod
    def of(cls, values: NDArray[np.float64], floor: float | NDArray[np.float64]) -> "Normalisation":
        """Mean and standard deviation of (N, D) values; no scale is smaller than the floor, (D,) or one for all."""
        return cls(values.mean(axis=0), np.maximum(values.std(axis=0), floor))

    def apply(self, values: ArrayLike) -> NDArray[np.float64]:
        """Normalise (…, D) values [1]."""
        return np.asarray((np.asarray(values, np.float64) - self.mean) / self.scale)

    def undo(self, values: ArrayLike) -> NDArray[np.float64]:
        """Back to the values' own units, (…, D)."""
        return np.asarray(np.asarray(values, np.float64) * self.scale + self.mean)
