"""Share: how many of how many, and the interval in which the true share lies with 95 % confidence.

Wilson's score interval, because rollouts are few and shares near 0 and 1 are what matters: unlike the normal
approximation it never leaves [0, 1] and does not shrink to nothing when all went well. Source: E. B. Wilson, "Probable
Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927); recommended for small numbers by Brown,
Cai and DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001).
"""

from dataclasses import dataclass
from math import nan, sqrt

Z_95 = 1.959963984540054
"""Of the standard normal distribution, 2.5 % lie above it [1]."""


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of`` independent trials went well."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share itself; NaN of nothing [1]."""
        return self.count / self.of if self.of else nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; all of [0, 1] where nothing was tried [1]."""
        if not self.of:
            return 0.0, 1.0
        n, p, z2 = self.of, self.count / self.of, Z_95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        # At the ends the formula gives 0 and 1 but for the last bit.
        low = 0.0 if self.count == 0 else middle - half
        high = 1.0 if self.count == self.of else middle + half
        return low, high
